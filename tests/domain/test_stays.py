"""Time on each level, from what the log says placed the case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psfs.domain.due import Limits
from psfs.domain.stays import Placing, Stay, decided_in_time, stays

DAY = date(2026, 1, 1)


def on(days: int) -> date:
    return DAY + timedelta(days=days)


def test_back_and_forth_closed_and_opened_again() -> None:
    found = stays(
        Placing(on(days), level) for days, level in ((0, 0), (10, 1), (40, 0), (50, 2), (60, 2), (90, None), (100, 2))
    )
    assert found == (
        Stay(0, on(0), on(10), 1),
        Stay(1, on(10), on(40), 0),
        Stay(0, on(40), on(50), 2),
        Stay(2, on(50), on(60), 2),
        Stay(2, on(60), on(90), None),
        Stay(2, on(100)),
    )


def test_a_day_put_right_to_before_the_one_it_follows_gives_no_time_less_than_none() -> None:
    assert stays([Placing(on(10), 0), Placing(on(5), 1), Placing(on(8), None)]) == (
        Stay(0, on(10), on(10), 1),
        Stay(1, on(10), on(10), None),
    )


@pytest.mark.parametrize(
    ("until", "today", "expected"),
    [(14, 30, True), (15, 30, False), (None, 14, None), (None, 15, False), (0, 0, True)],
)
def test_level_0_is_decided_in_time_on_the_last_day_too(until: int | None, today: int, expected: bool | None) -> None:
    stay = Stay(0, on(0), None if until is None else on(until), None)
    assert decided_in_time(stay, Limits(), on(today)) is expected


PLACINGS = st.lists(st.builds(Placing, st.dates(DAY, on(400)), st.one_of(st.none(), st.integers(0, 3))), max_size=12)


@given(PLACINGS)
def test_the_rounds_follow_one_another_and_at_most_the_last_goes_on(placings: list[Placing]) -> None:
    found = stays(placings)
    assert len(found) == sum(placing.level is not None for placing in placings)
    assert all(stay.until_on is not None for stay in found[:-1])
    for one, two in zip(found, found[1:], strict=False):
        assert one.until_on is not None
        assert one.from_on <= one.until_on <= two.from_on
        assert one.next_level in (None, two.level)
