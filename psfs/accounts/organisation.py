"""Verbs on services and on what the municipality decides. Each commits once."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs import audit
from psfs.accounts import settings
from psfs.domain.errors import Refusal
from psfs.extensions import begin_write, db
from psfs.models import Service, Setting

if TYPE_CHECKING:
    from psfs.audit import Actor
    from psfs.domain.due import Limits


def add_service(actor: Actor, *, id: uuid.UUID, name: str, external: bool = False, phone: str = "") -> None:
    """Make a service; nothing happens if the same form made it before.

    Raises:
        Refusal: ``service_taken``, or ``id_taken`` where the form that made a service is sent with other content.
    """
    begin_write()
    made = db.session.get(Service, id)
    if made is not None:
        if (made.name, made.external, made.phone) != (name, external, phone):
            raise Refusal("id_taken")
        db.session.rollback()
        return
    _name_is_free(name, None)
    with audit.acting(actor):
        db.session.add(Service(id=id, name=name, external=external, phone=phone))
        _note("service_made", actor, name)
        db.session.commit()


def edit_service(actor: Actor, service_id: uuid.UUID, *, name: str, external: bool, phone: str, active: bool) -> None:
    """Change a service. One that is not active can no longer be chosen; what belongs to it stays.

    Raises:
        Refusal: ``service_unavailable`` or ``service_taken``.
    """
    begin_write()
    service = db.session.get(Service, service_id, populate_existing=True)
    if service is None:
        raise Refusal("service_unavailable")
    _name_is_free(name, service_id)
    service.name, service.external, service.phone, service.active = name, external, phone, active
    with audit.acting(actor):
        _note("service_changed", actor, name)
        db.session.commit()


def service_named(actor: Actor, name: str, *, make: bool = False) -> uuid.UUID:
    """The id of the service with this name; it is made first where that is asked for.

    Raises:
        Refusal: ``no_such_service``.
    """
    found = db.session.scalar(select(Service.id).where(Service.name == name))
    if found is not None:
        return found
    if not make:
        raise Refusal("no_such_service", name=name)
    made = uuid.uuid4()
    add_service(actor, id=made, name=name)
    return made


def set_limits(actor: Actor, limits: Limits) -> None:
    """Put the municipality's own thresholds in force."""
    begin_write()
    with audit.acting(actor):
        for key, value in asdict(limits).items():
            _set(key, str(value))
        audit.record_security("settings_changed", actor_id=actor.id, actor=actor.name, **asdict(limits))
        db.session.commit()
    settings.forget()


def mark_as_demo(usernames: list[str]) -> None:
    """Say that everything in the database is made up, and which accounts the sign-in page may offer."""
    begin_write()
    with audit.acting(audit.Actor(None, "psfs")):
        _set(settings.DEMO, " ".join(usernames))
        db.session.commit()


def _set(key: str, value: str) -> None:
    row = db.session.get(Setting, key)
    if row is None:
        db.session.add(Setting(key=key, value=value))
    else:
        row.value = value


def _name_is_free(name: str, own: uuid.UUID | None) -> None:
    taken = db.session.scalar(select(Service.id).where(Service.name == name))
    if taken is not None and taken != own:
        raise Refusal("service_taken", name=name)


def _note(action: str, actor: Actor, name: str) -> None:
    audit.record_security(action, actor_id=actor.id, actor=actor.name, service=name)
