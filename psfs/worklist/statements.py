"""The worklist's statements, made once; what differs from reader to reader are the values (``relations.who``).

They narrow by day with ``due.Horizon`` and decide nothing: what they bring is held against the rules in ``queries``.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Date,
    DateTime,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from psfs.cases.relations import (
    READER,
    READER_SERVICE,
    TAKES_PART,
    case_ids,
    may_stand,
    parts_of,
    related,
    standing_columns,
    with_consent,
)
from psfs.domain.permissions import Relation
from psfs.models import (
    Case,
    CaseLook,
    Consent,
    Conversation,
    EmergencyOpening,
    Form,
    Handover,
    Intervention,
    Person,
    Service,
    User,
)
from psfs.models.bti import BATON, OFFERED
from psfs.models.types import Utc
from psfs.worklist.statements_devices import differences, own_received, received
from psfs.worklist.statements_ke import answers, plans, plans_granted, reports, without_coordinator
from psfs.worklist.statements_meetings import may_meet, meeting_columns, open_minutes
from psfs.worklist.statements_rows import row

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select

MOST = 1000
"""Rows that one statement brings, those that have waited longest first."""
MOST_UNHELD = 500
"""Of these, cases that nobody holds: an import can bring thousands, and must not crowd out what else is asked."""


def day(name: str) -> Any:
    """A value of ``due.Horizon``."""
    return bindparam(name, type_=Date())


@functools.cache
def cases(wanted: frozenset[Relation]) -> Select[*tuple[Any, ...]]:
    """Cases where a decision, an evaluation, a conversation or a meeting may be due."""
    newest = aliased(Conversation)
    last_id = (
        select(newest.id)
        .where(newest.form_id == Form.id, newest.struck_at.is_(None))
        .order_by(newest.held_on.desc(), newest.recorded_at.desc(), newest.id.desc())
        .limit(1)
        .correlate(Form)
        .scalar_subquery()
    )
    last, is_open = aliased(Conversation), Case.closed_on.is_(None)
    columns = (Case.id, Person.name, Case.level, Case.level_since, Case.closed_on, last.held_on, last.next_due)
    query = (
        select(*columns, *meeting_columns(), *standing_columns(wanted))
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Form, and_(Form.case_id == Case.id, Form.closed_on.is_(None)))
        .outerjoin(last, last.id == last_id)
    )
    return (
        with_consent(query)
        .where(
            *_mine(wanted),
            Case.talks_go_on,
            or_(
                and_(is_open, Case.level == 0, Case.level_since <= day("level0_opened")),
                and_(is_open, Case.level > 0, Case.level_since <= day("level_begun")),
                may_meet(day("due")),
                last.next_due <= day("due"),
                and_(last.next_due.is_(None), last.held_on <= day("last_held")),
            ),
        )
        .order_by(Case.opened_on)
        .limit(MOST)
    )


@functools.cache
def interventions(wanted: frozenset[Relation]) -> Select[*tuple[Any, ...]]:
    """Measures that go on and whose evaluation or deadline may be due."""
    columns = (
        Intervention.id,
        Intervention.case_id,
        Intervention.what,
        Intervention.evaluate_on,
        Intervention.deadline,
        Intervention.evaluated_on,
        Intervention.ended_on,
        Person.name,
        *standing_columns(wanted),
    )
    waits = or_(
        Intervention.evaluate_on <= day("due"),
        and_(Intervention.evaluate_on.is_(None), Intervention.deadline <= day("due")),
    )
    query = select(*columns).join(Case, Case.id == Intervention.case_id).join(Person, Person.id == Case.person_id)
    query = with_consent(query).where(*_mine(wanted), Case.closed_on.is_(None), Intervention.ended_on.is_(None), waits)
    return query.order_by(func.coalesce(Intervention.evaluate_on, Intervention.deadline)).limit(MOST)


@functools.cache
def consents(wanted: frozenset[Relation]) -> Select[*tuple[Any, ...]]:
    """All consents in force for whatever has one that may be running out: a newer one may have taken its place."""
    ending = aliased(Consent)
    same_service = or_(
        ending.service_id == Consent.service_id, and_(ending.service_id.is_(None), Consent.service_id.is_(None))
    )
    columns = (
        Consent.id,
        Consent.case_id,
        Consent.service_id,
        Consent.given_by,
        Consent.from_on,
        Consent.until_on,
        Service.name.label("service"),
        Consent.withdrawn_on,
        Person.name,
        Person.birth_date,
        *standing_columns(wanted),
    )
    query = (
        select(*columns)
        .join(Case, Case.id == Consent.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Service, Service.id == Consent.service_id)
    )
    runs_out = or_(
        ending.until_on <= day("consent_until"),
        and_(ending.given_by == "guardian", Person.birth_date <= day("consenting_born")),
    )
    other = exists().where(ending.case_id == Consent.case_id, ending.withdrawn_on.is_(None), same_service, runs_out)
    query = with_consent(query).where(*_mine(wanted), Case.closed_on.is_(None), Consent.withdrawn_on.is_(None), other)
    return query.order_by(Consent.from_on).limit(MOST)


@functools.cache
def news(wanted: frozenset[Relation]) -> Select[*tuple[Any, ...]]:
    """Conversations that somebody else recorded after the reader's last look, in cases the reader takes part in."""
    columns = (Conversation.id, Conversation.form_id, Conversation.recorded_at, Conversation.performed_by)
    looked = and_(CaseLook.case_id == Case.id, CaseLook.user_id == READER)
    query = (
        select(*columns, Case.id.label("case_id"), Person.name, *standing_columns(wanted))
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .join(Form, Form.case_id == Case.id)
        .join(Conversation, Conversation.form_id == Form.id)
        .outerjoin(CaseLook, looked)
    )
    return (
        with_consent(query)
        .where(
            Case.id.in_(case_ids(TAKES_PART)),
            may_stand(wanted),
            Case.talks_go_on,
            Conversation.struck_at.is_(None),
            Conversation.recorded_by_id != READER,
            or_(CaseLook.looked_at.is_(None), Conversation.recorded_at > CaseLook.looked_at),
        )
        .order_by(Conversation.recorded_at.desc())
        .limit(MOST)
    )


