"""When things are due (P11, B1, B2, B6)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psfs.domain.due import (
    Limits,
    Urgency,
    age_on,
    birthday,
    check_next,
    consent_ends_soon,
    consent_lasts_until,
    consent_valid,
    consents_self,
    conversation_due,
    days_left,
    evaluation_due,
    intervention_due,
    is_overdue,
    level0_due,
    urgency,
)
from psfs.domain.errors import Refusal

from . import oracle

TODAY = date(2026, 3, 3)
LIMITS = Limits()


def day(number):
    return TODAY + timedelta(days=number)


def test_limits_of_the_rules():
    assert (LIMITS.level0_days, LIMITS.consent_age) == (14, 16)


@pytest.mark.parametrize("name", ["level0_days", "consent_age", "soon_days"])
def test_a_limit_is_not_negative(name):
    assert Limits(**{name: 0})
    with pytest.raises(ValueError, match=name):
        Limits(**{name: -1})


@pytest.mark.parametrize(("number", "overdue"), [(-1, True), (0, False), (1, False)])
def test_overdue_from_the_day_after(number, overdue):
    assert is_overdue(day(number), TODAY) is overdue
    assert days_left(day(number), TODAY) == number


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (-400, Urgency.OVERDUE),
        (-1, Urgency.OVERDUE),
        (0, Urgency.TODAY),
        (1, Urgency.SOON),
        (7, Urgency.SOON),
        (8, Urgency.LATER),
    ],
)
def test_urgency(number, expected):
    assert urgency(day(number), TODAY, LIMITS) is expected


def test_level_0_is_decided_within_fourteen_days():
    due = level0_due(date(2026, 2, 17), LIMITS)
    assert due == date(2026, 3, 3)
    assert not is_overdue(due, date(2026, 3, 3))
    assert is_overdue(due, date(2026, 3, 4))
    assert level0_due(TODAY, Limits(level0_days=30)) == date(2026, 4, 2)


@pytest.mark.parametrize("due", [conversation_due, evaluation_due])
def test_due_as_agreed_or_else_by_the_limit(due):
    assert due(TODAY, day(20), LIMITS) == day(20)
    assert due(TODAY, None, LIMITS) == day(90)


def test_conversations_and_evaluations_have_their_own_limit():
    limits = Limits(follow_up_days=10, evaluation_days=20)
    assert conversation_due(TODAY, None, limits) == day(10)
    assert evaluation_due(TODAY, None, limits) == day(20)


def test_an_intervention_waits_until_it_is_evaluated():
    assert intervention_due(day(5), None) == day(5)
    assert intervention_due(day(5), day(4)) is None
    assert intervention_due(None, None) is None


@pytest.mark.parametrize(
    ("born", "years", "turns"),
    [
        (date(2010, 3, 3), 16, date(2026, 3, 3)),
        (date(2008, 2, 29), 16, date(2024, 2, 29)),
        (date(2008, 2, 29), 15, date(2023, 3, 1)),
        (date(2008, 2, 29), 0, date(2008, 2, 29)),
    ],
)
def test_birthday(born, years, turns):
    assert birthday(born, years) == turns


@given(st.dates(date(1920, 1, 1), date(2026, 1, 1)), st.integers(0, 40000))
@settings(max_examples=200, deadline=None)
def test_age_agrees_with_counting_birthdays(born, later):
    today = born + timedelta(days=later)
    assert age_on(born, today) == oracle.age(born, today)
    assert consents_self(born, today, LIMITS) is (oracle.age(born, today) >= 16)


@pytest.mark.parametrize(("born", "self_too"), [(date(2010, 3, 3), True), (date(2010, 3, 4), False)])
def test_the_young_person_consents_too_from_sixteen(born, self_too):
    assert consents_self(born, TODAY, LIMITS) is self_too
    assert consents_self(born, TODAY, Limits(consent_age=15))


@pytest.mark.parametrize(
    ("valid_from", "until", "withdrawn_on", "valid"),
    [
        (0, None, None, True),
        (1, None, None, False),
        (-5, 0, None, True),
        (-5, -1, None, False),
        (-5, None, 0, False),
        (-5, 9, -2, False),
    ],
)
def test_a_consent_holds_through_its_last_day_and_not_once_withdrawn(valid_from, until, withdrawn_on, valid):
    last = None if until is None else day(until)
    withdrawn = None if withdrawn_on is None else day(withdrawn_on)
    assert consent_valid(day(valid_from), last, withdrawn, TODAY) is valid


@pytest.mark.parametrize(("number", "soon"), [(-1, False), (0, True), (30, True), (31, False), (None, False)])
def test_a_consent_that_ends_soon(number, soon):
    until = None if number is None else day(number)
    assert consent_ends_soon(until, TODAY, LIMITS) is soon


def test_guardians_consent_is_enough_until_the_day_before_sixteen():
    born = date(2010, 3, 20)
    last = date(2026, 3, 19)

    def lasts(until, guardian_only_for):
        return consent_lasts_until(until, guardian_only_for=guardian_only_for, limits=LIMITS)

    assert lasts(None, born) == last
    assert lasts(date(2026, 12, 31), born) == last
    assert lasts(date(2026, 3, 10), born) == date(2026, 3, 10)
    assert lasts(date(2026, 12, 31), None) == date(2026, 12, 31)
    assert lasts(None, None) is None
    assert not consents_self(born, last, LIMITS)
    assert consents_self(born, last + timedelta(days=1), LIMITS)
    assert consent_ends_soon(lasts(None, born), TODAY, LIMITS)


@pytest.mark.parametrize(("days", "refused"), [(None, False), (-1, True), (0, True), (1, False)])
def test_the_next_conversation_is_after_this_one(days: int | None, refused: bool) -> None:
    held = date(2026, 5, 10)
    wished = None if days is None else held + timedelta(days=days)
    codes = []
    try:
        check_next(held, wished)
    except Refusal as refusal:
        codes = [(refusal.code, refusal.values["day"])]
    assert codes == ([("next_due_too_early", wished)] if refused else [])
