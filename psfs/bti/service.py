"""What can be done to a case's place on its ladder (B1–B5). Each verb checks first, then writes the change and its
line in the log in one transaction, and commits once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from psfs.bti import log
from psfs.bti.hindrance import require
from psfs.bti.ladders import ladder as ladder_of
from psfs.domain.ladder import Open
from psfs.extensions import db
from psfs.models import Case, LogEntry, User

if TYPE_CHECKING:
    from datetime import date


def open_entry(
    case: Case, by: User, reason: str = "", *, decided_on: date | None = None, entry_id: uuid.UUID | None = None
) -> LogEntry:
    """Write the first line of a new case's log. Adds and flushes the case; does not commit: whoever creates it does.

    Args:
        case: the new case, with its level set; added to the session before or here.
        by: who opens it.
        reason: needed for a case that opens above the ladder's first level (B1).
        decided_on: when it was decided to open it; ``case.opened_on`` unless given.
        entry_id: the entry's id; made here unless given.

    Raises:
        psfs.bti.hindrance.Hindered: no reason, or no such level.
    """
    require(ladder_of(case.ladder), None, Open(case.level, reason))
    db.session.add(case)
    db.session.flush()  # the entry points at the case, and nothing else tells the session which comes first
    return log.write(
        case,
        by,
        "opened",
        decided_on=decided_on or case.opened_on,
        id=entry_id or uuid.uuid4(),
        to_level=case.level,
        round=case.round or 1,
        reason=reason.strip(),
    )
