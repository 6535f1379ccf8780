"""Verbs of a story about the coordinating unit, the team round a person, its meetings, and plans."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from psfs.models import (
    CareTeam,
    Coordinator,
    Handover,
    IndividualPlan,
    Meeting,
    NeedReport,
    TeamMember,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.demo.telling import Telling

AGENDA = "Kva er viktig for deg?\nKva har me gjort sidan sist?\nKva gjer me no, og kven gjer kva?\nNeste møte"


def report(tale: Telling, need: str, *, basis: str = "consent", services: str = "", wish: str = "") -> None:
    """Report the need to the coordinating unit."""
    if tale.case.level < 2 or tale.case.reported_to_ke_on is not None:
        raise ValueError(f"{tale.story.key}: too early or again")
    row = NeedReport(
        id=tale.id("report"),
        case_id=tale.case.id,
        reported_on=tale.on,
        recorded_at=tale.at,
        changed_at=tale.at,
        reported_by=tale.by,
        need=need,
        services=services,
        persons_wish=wish,
        state="new",
        basis=basis,
    )
    tale.keep(row)
    tale.report = row
    details = {"basis": basis, "services": services, "wish": wish}
    tale.log("ke_report", text=need, subject_id=row.id, details=details)
    tale.case.reported_to_ke_on = tale.on


def ask(tale: Telling, question: str) -> None:
    """The unit asks before it decides."""
    row = _report(tale, "new")
    row.state, row.question, row.asked_on, row.changed_at = "waiting", question, tale.on, tale.at
    tale.log("ke_report", text=question, subject_id=row.id, details={"event": "asked"})


def decide(
    tale: Telling, reason: str, *, coordinator: bool = False, plan: bool = False, child: bool | None = None
) -> None:
    """The unit decides; a plan that is granted is taken up in the register."""
    row = _report(tale, "new")
    answers: dict[str, Any] = {"coordinator": coordinator, "childrens_coordinator": child, "plan": plan}
    for name, value in answers.items():
        setattr(row, name, value)
    row.state, row.reason, row.decided_on, row.changed_at = "decided", reason, tale.on, tale.at
    row.decided_by = tale.by
    if plan:
        tale.plan = IndividualPlan(
            id=tale.id("plan"), case_id=tale.case.id, state="wanted", since=tale.on, recorded_at=tale.at
        )
        tale.keep(tale.plan)
    details = {"event": "decided", **answers}
    tale.log("ke_report", subject_id=row.id, decided_by=tale.by.name, reason=reason, details=details)


def appoint(tale: Telling, who: str, *, reason: str, view: str, kind: str = "coordinator") -> None:
    """The unit asks somebody to be coordinator."""
    user, holder = tale.town.users[who], tale.case.holder
    tale.offer = Handover(
        id=tale.id("offer"),
        case_id=tale.case.id,
        from_id=holder.id if holder else None,
        to=user,
        offered_by=tale.by,
        offered_at=tale.at,
        reason=reason,
        persons_view=view,
        as_coordinator=kind,
        state="offered",
    )
    tale.keep(tale.offer)
    details = {"event": "offered", "to": user.name, "from": holder.name if holder else "", "service": "", "as": kind}
    tale.log("baton", subject_id=tale.offer.id, reason=reason, text=view, details=details)


def coordinate(tale: Telling, kind: str) -> None:
    """Whoever has just taken the baton is the coordinator from this day, or nobody is."""
    if tale.coordinator is not None:
        tale.coordinator.until_on, tale.coordinator = tale.on, None
    if kind:
        row = Coordinator(id=tale.id("coordinator"), case_id=tale.case.id, user=tale.by, kind=kind, from_on=tale.on)
        tale.keep(row)
        tale.coordinator = row


def care_team(tale: Telling, _text: str) -> None:
    """There is a team from this day."""
    tale.care_team = CareTeam(id=tale.id("care team"), case_id=tale.case.id, started_on=tale.on)
    tale.keep(tale.care_team)
    tale.log("team", subject_id=tale.care_team.id, details={"event": "started", "name": ""})


def external(tale: Telling, name: str, *, service: str, role: str, task: str = "") -> None:
    """Somebody from outside takes part."""
    which = tale.town.services[service]
    _member(tale, f"{name}, {which.name}", role, kind="external", name=name, service_id=which.id, task=task)


def kin(tale: Telling, place: int, *, role: str, task: str = "") -> None:
    """The person's relative at that place (from 1) takes part."""
    row = tale.related[place - 1]
    _member(tale, row.name, role, kind="related", related_id=row.id, task=task)


def met(tale: Telling, minutes: str, **more: str) -> None:
    """A meeting was held, and its minutes closed. ``with``: who took part."""
    present = more["with"]
    row = _meeting(tale, tale.on, present, state="held", held_on=tale.on, present=present, minutes=minutes)
    row.writer, row.closed_at, row.next_agreed = tale.by, tale.at, False
    details = {"event": "held", "next": ""}
    tale.log("meeting", text=minutes, participants=present, subject_id=row.id, details=details)


def meets(tale: Telling, ahead: int, *, place: str = "", **more: str) -> None:
    """A meeting is planned so many days from today."""
    row = _meeting(tale, tale.town.calendar.agreed(ahead), more["with"], place=place)
    details = {"event": "planned", "day": row.planned_on.isoformat(), "time": "10:30"}
    tale.log("meeting", participants=more["with"], subject_id=row.id, details=details)


def plan(tale: Telling, state: str, *, reference: str = "", goals: str = "", revision: int | None = None) -> None:
    """What the register knows of the person's plan."""
    if tale.plan is None:
        tale.plan = IndividualPlan(id=tale.id("plan"), case_id=tale.case.id, recorded_at=tale.at)
        tale.keep(tale.plan)
    row = tale.plan
    row.state, row.since, row.reference, row.goals = state, tale.on, reference, goals
    row.next_revision = None if revision is None else tale.town.calendar.agreed(revision)
    if state == "has":
        row.began_on = tale.on
    upcoming = row.next_revision.isoformat() if row.next_revision else ""
    tale.log("plan", subject_id=row.id, details={"event": state, "reference": reference, "next": upcoming})


def _report(tale: Telling, state: str) -> NeedReport:
    if tale.report is None or tale.report.state != state:
        raise ValueError(f"{tale.story.key}: no report that is {state}")
    return tale.report


def _member(tale: Telling, called: str, role: str, **fields: Any) -> None:
    row = TeamMember(id=tale.id("member"), case_id=tale.case.id, role=role, from_on=tale.on, **fields)
    tale.keep(row)
    tale.log("team", subject_id=row.id, details={"event": "added", "name": called, "role": role})


def _meeting(tale: Telling, on: Any, people: str, **fields: Any) -> Meeting:
    names = people.replace(" og ", ", ").split(", ")
    row = Meeting(
        id=tale.id("meeting"),
        case_id=tale.case.id,
        planned_on=on,
        starts_at=time(10, 30),
        agenda=AGENDA,
        invited=[{"member": "", "name": name, "role": ""} for name in names],
        recorded_at=tale.at,
        recorded_by_id=tale.by.id,
        **fields,
    )
    tale.keep(row)
    return row


VERBS: dict[str, Callable[..., None]] = {
    "ke": report,
    "ke_ask": ask,
    "ke_decide": decide,
    "appoint": appoint,
    "care_team": care_team,
    "external": external,
    "kin": kin,
    "met": met,
    "meets": meets,
    "plan": plan,
}
