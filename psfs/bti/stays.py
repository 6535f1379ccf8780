"""The time a case has spent on each level, kept beside the log for counting. The log decides; this is made from it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select

from psfs.domain import stays
from psfs.extensions import db
from psfs.models import LevelStay, LogEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

PLACE_KINDS = frozenset({"opened", "move", "closed", "reopened"})


def places(entry: LogEntry) -> bool:
    """Whether the entry placed the case: on a level, in a new round, or closed."""
    return entry.kind in PLACE_KINDS or (entry.kind == "step" and entry.outcome in stays.MOVING)


def renew(case_id: uuid.UUID) -> None:
    """Make the case's rows say what its log now says. Flushes; does not commit."""
    db.session.flush()
    moved = LogEntry.kind == "step", LogEntry.outcome.in_(stays.MOVING)
    query = select(LogEntry).where(
        LogEntry.case_id == case_id, or_(LogEntry.kind.in_(PLACE_KINDS), (moved[0] & moved[1]))
    )
    entries = in_order(db.session.scalars(query.order_by(LogEntry.recorded_at, LogEntry.id)).all())
    found = stays.stays(
        stays.Placing(entry.decided_on, None if entry.kind == "closed" else entry.to_level) for entry in entries
    )
    db.session.execute(delete(LevelStay).where(LevelStay.case_id == case_id))
    db.session.add_all(
        LevelStay(
            id=uuid.uuid5(case_id, f"stay {number}"),
            case_id=case_id,
            level=each.level,
            from_on=each.from_on,
            until_on=each.until_on,
            next_level=each.next_level,
        )
        for number, each in enumerate(found)
    )


def in_order(entries: Sequence[LogEntry]) -> list[LogEntry]:
    """Those in force: an entry that puts another right stands where that one stood."""
    place = {entry.id: number for number, entry in enumerate(entries)}
    for entry in entries:
        if entry.strikes_id in place:
            place[entry.id] = place[entry.strikes_id]
    struck = {entry.strikes_id for entry in entries}
    return sorted((entry for entry in entries if entry.id not in struck), key=lambda entry: place[entry.id])
