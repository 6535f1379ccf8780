"""What the pages about accounts show. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs.accounts import codes
from psfs.extensions import db
from psfs.models import Service, User

if TYPE_CHECKING:
    import uuid


@dataclass(frozen=True, slots=True)
class Account:
    """One account in a list. ``state``: active, disabled, code (has a code that works) or locked_out (has none)."""

    id: uuid.UUID
    username: str
    name: str
    role: str
    service: str
    phone: str
    state: str


def accounts() -> list[Account]:
    """Every account, by name; the disabled ones last."""
    rows = db.session.scalars(
        select(User).options(joinedload(User.service)).order_by(User.disabled_at.is_not(None), User.name)
    )
    waiting = codes.waiting()
    return [_account(row, waiting) for row in rows]


def _account(row: User, waiting: set[uuid.UUID]) -> Account:
    if row.disabled_at is not None:
        state = "disabled"
    elif row.passphrase_hash is not None:
        state = "active"
    else:
        state = "code" if row.id in waiting else "locked_out"
    service = row.service.name if row.service else ""
    return Account(row.id, row.username, row.name, row.role, service, row.phone, state)


def services(*, active_only: bool = False) -> list[Service]:
    """The services by name, those in use first."""
    query = select(Service).order_by(Service.active.desc(), Service.name)
    return list(db.session.scalars(query.where(Service.active) if active_only else query))
