"""The hash chains: how an entry is linked to the one before it, and how a break is found.

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
    or unknown_stream (a noted chain is gone as a whole).
    """

    stream: str
    seq: int
    code: str


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
) -> Head:
    """Add one entry to a stream, within the transaction that is open.

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
    connection.execute(_INSERT, row)
    return Head(stream, row["seq"], row["digest"])


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


def verify(noted: Iterable[Head] = ()) -> tuple[int, list[Fault]]:
    """Walk every chain from its start.

    Args:
        noted: heads noted outside the database at some earlier time; each must still be in its chain.

    Returns:
        The number of entries read and the faults, each with the stream and the number where it shows.
    """
    watched: dict[str, dict[int, str]] = {}
    for head in noted:
        watched.setdefault(head.stream, {})[head.seq] = head.digest
    faults: list[Fault] = []
    count = 0
    stream, expected_seq, previous = "", 1, START
    pending: dict[int, str] = {}
    rows = db.session.execute(
        select(AuditEntry).order_by(AuditEntry.stream, AuditEntry.id),
        execution_options={"yield_per": 2000},
    ).scalars()
    for entry in rows:
        if entry.stream != stream:
            faults += [Fault(stream, seq, "cut_tail") for seq in sorted(pending)]
            stream, expected_seq, previous = entry.stream, 1, START
            pending = watched.pop(stream, {})
        count += 1
        faults += _check(entry, expected_seq, previous, pending.pop(entry.seq, None))
        expected_seq, previous = entry.seq + 1, entry.digest
    faults += [Fault(stream, seq, "cut_tail") for seq in sorted(pending)]
    for missing, noted_heads in watched.items():
        faults += [Fault(missing, seq, "unknown_stream") for seq in sorted(noted_heads)]
    return count, faults


def _check(entry: AuditEntry, expected_seq: int, previous: str, noted: str | None) -> list[Fault]:
    """The faults that show at one entry; at most one, the most telling."""
    again = digest(
        stream=entry.stream,
        seq=entry.seq,
        at=entry.at,
        actor_id=entry.actor_id,
        actor=entry.actor,
        kind=entry.kind,
        action=entry.action,
        data=entry.data,
        previous=entry.previous,
    )
    if entry.seq < expected_seq:
        return [Fault(entry.stream, entry.seq, "reordered")]
    if entry.seq > expected_seq:
        return [Fault(entry.stream, expected_seq, "missing")]
    if again != entry.digest or (noted is not None and noted != entry.digest):
        return [Fault(entry.stream, entry.seq, "edited")]
    if entry.previous != previous:
        return [Fault(entry.stream, entry.seq, "reordered")]
    return []
