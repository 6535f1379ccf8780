"""A case opened for an hour by somebody who takes no part in it, and who has been told. One commit for each verb."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psfs import audit, clock
from psfs.bti import log
from psfs.bti.hindrance import repeated
from psfs.domain.permissions import Role
from psfs.extensions import begin_write, db
from psfs.models import EmergencyOpening

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from psfs.cases.door import OpenCase
    from psfs.models import Case, User

EMERGENCY_LASTS = timedelta(hours=1)


def open_emergency(opened: OpenCase, row_id: uuid.UUID, reason: str) -> None:
    """Open a case for an hour; the leader of its service and KE are told (their worklists show it).

    A reader who has access already, or whose hour still runs, gets nothing more.
    """
    if repeated(EmergencyOpening, row_id, opened.case, user_id=opened.user.id, reason=reason):
        return
    grant(opened.case, opened.user, row_id, reason, clock.now())
    db.session.commit()


def grant(case: Case, user: User, row_id: uuid.UUID, reason: str, moment: datetime, **entry: Any) -> EmergencyOpening:
    """The hour that begins at ``moment``, and its line in the log (``entry``: more columns of it). Does not commit."""
    row = EmergencyOpening(
        id=row_id,
        case_id=case.id,
        user_id=user.id,
        service_id=case.service_id,
        reason=reason,
        opened_at=moment,
        until=moment + EMERGENCY_LASTS,
    )
    db.session.add(row)
    details = {"event": "opened", "until": row.until.isoformat(), "name": user.name}
    log.write(case, user, "emergency", reason=reason, subject_id=row_id, details=details, **entry)
    return row


def acknowledge_emergency(row_id: uuid.UUID, by: User) -> bool:
    """The leader of the service, or KE, has seen that a case was opened; False for anybody else."""
    begin_write()
    row = db.session.get(EmergencyOpening, row_id, populate_existing=True)
    if row is None:
        return False
    if by.role == Role.LEADER and by.service_id == row.service_id:
        row.leader_seen_at = row.leader_seen_at or clock.now()
    elif by.role == Role.KE:
        row.ke_seen_at = row.ke_seen_at or clock.now()
    else:
        return False
    audit.recorder.act_as(audit.Actor(by.id, by.name, audit.recorder.case_stream(row.case_id), "worklist.acknowledge"))
    db.session.commit()
    return True
