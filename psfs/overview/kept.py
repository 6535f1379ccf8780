"""Figures that take long to count are kept for a while, so that a page is quick in a large municipality.

What is counted quickly is counted anew each time. What took long is kept in the process that counted it, in proportion:
a tenth of a second's work for five minutes. The page says when it was counted. Nobody's name is among it.
What a process counts for the first time tells nothing of how long it takes: the statements are made then too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask import current_app

from psfs import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from datetime import datetime

T = TypeVar("T")
QUICK_SECONDS = 0.05
TIMES = 3000
MOST_SECONDS = 900.0
MOST_KEPT = 200
_PLACE = "psfs_overview_kept"
_KNOWN = "psfs_overview_counted"


@dataclass(frozen=True)
class Kept(Generic[T]):
    """Something counted, and when: ``at`` is empty where it was counted just now."""

    value: T
    at: datetime | None


def kept(key: tuple[Hashable, ...], count: Callable[[], T]) -> Kept[T]:
    """What ``count`` gives, or gave a short while ago for the same key, whose first part says what is counted."""
    place: dict[Hashable, tuple[float, datetime, Any]] = current_app.extensions.setdefault(_PLACE, {})
    began = time.monotonic()
    found = place.get(key)
    if found is not None and began < found[0]:
        return Kept(found[2], found[1])
    value = count()
    took = time.monotonic() - began
    place.pop(key, None)
    known: set[Hashable] = current_app.extensions.setdefault(_KNOWN, set())
    if took > QUICK_SECONDS and key[0] in known:
        if len(place) >= MOST_KEPT:
            place.clear()
        place[key] = (time.monotonic() + min(took * TIMES, MOST_SECONDS), clock.now(), value)
    known.add(key[0])
    return Kept(value, None)
