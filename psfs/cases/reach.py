"""Which cases an account reaches, said in SQL: the same rule as the door's, for lists.

``visible_to`` is the rule. ``case_ids`` finds candidates through indexes, so that a short caseload is never found by
walking everybody's; whatever it finds is still held against the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import false, literal, or_, select, union

from psfs import clock
from psfs.cases.door import KE_LEVEL, relation_columns
from psfs.domain.permissions import TABLE, Action, Relation, Role
from psfs.models import Case, EmergencyOpening, Handover, TeamMember, User

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import ColumnElement, CompoundSelect, Select

TAKES_PART = frozenset({Relation.HOLDER, Relation.CONTACT, Relation.OPENED_BY, Relation.TEAM})


def grants(account: User, action: Action = Action.VIEW) -> frozenset[Relation]:
    """The relations that give the account's role ``action`` on a case."""
    return frozenset(each for each in TABLE[Role(account.role)].get(action, ()) if each is not None)


def visible_to(account: User, today: date, action: Action = Action.VIEW) -> ColumnElement[bool]:
    """The condition that the account may do ``action`` with the case of the row."""
    columns = {column.name: column.element for column in relation_columns(account, today)}
    wanted = grants(account, action)
    own = [columns[relation] for relation in sorted(wanted & TAKES_PART)]
    others = [columns[relation] for relation in sorted(wanted - TAKES_PART)]
    return or_(false(), *others, or_(false(), *own) & ~columns["cut"])


def case_ids(
    account: User, relations: Collection[Relation], today: date
) -> CompoundSelect[uuid.UUID] | Select[uuid.UUID]:
    """Ids of the cases to which the account stands in one of these relations, whatever consents say."""
    found: dict[Relation, list[Select[uuid.UUID]]] = {
        Relation.HOLDER: [select(Case.id).where(Case.holder_id == account.id)],
        Relation.CONTACT: [select(Case.id).where(Case.contact_id == account.id)],
        Relation.OPENED_BY: [select(Case.id).where(Case.opened_by_id == account.id)],
        Relation.TEAM: [
            select(TeamMember.case_id).where(
                TeamMember.user_id == account.id,
                TeamMember.from_on <= today,
                or_(TeamMember.until_on.is_(None), TeamMember.until_on > today),
            )
        ],
        Relation.OWN_SERVICE: [select(Case.id).where(Case.service_id == account.service_id)],
        Relation.KE_CASE: [
            select(Case.id).where(Case.reported_to_ke_on.is_not(None)),
            select(Case.id).where(Case.level >= KE_LEVEL),
        ],
        Relation.SUCCESSOR: [select(Handover.case_id).where(Handover.to_id == account.id, Handover.state == "offered")],
        Relation.EMERGENCY: [
            select(EmergencyOpening.case_id).where(
                EmergencyOpening.user_id == account.id, EmergencyOpening.until > clock.now()
            )
        ],
    }
    parts = [part for relation in sorted(relations) for part in found[relation]]
    return union(*parts) if parts else select(Case.id).where(literal(1) == 0)
