"""The horizon of a list says the same as the rules it is turned round from."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from psfs.domain import due
from psfs.domain.due import Limits, Urgency, horizon

DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))
LIMITS = st.builds(
    Limits,
    level0_days=st.integers(0, 60),
    consent_age=st.integers(12, 18),
    consent_warning_days=st.integers(0, 60),
    follow_up_days=st.integers(0, 400),
    evaluation_days=st.integers(0, 400),
    soon_days=st.integers(0, 30),
)


@given(DAYS, LIMITS, st.integers(-500, 500))
def test_what_is_shown_lies_within(today: date, limits: Limits, shift: int) -> None:
    seen, day = horizon(today, limits), today + timedelta(days=shift)

    def shown(when: date) -> bool:
        return due.urgency(when, today, limits) != Urgency.LATER

    assert shown(day) == (day <= seen.due)
    assert shown(due.level0_due(day, limits)) == (day <= seen.level0_opened)
    assert shown(due.conversation_due(day, None, limits)) == (day <= seen.last_held)
    assert shown(due.evaluation_due(day, None, limits)) == (day <= seen.level_begun)
    if due.consent_ends_soon(day, today, limits):
        assert day <= seen.consent_until


@given(DAYS, LIMITS, DAYS)
def test_a_guardians_consent_about_to_be_too_little(today: date, limits: Limits, born: date) -> None:
    last = due.consent_lasts_until(None, guardian_only_for=born, limits=limits)
    assert last is not None
    ends = due.consent_ends_soon(last, today, limits) or due.is_overdue(last, today)
    assert ends == (born <= horizon(today, limits).consenting_born)
