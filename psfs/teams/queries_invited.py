"""Whom a meeting can call in, and whom it cannot. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from psfs.bti.queries_people import taking_part_today
from psfs.cases.queries import team
from psfs.domain.meetings import Hindrance, hindrance

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence

    from psfs.models import Case, User

PERSON = _l("personen sjølv")
"""The role of the person in a meeting about them."""
FROM_SERVICE = ("staff", "external")


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody round the person. ``key``: as ``member`` in ``Meeting.invited``; ``hindrance``: why not, if so."""

    key: str
    name: str
    role: str
    service: str
    hindrance: Hindrance | None

    def invited(self) -> dict[str, Any]:
        """As ``Meeting.invited`` has it."""
        return {"member": self.key, "name": self.name, "role": self.role}


def invitees(case: Case) -> dict[str, Invitee]:
    """By their key: the person first, then the holder, the contact person, and everybody of the team, also of earlier
    days. Two statements, and the limits where they are not at hand."""
    services = taking_part_today(case)
    found = {"person": Invitee("person", case.person.name, str(PERSON), "", None)}
    for account in (case.holder, case.contact):
        if account is not None:
            found[str(account.id)] = _colleague(account, services)
    for one in team(case.id):
        key = str(one.user_id or one.id)
        known = found.get(key)
        if one.kind == "person" or known is not None and not one.now:
            continue
        comes, may = one.kind in FROM_SERVICE, one.service_id in services
        why = hindrance(here=one.now, from_service=comes, may_take_part=may, closed=one.closed)
        found[key] = Invitee(key, one.name, one.role or one.title or one.service, one.service, why)
    return found


def hindered(people: Mapping[str, Invitee], invited: Iterable[Mapping[str, Any]]) -> list[Invitee]:
    """Those of the invited who cannot be called in, whether they were chosen or their names were typed.

    Whoever was chosen and is not round the person any more, as a former holder, has left.
    """
    free = {each.name.casefold() for each in people.values() if each.hindrance is None}
    barred = {each.name.casefold(): each for each in people.values() if each.hindrance is not None}
    found = []
    for each in invited:
        key, name = str(each["member"]), str(each["name"])
        typed = barred.get(name.casefold()) if name.casefold() not in free else None
        one = people.get(key, Invitee(key, name, "", "", Hindrance.LEFT)) if key else typed
        if one is not None and one.hindrance is not None:
            found.append(one)
    return found


def not_called_in(
    case: Case, people: Mapping[str, Invitee], invited: Sequence[Mapping[str, Any]], planner: User
) -> dict[str, str]:
    """Of the person and the holder, those who are not among the invited though they could be: who, and their name.

    Whoever holds the case and plans the meeting comes to it; a name that was typed counts.
    """
    there = {str(each["member"]) for each in invited} | {str(each["name"]).casefold() for each in invited}
    holder = people.get(str(case.holder_id)) if case.holder_id != planner.id else None
    if holder is not None and holder.hindrance is not None:
        holder = None
    found = {"person": people["person"], "holder": holder}
    return {
        who: one.name
        for who, one in found.items()
        if one is not None and one.key not in there and one.name.casefold() not in there
    }


def to_tell_of(people: Mapping[str, Invitee], invited: Iterable[Mapping[str, Any]]) -> list[Invitee]:
    """Whom a page says that cannot be called in: those who are here, and those who have left but were invited."""
    here = [each for each in people.values() if each.hindrance in (Hindrance.NO_CONSENT, Hindrance.NO_ACCOUNT)]
    return [*here, *(each for each in hindered(people, invited) if each not in here)]


def _colleague(account: User, services: set[uuid.UUID]) -> Invitee:
    service = account.service.name if account.service else ""
    may, closed = account.service_id in services, account.disabled_at is not None
    why = hindrance(here=True, from_service=True, may_take_part=may, closed=closed)
    return Invitee(str(account.id), account.name, account.title, service, why)
