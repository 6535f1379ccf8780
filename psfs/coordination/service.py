"""The report to the coordinating unit, what it asks, and what it decides. One commit for each verb."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from psfs import clock
from psfs.bti import log
from psfs.bti.hindrance import Changed, repeated, require_date, require_open
from psfs.coordination.queries import goals_from_forms
from psfs.domain import consents, reports
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Case, IndividualPlan, NeedReport, User

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class ReportInput:
    """What is reported."""

    on: date
    need: str
    services: str
    persons_wish: str
    basis: str
    legal_basis: str = ""


@dataclass(frozen=True, slots=True)
class DecisionInput:
    """What the coordinating unit decides. ``childrens_coordinator`` is None where the case is not a child's."""

    on: date
    coordinator: bool
    childrens_coordinator: bool | None
    plan: bool
    reason: str

    def values(self) -> dict[str, Any]:
        """The columns that it fills."""
        names = ("coordinator", "childrens_coordinator", "plan", "reason")
        return {"state": "decided", "decided_on": self.on, **{name: getattr(self, name) for name in names}}


def report(case: Case, by: User, report_id: uuid.UUID, given: ReportInput) -> None:
    """Report a need, from any level (B4: a case may go straight to 3); the unit sees the case from now on.

    Raises:
        Refusal: there is a report that is not decided yet, the case is closed, the day does not fit, or the law that
            takes consent's place is not named.
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    content = {
        "reported_on": given.on,
        "need": given.need,
        "services": given.services,
        "persons_wish": given.persons_wish,
        "basis": given.basis,
        "legal_basis": given.legal_basis if given.basis == consents.LEGAL_BASIS else "",
    }
    if repeated(NeedReport, report_id, case, **content):
        return
    require_open(case)
    consents.require_law(given.basis, given.legal_basis)
    waiting = open_report(case.id)
    if waiting is not None:
        raise Refusal("already_reported", day=f"{waiting.reported_on:%d.%m.%Y}")
    require_date(case, given.on)
    moment = clock.now()
    row = NeedReport(
        id=report_id, case_id=case.id, recorded_at=moment, changed_at=moment, reported_by_id=by.id, **content
    )
    db.session.add(row)
    details = {name: content[name] for name in ("basis", "legal_basis")}
    details |= {"services": given.services, "wish": given.persons_wish}
    log.write(case, by, "ke_report", decided_on=given.on, text=given.need, subject_id=report_id, details=details)
    case.reported_to_ke_on = given.on
    db.session.commit()


def ask(case: Case, by: User, row: NeedReport, version: int, question: str) -> None:
    """Ask the reporter before deciding: the report waits for the answer.

    Raises:
        Refusal: the case is closed, or it is decided already.
        psfs.bti.hindrance.Changed: somebody came first.
    """
    if _again(row, version, state="waiting", question=question):
        return
    _require_undecided(case, row, version)
    row.state, row.question, row.asked_on, row.changed_at = "waiting", question, clock.today(), clock.now()
    row.answer, row.answered_on = "", None
    _note(case, by, row, "asked", text=question)


def reply(case: Case, by: User, row: NeedReport, version: int, answer: str) -> None:
    """Answer the unit's question: the report is before it again. Raises as ``ask``; Refusal("nothing_asked")."""
    if _again(row, version, state="new", answer=answer):
        return
    _require_undecided(case, row, version)
    if row.state != "waiting":
        raise Refusal("nothing_asked")
    row.state, row.answer, row.answered_on, row.changed_at = "new", answer, clock.today(), clock.now()
    _note(case, by, row, "answered", text=answer)


def decide(case: Case, by: User, row: NeedReport, version: int, decision: DecisionInput) -> None:
    """Decide; a plan that is granted is taken up in the register. Raises as ``ask``; for a day before the report."""
    values = decision.values()
    if _again(row, version, **values):
        return
    _require_undecided(case, row, version)
    require_date(case, decision.on)
    if decision.on < row.reported_on:
        raise Refusal("decided_before_report", day=f"{row.reported_on:%d.%m.%Y}")
    for name, value in values.items():
        setattr(row, name, value)
    row.decided_by_id, row.changed_at = by.id, clock.now()
    if decision.plan and plan_of(case.id) is None:
        taken_up = {"state": "wanted", "since": decision.on, "recorded_at": clock.now()}
        goals = goals_from_forms(case.id)
        db.session.add(IndividualPlan(id=uuid.uuid4(), case_id=case.id, goals=goals, **taken_up))
    answers = {
        "coordinator": decision.coordinator,
        "childrens_coordinator": decision.childrens_coordinator,
        "plan": decision.plan,
    }
    _note(case, by, row, "decided", decided_on=decision.on, decided_by=by.name, reason=decision.reason, also=answers)


def withdraw(case: Case, by: User, on: date) -> None:
    """Take back the report that is not decided, since the case is closed that day. Does not commit."""
    row = open_report(case.id)
    if row is not None:
        row.state, row.changed_at = reports.WITHDRAWN, clock.now()
        log.write(case, by, "ke_report", decided_on=on, subject_id=row.id, details={"event": "withdrawn"})


def forget_withdrawn(case: Case) -> None:
    """A case that is opened again counts as reported only by what was decided: the rest is to be reported anew.

    Does not commit.
    """
    told = select(NeedReport.state, NeedReport.reported_on).where(NeedReport.case_id == case.id)
    found = db.session.execute(told.order_by(NeedReport.recorded_at.desc())).all()
    if found and found[0].state == reports.WITHDRAWN:
        decided = (row.reported_on for row in found if row.state == reports.DECIDED)
        case.reported_to_ke_on = next(decided, None)


def report_of(case_id: uuid.UUID, report_id: uuid.UUID) -> NeedReport | None:
    """A report of this case, or None."""
    row = db.session.get(NeedReport, report_id)
    return row if row is not None and row.case_id == case_id else None


def open_report(case_id: uuid.UUID) -> NeedReport | None:
    """The case's report that is not decided yet."""
    undecided = NeedReport.case_id == case_id, NeedReport.state.in_(reports.UNDECIDED)
    return db.session.scalar(select(NeedReport).where(*undecided))


def last_decided(case_id: uuid.UUID) -> NeedReport | None:
    """The report of the case that the unit decided last."""
    decided = NeedReport.case_id == case_id, NeedReport.state == reports.DECIDED
    newest = NeedReport.decided_on.desc(), NeedReport.changed_at.desc()
    return db.session.scalar(select(NeedReport).where(*decided).order_by(*newest).limit(1))


def plan_of(case_id: uuid.UUID) -> IndividualPlan | None:
    """The case's line in the register of individual plans."""
    return db.session.scalar(select(IndividualPlan).where(IndividualPlan.case_id == case_id))


def _again(row: NeedReport, version: int, **values: Any) -> bool:
    """Whether this very change has been saved from this very page, as after a double tap."""
    return row.version == version + 1 and all(getattr(row, name) == value for name, value in values.items())


def _require_undecided(case: Case, row: NeedReport, version: int) -> None:
    require_open(case)
    if row.version != version:
        raise Changed("report_changed")
    if row.state not in reports.UNDECIDED:
        raise Refusal(f"report_{row.state}")


def _note(
    case: Case, by: User, row: NeedReport, event: str, *, also: dict[str, Any] | None = None, **fields: Any
) -> None:
    details = {"event": event, **(also or {})}
    log.write(case, by, "ke_report", subject_id=row.id, details=details, **fields)
    db.session.commit()
