"""The one door to a case: permission, and the log of who looked.

A reading is written and committed before anything is shown. For an action that changes something the transaction
that checked the permission stays open, so that what was checked still holds when the change is committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, g, request
from sqlalchemy import exists, or_, select, true
from sqlalchemy.orm import joinedload

from psfs import audit, clock
from psfs.domain.permissions import Action, Relation, Role, allowed
from psfs.extensions import begin_write, db
from psfs.models import (
    Case,
    CaseLook,
    Consent,
    EmergencyOpening,
    Handover,
    Person,
    TeamMember,
    User,
)

if TYPE_CHECKING:
    import uuid
    from datetime import date

    from sqlalchemy import ColumnElement

KE_LEVEL = 3
LOOKS = frozenset({"cases.show", "conversations.show", "conversations.summary"})


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that its reader was let into, with how they relate to it."""

    case: Case
    user: User
    relations: frozenset[Relation]

    @property
    def id(self) -> uuid.UUID:
        return self.case.id

    @property
    def person(self) -> Person:
        return self.case.person

    def may(self, action: Action) -> bool:
        """Whether the reader may also do ``action`` here (for showing a button; the door checks again)."""
        return allowed(Role(self.user.role), action, self.relations)


def open_case(case_id: uuid.UUID, action: Action, *, view: str | None = None) -> OpenCase:
    """Let the signed-in user into a case for ``action``, or answer 404 as if it did not exist.

    Reading (GET) is logged under ``view`` (the endpoint's name unless told otherwise) and committed at once.
    """
    account: User = g.user
    begin_write()
    reading = request.method in {"GET", "HEAD"}
    query = (
        select(Case, *relation_columns(account, clock.today()))
        .where(Case.id == case_id)
        .options(
            joinedload(Case.person),
            joinedload(Case.service),
            joinedload(Case.holder),
            joinedload(Case.contact),
        )
        .execution_options(populate_existing=True)
    )
    row = db.session.execute(query if reading else query.with_for_update(of=Case)).first()
    relations = relations_of(row._mapping) if row else frozenset()
    if row is None or not allowed(Role(account.role), action, relations):
        db.session.rollback()
        abort(404)
    case: Case = row[0]
    stream = audit.recorder.case_stream(case.id)
    audit.recorder.act_as(audit.Actor(account.id, account.name, stream, request.endpoint or "change"))
    if reading:
        name = view or request.endpoint or action.value
        audit.record_reading(
            case_id=case.id,
            actor_id=account.id,
            actor=account.name,
            view=name,
            by=",".join(sorted(relations)),
            why=_emergency_reason(case, account) if relations == {Relation.EMERGENCY} else "",
        )
        if name in LOOKS:
            _look(account, case)
        db.session.commit()
    return OpenCase(case, account, relations)


def _look(account: User, case: Case) -> None:
    """Note that the reader has seen the case as it now is; what changes after this is news on the worklist."""
    look = db.session.get(CaseLook, (account.id, case.id))
    if look is None:
        db.session.add(CaseLook(user_id=account.id, case_id=case.id, looked_at=clock.now()))
    else:
        look.looked_at = clock.now()


def relation_columns(account: User, today: date) -> list[ColumnElement[bool]]:
    """How ``account`` relates to each case of a query, one labelled truth value for each kind of relation.

    Someone from another service than the case's own counts only while that service has a valid consent or a legal
    basis (B6): a withdrawal cuts the access at once.
    """
    team = exists().where(
        TeamMember.case_id == Case.id,
        TeamMember.user_id == account.id,
        TeamMember.from_on <= today,
        or_(TeamMember.until_on.is_(None), TeamMember.until_on > today),
    )
    offered = exists().where(Handover.case_id == Case.id, Handover.to_id == account.id, Handover.state == "offered")
    emergency = exists().where(
        EmergencyOpening.case_id == Case.id,
        EmergencyOpening.user_id == account.id,
        EmergencyOpening.until > clock.now(),
    )
    return [
        (Case.holder_id == account.id).label("holder"),
        (Case.contact_id == account.id).label("contact"),
        (Case.opened_by_id == account.id).label("opened_by"),
        team.label("team"),
        (Case.service_id == account.service_id).label("own_service"),
        or_(Case.reported_to_ke_on.is_not(None), Case.level >= KE_LEVEL).label("ke_case"),
        offered.label("successor"),
        emergency.label("emergency"),
        consent_cut(account, today).label("cut"),
    ]


def consent_cut(account: User, today: date) -> ColumnElement[bool]:
    """Whether the account belongs to another service than the case's, and that service has no valid consent."""
    if account.service_id is None:
        return true()
    mine = (Consent.case_id == Case.id, Consent.service_id == account.service_id)
    valid = exists().where(
        *mine,
        Consent.withdrawn_on.is_(None),
        Consent.from_on <= today,
        or_(Consent.until_on.is_(None), Consent.until_on >= today),
    )
    return (Case.service_id != account.service_id) & ~valid


def relations_of(row: object) -> frozenset[Relation]:
    """The relations in a row that has ``relation_columns``."""
    values: dict[str, bool] = dict(row)  # type: ignore[call-overload]
    names = {
        "holder": Relation.HOLDER,
        "contact": Relation.CONTACT,
        "opened_by": Relation.OPENED_BY,
        "team": Relation.TEAM,
        "own_service": Relation.OWN_SERVICE,
        "ke_case": Relation.KE_CASE,
        "successor": Relation.SUCCESSOR,
        "emergency": Relation.EMERGENCY,
    }
    found = {relation for name, relation in names.items() if values[name]}
    if values["cut"]:
        found -= {Relation.HOLDER, Relation.CONTACT, Relation.OPENED_BY, Relation.TEAM}
    return frozenset(found)


def _emergency_reason(case: Case, account: User) -> str:
    latest = select(EmergencyOpening.reason).where(
        EmergencyOpening.case_id == case.id, EmergencyOpening.user_id == account.id
    )
    return db.session.scalar(latest.order_by(EmergencyOpening.opened_at.desc()).limit(1)) or ""
