"""Names in lists: each list is one entry in its reader's own chain, and an index tells which lists a case was in.

The chain is what counts. The index is written with the entry, in the same transaction, and can be made anew from it.
"""

from __future__ import annotations

import json
import uuid
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from psfs.extensions import db
from psfs.models import AuditEntry, ListSighting

from .chain import Fault

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Select

PREFIX = "lists:"
CASES = "cases"
_INSERT = insert(ListSighting)


def keep(entry_id: int, case_ids: Collection[uuid.UUID]) -> None:
    """Write the index of an entry that was just appended. Does not commit."""
    if case_ids:
        rows = [{"case_id": case_id, "entry_id": entry_id} for case_id in case_ids]
        db.session.connection().execute(_INSERT, rows)


def faults() -> Iterator[Fault]:
    """Where the index and the chains do not agree, in the order of the entries' keys; the codes: see ``Fault``."""
    entries = select(AuditEntry.id, AuditEntry.stream, AuditEntry.seq, AuditEntry.data).where(
        AuditEntry.stream.startswith(PREFIX), AuditEntry.kind == "reading"
    )
    index = select(ListSighting.entry_id, ListSighting.case_id).order_by(ListSighting.entry_id)
    listed = groupby(_streamed(index), key=lambda row: int(row.entry_id))
    entry_id, named = next(listed, (None, iter(())))
    for entry in _streamed(entries.order_by(AuditEntry.id)):
        while entry_id is not None and entry_id < entry.id:
            yield from _lost(entry_id, named)
            entry_id, named = next(listed, (None, iter(())))
        found: set[str] = set()
        if entry_id == entry.id:
            found = {str(row.case_id) for row in named}
            entry_id, named = next(listed, (None, iter(())))
        wanted = _cases(entry.data)
        for code, cases in (("index_missing", wanted - found), ("index_extra", found - wanted)):
            yield from (Fault(entry.stream, entry.seq, code, case_id) for case_id in sorted(cases))
    while entry_id is not None:
        yield from _lost(entry_id, named)
        entry_id, named = next(listed, (None, iter(())))


def fill(fault: Fault) -> bool:
    """Write the row that is missing (``index_missing``); whether that could be done. Does not commit."""
    try:
        case_id = uuid.UUID(fault.about)
    except ValueError:  # an entry that was edited: its digest tells
        return False
    entry = select(AuditEntry.id).where(AuditEntry.stream == fault.stream, AuditEntry.seq == fault.seq)
    keep(db.session.connection().execute(entry).scalar_one(), [case_id])
    return True


def _streamed(query: Select[*tuple[Any, ...]]) -> Any:
    return db.session.execute(query, execution_options={"yield_per": 2000})


def _lost(entry_id: int, rows: Iterator[Any]) -> Iterator[Fault]:
    for case_id in sorted(str(row.case_id) for row in rows):
        yield Fault(ListSighting.__tablename__, entry_id, "index_lost", case_id)


def _cases(data: str) -> set[str]:
    """The cases that an entry names; none where it was edited beyond reading, which its digest tells."""
    try:
        return set(map(str, json.loads(data)[CASES]))
    except (ValueError, KeyError, TypeError):
        return set()
