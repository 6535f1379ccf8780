"""Nouns of the room, ready for a template: next of kin, who takes part. Nothing here writes."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from psfs import clock
from psfs.cases import names
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import Case, EmergencyOpening, Person, RelatedPerson, Service, TeamMember, User

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_COLLEAGUES = 20


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in the team. ``kind``: staff | external | related | person; ``user_id`` is a member of staff's account,
    ``related_id`` one of the nearest.

    ``until`` is the last day they take part, ``now`` whether they do today; ``task``: what they do round the person.
    ``closed``: a colleague whose account is closed.
    """

    id: uuid.UUID
    kind: str
    user_id: uuid.UUID | None
    related_id: uuid.UUID | None
    name: str
    title: str
    service: str
    service_id: uuid.UUID | None
    phone: str
    role: str
    task: str
    from_on: date
    until: date | None
    now: bool
    closed: bool


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
    theirs = func.coalesce(User.service_id, TeamMember.service_id)
    columns = (TeamMember, User.name, User.title, User.phone, User.disabled_at, theirs.label("service_id"))
    ended = RelatedPerson.ended_on.label("near_until")
    near = (RelatedPerson.name.label("near"), RelatedPerson.relation, RelatedPerson.phone.label("near_phone"), ended)
    rows = db.session.execute(
        select(
            *columns, *near, Service.name.label("service"), Person.name.label("person"), Person.phone.label("own_phone")
        )
        .join(Case, Case.id == TeamMember.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(User, User.id == TeamMember.user_id)
        .outerjoin(RelatedPerson, RelatedPerson.id == TeamMember.related_id)
        .outerjoin(Service, Service.id == theirs)
        .where(TeamMember.case_id == case_id)
        .order_by(TeamMember.from_on, User.name, TeamMember.name, TeamMember.id)
    )
    today = clock.today()
    return sorted((_member(row, today) for row in rows), key=lambda member: not member.now)


def _member(row: Any, today: date) -> Member:
    one: TeamMember = row[0]
    match one.kind:
        case "related":
            name, title, phone = row.near, row.relation, row.near_phone
        case "external":
            name, title, phone = one.name, "", one.phone
        case "person":
            name, title, phone = row.person, "", row.own_phone
        case _:
            name, title, phone = row.name, row.title, row.phone
    until_on = min(filter(None, (one.until_on, row.near_until)), default=None)
    return Member(
        one.id,
        one.kind,
        one.user_id,
        one.related_id,
        name,
        title,
        row.service or "",
        row.service_id,
        phone,
        one.role,
        one.task,
        one.from_on,
        until_on and max(one.from_on, until_on - timedelta(days=1)),
        until_on is None or until_on > today,
        row.disabled_at is not None,
    )


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
