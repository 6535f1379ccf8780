"""How long a case stood on each level: the rounds between the entries that placed it (B1–B3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from psfs.domain.due import Limits

MOVING = frozenset({"up", "down", "continue"})
"""Outcomes of a deciding step that place the case: on another level, or in a new round of the same."""


@dataclass(frozen=True, slots=True)
class Placing:
    """An entry of the log that placed the case on a level; no level: it was closed."""

    on: date
    level: int | None


@dataclass(frozen=True, slots=True)
class Stay:
    """One round on one level. ``until_on``: the day it ended, None while it lasts; ``next_level``: where to."""

    level: int
    from_on: date
    until_on: date | None = None
    next_level: int | None = None


def stays(placings: Iterable[Placing]) -> tuple[Stay, ...]:
    """The rounds, in order, from the placings in the order they were first written.

    A day put right afterwards can lie before the one it follows: a round is never shorter than no day, and none begins
    before the one before it ended.
    """
    found: list[Stay] = []
    for placing in placings:
        begun = placing.on
        if found:
            last = found[-1]
            if last.until_on is None:
                found[-1] = replace(last, until_on=max(placing.on, last.from_on), next_level=placing.level)
            begun = max(placing.on, found[-1].until_on or placing.on)
        if placing.level is not None:
            found.append(Stay(placing.level, begun))
    return tuple(found)


def decided_in_time(stay: Stay, limits: Limits, today: date) -> bool | None:
    """Whether a round on the first level was decided within its days; None while it may still be (B1).

    On the last day it is in time. Closing is a decision too.
    """
    last = stay.from_on + timedelta(days=limits.level0_days)
    if stay.until_on is not None:
        return stay.until_on <= last
    return False if today > last else None
