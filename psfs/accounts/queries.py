"""What the pages about accounts show. Nothing is written here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs.accounts import codes
from psfs.extensions import db
from psfs.models import AuditEntry, Service, User

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

PAGE = 50


@dataclass(frozen=True, slots=True)
class Account:
    """One account in a list. ``state``: active, disabled, code (has a code that works) or locked_out (has none)."""

    id: uuid.UUID
    username: str
    name: str
    role: str
    service: str
    service_id: uuid.UUID | None
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
    return Account(row.id, row.username, row.name, row.role, service, row.service_id, row.phone, state)


def account(user_id: uuid.UUID) -> Account | None:
    """One account, or None."""
    row = db.session.get(User, user_id, options=[joinedload(User.service)])
    return _account(row, codes.waiting()) if row else None


def services() -> list[Service]:
    """The services by name, those in use first."""
    return list(db.session.scalars(select(Service).order_by(Service.active.desc(), Service.name)))


def service(service_id: uuid.UUID) -> Service | None:
    """One service, or None."""
    return db.session.get(Service, service_id)


def service_choices(own: uuid.UUID | None = None) -> list[tuple[str, str]]:
    """The services that can be chosen: those in use, and the one that is chosen already."""
    return [(str(one.id), one.name) for one in services() if one.active or one.id == own]


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """One line of the security log. ``about`` is the account or service it happened to, ``way`` how one signed in."""

    at: datetime
    action: str
    actor: str
    about: str
    address: str
    way: str


@dataclass(frozen=True, slots=True)
class SecurityPage:
    """One page of the security log, newest first."""

    events: list[SecurityEvent]
    page: int
    more: bool


def security_events(*, event: str = "", page: int = 1) -> SecurityPage:
    """A page of the log, of one kind of event or of all."""
    query = select(AuditEntry).where(AuditEntry.kind == "security")
    if event:
        query = query.where(AuditEntry.action == event)
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(PAGE + 1).offset((page - 1) * PAGE)
    rows = list(db.session.scalars(query))
    return SecurityPage([_event(row) for row in rows[:PAGE]], page, len(rows) > PAGE)


def _event(row: AuditEntry) -> SecurityEvent:
    data = json.loads(row.data)
    about = data.get("username") or data.get("service") or ""
    return SecurityEvent(row.at, row.action, row.actor, about, data.get("address", ""), data.get("by", ""))
