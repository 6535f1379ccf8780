"""Walking the chains and their index, to find whoever edited, removed, reordered or cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs.extensions import begin_write, db
from psfs.models import AuditEntry

from . import lists
from .chain import START, Fault, digest
from .recorder import record_security

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .chain import Head


def verify(noted: Iterable[Head] = ()) -> tuple[int, list[Fault]]:
    """Walk every chain from its start, and then the index of lists.

    Args:
        noted: heads noted outside the database at some earlier time; each must still be in its chain.

    Returns:
        The number of entries read and the faults, each with the stream and the number where it shows.
    """
    _hold_one_moment()
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
    faults += lists.faults()
    db.session.commit()
    return count, faults


def fill_index() -> list[Fault]:
    """Write the rows that the index of lists lacks, as the entries name them, and note in the log that it was done.

    For rows that a program of an earlier version left out. Nothing is taken away, and no chain is touched.

    Returns:
        What was missing; ``verify`` tells of whatever else is wrong.
    """
    _hold_one_moment()
    found = [fault for fault in lists.faults() if fault.code == "index_missing"]
    db.session.commit()
    begin_write()
    missing = [fault for fault in found if lists.fill(fault)]
    if missing:
        record_security("index_filled", actor="psfs", rows=len(missing))
    db.session.commit()
    return missing


def _hold_one_moment() -> None:
    """Begin a transaction that sees one moment throughout, so that what others write meanwhile is no fault."""
    db.session.commit()
    if db.engine.dialect.name == "postgresql":  # SQLite always does
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


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
