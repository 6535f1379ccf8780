"""Whom and what the forms of this room can choose among. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti.queries_consents import consents, valid_services
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import CareTeam, Case, Service, TeamMember, User

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from psfs.models import Consent


def successors(case: Case, chosen: uuid.UUID | None = None) -> dict[str, list[tuple[str, str]]]:
    """Who can be offered the baton: active clinical staff of the services that may take part, the case's own first.

    ``chosen`` is there too, whatever their service: why they cannot be asked is for the rule to say. Two statements.
    """
    may_be_asked = or_(User.service_id.in_(taking_part_today(case)), User.id == chosen)
    query = select(User).where(User.disabled_at.is_(None), User.role != Role.ADMIN, may_be_asked)
    users = db.session.scalars(query.options(joinedload(User.service)).order_by(User.name)).all()
    found: dict[str, list[tuple[str, str]]] = {case.service.name: []}
    for user in sorted(users, key=lambda user: user.service.name if user.service else ""):
        if user.id != case.holder_id and user.service is not None:
            label = f"{user.name}, {user.title}" if user.title else user.name
            found.setdefault(user.service.name, []).append((str(user.id), label))
    return {name: people for name, people in found.items() if people}


def taking_part(case: Case, reader: User) -> list[User]:
    """Staff with an open account who can be responsible for a measure: holder, contact person, team and the reader. One
    statement."""
    today = clock.today()
    team = select(TeamMember).where(
        TeamMember.case_id == case.id,
        TeamMember.from_on <= today,
        or_(TeamMember.until_on.is_(None), TeamMember.until_on > today),
    )
    members = [member.user for member in db.session.scalars(team.options(joinedload(TeamMember.user)))]
    people = [reader, case.holder, case.contact, *members]
    return list({user.id: user for user in people if user is not None and user.disabled_at is None}.values())


def taking_part_today(case: Case, held: Sequence[Consent] | None = None) -> set[uuid.UUID]:
    """The services that may take part today: the case's own, and those with a consent or legal basis.

    One statement, or none where the case's consents are at hand (``held``).
    """
    return {case.service_id, *valid_services(consents(case.id) if held is None else held, case, limits())}


def current_team(case_id: uuid.UUID) -> CareTeam | None:
    """The case's team, if one has begun and has not ended."""
    return db.session.scalar(select(CareTeam).where(CareTeam.case_id == case_id, CareTeam.ended_on.is_(None)))


def other_services(case: Case) -> Sequence[Service]:
    """Services in use other than the case's own, by name. One statement."""
    query = select(Service).where(Service.active, Service.id != case.service_id)
    return db.session.scalars(query.order_by(Service.name)).all()
