"""The baton passes only when the successor accepts; until then the old holder keeps it (B7)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti import log
from psfs.bti.hindrance import repeated, require_open
from psfs.bti.queries_consents import consents, valid_services
from psfs.cases.relations import KE_LEVEL
from psfs.domain import reports
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import Case, Coordinator, Handover, LogEntry, User
from psfs.models.bti import OFFERED

if TYPE_CHECKING:
    from datetime import date


def offer(
    case: Case,
    by: User,
    offer_id: uuid.UUID,
    to_id: uuid.UUID,
    *,
    reason: str,
    persons_view: str,
    as_coordinator: str = "",
) -> None:
    """Offer the baton to a member of staff, with the person's own view where it is known.

    Whoever offers it to themselves while nobody holds it has accepted by that, and holds it at once.
    ``as_coordinator``: what the coordinating unit appoints them as (``Coordinator.kind``); the holder can be asked too.

    Raises:
        Refusal: the case is closed; there is an open offer; the successor has no active account, holds it already,
            or belongs to a service that may not take part ("service_without_consent": service, service_id).
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    content = {"to_id": to_id, "reason": reason, "persons_view": persons_view, "as_coordinator": as_coordinator}
    if repeated(Handover, offer_id, case, **content):
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
    if to.id == case.holder_id and (not as_coordinator or is_coordinator(case, to)):
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
        as_coordinator=as_coordinator,
    )
    db.session.add(given)
    if to.id == by.id and old is None:
        given.state, given.answered_at, case.holder = "accepted", given.offered_at, to
        _coordinate(case, to, as_coordinator)
    _note(case, by, given, given.state or "offered", to, old, reason=reason, text=persons_view)
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
    _coordinate(case, by, given.as_coordinator)
    _note(case, by, given, "accepted", by, old, text=answer)
    db.session.commit()


def decline(case: Case, by: User, offer_id: uuid.UUID | None, reason: str) -> None:
    """Say no, with a reason: the old holder keeps the case. Raises as ``accept``, and Refusal("needs_reason")."""
    if not reason:
        raise Refusal("needs_reason")
    given = _answer(case, by, offer_id, "declined", reason)
    _note(case, by, given, "declined", by, case.holder, reason=reason)
    db.session.commit()


def withdraw_offer(case: Case, by: User, offer_id: uuid.UUID | None, *, appoints: bool) -> None:
    """Take the offer back. Nothing happens if it has been withdrawn.

    Raises Refusal: it was answered ("offer_gone"), or it is the coordinating unit's ("offer_of_ke") and ``by`` is not
    of those who appoint (``appoints``).
    """
    given = db.session.get(Handover, offer_id, options=[joinedload(Handover.to)]) if offer_id else None
    if given is None or given.case_id != case.id or given.state in ("accepted", "declined"):
        raise Refusal("offer_gone")
    if given.state == "withdrawn":
        return
    require_open(case)
    if not may_withdraw(case, given, appoints=appoints):
        raise Refusal("offer_of_ke", name=given.to.name)
    given.state, given.answered_at = "withdrawn", clock.now()
    _note(case, by, given, "withdrawn", given.to, case.holder)
    db.session.commit()


def may_withdraw(case: Case, given: Handover, *, appoints: bool) -> bool:
    """Whether somebody who may hand the case over may take this offer back; ``appoints``: whether they may appoint."""
    unit_sees = case.reported_to_ke_on is not None or case.level >= KE_LEVEL
    return reports.may_withdraw(appointment=bool(given.as_coordinator), appoints=appoints, unit_sees=unit_sees)


def withdrawn_by(given: Handover) -> str:
    """Who took the offer back; empty where it was not, or went with the case when that was closed."""
    if given.state != "withdrawn":
        return ""
    query = select(LogEntry.recorded_by, LogEntry.details).where(LogEntry.subject_id == given.id)
    rows = db.session.execute(query.where(LogEntry.kind == "baton").order_by(LogEntry.recorded_at.desc()))
    return next((row.recorded_by for row in rows if (row.details or {}).get("event") == "withdrawn"), "")


def is_answered(case_id: uuid.UUID, by: User, offer_id: uuid.UUID, state: str) -> bool:
    """Whether the account has itself given this very answer ("accepted", "declined") to the offer on the case."""
    given = db.session.get(Handover, offer_id)
    return given is not None and (given.case_id, given.to_id, given.state) == (case_id, by.id, state)


def open_offer_of(case: Case) -> Handover | None:
    """The offer that waits for an answer, with who offered it to whom."""
    query = select(Handover).where(Handover.case_id == case.id, Handover.state == OFFERED)
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


def is_coordinator(case: Case, account: User) -> bool:
    """Whether the account is the case's coordinator today."""
    now = coordinator_of(case)
    return now is not None and now.user_id == account.id


def coordinator_of(case: Case) -> Coordinator | None:
    """Who was appointed coordinator of the case and still is."""
    query = select(Coordinator).where(Coordinator.case_id == case.id, Coordinator.until_on.is_(None))
    return db.session.scalar(query.options(joinedload(Coordinator.user)))


def end_coordinator(case: Case, on: date) -> None:
    """Note that the coordinator no longer is one, from that day. Does not commit."""
    now = coordinator_of(case)
    if now is not None:
        now.until_on = max(on, now.from_on)
        db.session.flush()


def _coordinate(case: Case, holder: User, kind: str) -> None:
    """Whoever takes the baton over without being appointed is no coordinator, and the last one is none any longer."""
    end_coordinator(case, clock.today())
    if kind:
        db.session.add(
            Coordinator(id=uuid.uuid4(), case_id=case.id, user_id=holder.id, kind=kind, from_on=clock.today())
        )


def _note(case: Case, by: User, given: Handover, event: str, to: User, old: User | None, **fields: Any) -> None:
    details = {"event": event, "to": to.name, "from": old.name if old else "", "service": ""}
    if given.as_coordinator:
        details["as"] = given.as_coordinator
    if to.service is not None and to.service_id != case.service_id:
        details["service"] = to.service.name
    log.write(case, by, "baton", subject_id=given.id, details=details, **fields)
