"""One rule for whether a consent holds (B4, B6), against a slow reading of the same sentence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from psfs.domain.consents import LEGAL_BASIS, Given, State, holds, lasts_until, require_law, state
from psfs.domain.due import Limits, consents_self
from psfs.domain.errors import Refusal

from . import oracle

DAYS = st.dates(date(1996, 1, 1), date(2032, 12, 31))
CONSENTS = st.builds(
    Given,
    given_by=st.sampled_from(["guardian", "person", "young_person_and_guardian", ""]),
    from_on=DAYS,
    until_on=st.none() | DAYS,
    withdrawn_on=st.none() | DAYS,
)
LIMITS = st.builds(Limits, consent_age=st.integers(0, 120), consent_warning_days=st.integers(0, 60))


def in_force(consent: Given, born: date, limits: Limits, today: date) -> bool:
    """Read word for word: from its day, to its day, unless withdrawn; by guardians alone only for somebody without a
    say, who is anybody under the age for it, and nobody who is of age."""
    if consent.withdrawn_on is not None or consent.from_on > today:
        return False
    if consent.until_on is not None and consent.until_on < today:
        return False
    if consent.given_by != "guardian" or oracle.age(born, consent.from_on) >= 18:
        return True
    return oracle.age(born, today) < 18 and oracle.age(born, today) < limits.consent_age


@given(CONSENTS, DAYS, LIMITS, DAYS)
@example(Given("guardian", date(2010, 1, 1)), date(2008, 2, 29), Limits(), date(2024, 2, 28))
@example(Given("guardian", date(2010, 1, 1)), date(2008, 2, 29), Limits(), date(2024, 2, 29))
@example(Given("guardian", date(2010, 1, 1)), date(2008, 2, 29), Limits(consent_age=15), date(2023, 2, 28))
@example(Given("guardian", date(2010, 1, 1)), date(2008, 2, 29), Limits(consent_age=15), date(2023, 3, 1))
@example(Given("guardian", date(2026, 2, 28)), date(2008, 2, 29), Limits(), date(2026, 3, 1))
@example(Given("guardian", date(2026, 3, 1)), date(2008, 2, 29), Limits(), date(2030, 3, 1))
@example(Given("guardian", date(2024, 1, 1)), date(2008, 2, 29), Limits(consent_age=120), date(2026, 3, 1))
def test_a_consent_holds_as_the_sentence_says(consent: Given, born: date, limits: Limits, today: date) -> None:
    assume(born <= today)
    assert holds(consent, born, limits, today) == in_force(consent, born, limits, today)


@given(CONSENTS, DAYS, LIMITS, DAYS)
def test_its_state_says_the_same(consent: Given, born: date, limits: Limits, today: date) -> None:
    found = state(consent, born, limits, today)
    assert (found in (State.VALID, State.ENDS_SOON)) == holds(consent, born, limits, today)
    if found == State.COMING:
        assert holds(consent, born, limits, consent.from_on)
    if found == State.ENDED:
        assert not any(holds(consent, born, limits, today + timedelta(days=days)) for days in range(0, 9000, 100))


@given(CONSENTS, DAYS, LIMITS)
def test_it_holds_through_its_last_day_and_not_the_day_after(consent: Given, born: date, limits: Limits) -> None:
    last = lasts_until(consent, born, limits)
    if last is None or consent.withdrawn_on is not None or last < consent.from_on:
        return
    assert holds(consent, born, limits, last)
    assert not holds(consent, born, limits, last + timedelta(days=1))


@given(DAYS, LIMITS, DAYS)
def test_an_adult_has_a_say_whatever_is_set(born: date, limits: Limits, today: date) -> None:
    assert consents_self(born, today, limits) or oracle.age(born, today) < 18


def test_the_law_that_takes_consents_place_is_named() -> None:
    require_law("consent", "")
    require_law(LEGAL_BASIS, "Helsepersonellova § 25")
    with pytest.raises(Refusal) as refused:
        require_law(LEGAL_BASIS, "")
    assert refused.value.code == "legal_basis_missing"
