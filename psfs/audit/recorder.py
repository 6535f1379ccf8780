"""Turns what a session is about to write into audit entries, in the same transaction.

Two rules hold for every ``Audited`` model: no flush without an actor, and no bulk write that would go past the log.
The entries of one transaction are one link of one chain, holding every old and new value.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import event, inspect
from sqlalchemy.orm import Session

from psfs import clock
from psfs.extensions import Base, db
from psfs.models import Audited, AuditEntry

from .chain import append

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator

    from sqlalchemy.orm import InstanceState, ORMExecuteState, UOWTransaction

SYSTEM = "system"
SECURITY = "security"
_ACTOR, _PENDING, _HEADS = "psfs_actor", "psfs_pending", "psfs_heads"
log = logging.getLogger("psfs.audit")


class MissingActorError(RuntimeError):
    """Someone tried to change clinical data without saying who does it."""


class BulkWriteError(RuntimeError):
    """A bulk statement would change clinical data past the log."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, and which chain the change belongs to (``case:<uuid>``, or ``system``)."""

    id: uuid.UUID | None
    name: str
    stream: str = SYSTEM
    action: str = "change"


def case_stream(case_id: uuid.UUID) -> str:
    """The name of a case's chain."""
    return f"case:{case_id}"


def act_as(actor: Actor) -> None:
    """Say who makes the changes of this session from now on."""
    db.session().info[_ACTOR] = actor


@contextlib.contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """The same, for the length of a block."""
    info = db.session().info
    before = info.get(_ACTOR)
    info[_ACTOR] = actor
    try:
        yield
    finally:
        info[_ACTOR] = before


def record_reading(
    *, case_id: uuid.UUID, actor_id: uuid.UUID, actor: str, view: str, why: str = "", by: str = ""
) -> None:
    """Note that someone looked at a case: who, when, which view, why where asked, by which relation.

    Does not commit: the caller commits before anything is shown.
    """
    data = {key: value for key, value in (("why", why), ("by", by)) if value}
    _append(case_stream(case_id), Actor(actor_id, actor), kind="reading", action=view, data=data)


def record_list_reading(*, actor_id: uuid.UUID, actor: str, view: str, case_ids: list[uuid.UUID]) -> None:
    """Note that a list with names from several cases was shown. Does not commit."""
    stream = f"lists:{actor_id}"
    _append(
        stream,
        Actor(actor_id, actor),
        kind="reading",
        action=view,
        data={"cases": sorted(map(str, case_ids))},
    )


def record_security(action: str, *, actor_id: uuid.UUID | None = None, actor: str = "", **data: object) -> None:
    """Note a security event (sign-in, refusal, new code …). Does not commit."""
    _append(SECURITY, Actor(actor_id, actor), kind="security", action=action, data=data)


def _append(stream: str, actor: Actor, *, kind: str, action: str, data: object) -> None:
    head = append(
        stream=stream,
        at=clock.now(),
        actor_id=actor.id,
        actor=actor.name,
        kind=kind,
        action=action,
        data=data,
    )
    db.session().info.setdefault(_HEADS, []).append(head)


@event.listens_for(Session, "before_flush")
def _collect(session: Session, _context: UOWTransaction, _instances: object) -> None:
    changes = [
        change
        for objects, op in (
            (session.new, "insert"),
            (session.dirty, "update"),
            (session.deleted, "delete"),
        )
        for instance in objects
        if isinstance(instance, Audited) and (change := _change(inspect(cast("Any", instance)), op))
    ]
    if any(isinstance(instance, AuditEntry) for instance in (*session.new, *session.dirty, *session.deleted)):
        raise BulkWriteError("audit_entry is written by psfs.audit only")
    if not changes:
        return
    if session.info.get(_ACTOR) is None:
        raise MissingActorError("changes to audited data need an actor")
    session.info.setdefault(_PENDING, []).append((session.info[_ACTOR], changes))


def _change(state: InstanceState[Any], op: str) -> dict[str, Any] | None:
    mapper = state.mapper
    hidden: frozenset[str] = getattr(mapper.class_, "unlogged", frozenset())
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for attribute in mapper.column_attrs:
        key = attribute.key
        history = state.attrs[key].history
        if op == "update" and not history.has_changes():
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else (history.unchanged[0] if history.unchanged else None)
        if key in hidden:
            before, after = ("·" if before else None), ("·" if after else None)
        if op != "insert":
            old[key] = before if op == "update" else after
        if op != "delete" and after is not None or (op == "update"):
            new[key] = after
    if not (old or new):
        return None
    key_values = [str(getattr(state.obj(), mapper.get_property_by_column(column).key)) for column in mapper.primary_key]
    change: dict[str, Any] = {
        "table": mapper.class_.__tablename__,
        "id": "/".join(key_values),
        "op": op,
    }
    if old:
        change["old"] = old
    if new:
        change["new"] = new
    return change


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.new or session.dirty or session.deleted:
        session.flush()
    pending = session.info.pop(_PENDING, [])
    merged: dict[tuple[str, Any], tuple[Actor, list[dict[str, Any]]]] = {}
    for actor, changes in pending:
        merged.setdefault((actor.stream, actor.id), (actor, []))[1].extend(changes)
    for actor, changes in merged.values():
        _append(actor.stream, actor, kind="change", action=actor.action, data={"changes": changes})


@event.listens_for(Session, "after_commit")
def _note_heads(session: Session) -> None:
    for head in session.info.pop(_HEADS, []):
        log.info("audit head", extra={"stream": head.stream, "seq": head.seq, "digest": head.digest})


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop(_PENDING, None)
    session.info.pop(_HEADS, None)


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    table = getattr(state.statement, "table", None)
    if table is not None and getattr(table, "name", None) in _guarded_tables():
        raise BulkWriteError(f"bulk writes to {table.name} go past the log")


def _guarded_tables() -> frozenset[str]:
    return frozenset(
        str(cast("Any", mapper.class_).__tablename__)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, (Audited, AuditEntry))
    )