@functools.cache
def asked(
    leader: bool, ke: bool, wanted: frozenset[Relation], visible: frozenset[Relation], meets: frozenset[Relation]
) -> Select[*tuple[Any, ...]]:
    """What somebody waits for the reader to answer or decide anew: the baton, emergency openings, cases that nobody
    holds or that may be double, conversations from devices. ``wanted``: the relations that let the reader hand a case
    over; ``visible``: those that let the reader see it; ``meets``: those that let the reader write minutes."""
    answered = [_answered("declined", "nei", wanted), _answered("accepted", "ja", visible)]
    parts = [_handovers(), *answered, _doubles(leader), differences(), own_received(), *answers(visible), plans(ke=ke)]
    parts += open_minutes(meets)
    if leader or ke:
        parts.append(received(leader=leader))
    if leader:
        parts.append(_emergencies(EmergencyOpening.leader_seen_at.is_(None), named=True))
        parts.append(_without_holder())
    if ke:
        parts.append(_emergencies(EmergencyOpening.ke_seen_at.is_(None), named=False))
        parts += [*without_coordinator(), plans_granted(), reports()]
    rows = union_all(*parts).subquery()
    return select(rows).limit(MOST)


def _mine(wanted: frozenset[Relation]) -> tuple[ColumnElement[bool], ...]:
    """Cases where something is the reader's to do; who opened a case only until somebody holds it."""
    nobody = select(Case.id).where(Case.opened_by_id == READER, Case.holder_id.is_(None))
    direct = wanted & {Relation.HOLDER, Relation.CONTACT, Relation.TEAM, Relation.OWN_SERVICE}
    parts = [part for relation in sorted(direct) for part in parts_of(relation)]
    return Case.id.in_(union(nobody, *parts)), may_stand(wanted)


def _handovers() -> Any:
    """A shielded person is not named before the baton is taken; nobody is where no consent carries the offer (B6)."""
    name = case((Person.shielded, null()), else_=Person.name)
    no_day = cast(null(), Date())
    standing = standing_columns(frozenset())
    sent, told = (Handover.id, Case.id, name, Handover.offered_at), (User.name, Service.name, standing)
    query = row("stafett", *sent, no_day, *told, more=Handover.as_coordinator)
    query = (
        query.select_from(Handover)
        .join(Case, Case.id == Handover.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == Handover.offered_by_id)
        .join(Service, Service.id == Case.service_id)
        .where(Handover.to_id == READER, Handover.state == OFFERED, may_stand(frozenset()))
    )
    return with_consent(query)


