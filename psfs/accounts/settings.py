"""What the municipality decides: limits, and whether the database is a demonstration."""

from __future__ import annotations

from dataclasses import fields

from flask import current_app
from sqlalchemy import select

from psfs.accounts import addresses
from psfs.config import Config
from psfs.domain.due import Limits
from psfs.extensions import db
from psfs.models import Setting

DEMO = "demo"


def limits() -> Limits:
    """The thresholds in force: the municipality's own where set, else the built-in ones."""
    rows = db.session.execute(select(Setting.key, Setting.value)).all()
    own = {row.key: row.value for row in rows}
    return Limits(**{field.name: int(own[field.name]) for field in fields(Limits) if field.name in own})


def is_demo() -> bool:
    """Whether demo accounts may be offered: a database marked as demo *and* a server on loopback."""
    config: Config = current_app.extensions["psfs_config"]
    return addresses.is_loopback(addresses.host(config.listen)) and db.session.get(Setting, DEMO) is not None
