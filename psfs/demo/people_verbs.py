"""Verbs of a story about who takes part: contact, team, baton and consents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psfs.demo.team_verbs import coordinate
from psfs.domain import consents, due
from psfs.models import Consent, Handover, TeamMember

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from psfs.demo.telling import Telling
    from psfs.models import User

LIMITS = due.Limits()
LOG = "log"


def contact(tale: Telling, who: str) -> None:
    """Name the contact person, where that is not the holder anyway."""
    if tale.ladder.level(tale.case.level).holder_is_contact:
        raise ValueError(f"{tale.story.key}: the holder is the contact person")
    tale.case.contact = tale.town.users[who]
    tale.log("team", details={"event": "contact", "name": tale.case.contact.name, "role": ""})


def team(tale: Telling, who: str, *, role: str) -> None:
    """Let a colleague take part."""
    user = _may_take_part(tale, who)
    row = TeamMember(id=tale.id("member"), case_id=tale.case.id, user=user, role=role, from_on=tale.on)
    tale.keep(row)
    tale.log("team", subject_id=row.id, details={"event": "added", "name": user.name, "role": role})


def offer(tale: Telling, who: str, *, reason: str, view: str = "") -> None:
    """Offer the baton; it stays on offer until it is answered."""
    user = _may_take_part(tale, who)
    tale.offer = Handover(
        id=tale.id("offer"),
        case_id=tale.case.id,
        from_id=tale.case.holder.id if tale.case.holder else None,
        to=user,
        offered_by=tale.by,
        offered_at=tale.at,
        reason=reason,
        persons_view=view,
        state="offered",
    )
    tale.keep(tale.offer)
    _baton(tale, tale.offer, "offered", user, tale.case.holder, reason=reason, text=view)


def accept(tale: Telling, answer: str) -> None:
    """Take over the baton on offer, and the contact with it where they went together."""
    given, case = tale.offer, tale.case
    if given is None or given.to is not tale.by:
        raise ValueError(f"{tale.story.key}: no offer to {tale.by.username}")
    given.state, given.answered_at, given.answer, tale.offer = "accepted", tale.at, answer, None
    old = case.holder
    if case.contact is not None and case.contact is case.holder:
        case.contact = tale.by
    case.holder = tale.by
    coordinate(tale, given.as_coordinator or "")
    _baton(tale, given, "accepted", tale.by, old, text=answer)


def consent(
    tale: Telling, service: str, *, how: str, given: str = "", name: str = "", until: int | None = None
) -> None:
    """Consent to the log or to a service taking part; by the person, or by a child's guardian, unless told."""
    born = tale.person.birth_date
    child = due.age_on(born, tale.on) < due.ADULT
    given = given or ("guardian" if child else "person")
    if given == "person" and due.age_on(born, tale.on) < LIMITS.consent_age:
        raise ValueError(f"{tale.story.key}: too young to consent")
    if given == "guardian" and child and due.consents_self(born, tale.on, LIMITS):
        raise ValueError(f"{tale.story.key}: the young person has a say")
    last = tale.town.calendar.agreed(until) if until is not None else None
    values = {"given_by": given, "given_by_name": name or tale.person.name, "how": how}
    _give(tale, service, "consent", "given", values, until_on=last)


def basis(tale: Telling, service: str, *, law: str, reason: str) -> None:
    """A legal basis in a consent's place."""
    _give(tale, service, "legal_basis", "legal_basis", {"legal_basis": law, "reason": reason})


def withdraw(tale: Telling, service: str, *, name: str) -> None:
    """Withdraw the consent for a service: it is cut off at once."""
    which = None if service == LOG else tale.town.services[service]
    row = next(each for each in tale.consents if each.service is which and each.withdrawn_on is None)
    row.withdrawn_on, row.withdrawn_by = tale.on, name
    details = {
        "event": "withdrawn",
        "basis": row.basis,
        "service": which.name if which else "",
        "withdrawn_by": name,
    }
    tale.log("consent", subject_id=row.id, details=details)


def fulfilled(tale: Telling) -> frozenset[str]:
    """The ladder's requirements that are in place on the day of this event."""
    held = [each for each in tale.consents if _holds(tale, each)]
    found = {
        "consent_log": any(each.service is None for each in held),
        "second_service": any(each.service not in (None, tale.case.service) for each in held),
        "contact_person": tale.case.contact is not None,
        "reported_to_ke": tale.case.reported_to_ke_on is not None,
    }
    return frozenset(key for key, there in found.items() if there)


def _give(
    tale: Telling, service: str, basis: str, event: str, values: dict[str, str], *, until_on: date | None = None
) -> None:
    which = None if service == LOG else tale.town.services[service]
    if which is tale.case.service:
        raise ValueError(f"{tale.story.key}: the case's own service needs no consent")
    row = Consent(
        id=tale.id("consent"),
        case_id=tale.case.id,
        service=which,
        basis=basis,
        from_on=tale.on,
        until_on=until_on,
        recorded_at=tale.at,
        recorded_by_id=tale.by.id,
        **values,
    )
    tale.keep(row)
    tale.consents.append(row)
    told = {key: values.get(key, "") for key in ("given_by", "given_by_name", "how", "legal_basis")}
    days = {"from": tale.on.isoformat(), "until": until_on.isoformat() if until_on else ""}
    details = {"event": event, "service": which.name if which else "", **told, **days}
    tale.log("consent", subject_id=row.id, reason=values.get("reason", ""), details=details)


def _holds(tale: Telling, row: Consent) -> bool:
    """Whether the consent is in force; a withdrawal that stands in the row happened before this event."""
    return consents.holds(row, tale.person.birth_date, LIMITS, tale.on)


def _may_take_part(tale: Telling, who: str) -> User:
    """The user, if their service is the case's own or may take part."""
    user = tale.town.users[who]
    service = user.service
    if service is not tale.case.service and not any(
        each.service is service and _holds(tale, each) for each in tale.consents
    ):
        raise ValueError(f"{tale.story.key}: no consent for {who}")
    if user.disabled_at is not None and tale.at > user.disabled_at:
        raise ValueError(f"{tale.story.key}: {who} has left")
    return user


def _baton(tale: Telling, given: Handover, event: str, to: User, old: User | None, **fields: Any) -> None:
    foreign = to.service is not None and to.service is not tale.case.service
    details = {
        "event": event,
        "to": to.name,
        "from": old.name if old else "",
        "service": to.service.name if foreign and to.service else "",
    }
    if given.as_coordinator:
        details["as"] = given.as_coordinator
    tale.log("baton", subject_id=given.id, details=details, **fields)


VERBS: dict[str, Callable[..., None]] = {
    "contact": contact,
    "team": team,
    "offer": offer,
    "accept": accept,
    "consent": consent,
    "basis": basis,
    "withdraw": withdraw,
}
