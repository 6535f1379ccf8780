"""An emergency opening, for those who are told of it. Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased, contains_eager

from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import Case, EmergencyOpening, Person, Service, User


@dataclass(frozen=True, slots=True)
class Opening:
    """An emergency opening. ``name`` is empty for KE, which has no access to the case by this."""

    id: uuid.UUID
    case_id: uuid.UUID
    name: str
    service: str
    by: str
    by_service: str
    reason: str
    opened_at: datetime
    until: datetime
    seen: bool


def emergency_opening(opening_id: uuid.UUID, account: User) -> Opening | None:
    """One emergency opening, for the leader of the case's service and for KE; None for anybody else."""
    own, theirs = aliased(Service), aliased(Service)
    row = db.session.execute(
        select(EmergencyOpening, Person.name, own.name.label("service"), theirs.name.label("by_service"))
        .join(Case, Case.id == EmergencyOpening.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(own, own.id == EmergencyOpening.service_id)
        .join(User, User.id == EmergencyOpening.user_id)
        .outerjoin(theirs, theirs.id == User.service_id)
        .where(EmergencyOpening.id == opening_id)
        .options(contains_eager(EmergencyOpening.user))
    ).first()
    if row is None:
        return None
    opening: EmergencyOpening = row[0]
    leads = account.role == Role.LEADER and account.service_id == opening.service_id
    if not leads and account.role != Role.KE:
        return None
    return Opening(
        opening.id,
        opening.case_id,
        row.name if leads else "",
        row.service,
        opening.user.name,
        row.by_service or "",
        opening.reason,
        opening.opened_at,
        opening.until,
        (opening.leader_seen_at if leads else opening.ke_seen_at) is not None,
    )
