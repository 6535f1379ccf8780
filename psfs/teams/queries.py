"""Who does what round a person, and the meetings. Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti.queries_baton import baton
from psfs.bti.queries_interventions import InterventionView, interventions_of
from psfs.bti.queries_people import taking_part_today
from psfs.bti.queries_stays import came_to_level
from psfs.cases.queries import Member, related, team
from psfs.domain import due
from psfs.domain.due import Urgency
from psfs.extensions import db
from psfs.models import Case, Intervention, Meeting, MeetingAddition, Service

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psfs.bti.queries_baton import Baton
    from psfs.models import Consent

TEAM_LEVEL = 3
"""From this level on a team is expected to meet."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody round the person. ``kind``: staff | external | related; ``tasks``: what they do, one text each.

    ``barred``: their service lacks the consent or legal basis that it needs to take part.
    """

    name: str
    kind: str
    role: str
    service: str
    phone: str
    tasks: tuple[str, ...]
    barred: bool


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting in the list."""

    id: uuid.UUID
    state: str
    on: date
    time: str
    place: str
    open_minutes: bool
    late: bool


@dataclass(frozen=True, slots=True)
class Meetings:
    """The case's meetings, and when the next one is due where one is asked for and none is planned."""

    coming: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]
    due: date | None
    urgency: Urgency | None


@dataclass(frozen=True, slots=True)
class Addition:
    """What was added to minutes that are closed."""

    text: str
    by: str
    at: datetime


def actors(
    case: Case,
    agreed: Sequence[InterventionView] | None = None,
    consented: Sequence[Consent] | None = None,
    held: Baton | None = None,
) -> list[Actor]:
    """Everybody round the person today: the holder, the contact person, the team, the nearest, and the services with
    consent or a legal basis that have nobody among these.

    What they do is the task that stands in the team, and the running measures they are responsible for. ``agreed``,
    ``consented`` (consents and legal bases) and ``held`` (the baton) are the case's, where the caller has them at hand:
    a statement less for each. Six statements, and the limits where they are not at hand.
    """
    members = [each for each in team(case.id) if each.now and each.from_on <= clock.today()]
    services = taking_part_today(case, consented)
    running = [each for each in (interventions_of(case.id) if agreed is None else agreed) if not each.ended]
    title = (held or baton(case)).title
    found = [
        _member(each, services, running, title if each.user_id and each.user_id == case.holder_id else "")
        for each in members
        if each.kind != "person"
    ]
    seen = {each.user_id for each in members if each.user_id}
    present = {each.service_id for each in members}
    contact = case.contact if case.contact_id != case.holder_id else None
    for account, role in ((contact, ""), (case.holder, title)):
        if account is not None and account.id not in seen:
            seen.add(account.id)
            service = account.service.name if account.service else ""
            measures = tuple(each.what for each in running if each.responsible == account.name)
            barred = account.service_id not in services
            found.insert(
                0, Actor(account.name, "staff", role or account.title, service, account.phone, measures, barred)
            )
            present.add(account.service_id)
    return found + _nearest(case, members) + _services_alone(services - present)


def _nearest(case: Case, members: Sequence[Member]) -> list[Actor]:
    """Next of kin and guardians of today who are not in the team."""
    there = {each.related_id for each in members}
    return [
        Actor(each.name, "related", each.relation, "", each.phone, (), barred=False)
        for each in related(case.person_id)
        if each.id not in there and (each.ended_on is None or each.ended_on > clock.today())
    ]


def _services_alone(ids: set[uuid.UUID]) -> list[Actor]:
    """Services that may take part and that nobody in the picture comes from; the case's own is among them."""
    rows = db.session.scalars(select(Service).where(Service.id.in_(ids)).order_by(Service.name)) if ids else ()
    return [
        Actor(row.name, "external" if row.external else "staff", "", "", row.phone, (), barred=False) for row in rows
    ]


def _member(each: Member, services: set[uuid.UUID], running: Sequence[InterventionView], title: str) -> Actor:
    measures = [one.what for one in running if one.responsible == each.name]
    tasks = tuple(dict.fromkeys(filter(None, (each.task, *measures))))
    barred = each.kind in ("staff", "external") and each.service_id not in services
    role = ", ".join(dict.fromkeys(filter(None, (title, each.role or each.title))))
    return Actor(each.name, each.kind, role, each.service, each.phone, tasks, barred)


def external_services() -> Sequence[Service]:
    """Actors outside the municipality, and its own services, by name: where somebody in a team can come from."""
    query = select(Service).where(Service.active).order_by(Service.external.desc(), Service.name)
    return db.session.scalars(query).all()


def meetings(case: Case) -> Meetings:
    """The case's meetings. One statement, one more where a round was begun anew on the level, and the limits where they
    are not at hand."""
    rows = db.session.scalars(select(Meeting).where(Meeting.case_id == case.id)).all()
    today = clock.today()
    lines = sorted((_line(row, today) for row in rows), key=lambda line: (line.on, line.time))
    coming = tuple(line for line in lines if line.state == "planned")
    past = tuple(line for line in reversed(lines) if line.state != "planned")
    when = next_due(case, rows)
    return Meetings(coming, past, when, due.urgency(when, today, limits()) if when else None)


def next_due(case: Case, rows: Sequence[Meeting]) -> date | None:
    """When the team is to meet, where the level asks for it and no meeting is planned."""
    if case.level < TEAM_LEVEL or case.closed_on is not None or any(row.state == "planned" for row in rows):
        return None
    held = max((row.held_on for row in rows if row.state == "held" and row.held_on), default=None)
    return due.meeting_due(came_to_level(case), held, None, limits())


def additions(meeting_id: uuid.UUID) -> list[Addition]:
    """What was added, the first first."""
    query = select(MeetingAddition).where(MeetingAddition.meeting_id == meeting_id)
    rows = db.session.scalars(query.order_by(MeetingAddition.recorded_at))
    return [Addition(row.text, row.recorded_by, row.recorded_at) for row in rows]


def decided(meeting_id: uuid.UUID) -> Sequence[Intervention]:
    """What the meeting decided, as measures, in the order of their deadlines."""
    query = select(Intervention).where(Intervention.meeting_id == meeting_id)
    return db.session.scalars(query.order_by(Intervention.deadline, Intervention.recorded_at)).all()


def with_writer(meeting: Meeting) -> Meeting:
    """The meeting with who writes its minutes."""
    return db.session.scalars(select(Meeting).where(Meeting.id == meeting.id).options(joinedload(Meeting.writer))).one()


def _line(row: Meeting, today: date) -> MeetingLine:
    on = row.held_on if row.state == "held" and row.held_on else row.planned_on
    return MeetingLine(
        row.id,
        row.state,
        on,
        f"{row.starts_at:%H:%M}" if row.starts_at else "",
        row.place,
        row.state == "held" and row.closed_at is None,
        row.state == "planned" and due.is_overdue(row.planned_on, today),
    )
