"""What waits round the coordinating unit: needs reported, asked about and decided; coordinators; plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, and_, bindparam, case, cast, exists, false, func, literal, null, or_, select
from sqlalchemy.orm import aliased

from psfs.cases.relations import (
    KE_CASES,
    KE_LEVEL,
    READER,
    TAKES_PART,
    may_stand,
    related,
    standing_columns,
    with_consent,
)
from psfs.domain.reports import DECIDED, UNDECIDED
from psfs.models import (
    Case,
    CaseLook,
    Coordinator,
    Handover,
    IndividualPlan,
    NeedReport,
    Person,
    Service,
    User,
)
from psfs.models.bti import OFFERED
from psfs.worklist.statements_rows import row

if TYPE_CHECKING:
    from psfs.domain.permissions import Relation


def reports() -> Any:
    """For the coordinating unit: what it has before it and has not decided, unless it waits for an answer."""
    moment, report = cast(null(), DateTime()), NeedReport
    sent, told = (report.id, Case.id, Person.name, moment), (null(), Service.name)
    answered = case((report.answered_on.is_not(None), "answered"))
    query = row("melding", *sent, report.reported_on, *told, more=answered)
    query = query.select_from(report).join(Case, Case.id == report.case_id).join(Person, Person.id == Case.person_id)
    query = query.join(Service, Service.id == Case.service_id)
    return query.where(report.state == "new", Case.closed_on.is_(None))


def answers(visible: frozenset[Relation]) -> list[Any]:
    """For whoever reported and may still see the case (by one of ``visible``), and for the holder: what the unit asks,
    and what it has decided since they last looked."""
    report, no_day = NeedReport, cast(null(), Date())
    looked = and_(CaseLook.case_id == Case.id, CaseLook.user_id == READER)
    found = []
    for kind, state, when in (
        ("svar", "waiting", ~false()),
        ("avgjerd", "decided", or_(CaseLook.looked_at.is_(None), CaseLook.looked_at < report.changed_at)),
    ):
        standing = standing_columns(visible)
        query = row(kind, report.id, Case.id, Person.name, report.changed_at, no_day, null(), null(), standing)
        query = (
            query.select_from(report)
            .join(Case, Case.id == report.case_id)
            .join(Person, Person.id == Case.person_id)
            .outerjoin(CaseLook, looked)
            .where(report.state == state, when, Case.closed_on.is_(None))
            .where(or_(Case.holder_id == READER, and_(report.reported_by_id == READER, related(visible))))
            .where(may_stand(visible))
        )
        found.append(with_consent(query))
    return found


def without_coordinator() -> list[Any]:
    """Cases that are KE's and want somebody: at its level, or reported and never decided on, and nobody holds them; and
    those that the last decision granted a coordinator, and that have none; with who is asked. None that it decided
    against: there nobody may be asked (``domain.reports.may_appoint``)."""
    undecided = exists().where(NeedReport.case_id == Case.id, NeedReport.state.in_(UNDECIDED)).correlate(Case)
    has_one = exists().where(Coordinator.case_id == Case.id, Coordinator.until_on.is_(None)).correlate(Case)

    decided = exists().where(NeedReport.case_id == Case.id, NeedReport.state == DECIDED).correlate(Case)
    unheld = Case.holder_id.is_(None)
    granted = _granted(NeedReport.coordinator.is_(True) | NeedReport.childrens_coordinator.is_(True))
    since, ended, name, at = _decided_on(), _last_ended(), _asked(User.name), _asked(Handover.offered_at)
    found = []
    for from_on, more, mine in (
        (
            Case.reported_to_ke_on,
            None,
            and_(unheld, Case.reported_to_ke_on.is_not(None), ~undecided, ~decided),
        ),
        (Case.level_since, None, and_(unheld, Case.reported_to_ke_on.is_(None), Case.level >= KE_LEVEL)),
        (
            case((ended >= since, ended), else_=since),
            case((ended >= since, "ended"), else_="granted"),
            and_(granted, ~undecided, ~has_one),
        ),
    ):
        query = row("koordinator", Case.id, Case.id, Person.name, at, from_on, name, Service.name, more=more)
        query = query.select_from(Case).join(Person, Person.id == Case.person_id)
        query = query.join(Service, Service.id == Case.service_id)
        found.append(query.where(mine, Case.closed_on.is_(None)))
    return found


def plans_granted() -> Any:
    """For the unit: plans that its last decision granted, and that the person does not have yet."""
    moment, plan = cast(null(), DateTime()), IndividualPlan
    sent, told = (plan.id, Case.id, Person.name, moment), (null(), Service.name)
    query = row("plan", *sent, _decided_on(), *told, more=literal("granted"))
    query = query.select_from(plan).join(Case, Case.id == plan.case_id).join(Person, Person.id == Case.person_id)
    query = query.join(Service, Service.id == Case.service_id)
    granted = _granted(NeedReport.plan.is_(True))
    return query.where(plan.state == "wanted", granted, Case.closed_on.is_(None), related(KE_CASES))


def _asked(column: Any) -> Any:
    """Of who is asked and has not answered, if anybody is."""
    query = select(column).select_from(Handover).join(User, User.id == Handover.to_id)
    return query.where(Handover.case_id == Case.id, Handover.state == OFFERED).correlate(Case).scalar_subquery()


def _decided_on() -> Any:
    """The day of the unit's last decision in the case."""
    query = select(func.max(NeedReport.decided_on)).where(NeedReport.case_id == Case.id, NeedReport.state == DECIDED)
    return query.correlate(Case).scalar_subquery()


def _last_ended() -> Any:
    """The day the case's last coordinator no longer was one."""
    query = select(func.max(Coordinator.until_on)).where(Coordinator.case_id == Case.id)
    return query.correlate(Case).scalar_subquery()


def _granted(yes: Any) -> Any:
    """That ``yes`` holds for the last decision in the case."""
    report, later = NeedReport, aliased(NeedReport)
    after = or_(
        later.decided_on > report.decided_on,
        and_(later.decided_on == report.decided_on, later.changed_at > report.changed_at),
    )
    outdone = exists().where(later.case_id == report.case_id, later.state == DECIDED, after).correlate(report)
    return exists().where(report.case_id == Case.id, yes, ~outdone).correlate(Case)


def plans(*, ke: bool) -> Any:
    """Plans that are to be gone through: for the unit that keeps the register, and for the holder."""
    moment, plan, coming = cast(null(), DateTime()), IndividualPlan, bindparam("due", type_=Date())
    standing = () if ke else standing_columns(TAKES_PART)
    query = row("plan", plan.id, Case.id, Person.name, moment, plan.next_revision, null(), Service.name, standing)
    query = (
        query.select_from(plan)
        .join(Case, Case.id == plan.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(Service, Service.id == Case.service_id)
        .where(plan.state == "has", plan.next_revision <= coming)
    )
    if ke:  # a plan can be written down before the unit is told of the need: then the case is not its to see
        return query.where(related(KE_CASES))
    return with_consent(query).where(Case.holder_id == READER, may_stand(TAKES_PART))
