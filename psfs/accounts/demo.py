"""Demo accounts: offered with one tap where the database is marked as made up and only this machine can ask."""

from __future__ import annotations

from flask import current_app, request
from sqlalchemy import select

from psfs.accounts import addresses, organisation, settings
from psfs.config import Config
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import Setting, User

OFFERED = {Role.STAFF: 2, Role.LEADER: 1, Role.KE: 1, Role.ADMIN: 1}
FIRST = ("kari", "ola")


def mark() -> None:
    """Mark the database as a demonstration and choose which accounts are offered: two of the staff, one of each other.

    No later account can become one of them.
    """
    chosen: list[str] = []
    everyone = db.session.execute(select(User.username, User.role).order_by(User.username)).all()
    for role, count in OFFERED.items():
        names = sorted((row.username for row in everyone if row.role == role), key=lambda name: name not in FIRST)
        chosen += names[:count]
    organisation.mark_as_demo(chosen)


def accounts() -> list[User]:
    """The accounts that may be offered to whoever asks now: none unless asked from this machine, without a proxy."""
    if not (settings.is_demo() and _asked_from_here()):
        return []
    marked = db.session.get(Setting, settings.DEMO)
    names = marked.value.split() if marked else []
    found = db.session.scalars(select(User).where(User.username.in_(names), User.disabled_at.is_(None)))
    return sorted(found, key=lambda account: names.index(account.username))


def _asked_from_here() -> bool:
    """Whether the request comes from this machine, under this machine's name (a page elsewhere cannot borrow it)."""
    config: Config = current_app.extensions["psfs_config"]
    if config.https or config.proxies or request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded"):
        return False
    return all(map(addresses.is_loopback, (request.remote_addr or "", addresses.host(request.host))))
