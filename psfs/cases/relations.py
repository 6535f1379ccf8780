"""How an account relates to cases, said in SQL: for one case at the door, and for lists.

The statements are made once; what differs from reader to reader are the values of ``who``. ``relation_columns`` and
``relations_of`` are the rule; ``visible`` narrows a list by it; ``case_ids`` finds a short caseload through indexes,
so that it is never found by walking everybody's.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Date, Uuid, bindparam, exists, false, or_, select, union

from psfs import clock
from psfs.domain.permissions import TABLE, Action, Relation, Role
from psfs.models import Case, Consent, EmergencyOpening, Handover, TeamMember, User
from psfs.models.types import Utc

if TYPE_CHECKING:
    from sqlalchemy import CompoundSelect, Select

KE_LEVEL = 3
TAKES_PART = frozenset({Relation.HOLDER, Relation.CONTACT, Relation.OPENED_BY, Relation.TEAM})
"""The relations of those who take part in a case."""
CARRIED = TAKES_PART | {Relation.SUCCESSOR}
"""The relations that a consent carries: without one they count only within the case's own service (B6)."""

READER = bindparam("reader", type_=Uuid())
READER_SERVICE = bindparam("reader_service", type_=Uuid())
TODAY = bindparam("today", type_=Date())
MOMENT = bindparam("moment", type_=Utc())


def who(account: User) -> dict[str, Any]:
    """The values for a statement that is made of these parts."""
    return {
        "reader": account.id,
        "reader_service": account.service_id,
        "today": clock.today(),
        "moment": clock.now(),
    }


def grants(account: User, action: Action = Action.VIEW) -> frozenset[Relation]:
    """The relations that give the account's role ``action`` on a case."""
    return frozenset(each for each in TABLE[Role(account.role)].get(action, ()) if each is not None)


@functools.cache
def relation_columns() -> tuple[ColumnElement[bool], ...]:
    """How the reader relates to each case of a query, one labelled truth value for each kind of relation.

    Someone from another service than the case's own counts only while that service has a valid consent or a legal
    basis (B6): a withdrawal cuts the access at once.
    """
    return tuple(part.label(name) for name, part in (*_parts().items(), ("cut", _cut())))


def relations_of(row: object) -> frozenset[Relation]:
    """The relations in the mapping of a row that has ``relation_columns``."""
    values: dict[str, bool] = dict(row)  # type: ignore[call-overload]
    found = {relation for relation in Relation if values[relation]}
    return frozenset(found - CARRIED if values["cut"] else found)


@functools.cache
def visible(wanted: frozenset[Relation]) -> ColumnElement[bool]:
    """The condition that one of these relations holds; what needs looking up is looked up once for the whole list."""
    direct = _direct(wanted)
    carried = wanted & CARRIED
    others = wanted - CARRIED - {Relation.OWN_SERVICE, Relation.KE_CASE}
    return or_(
        false(),
        *direct,
        *([Case.id.in_(case_ids(others))] if others else []),
        *([Case.id.in_(case_ids(carried)) & ~_cut()] if carried else []),
    )


@functools.cache
def not_cut(wanted: frozenset[Relation]) -> ColumnElement[bool]:
    """``visible`` for cases that are known to have one of ``TAKES_PART`` or a direct relation (from ``case_ids``)."""
    return or_(*_direct(wanted), ~_cut())


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
    return Handover.to_id == READER, Handover.state == "offered"


def _opened() -> tuple[ColumnElement[bool], ...]:
    return EmergencyOpening.user_id == READER, EmergencyOpening.until > MOMENT


@functools.cache
def _cut() -> ColumnElement[bool]:
    """Whether the reader belongs to another service than the case's (or none), and that has no valid consent."""
    valid = exists().where(
        Consent.case_id == Case.id,
        Consent.service_id == READER_SERVICE,
        Consent.withdrawn_on.is_(None),
        Consent.from_on <= TODAY,
        or_(Consent.until_on.is_(None), Consent.until_on >= TODAY),
    )
    valid = valid.correlate(Case)
    return or_(READER_SERVICE.is_(None), (Case.service_id != READER_SERVICE) & ~valid)
