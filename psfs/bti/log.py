"""Writing to a case's log: the one place that makes ``LogEntry`` rows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.bti import stays
from psfs.extensions import db
from psfs.models import Case, LogEntry, User

if TYPE_CHECKING:
    from datetime import date


def write(case: Case, by: User, kind: str, *, decided_on: date | None = None, **fields: Any) -> LogEntry:
    """Add one entry to the case's log, on the level and round the case now stands on. Does not commit.

    One that places the case renews its ``LevelStay`` rows.

    Args:
        case: the case.
        by: who records it.
        kind: see ``LogEntry``.
        decided_on: the day it happened or was decided; today unless given.
        fields: other columns of ``LogEntry`` (``reason``, ``text``, ``step``, ``subject_id``, ``details`` …).
    """
    entry = LogEntry(
        **row(case.id, by, kind, decided_on=decided_on, **{"level": case.level, "round": case.round, **fields})
    )
    db.session.add(entry)
    if stays.places(entry):
        stays.renew(case.id)
    return entry


def row(case_id: uuid.UUID, by: User, kind: str, *, decided_on: date | None = None, **fields: Any) -> dict[str, Any]:
    """The columns of such an entry, for rows that are written many at a time (``psfs.audit.bulk``)."""
    return {
        "id": uuid.uuid4(),
        "case_id": case_id,
        "kind": kind,
        "decided_on": decided_on or clock.today(),
        "recorded_at": clock.now(),
        "recorded_by_id": by.id,
        "recorded_by": by.name,
        **fields,
    }
