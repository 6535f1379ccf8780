"""The baton passes only when the successor accepts; until then the old holder keeps it (B7)."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti import log
from psfs.bti.hindrance import repeated, require_open
from psfs.bti.queries_consents import consents, valid_services
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import Case, Handover, User


def offer(case: Case, by: User, offer_id: uuid.UUID, to_id: uuid.UUID, *, reason: str, persons_view: str) -> None:
    """Offer the baton to a member of staff, with the person's own view where it is known.

    Whoever offers it to themselves while nobody holds it has accepted by that, and holds it at once.

    Raises:
        Refusal: the case is closed; there is an open offer; the successor has no active account, holds it already,
            or belongs to a service that may not take part ("service_without_consent": service, service_id).
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    if repeated(Handover, offer_id, case, to_id=to_id, reason=reason, persons_view=persons_view):
        return
    require_open(case)
    if not reason:
        raise Refusal("needs_reason")
    open_offer = open_offer_of(case)
    if open_offer is not None:
        raise Refusal("offer_open", name=open_offer.to.name)
    to = db.session.get(User, to_id, options=[joinedload(User.service)])
    if to is None or to.disabled_at is not None or to.role == Role.ADMIN:
        raise Refusal("unknown_successor")
    if to.id == case.holder_id:
        raise Refusal("already_holder", name=to.name)
    require_service(case, to)
    old = case.holder
    given = Handover(
        id=offer_id,
        case_id=case.id,
        from_id=case.holder_id,
        to_id=to.id,
        offered_by_id=by.id,
        offered_at=clock.now(),
        reason=reason,
        persons_view=persons_view,
    )
    db.session.add(given)
    if to.id == by.id and old is None:
        given.state, given.answered_at, case.holder = "accepted", given.offered_at, to
    _note(case, by, offer_id, given.state or "offered", to, old, reason=reason, text=persons_view)
    db.session.commit()


def accept(case: Case, by: User, offer_id: uuid.UUID | None, answer: str = "") -> None:
    """Take over: from now on ``by`` holds the case. A contact person who was also the holder passes that on too.

    Raises Refusal: the offer is no longer open ("offer_gone"), the service may not take part, the case is closed.
    """
    given = _answer(case, by, offer_id, "accepted", answer)
    require_service(case, by)
    old = case.holder
    if case.contact_id is not None and case.contact_id == case.holder_id:
        case.contact = by
    case.holder = by
    _note(case, by, given.id, "accepted", by, old, text=answer)
    db.session.commit()


def decline(case: Case, by: User, offer_id: uuid.UUID | None, reason: str) -> None:
    """Say no, with a reason: the old holder keeps the case. Raises as ``accept``, and Refusal("needs_reason")."""
    if not reason:
        raise Refusal("needs_reason")
    given = _answer(case, by, offer_id, "declined", reason)
    _note(case, by, given.id, "declined", by, case.holder, reason=reason)
    db.session.commit()


def withdraw_offer(case: Case, by: User, offer_id: uuid.UUID | None) -> None:
    """Take the offer back. Nothing happens if it has been withdrawn; Refusal("offer_gone") if it was answered."""
    given = db.session.get(Handover, offer_id, options=[joinedload(Handover.to)]) if offer_id else None
    if given is None or given.case_id != case.id or given.state in ("accepted", "declined"):
        raise Refusal("offer_gone")
    if given.state == "withdrawn":
        return
    require_open(case)
    given.state, given.answered_at = "withdrawn", clock.now()
    _note(case, by, given.id, "withdrawn", given.to, case.holder)
    db.session.commit()


def is_answered(case_id: uuid.UUID, by: User, offer_id: uuid.UUID, state: str) -> bool:
    """Whether the account has itself given this very answer ("accepted", "declined") to the offer on the case."""
    given = db.session.get(Handover, offer_id)
    return given is not None and (given.case_id, given.to_id, given.state) == (case_id, by.id, state)


def open_offer_of(case: Case) -> Handover | None:
    """The offer that waits for an answer, with who offered it to whom."""
    query = select(Handover).where(Handover.case_id == case.id, Handover.state == "offered")
    return db.session.scalar(query.options(joinedload(Handover.to), joinedload(Handover.offered_by)))


def latest_offer_of(case: Case) -> Handover | None:
    """The last time the baton was offered, whatever came of it; one that waits for an answer is always the last."""
    query = select(Handover).where(Handover.case_id == case.id).order_by(Handover.offered_at.desc()).limit(1)
    return db.session.scalar(query.options(joinedload(Handover.to), joinedload(Handover.offered_by)))


def require_service(case: Case, to: User) -> None:
    """Raise Refusal unless the member of staff's service is the case's own or may take part today (B4, B6)."""
    if to.service_id is None:
        raise Refusal("successor_without_service", name=to.name)
    if to.service_id != case.service_id and to.service_id not in valid_services(consents(case.id), case, limits()):
        name = to.service.name if to.service else ""
        raise Refusal("service_without_consent", service=name, service_id=str(to.service_id))


def _answer(case: Case, by: User, offer_id: uuid.UUID | None, state: str, answer: str) -> Handover:
    require_open(case)
    given = db.session.get(Handover, offer_id) if offer_id else None
    if given is None or (given.case_id, given.to_id, given.state) != (case.id, by.id, "offered"):
        raise Refusal("offer_gone")
    given.state, given.answered_at, given.answer = state, clock.now(), answer
    return given


def _note(case: Case, by: User, offer_id: uuid.UUID, event: str, to: User, old: User | None, **fields: Any) -> None:
    details = {"event": event, "to": to.name, "from": old.name if old else "", "service": ""}
    if to.service is not None and to.service_id != case.service_id:
        details["service"] = to.service.name
    log.write(case, by, "baton", subject_id=offer_id, details=details, **fields)
