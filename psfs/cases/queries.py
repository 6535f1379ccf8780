"""Nouns of the room, ready for a template: next of kin, who takes part. Nothing here writes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs import clock
from psfs.cases import names
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import EmergencyOpening, RelatedPerson, Service, TeamMember, User

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_COLLEAGUES = 20


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the team. ``until`` is the last day they take part, ``now`` whether they do today."""

    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    title: str
    service: str
    service_id: uuid.UUID | None
    phone: str
    role: str
    from_on: date
    until: date | None
    now: bool


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be asked to take part."""

    id: uuid.UUID
    name: str
    detail: str


def own_services() -> Sequence[Service]:
    """The municipality's own services that are in use, by name."""
    query = select(Service).where(Service.active, ~Service.external)
    return db.session.scalars(query.order_by(Service.name)).all()


def related(person_id: uuid.UUID) -> Sequence[RelatedPerson]:
    """Guardians and next of kin, those of today first."""
    query = select(RelatedPerson).where(RelatedPerson.person_id == person_id)
    return db.session.scalars(
        query.order_by(RelatedPerson.ended_on.is_not(None), RelatedPerson.guardian.desc(), RelatedPerson.name)
    ).all()


def team(case_id: uuid.UUID) -> list[Member]:
    """Everybody who takes part or has taken part, those of today first. One statement."""
    rows = db.session.execute(
        select(TeamMember, User.name, User.title, User.phone, User.service_id, Service.name.label("service"))
        .join(User, User.id == TeamMember.user_id)
        .outerjoin(Service, Service.id == User.service_id)
        .where(TeamMember.case_id == case_id)
        .order_by(TeamMember.from_on, User.name)
    )
    today = clock.today()
    members = [
        Member(
            row.TeamMember.id,
            row.TeamMember.user_id,
            row.name,
            row.title,
            row.service or "",
            row.service_id,
            row.phone,
            row.TeamMember.role,
            row.TeamMember.from_on,
            row.TeamMember.until_on and date.fromordinal(row.TeamMember.until_on.toordinal() - 1),
            row.TeamMember.until_on is None or row.TeamMember.until_on > today,
        )
        for row in rows
    ]
    return sorted(members, key=lambda member: not member.now)


def colleagues(text: str) -> list[Colleague]:
    """Active clinical staff whose name or service has words that begin as typed."""
    wanted = names.words(text)
    if not wanted:
        return []
    rows = db.session.execute(
        select(User.id, User.name, User.title, Service.name.label("service"))
        .outerjoin(Service, Service.id == User.service_id)
        .where(User.disabled_at.is_(None), User.role != Role.ADMIN)
        .order_by(User.name)
    )
    found = []
    for row in rows:
        own = names.words(f"{row.name} {row.service or ''}")
        if all(any(each.startswith(word) for each in own) for word in wanted):
            found.append(Colleague(row.id, row.name, ", ".join(filter(None, (row.title, row.service)))))
    return found[:MOST_COLLEAGUES]


def emergency_until(case_id: uuid.UUID, user_id: uuid.UUID) -> datetime | None:
    """When the account's emergency opening of the case ends; None when there is none that runs."""
    query = select(EmergencyOpening.until).where(
        EmergencyOpening.case_id == case_id,
        EmergencyOpening.user_id == user_id,
        EmergencyOpening.until > clock.now(),
    )
    return db.session.scalar(query.order_by(EmergencyOpening.until.desc()).limit(1))
