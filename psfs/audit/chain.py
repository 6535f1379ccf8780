"""The hash chains: how an entry is linked to the one before it. How a break is found stands in ``verifying``.

Each stream (one per case, one for the program's own security events) is a chain of its own: entry *n* holds the
digest of entry *n* − 1. An edited, removed or reordered entry breaks the chain where it happened. A cut tail breaks
nothing inside the database; it shows against a head noted outside it (the server log, a backup's list of heads).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, bindparam, func, insert, select

from psfs.extensions import db
from psfs.models import AuditEntry

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

START = "0" * 64
CHUNK = 500
ALL_STREAMS = (0x70736673, 1)  # the advisory lock that stands for every stream
# Every page writes an entry: its statements are made once.
_OWN_LOCK = func.pg_advisory_xact_lock(func.hashtextextended(bindparam("stream", type_=Text()), 0))
_LOCK = select(func.pg_advisory_xact_lock_shared(*ALL_STREAMS), _OWN_LOCK)
_LAST = (
    select(AuditEntry.seq, AuditEntry.digest)
    .where(AuditEntry.stream == bindparam("stream"))
    .order_by(AuditEntry.seq.desc())
    .limit(1)
)
_INSERT = insert(AuditEntry)


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a stream: its number and digest."""

    stream: str
    seq: int
    digest: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain is broken.

    ``code``: edited, missing, reordered (what stands before is not what stood there), cut_tail (a noted entry is gone)
    or unknown_stream (a noted chain is gone as a whole). In the index of lists (``lists.faults``): index_missing (the
    entry names ``about``, and the index does not have it), index_extra (the other way round) or index_lost (a row of
    the index whose entry does not exist; ``seq`` is that entry's key).
    """

    stream: str
    seq: int
    code: str
    about: str = ""


def canonical(data: object) -> str:
    """The one way to write ``data`` as text: what is hashed is what is stored."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def digest(
    *,
    stream: str,
    seq: int,
    at: datetime,
    actor_id: uuid.UUID | None,
    actor: str,
    kind: str,
    action: str,
    data: str,
    previous: str,
) -> str:
    """SHA-256 over every field of an entry and the digest before it, in hexadecimal."""
    whole = canonical(
        [
            stream,
            seq,
            at.isoformat(timespec="microseconds"),
            str(actor_id or ""),
            actor,
            kind,
            action,
            data,
            previous,
        ]
    )
    return hashlib.sha256(whole.encode()).hexdigest()


def append(
    *,
    stream: str,
    at: datetime,
    actor_id: uuid.UUID | None,
    actor: str,
    kind: str,
    action: str,
    data: object,
) -> tuple[Head, int]:
    """Add one entry to a stream, within the transaction that is open; its head, and its key in the table.

    On PostgreSQL an advisory lock on the stream makes two writers of the same stream wait for one another, and a
    shared one makes them wait for ``append_many``; on SQLite the write lock already does.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK, {"stream": stream})
    last = connection.execute(_LAST, {"stream": stream}).first()
    fields: dict[str, Any] = {
        "stream": stream,
        "at": at,
        "actor_id": actor_id,
        "actor": actor,
        "kind": kind,
        "action": action,
        "data": canonical(data),
    }
    row = _linked(fields, Head(stream, last.seq, last.digest) if last else None)
    key = connection.execute(_INSERT, row).inserted_primary_key
    assert key is not None  # noqa: S101 - a row has one
    return Head(stream, row["seq"], row["digest"]), key[0]


def append_many(
    entries: Mapping[str, object],
    *,
    at: datetime,
    actor_id: uuid.UUID | None,
    actor: str,
    kind: str,
    action: str,
) -> list[Head]:
    """Add one entry to each of many streams, within the transaction that is open.

    The streams are too many for one lock each on PostgreSQL. New ones are nobody else's yet; if one has entries
    already, every other writer waits until this transaction ends.

    Args:
        entries: what each stream's entry tells, by the stream's name.
        at: when.
        actor_id: who, if it is an account.
        actor: who.
        kind: see ``AuditEntry``.
        action: the same for all.

    Returns:
        The new heads, in the order given.
    """
    connection = db.session.connection()
    last = _heads_of(entries)
    if last and connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(*ALL_STREAMS)))
        last = _heads_of(entries)
    common = {"at": at, "actor_id": actor_id, "actor": actor, "kind": kind, "action": action}
    rows = [
        _linked({"stream": stream, **common, "data": canonical(data)}, last.get(stream))
        for stream, data in entries.items()
    ]
    if rows:
        connection.execute(insert(AuditEntry), rows)
    return [Head(row["stream"], row["seq"], row["digest"]) for row in rows]


def _linked(fields: dict[str, Any], last: Head | None) -> dict[str, Any]:
    """The row of an entry that follows ``last``, or that begins its stream."""
    row = {**fields, "seq": last.seq + 1 if last else 1, "previous": last.digest if last else START}
    return {**row, "digest": digest(**row)}


def _heads_of(streams: Iterable[str]) -> dict[str, Head]:
    connection = db.session.connection()
    names = list(streams)
    found: dict[str, Head] = {}
    for start in range(0, len(names), CHUNK):
        newest = (
            select(AuditEntry.stream, func.max(AuditEntry.seq).label("seq"))
            .where(AuditEntry.stream.in_(names[start : start + CHUNK]))
            .group_by(AuditEntry.stream)
            .subquery()
        )
        rows = connection.execute(
            select(AuditEntry.stream, AuditEntry.seq, AuditEntry.digest).join(
                newest, (AuditEntry.stream == newest.c.stream) & (AuditEntry.seq == newest.c.seq)
            )
        )
        found.update((row.stream, Head(row.stream, row.seq, row.digest)) for row in rows)
    return found


def heads() -> Iterator[Head]:
    """The head of every stream, to be noted outside the database."""
    newest = select(AuditEntry.stream, func.max(AuditEntry.seq).label("seq")).group_by(AuditEntry.stream).subquery()
    rows = db.session.execute(
        select(AuditEntry.stream, AuditEntry.seq, AuditEntry.digest)
        .join(newest, (AuditEntry.stream == newest.c.stream) & (AuditEntry.seq == newest.c.seq))
        .order_by(AuditEntry.stream)
    )
    for row in rows:
        yield Head(row.stream, row.seq, row.digest)
