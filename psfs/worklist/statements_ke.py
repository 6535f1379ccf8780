"""What waits round the coordinating unit: needs reported, asked about and decided; coordinators; plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime, and_, bindparam, cast, exists, false, null, or_
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
)
from psfs.models.bti import OFFERED
from psfs.worklist.statements_rows import row

if TYPE_CHECKING:
    from psfs.domain.permissions import Relation


def reports() -> Any:
    """For the coordinating unit: what it has before it and has not decided, unless it waits for an answer."""
    moment, report = cast(null(), DateTime()), NeedReport
    query = row("melding", report.id, Case.id, Person.name, moment, report.reported_on, null(), Service.name)
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
    those that the last decision granted a coordinator, and that have neither one nor anybody who is asked. None that
    it decided against: there nobody may be asked (``domain.reports.may_appoint``)."""
    moment = cast(null(), DateTime())
    undecided = exists().where(NeedReport.case_id == Case.id, NeedReport.state.in_(UNDECIDED)).correlate(Case)
    has_one = exists().where(Coordinator.case_id == Case.id, Coordinator.until_on.is_(None)).correlate(Case)
    asked = exists().where(Handover.case_id == Case.id, Handover.state == OFFERED).correlate(Case)
    decided = exists().where(NeedReport.case_id == Case.id, NeedReport.state == DECIDED).correlate(Case)
    granted = _granted()
    unheld = Case.holder_id.is_(None)
    found = []
    for since, mine in (
        (Case.reported_to_ke_on, and_(unheld, Case.reported_to_ke_on.is_not(None), ~undecided, ~decided)),
        (Case.level_since, and_(unheld, Case.reported_to_ke_on.is_(None), Case.level >= KE_LEVEL)),
        (Case.reported_to_ke_on, and_(granted, ~undecided, ~has_one, ~asked)),
    ):
        query = row("koordinator", Case.id, Case.id, Person.name, moment, since, null(), Service.name)
        query = query.select_from(Case).join(Person, Person.id == Case.person_id)
        query = query.join(Service, Service.id == Case.service_id)
        found.append(query.where(mine, Case.closed_on.is_(None)))
    return found


def _granted() -> Any:
    """That the last decision in the case was that there is to be a coordinator, or a children's coordinator."""
    report, later = NeedReport, aliased(NeedReport)
    after = or_(
        later.decided_on > report.decided_on,
        and_(later.decided_on == report.decided_on, later.changed_at > report.changed_at),
    )
    outdone = exists().where(later.case_id == report.case_id, later.state == DECIDED, after).correlate(report)
    yes = or_(report.coordinator.is_(True), report.childrens_coordinator.is_(True))
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
