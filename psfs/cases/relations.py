"""How an account relates to cases, said in SQL: for one case at the door, and for lists.

The statements are made once; what differs from reader to reader are the values of ``who``. ``relation_columns`` and
``relations_of`` are the rule; ``visible`` narrows a list by it; ``case_ids`` finds a short caseload through indexes,
so that it is never found by walking everybody's.

Whether a consent lets the reader's service take part, SQL does not decide: it brings the one consent that most likely
does (``with_consent``), and ``domain.consents`` says whether it holds.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import ColumnElement, Date, String, Uuid, bindparam, case, exists, false, or_, select, union
from sqlalchemy.orm import aliased

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import consents
from psfs.domain.permissions import TABLE, Action, Relation, Role
from psfs.models import Case, Consent, EmergencyOpening, Handover, Person, TeamMember, User
from psfs.models.bti import OFFERED
from psfs.models.types import Utc

if TYPE_CHECKING:
    from sqlalchemy import CompoundSelect, Select

S = TypeVar("S", bound="Select[Any]")
KE_LEVEL = 3
TAKES_PART = frozenset({Relation.HOLDER, Relation.CONTACT, Relation.OPENED_BY, Relation.TEAM})
"""The relations of those who take part in a case."""
KE_CASES = frozenset({Relation.KE_CASE})
"""The relation of the coordinating unit to the cases that it may open."""
CARRIED = TAKES_PART | {Relation.SUCCESSOR}
"""The relations that a consent carries: without one they count only within the case's own service (B6)."""

READER = bindparam("reader", type_=Uuid())
READER_SERVICE = bindparam("reader_service", type_=Uuid())
READER_ROLE = bindparam("reader_role", type_=String())
READER_STAMP = bindparam("reader_stamp", type_=String())
TODAY = bindparam("today", type_=Date())
MOMENT = bindparam("moment", type_=Utc())
CARRIER = aliased(Consent, name="carrier")
"""Of the consents for the reader's service, the one that most likely holds."""


def who(account: User) -> dict[str, Any]:
    """The values for a statement that is made of these parts."""
    return {
        "reader": account.id,
        "reader_service": account.service_id,
        "reader_role": account.role,
        "reader_stamp": account.stamp,
        "today": clock.today(),
        "moment": clock.now(),
    }


def as_it_was() -> ColumnElement[bool]:
    """That the reader's account is still open, and of the service and with the role that ``who`` was told."""
    same = User.service_id.is_not_distinct_from(READER_SERVICE)
    open_still = User.disabled_at.is_(None), User.stamp == READER_STAMP
    return exists().where(User.id == READER, User.role == READER_ROLE, same, *open_still)


def grants(account: User, action: Action = Action.VIEW) -> frozenset[Relation]:
    """The relations that give the account's role ``action`` on a case."""
    return frozenset(each for each in TABLE[Role(account.role)].get(action, ()) if each is not None)


@functools.cache
def relation_columns() -> tuple[ColumnElement[Any], ...]:
    """How the reader relates to each case of a query, one labelled truth value for each kind of relation.

    Beside them stands what is known of the consent for the reader's service: the query is one ``with_consent``, on
    cases and persons.
    """
    return *(part.label(name) for name, part in _parts().items()), *_consent_columns()


def with_consent(query: S) -> S:
    """The query with the one consent that decides whether the reader's service may take part, if there is any."""
    return query.outerjoin(CARRIER, CARRIER.id == _likeliest())


def relations_of(row: object) -> frozenset[Relation]:
    """The relations in the mapping of a row that has ``relation_columns``.

    Someone from another service than the case's own counts only while that service has a valid consent or a legal
    basis (B6): a withdrawal cuts the access at once.
    """
    values: dict[str, Any] = dict(row)  # type: ignore[call-overload]
    found = {relation for relation in Relation if values[relation]}
    return frozenset(found if values[Relation.OWN_SERVICE] or _carried(values) else found - CARRIED)


@functools.cache
def standing_columns(wanted: frozenset[Relation]) -> tuple[ColumnElement[Any], ...]:
    """What ``stands`` needs, for a list ``with_consent`` of cases where the reader has one of ``TAKES_PART`` or a
    direct relation (from ``case_ids``)."""
    return _needs_no_consent(wanted).label("direct"), *_consent_columns()


def stands(row: Any) -> bool:
    """Whether the row of such a list is the reader's to see today."""
    return bool(row.direct) or _carried(row._mapping)


def _carried(values: Any) -> bool:
    """Whether a consent, or a legal basis in its place, lets the reader's service take part today (B6)."""
    if values["carrier_from"] is None:
        return False
    found = consents.Given(
        values["carrier_by"], values["carrier_from"], values["carrier_until"], values["carrier_withdrawn"]
    )
    return consents.holds(found, values["carrier_born"], limits(), clock.today())


