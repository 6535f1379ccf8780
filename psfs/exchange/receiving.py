"""Who gets the cases that an import makes: a service, and a member of its staff who holds them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from psfs.domain.errors import Refusal
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import Service, User

SERVICE = "Importerte skjema"
"""Where the cases go when nobody says where."""


def receiver(service: str | None, holder: str | None) -> tuple[str, User | None]:
    """The name of the service, and the account that holds the cases, checked before anything is read.

    Args:
        service: the name of a service in use; the holder's own, or else ``SERVICE``, unless given.
        holder: a username; nobody holds the cases unless given.

    Raises:
        Refusal: "unused_service", "no_such_holder", or "holder_elsewhere": the holder belongs to another service.
    """
    user = _holder(holder) if holder is not None else None
    if service is None:
        return (user.service.name if user and user.service else SERVICE), user
    found = db.session.scalar(select(Service).where(Service.name == service))
    if found is None or not found.active:
        raise Refusal("unused_service", name=service)
    if user is not None and user.service_id != found.id:
        raise Refusal("holder_elsewhere", name=user.name, service=found.name)
    return found.name, user


def holders() -> dict[str, list[tuple[str, str]]]:
    """Who may hold the cases: username and name, by the name of their service. One statement."""
    query = select(User).join(Service).where(User.disabled_at.is_(None), User.role != Role.ADMIN, Service.active)
    found: dict[str, list[tuple[str, str]]] = {}
    for user in db.session.scalars(query.options(contains_eager(User.service)).order_by(Service.name, User.name)):
        if user.service is not None:
            found.setdefault(user.service.name, []).append((user.username, user.name))
    return found


def _holder(username: str) -> User:
    query = select(User).where(User.username == username).options(joinedload(User.service))
    user = db.session.scalar(query)
    if user is None or user.disabled_at is not None or user.role == Role.ADMIN or user.service is None:
        raise Refusal("no_such_holder", name=username)
    return user
