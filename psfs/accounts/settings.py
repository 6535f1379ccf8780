"""What the municipality decides: limits, and whether the database is a demonstration."""

from __future__ import annotations

import time
from dataclasses import fields

from flask import current_app
from sqlalchemy import func, select

from psfs.accounts import addresses
from psfs.config import Config
from psfs.domain.due import Limits
from psfs.extensions import db
from psfs.models import Setting

DEMO = "demo"


KEPT_SECONDS = 5.0
_KEPT = "psfs_limits"


def limits() -> Limits:
    """The thresholds in force: the municipality's own where set, else the built-in ones.

    Each page that asks who is signed in learns them with it (``heed``). What does without that reads them, and again
    every few seconds; the one that changes them forgets at once.
    """
    kept: tuple[float, Limits] | None = current_app.extensions.get(_KEPT)
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    return heed(db.session.scalar(select(OWN)))


OWN = select(func.aggregate_strings(Setting.key + "=" + Setting.value, "\n")).scalar_subquery()
"""What the municipality has set, for a statement that asks for something else as well; see ``heed``."""


def heed(own: str | None) -> Limits:
    """Keep the thresholds as ``OWN`` gave them, so that a change counts at once: access hangs on them too (B6)."""
    given = dict(line.partition("=")[::2] for line in (own or "").splitlines())
    found = Limits(**{field.name: int(given[field.name]) for field in fields(Limits) if field.name in given})
    current_app.extensions[_KEPT] = (time.monotonic(), found)
    return found


def forget() -> None:
    """Read the settings anew next time."""
    current_app.extensions.pop(_KEPT, None)


def is_demo() -> bool:
    """Whether demo accounts may be offered: a database marked as demo *and* a server on loopback."""
    config: Config = current_app.extensions["psfs_config"]
    return addresses.is_loopback(addresses.host(config.listen)) and db.session.get(Setting, DEMO) is not None
