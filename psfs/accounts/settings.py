"""What the municipality decides: limits, and whether the database is a demonstration."""

from __future__ import annotations

import time
from dataclasses import fields

from flask import current_app
from sqlalchemy import select

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

    Each worker reads them again every few seconds; the one that changes them forgets at once.
    """
    kept: tuple[float, Limits] | None = current_app.extensions.get(_KEPT)
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    found = _read()
    current_app.extensions[_KEPT] = (time.monotonic(), found)
    return found


CONSENT_AGE = select(Setting.value).where(Setting.key == "consent_age").scalar_subquery()
"""What the municipality has set, for a statement that asks for something else as well; see ``heed``."""


def heed(consent_age: str | None) -> None:
    """Read the settings anew if the consent age, as ``CONSENT_AGE`` gave it, is not the one that is kept.

    Access hangs on it (B6), so that a change counts at once and not when the kept one has grown old.
    """
    kept: tuple[float, Limits] | None = current_app.extensions.get(_KEPT)
    if kept is not None and kept[1].consent_age != int(consent_age or Limits().consent_age):
        forget()


def forget() -> None:
    """Read the settings anew next time."""
    current_app.extensions.pop(_KEPT, None)


def _read() -> Limits:
    rows = db.session.execute(select(Setting.key, Setting.value)).all()
    own = {row.key: row.value for row in rows}
    return Limits(**{field.name: int(own[field.name]) for field in fields(Limits) if field.name in own})


def is_demo() -> bool:
    """Whether demo accounts may be offered: a database marked as demo *and* a server on loopback."""
    config: Config = current_app.extensions["psfs_config"]
    return addresses.is_loopback(addresses.host(config.listen)) and db.session.get(Setting, DEMO) is not None
