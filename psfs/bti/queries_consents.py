"""Which consents and legal bases a case has, and which of them hold (B4, B6). Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs import clock
from psfs.domain import consents as rule
from psfs.extensions import db
from psfs.models import Case, Consent

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psfs.domain.due import Limits


GOES_ON = (rule.State.VALID, rule.State.ENDS_SOON, rule.State.COMING)
"""The states of what neither has ended nor is withdrawn."""


@dataclass(frozen=True, slots=True)
class ConsentView:
    """One consent or legal basis. ``state``: valid, ends_soon, coming, ended or withdrawn."""

    id: uuid.UUID
    service: str
    basis: str
    given_by: str
    given_by_name: str
    how: str
    legal_basis: str
    reason: str
    from_on: date
    until: date | None
    withdrawn_on: date | None
    withdrawn_by: str
    state: str
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """What a consent stands beside. ``opens``: it holds today. ``has_the_case``: its service has the case and needs no
    consent. ``still``: what else holds for the same; ``others``: what can be withdrawn in one go with it.
    """

    opens: bool
    has_the_case: bool
    still: tuple[ConsentView, ...]
    others: tuple[ConsentView, ...]

    @property
    def stays(self) -> bool:
        """Whether the service has access without it."""
        return self.has_the_case or bool(self.still)

    @property
    def all_go(self) -> bool:
        """Whether access goes when the others are withdrawn with it."""
        return not self.has_the_case and bool(self.still) and set(self.still) <= set(self.others)


def consents(case_id: uuid.UUID) -> Sequence[Consent]:
    """Everything recorded for the case, the oldest first. One statement."""
    query = select(Consent).where(Consent.case_id == case_id).options(joinedload(Consent.service))
    return db.session.scalars(query.order_by(Consent.from_on, Consent.recorded_at)).all()


def consent_of(case_id: uuid.UUID, consent_id: uuid.UUID) -> Consent | None:
    """One consent of this case, or None."""
    row = db.session.get(Consent, consent_id)
    return row if row is not None and row.case_id == case_id else None


def holds(consent: Consent, born: date, in_force: Limits) -> bool:
    """Whether the consent is in force today."""
    return rule.holds(consent, born, in_force, clock.today())


def fulfilled_by(held: Iterable[Consent], case: Case, in_force: Limits) -> set[str]:
    """The ladder's requirements that consents and legal bases see to."""
    in_place = [each for each in held if holds(each, case.person.birth_date, in_force)]
    found = {"consent_log"} if any(each.service_id is None for each in in_place) else set()
    if any(each.service_id not in (None, case.service_id) for each in in_place):
        found.add("second_service")
    return found


def letting_in(case: Case, service_id: uuid.UUID | None, in_force: Limits) -> list[Consent]:
    """What lets the service take part today, the oldest first; for None, what the log is kept by."""
    born = case.person.birth_date
    return [each for each in consents(case.id) if each.service_id == service_id and holds(each, born, in_force)]


def beside(consent: Consent, case: Case, in_force: Limits) -> list[Consent]:
    """What can be withdrawn in one go with it: what is given for the same, on the same basis, and has not ended."""
    born, today = case.person.birth_date, clock.today()
    return [
        each
        for each in consents(case.id)
        if (each.service_id, each.basis) == (consent.service_id, consent.basis)
        and each.id != consent.id
        and rule.state(each, born, in_force, today) in GOES_ON
    ]


def beside_view(consent: Consent, case: Case, in_force: Limits) -> Beside:
    """What there is besides the consent, for the page that withdraws it."""
    born = case.person.birth_date
    still = [each for each in letting_in(case, consent.service_id, in_force) if each.id != consent.id]
    return Beside(
        opens=holds(consent, born, in_force),
        has_the_case=consent.service_id == case.service_id,
        still=tuple(_view(each, born, in_force) for each in still),
        others=tuple(_view(each, born, in_force) for each in beside(consent, case, in_force)),
    )


def names_in_place(case: Case, in_force: Limits) -> tuple[bool, list[str]]:
    """Whether the log may be kept today, and the other services that may take part."""
    held = consents(case.id)
    return "consent_log" in fulfilled_by(held, case, in_force), sorted(valid_services(held, case, in_force).values())


def valid_services(held: Iterable[Consent], case: Case, in_force: Limits) -> dict[uuid.UUID, str]:
    """Other services that may take part today, with their names."""
    born = case.person.birth_date
    return {each.service.id: each.service.name for each in held if each.service and holds(each, born, in_force)}


def withdrawn(held: Sequence[Consent], case: Case, in_force: Limits) -> tuple[tuple[str, date], ...]:
    """Withdrawn consents that nothing else has taken the place of: service (empty: the log itself) and when."""
    born = case.person.birth_date
    covered = {each.service_id for each in held if holds(each, born, in_force)}
    latest = {
        each.service_id: (each.service.name if each.service else "", each.withdrawn_on)
        for each in held
        if each.withdrawn_on is not None and each.service_id not in covered
    }
    return tuple((name, on) for name, on in latest.values() if on is not None)


def consent_list(case: Case, in_force: Limits, held: Sequence[Consent] | None = None) -> list[ConsentView]:
    """All consents as the page shows them, the newest first; ``held``: the case's, where they are at hand."""
    rows = consents(case.id) if held is None else held
    return [_view(each, case.person.birth_date, in_force) for each in reversed(rows)]


def _view(consent: Consent, born: date, in_force: Limits) -> ConsentView:
    return ConsentView(
        id=consent.id,
        service=consent.service.name if consent.service else "",
        basis=consent.basis,
        given_by=consent.given_by,
        given_by_name=consent.given_by_name,
        how=consent.how,
        legal_basis=consent.legal_basis,
        reason=consent.reason,
        from_on=consent.from_on,
        until=rule.lasts_until(consent, born, in_force),
        withdrawn_on=consent.withdrawn_on,
        withdrawn_by=consent.withdrawn_by,
        state=rule.state(consent, born, in_force, clock.today()),
        may_withdraw=consent.withdrawn_on is None,
    )
