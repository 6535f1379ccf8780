"""Whether a consent holds (B6): one rule, for the door, the pages, the worklist and what must be in place.

What ends a guardian's consent is reckoned anew each time, from the birth date and the consent age that are now known,
and never kept: put one of them right, and it counts at once.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from psfs.domain.due import (
    ADULT,
    Limits,
    age_on,
    consent_ends_soon,
    consent_lasts_until,
    consent_valid,
    is_overdue,
)
from psfs.domain.errors import Refusal

PERSON = "person"
"""Who gave it: the person the case is about."""
GUARDIAN = "guardian"
"""Who gave it: guardians alone."""
LEGAL_BASIS = "legal_basis"
"""That the law allows something without consent, as against consent itself."""


def require_law(basis: str, law: str) -> None:
    """Refuse to act on the law without saying which (B4).

    Raises Refusal "legal_basis_missing".
    """
    if basis == LEGAL_BASIS and not law:
        raise Refusal("legal_basis_missing")


def lacks_name(given_by: str, name: str) -> bool:
    """Whether it is not said who gave it: anybody but the person must be named (B6)."""
    return given_by not in ("", PERSON) and not name.strip()


class Consented(Protocol):
    """What the rule needs of a consent, or of a legal basis in its place (then `given_by` is empty)."""

    @property
    def given_by(self) -> str:
        """Who gave it; only `GUARDIAN` tells on how long it lasts."""

    @property
    def from_on(self) -> date:
        """The first day."""

    @property
    def until_on(self) -> date | None:
        """The last day, as was said when it was given."""

    @property
    def withdrawn_on(self) -> date | None:
        """When it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Given:
    """The same as plain facts."""

    given_by: str
    from_on: date
    until_on: date | None = None
    withdrawn_on: date | None = None


class State(StrEnum):
    """How a consent stands on a day."""

    VALID = "valid"
    ENDS_SOON = "ends_soon"
    COMING = "coming"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


def lasts_until(consent: Consented, born: date, limits: Limits) -> date | None:
    """The last day it is enough by itself; None when it has no end.

    Guardians alone speak for somebody who was not yet of age when it was given, and only until the young person has a
    say. An adult's guardian is none of that.
    """
    young = consent.given_by == GUARDIAN and age_on(born, consent.from_on) < ADULT
    return consent_lasts_until(consent.until_on, guardian_only_for=born if young else None, limits=limits)


def holds(consent: Consented, born: date, limits: Limits, today: date) -> bool:
    """Whether it is in force today."""
    return consent_valid(consent.from_on, lasts_until(consent, born, limits), consent.withdrawn_on, today)


def state(consent: Consented, born: date, limits: Limits, today: date) -> State:
    """How it stands today; it holds in the states VALID and ENDS_SOON, and only in those."""
    last = lasts_until(consent, born, limits)
    if consent.withdrawn_on is not None:
        return State.WITHDRAWN
    if last is not None and (is_overdue(last, today) or last < consent.from_on):
        return State.ENDED
    if consent.from_on > today:
        return State.COMING
    return State.ENDS_SOON if consent_ends_soon(last, today, limits) else State.VALID
