"""Consents and the legal bases that take their place (B4, B6)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti import log
from psfs.bti.hindrance import repeated, require_date, require_open
from psfs.bti.queries_consents import beside, consent_of, letting_in
from psfs.domain import consents, due
from psfs.domain.consents import GUARDIAN
from psfs.domain.due import ADULT
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Case, Consent, Handover, Service, User
from psfs.models.bti import OFFERED

if TYPE_CHECKING:
    from datetime import date

    from psfs.domain.due import Limits

CONSENT, LEGAL_BASIS = "consent", consents.LEGAL_BASIS


@dataclass(frozen=True, slots=True)
class ConsentInput:
    """What was consented to, by whom and how; or the legal basis and why it is used.

    ``service_id`` None is the log itself.
    """

    id: uuid.UUID
    service_id: uuid.UUID | None
    basis: str
    from_on: date
    until_on: date | None = None
    given_by: str = ""
    given_by_name: str = ""
    how: str = ""
    legal_basis: str = ""
    reason: str = ""


def right_givers(case: Case, in_force: Limits) -> tuple[str, ...]:
    """Who can consent for the person today, the most fitting first (B6)."""
    age = due.age_on(case.person.birth_date, clock.today())
    if age >= ADULT:
        return ("person", "guardian")
    if due.consents_self(case.person.birth_date, clock.today(), in_force):
        return ("young_person_and_guardian", "person")
    return ("guardian", "young_person_and_guardian")


def give(case: Case, by: User, what: ConsentInput) -> Consent:
    """Record a consent or a legal basis.

    A guardian's consent for somebody too young to have a say ends by itself when that day comes: that is reckoned when
    it is asked (``psfs.domain.consents``), and only the end that was agreed is kept.

    Raises:
        Refusal: the case is closed; the service is unknown, out of use or the case's own; the giver cannot give it;
            the days do not fit.
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    _check(case, what)
    values = {
        "service_id": what.service_id,
        "basis": what.basis,
        "given_by": what.given_by,
        "given_by_name": what.given_by_name,
        "how": what.how,
        "legal_basis": what.legal_basis,
        "reason": what.reason,
        "from_on": what.from_on,
        "until_on": what.until_on,
    }
    if repeated(Consent, what.id, case, **values):
        return db.session.get_one(Consent, what.id)
    require_open(case)
    service = _service(case, what.service_id)
    consent = Consent(
        id=what.id,
        case_id=case.id,
        recorded_at=clock.now(),
        recorded_by_id=by.id,
        **values,
    )
    db.session.add(consent)
    log.write(
        case,
        by,
        "consent",
        decided_on=min(what.from_on, clock.today()),
        subject_id=consent.id,
        reason=what.reason,
        details={
            "event": "given" if what.basis == CONSENT else "legal_basis",
            "service": service.name if service else "",
            "given_by": what.given_by,
            "given_by_name": what.given_by_name,
            "how": what.how,
            "legal_basis": what.legal_basis,
            "from": what.from_on.isoformat(),
            "until": what.until_on.isoformat() if what.until_on else "",
        },
    )
    db.session.commit()
    return consent


def withdraw(
    case: Case,
    by: User,
    consent_id: uuid.UUID,
    *,
    on: date,
    withdrawn_by: str,
    reason: str = "",
    all_of_them: bool = False,
) -> Consent:
    """Withdraw a consent, or end a legal basis: that service is cut off at once, unless something else that holds lets
    it take part (B6). With ``all_of_them`` also what else is given for the same on the same basis, an entry for each.

    An offer of the baton to somebody at the service is withdrawn with it. Withdrawing twice changes nothing. A closed
    case is otherwise only for reading, but nobody need wait for it to be opened to take a consent back.

    Raises:
        LookupError: the case has no such consent.
        Refusal: the day is ahead or before the consent.
    """
    consent = consent_of(case.id, consent_id)
    if consent is None:
        raise LookupError(consent_id)
    together = beside(consent, case, limits()) if all_of_them else []
    taken_back = [each for each in (consent, *together) if each.withdrawn_on is None]
    if not taken_back:
        return consent
    require_date(case, on)
    for each in taken_back:
        if on < each.from_on <= clock.today():
            raise Refusal("withdrawn_before_given", day=f"{each.from_on:%d.%m.%Y}")
    for each in taken_back:
        each.withdrawn_on, each.withdrawn_by = on, withdrawn_by
    offers = consent.service_id is not None and _withdraw_offers_to(case, consent.service_id)
    for each in taken_back:
        details: dict[str, object] = {
            "event": "withdrawn",
            "basis": each.basis,
            "service": each.service.name if each.service else "",
            "withdrawn_by": withdrawn_by,
        }
        if offers and each is taken_back[0]:
            details["offer_withdrawn"] = True
        log.write(case, by, "consent", decided_on=on, subject_id=each.id, reason=reason, details=details)
    db.session.commit()
    return consent


def _service(case: Case, service_id: uuid.UUID | None) -> Service | None:
    if service_id is None:
        return None
    service = db.session.get(Service, service_id)
    if service is None or not service.active:
        raise Refusal("unknown_service")
    if service_id == case.service_id:
        raise Refusal("own_service")
    return service


def _check(case: Case, what: ConsentInput) -> None:
    """Raise Refusal where it cannot be given like this."""
    born, in_force = case.person.birth_date, limits()
    if what.from_on < born:
        raise Refusal("date_before_birth")
    if what.until_on is not None and what.until_on < what.from_on:
        raise Refusal("until_before_from")
    consents.require_law(what.basis, what.legal_basis)
    if what.basis == LEGAL_BASIS:
        if not what.reason:
            raise Refusal("needs_reason")
        return
    if not what.given_by:
        raise Refusal("giver_missing")
    if not what.how:
        raise Refusal("how_missing")
    if consents.lacks_name(what.given_by, what.given_by_name):
        raise Refusal("giver_unnamed")
    has_a_say = due.consents_self(born, what.from_on, in_force)
    if what.given_by == "person" and not has_a_say:
        raise Refusal("giver_too_young", age=due.age_of_say(in_force))
    if what.given_by == "young_person_and_guardian" and due.age_on(born, what.from_on) >= ADULT:
        raise Refusal("giver_is_adult")
    if what.given_by == GUARDIAN and due.age_on(born, what.from_on) < ADULT and has_a_say:
        raise Refusal("young_person_too", age=due.age_of_say(in_force))


def _withdraw_offers_to(case: Case, service_id: uuid.UUID) -> bool:
    """Withdraw an open offer to somebody at the service, unless another consent still lets the service take part."""
    if service_id == case.service_id or letting_in(case, service_id, limits()):
        return False
    offers = db.session.scalars(
        select(Handover)
        .join(User, User.id == Handover.to_id)
        .where(Handover.case_id == case.id, Handover.state == OFFERED, User.service_id == service_id)
    ).all()
    for offer in offers:
        offer.state, offer.answered_at = "withdrawn", clock.now()
    return bool(offers)
