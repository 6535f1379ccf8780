"""Who can be asked to be coordinator, and how many each has now. Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti.queries_consents import consents, valid_services
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import Case, Coordinator, TeamMember, User

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be asked.

    ``knows``: how they know the person already (holder, contact, team), or empty; ``cases``: how many they are
    coordinator for now; ``most``: how many are recommended at most, 0 where there is no such advice; ``barred``:
    whether their service lacks consent or legal basis to take part.
    """

    id: uuid.UUID
    name: str
    title: str
    service: str
    knows: str
    cases: int
    most: int
    barred: bool

    @property
    def many(self) -> bool:
        """Whether one more is above what is recommended."""
        return 0 < self.most <= self.cases


def candidates(case: Case) -> list[Candidate]:
    """Everybody clinical with a service: those who know the person first, then those with fewest. Four statements."""
    query = select(User).where(User.disabled_at.is_(None), User.role != Role.ADMIN, User.service_id.is_not(None))
    users = db.session.scalars(query.options(joinedload(User.service)).order_by(User.name)).all()
    counted = select(Coordinator.user_id, func.count()).where(Coordinator.until_on.is_(None))
    cases = {row[0]: row[1] for row in db.session.execute(counted.group_by(Coordinator.user_id))}
    today = clock.today()
    team = select(TeamMember.user_id).where(
        TeamMember.case_id == case.id,
        TeamMember.user_id.is_not(None),
        TeamMember.from_on <= today,
        or_(TeamMember.until_on.is_(None), TeamMember.until_on > today),
    )
    ways = dict.fromkeys(db.session.scalars(team), "team")
    ways |= {user_id: way for user_id, way in ((case.contact_id, "contact"), (case.holder_id, "holder")) if user_id}
    in_force = limits()
    services = {case.service_id, *valid_services(consents(case.id), case, in_force)}
    found = [
        Candidate(
            user.id,
            user.name,
            user.title,
            user.service.name if user.service else "",
            ways.get(user.id, ""),
            cases.get(user.id, 0),
            in_force.coordinator_cases,
            user.service_id not in services,
        )
        for user in users
    ]
    return sorted(found, key=lambda each: (each.barred, not each.knows, each.cases, each.name))


def by_service(found: Sequence[Candidate]) -> dict[str, list[Candidate]]:
    """The same by service, in the order they stand."""
    groups: dict[str, list[Candidate]] = {}
    for each in found:
        groups.setdefault(each.service, []).append(each)
    return groups
