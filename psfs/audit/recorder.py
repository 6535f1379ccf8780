"""Turns what a session is about to write into audit entries, in the same transaction.

Two rules hold for every ``Audited`` model: no flush without an actor, and no bulk write that would go past the log.
The entries of one transaction are one link of one chain, holding every old and new value.
"""

from __future__ import annotations

import contextlib
import logging
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import TextClause, event
from sqlalchemy.orm import Session

from psfs import clock
from psfs.extensions import Base, db
from psfs.models import Audited, AuditEntry, ListSighting

from . import changes, lists
from .chain import append

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from sqlalchemy.orm import ORMExecuteState, SessionTransaction, UOWTransaction

SYSTEM = "system"
SECURITY = "security"
_ACTOR, _PENDING, _HEADS, _SAVEPOINTS = "psfs_actor", "psfs_pending", "psfs_heads", "psfs_savepoints"
_KEPT = (_PENDING, _HEADS)
_OWN = (AuditEntry, ListSighting)
_WRITES = re.compile(r"\s*(?:insert|update|delete|replace|merge|truncate|alter|drop|create|copy|with)\b", re.IGNORECASE)
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
    *,
    case_id: uuid.UUID,
    actor_id: uuid.UUID,
    actor: str,
    view: str,
    why: str = "",
    by: str = "",
    claimed_at: datetime | None = None,
    at: datetime | None = None,
) -> None:
    """Note that someone looked at a case: who, when, which view, why where asked, by which relation.

    ``claimed_at``: when it was, by the clock of a device that tells of it later. ``at``: when it was, in a story
    that is made up (the demo); now unless given.

    Does not commit: the caller commits before anything is shown.
    """
    claimed = claimed_at.isoformat() if claimed_at else ""
    data = {key: value for key, value in (("why", why), ("by", by), ("claimed_at", claimed)) if value}
    _append(case_stream(case_id), Actor(actor_id, actor), kind="reading", action=view, data=data, at=at)


def record_list_reading(*, actor_id: uuid.UUID, actor: str, view: str, case_ids: Collection[uuid.UUID]) -> None:
    """Note that a list with names from several cases was shown, and in the index that each of them was on it.

    Does not commit: the caller commits before anything is shown.
    """
    named = sorted(set(case_ids))
    stream, data = f"{lists.PREFIX}{actor_id}", {lists.CASES: [str(case_id) for case_id in named]}
    entry_id = _append(stream, Actor(actor_id, actor), kind="reading", action=view, data=data)
    lists.keep(entry_id, named)


def record_security(action: str, *, actor_id: uuid.UUID | None = None, actor: str = "", **data: object) -> None:
    """Note a security event (sign-in, refusal, new code …). Does not commit."""
    _append(SECURITY, Actor(actor_id, actor), kind="security", action=action, data=data)


def _append(stream: str, actor: Actor, *, kind: str, action: str, data: object, at: datetime | None = None) -> int:
    """Write the entry, remember its head for the server's log, and give its key."""
    head, entry_id = append(
        stream=stream,
        at=at or clock.now(),
        actor_id=actor.id,
        actor=actor.name,
        kind=kind,
        action=action,
        data=data,
    )
    db.session().info.setdefault(_HEADS, []).append(head)
    return entry_id


@event.listens_for(Session, "before_flush")
def _check(session: Session, _context: UOWTransaction, _instances: object) -> None:
    if any(isinstance(instance, _OWN) for instance in (*session.new, *session.dirty, *session.deleted)):
        raise BulkWriteError("the audit's tables are written by psfs.audit only")
    if session.info.get(_ACTOR) is None and changes.touched(session):
        raise MissingActorError("changes to audited data need an actor")


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: UOWTransaction) -> None:
    """After the flush: defaults are filled in then, and foreign keys that were set through a relation."""
    found = changes.flushed(session)
    if not found:
        return
    actor = session.info.get(_ACTOR)
    if actor is None:
        raise MissingActorError("changes to audited data need an actor")
    session.info.setdefault(_PENDING, []).append((actor, found))


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint; the whole is written when the whole is committed
    if session.new or session.dirty or session.deleted:
        session.flush()
    pending: list[tuple[Actor, list[dict[str, Any]]]] = session.info.pop(_PENDING, [])
    merged: dict[Actor, list[dict[str, Any]]] = {}
    for actor, found in pending:
        merged.setdefault(actor, []).extend(found)
    for actor in sorted(merged, key=lambda one: one.stream):  # always in the same order: no two wait for each other
        _append(actor.stream, actor, kind="change", action=actor.action, data={"changes": merged[actor]})


@event.listens_for(Session, "after_commit")
def _note_heads(session: Session) -> None:
    if session.in_nested_transaction():
        return
    for head in session.info.pop(_HEADS, []):
        log.info("audit head", extra={"stream": head.stream, "seq": head.seq, "digest": head.digest})


@event.listens_for(Session, "after_transaction_create")
def _remember_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        session.info.setdefault(_SAVEPOINTS, {})[transaction] = [len(session.info.get(key, ())) for key in _KEPT]


@event.listens_for(Session, "after_transaction_end")
def _forget_savepoints(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_SAVEPOINTS, None)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, previous: SessionTransaction) -> None:
    """What was rolled back was not done: back to the savepoint, or to nothing."""
    lengths = session.info.get(_SAVEPOINTS, {}).get(previous, [0, 0])
    for key, length in zip(_KEPT, lengths, strict=True):
        del session.info.get(key, [])[length:]


@event.listens_for(Session, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    if isinstance(state.statement, TextClause):
        if _WRITES.match(state.statement.text):
            raise BulkWriteError("a statement in plain text would go past the log")
        return
    if not (state.is_insert or state.is_update or state.is_delete):
        return
    table = getattr(state.statement, "table", None)
    if table is not None and getattr(table, "name", None) in _guarded_tables():
        raise BulkWriteError(f"bulk writes to {table.name} go past the log")


@cache
def _guarded_tables() -> frozenset[str]:
    return frozenset(
        str(cast("Any", mapper.class_).__tablename__)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, (Audited, *_OWN))
    )