@functools.cache
def visible(wanted: frozenset[Relation]) -> ColumnElement[bool]:
    """Narrows a list to cases where one of these relations may hold: ``relations_of`` decides.

    What needs looking up is looked up once for the whole list.
    """
    direct = _direct(wanted)
    carried = wanted & CARRIED
    others = wanted - CARRIED - {Relation.OWN_SERVICE, Relation.KE_CASE}
    return or_(
        false(),
        *direct,
        *([Case.id.in_(case_ids(others))] if others else []),
        *([Case.id.in_(case_ids(carried)) & may_stand(frozenset())] if carried else []),
    )


@functools.cache
def may_stand(wanted: frozenset[Relation]) -> ColumnElement[bool]:
    """Narrows a list to cases for which ``stands`` may be true; it leaves none of those out."""
    return or_(_needs_no_consent(wanted), exists().where(*_candidates()).correlate(Case))


def _needs_no_consent(wanted: frozenset[Relation]) -> ColumnElement[bool]:
    return or_(*_direct(wanted), Case.service_id == READER_SERVICE)


def _direct(wanted: frozenset[Relation]) -> list[ColumnElement[bool]]:
    """The relations that stand on the case itself, so that no consent cuts them and nothing is looked up."""
    return [_parts()[each] for each in sorted(wanted & {Relation.OWN_SERVICE, Relation.KE_CASE})]


def parts_of(relation: Relation) -> list[Select[Any]]:
    """Ids of the cases to which the reader stands in this relation, whatever consents say; each part has an index."""
    match relation:
        case Relation.TEAM:
            return [select(TeamMember.case_id).where(*_in_team())]
        case Relation.SUCCESSOR:
            return [select(Handover.case_id).where(*_offered())]
        case Relation.EMERGENCY:
            return [select(EmergencyOpening.case_id).where(*_opened())]
        case Relation.KE_CASE:
            reported, level = Case.reported_to_ke_on.is_not(None), Case.level >= KE_LEVEL
            return [select(Case.id).where(reported), select(Case.id).where(level)]
        case _:
            return [select(Case.id).where(_parts()[relation])]


def case_ids(relations: frozenset[Relation]) -> CompoundSelect[Any]:
    """Ids of the cases to which the reader stands in one of these relations, whatever consents say."""
    return union(*(part for relation in sorted(relations) for part in parts_of(relation)))


def related(relations: frozenset[Relation]) -> ColumnElement[bool]:
    """That the reader stands in one of these relations to the case, whatever consents say; asked row by row, for a
    statement that brings few cases without it."""
    return or_(false(), *(_parts()[each] for each in sorted(relations)))


@functools.cache
def _parts() -> dict[Relation, ColumnElement[bool]]:
    return {
        Relation.HOLDER: Case.holder_id == READER,
        Relation.CONTACT: Case.contact_id == READER,
        Relation.OPENED_BY: Case.opened_by_id == READER,
        Relation.TEAM: exists().where(TeamMember.case_id == Case.id, *_in_team()).correlate(Case),
        Relation.OWN_SERVICE: Case.service_id == READER_SERVICE,
        Relation.KE_CASE: or_(Case.reported_to_ke_on.is_not(None), Case.level >= KE_LEVEL),
        Relation.SUCCESSOR: exists().where(Handover.case_id == Case.id, *_offered()).correlate(Case),
        Relation.EMERGENCY: exists().where(EmergencyOpening.case_id == Case.id, *_opened()).correlate(Case),
    }


def _in_team() -> tuple[ColumnElement[bool], ...]:
    until = or_(TeamMember.until_on.is_(None), TeamMember.until_on > TODAY)
    return TeamMember.user_id == READER, TeamMember.from_on <= TODAY, until


def _offered() -> tuple[ColumnElement[bool], ...]:
    return Handover.to_id == READER, Handover.state == OFFERED


def _opened() -> tuple[ColumnElement[bool], ...]:
    return EmergencyOpening.user_id == READER, EmergencyOpening.until > MOMENT


def _candidates() -> tuple[ColumnElement[bool], ...]:
    """Consents for the reader's service that may hold; there is none for a reader without a service."""
    return (
        Consent.case_id == Case.id,
        Consent.service_id == READER_SERVICE,
        Consent.withdrawn_on.is_(None),
        Consent.from_on <= TODAY,
        or_(Consent.until_on.is_(None), Consent.until_on >= TODAY),
    )


def _likeliest() -> ColumnElement[Any]:
    """Of the candidates, one that guardians alone did not give; else the last that they gave.

    The rule may end a guardian's consent before its day, and only that of somebody who was young when it was given: if
    the last one does not hold, none does.
    """
    by_guardian = case((Consent.given_by == consents.GUARDIAN, 1), else_=0)
    query = select(Consent.id).where(*_candidates()).order_by(by_guardian, Consent.from_on.desc(), Consent.id)
    return query.limit(1).correlate(Case).scalar_subquery()


def _consent_columns() -> tuple[ColumnElement[Any], ...]:
    return (
        CARRIER.given_by.label("carrier_by"),
        CARRIER.from_on.label("carrier_from"),
        CARRIER.until_on.label("carrier_until"),
        CARRIER.withdrawn_on.label("carrier_withdrawn"),
        Person.birth_date.label("carrier_born"),
    )
