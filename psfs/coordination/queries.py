"""The coordinating unit's lists: reported needs and individual plans. Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased

from psfs import clock
from psfs.accounts.settings import limits
from psfs.cases.relations import KE_CASES, related, relation_columns, relations_of, who, with_consent
from psfs.domain import due, reports
from psfs.domain.due import Urgency
from psfs.domain.permissions import Action, Role, allowed
from psfs.extensions import db
from psfs.models import Activity, Case, Coordinator, Form, IndividualPlan, NeedReport, Person, Service, User

STATES = ("new", reports.ANSWERED, "waiting", reports.DECIDED)
"""What a list can be narrowed to; a report that was withdrawn is in none."""
MOST = 200
"""Rows that a list shows; of what is decided, the latest."""


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A reported need in the queue. ``state``: of ``STATES``; ``since``: the day it came to that; ``late``: past its
    limit, which runs from the day it was reported: the person has waited since then, also while the unit asked."""

    id: uuid.UUID
    case_id: uuid.UUID
    name: str
    service: str
    state: str
    need: str
    question: str
    reported_on: date
    decided_on: date | None
    since: date
    due: date
    late: bool


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A line of the register. ``urgency``: of the next revision, where there is one.

    ``name`` is empty where the reader may not open the case (somebody wrote down a plan that KE has not been told of):
    then it stands without days, reference and coordinator too, since those would tell who it is.
    """

    case_id: uuid.UUID
    name: str
    birth_date: date | None
    service: str
    state: str
    since: date | None
    next_revision: date | None
    urgency: Urgency | None
    reference: str
    coordinator: str
    closed: bool


def queue(state: str = "", most: int | None = MOST) -> tuple[list[ReportRow], dict[str, int]]:
    """Reports in that state (empty: those that are not decided), the oldest first, and how many there are of each.

    At most ``most`` rows.

    Of those decided, the latest come first. Two statements.
    """
    has_answer = NeedReport.answered_on.is_not(None).label("answered")
    listed = select(NeedReport.state, has_answer, func.count()).where(NeedReport.state != reports.WITHDRAWN)
    counts = dict.fromkeys(STATES, 0)
    for code, answered, number in db.session.execute(listed.group_by(NeedReport.state, has_answer)):
        counts[reports.stage(code, answered=bool(answered))] += number
    query = (
        select(NeedReport, Person.name, Service.name.label("service"))
        .join(Case, Case.id == NeedReport.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(Service, Service.id == Case.service_id)
    )
    if state == "decided":
        query = query.where(NeedReport.state == "decided").order_by(NeedReport.changed_at.desc())
    else:
        query = query.where(NeedReport.state.in_(_stored(state))).order_by(
            NeedReport.reported_on, NeedReport.recorded_at
        )
        if state in ("new", reports.ANSWERED):
            query = query.where(has_answer if state == reports.ANSWERED else ~has_answer)
    today, in_force = clock.today(), limits()
    found = []
    for row in db.session.execute(query.limit(most)):
        one: NeedReport = row[0]
        stage = reports.stage(one.state, answered=one.answered_on is not None)
        days = {"waiting": one.asked_on, reports.ANSWERED: one.answered_on, reports.DECIDED: one.decided_on}
        last = due.report_due(one.reported_on, in_force)
        found.append(
            ReportRow(
                one.id,
                one.case_id,
                row.name,
                row.service,
                stage,
                one.need,
                one.question,
                one.reported_on,
                one.decided_on,
                days.get(stage) or one.reported_on,
                last,
                one.state != "decided" and due.is_overdue(last, today),
            )
        )
    return found, counts


def _stored(state: str) -> tuple[str, ...]:
    return ("new",) if state == reports.ANSWERED else (state,) if state else reports.UNDECIDED


def reports_of(case_id: uuid.UUID) -> list[NeedReport]:
    """The case's reports, the newest first."""
    query = select(NeedReport).where(NeedReport.case_id == case_id).order_by(NeedReport.recorded_at.desc())
    return list(db.session.scalars(query))


def register(account: User, state: str = "", most: int | None = MOST) -> tuple[list[PlanRow], dict[str, int]]:
    """The register of individual plans as the account may read it, and how many there are in each state.

    The nearest revision comes first, at most ``most`` rows. Two statements.
    """
    counted = db.session.execute(select(IndividualPlan.state, func.count()).group_by(IndividualPlan.state))
    counts: dict[str, int] = {row[0]: row[1] for row in counted}
    holder = aliased(User)
    query: Any = (
        select(
            IndividualPlan,
            Person.name,
            Person.birth_date,
            Service.name.label("service"),
            holder.name.label("coordinator"),
            Case.closed_on,
            *relation_columns(),
        )
        .join(Case, Case.id == IndividualPlan.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(Service, Service.id == Case.service_id)
        .outerjoin(Coordinator, (Coordinator.case_id == Case.id) & Coordinator.until_on.is_(None))
        .outerjoin(holder, holder.id == Coordinator.user_id)
    )
    if state:
        query = query.where(IndividualPlan.state == state)
    named = case((related(KE_CASES), Person.name))  # an order by other names would tell of them
    when = IndividualPlan.next_revision
    query = with_consent(query).order_by(when.is_(None), when, named.is_(None), named, IndividualPlan.id)
    today, in_force = clock.today(), limits()
    found = db.session.execute(query.limit(most), who(account))
    return [_plan_row(row, account, today, in_force) for row in found], counts


def _plan_row(row: Any, account: User, today: date, in_force: due.Limits) -> PlanRow:
    plan: IndividualPlan = row[0]
    if not allowed(Role(account.role), Action.VIEW, relations_of(row._mapping)):
        return PlanRow(plan.case_id, "", None, row.service, plan.state, None, None, None, "", "", closed=False)
    when = plan.next_revision if plan.state == "has" else None
    return PlanRow(
        plan.case_id,
        row.name,
        row.birth_date,
        row.service,
        plan.state,
        plan.since,
        when,
        due.urgency(when, today, in_force) if when else None,
        plan.reference,
        row.coordinator or "",
        row.closed_on is not None,
    )


def goals_from_forms(case_id: uuid.UUID) -> str:
    """The active activities of the case's newest form, one on each line: the person's own words for what matters."""
    newest = select(Form.id).where(Form.case_id == case_id).order_by(Form.number.desc()).limit(1).scalar_subquery()
    query = select(Activity.text).where(Activity.form_id == newest, Activity.retired_on.is_(None))
    return "\n".join(db.session.scalars(query.order_by(Activity.position)))