def _answered(state: str, kind: str, wanted: frozenset[Relation]) -> Any:
    """The baton that the reader offered and somebody would not take ("declined"), or took lately ("accepted"): until it
    is offered anew or the case looked at."""
    newer, no_day = aliased(Handover), cast(null(), Date())
    later = exists().where(newer.case_id == Handover.case_id, newer.offered_at > Handover.offered_at)
    looked = and_(CaseLook.case_id == Case.id, CaseLook.user_id == READER)
    standing = standing_columns(wanted)
    sent, told = (Handover.id, Case.id, Person.name, Handover.answered_at), (User.name, null(), standing)
    query = row(kind, *sent, no_day, *told, more=Handover.as_coordinator)
    query = (
        query.select_from(Handover)
        .join(Case, Case.id == Handover.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == Handover.to_id)
        .outerjoin(CaseLook, looked)
        .where(
            Handover.offered_by_id == READER,
            Handover.state == BATON[state],
            *([Handover.answered_at >= bindparam("told_from", type_=Utc())] if state == "accepted" else []),
            ~later.correlate(Handover),
            or_(CaseLook.looked_at.is_(None), CaseLook.looked_at < Handover.answered_at),
            Case.closed_on.is_(None),
            related(wanted),
            may_stand(wanted),
        )
    )
    return with_consent(query)


def _doubles(leader: bool) -> Any:
    """Open cases of shielded people who may have been recorded again: the check for duplicates tells of them only to
    those with access. ``who`` is the other name, for ``names.may_be_one``; ``service`` is whom to ask.

    Never the other way: whoever recorded the person again is told nothing. So a pair where both are shielded is not
    there, or one's own case could be shielded to ask for others.
    """
    again, theirs = aliased(Person), aliased(Case)
    ask = Service.name + case((Service.phone == "", ""), else_=", " + Service.phone)
    no_day, standing = cast(null(), Date()), standing_columns(frozenset())
    query = row("dobbel", theirs.id, Case.id, Person.name, theirs.created_at, no_day, again.name, ask, standing)
    mine = or_(Case.service_id == READER_SERVICE, Case.holder_id == READER) if leader else Case.holder_id == READER
    query = (
        query.select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .join(again, and_(again.birth_date == Person.birth_date, again.id != Person.id, ~again.shielded))
        .join(theirs, and_(theirs.person_id == again.id, theirs.closed_on.is_(None)))
        .join(Service, Service.id == theirs.service_id)
        .where(mine, Person.shielded, Case.closed_on.is_(None), may_stand(frozenset()))
    )
    return with_consent(query)


def _emergencies(unseen: ColumnElement[bool], *, named: bool) -> Any:
    """The leader of the case's service has access to it, and is told whose it is; KE is told that it happened."""
    opening, no_day = EmergencyOpening, cast(null(), Date())
    name = Person.name if named else null()
    query = row("naudopning", opening.id, Case.id, name, opening.opened_at, no_day, User.name, Service.name)
    query = (
        query.select_from(opening)
        .join(Case, Case.id == opening.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == opening.user_id)
        .join(Service, Service.id == opening.service_id)
        .where(unseen)
    )
    return query.where(opening.service_id == READER_SERVICE) if named else query


def _without_holder() -> Any:
    """Open cases of the leader's own service that nobody holds and nobody is asked to take; the longest waiting."""
    moment = cast(null(), DateTime())
    asked = exists().where(Handover.case_id == Case.id, Handover.state == OFFERED).correlate(Case)
    query = row("haldar", Case.id, Case.id, Person.name, moment, Case.level_since, null(), null())
    query = query.select_from(Case).join(Person, Person.id == Case.person_id)
    query = query.where(Case.service_id == READER_SERVICE, Case.holder_id.is_(None), Case.closed_on.is_(None), ~asked)
    return select(query.order_by(Case.level_since, Case.id).limit(MOST_UNHELD).subquery())


__all__ = ["MOST", "asked", "cases", "consents", "interventions", "news"]
