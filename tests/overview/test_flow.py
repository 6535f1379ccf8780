"""Moves between levels and time on them: against a slow eye over random histories, and against the lists behind."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import age_bands
from psfs.domain.measures import INTERVALS
from psfs.domain.stays import decided_in_time
from psfs.extensions import db
from psfs.models import User
from psfs.overview import queries_flow, queries_rounds
from psfs.overview.filters import Filter, scope_of
from psfs.overview.periods import Quarter, quarter_of
from psfs.overview.queries_rounds import CLOSED, IN_TIME, LATE, MOVED, OPENED, WAITING, Asked
from tests.overview.histories import TODAY, History, histories, plant

if TYPE_CHECKING:
    from psfs.domain.stays import Stay
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")
EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Closed and opened again on the day it was opened, beside a move to the same level on that day.
TWICE_A_DAY = History(
    "adults", False, date(1950, 1, 1), False, False, 3, 0, ((0, 1), (0, None), (0, 1), (0, 1), (0, None)), (), (), ""
)
# Decided on the first and the last day of four quarters, and on the days beside them.
ON_THE_BORDER = [
    replace(TWICE_A_DAY, opened=(TODAY - day).days + shift, moves=((0, 1),))
    for day in (date(2025, 7, 1), date(2026, 6, 30))
    for shift in (-1, 0, 1)
]


def length(asked: Asked, filter_: Filter, name: str, town: Town) -> int:
    account = db.session.get_one(User, town.users[name].id)
    return queries_rounds.rounds(asked, filter_, scope_of(account), account).total


@both
@EXAMPLES
@given(
    made=histories(),
    back=st.integers(0, 6),
    ladder=st.sampled_from(["", "adults"]),
    band=st.sampled_from(["", "", *age_bands.KEYS]),
    name=st.sampled_from(["ke", "leader"]),
)
@example(made=[TWICE_A_DAY], back=0, ladder="", band="", name="ke")
@example(made=ON_THE_BORDER, back=1, ladder="", band="", name="ke")
def test_flow(town: Town, acting: None, made: list[History], back: int, ladder: str, band: str, name: str) -> None:
    plant(town, made)
    last = quarter_of(clock.today()).back(back)
    quarters = last.and_before(queries_flow.QUARTERS)
    filter_ = Filter(ladder=ladder, band=band)
    found = queries_flow.flow(filter_, scope_of(town.users[name]), last).value
    kept = [
        each
        for each in made
        if ladder in ("", each.ladder)
        and band in ("", age_bands.band_on(each.born, clock.today()))
        and not (name == "leader" and each.school)
    ]
    all_rounds = [(place, one) for each in kept for place, one in enumerate(each.stays())]
    first_day, last_day = quarters[0].first, last.last
    ended = [one for _, one in all_rounds if one.until_on and first_day <= one.until_on <= last_day]

    # One for each move, however often the case goes back and forth.
    assert +found.moves == Counter(
        (quarter_of(one.until_on), one.level, one.next_level) for one in ended if one.until_on
    )
    opened: Counter[tuple[Quarter, int]] = Counter()
    for each in kept:
        before: Stay | None = None
        for one in each.stays():
            if (before is None or before.next_level is None) and first_day <= one.from_on <= last_day:
                opened[quarter_of(one.from_on), one.level] += 1
            before = one
    assert +found.opened == opened
    assert min(found.opened.values(), default=0) >= 0

    # Time on each level.
    for level in found.levels:
        days = [(one.until_on - one.from_on).days for one in ended if one.level == level.number and one.until_on]
        assert level.rounds == len(days) == sum(level.intervals.values())
        assert level.median == statistics.median(days)
    assert {level.number for level in found.levels} == {one.level for one in ended}
    today, in_force = clock.today(), limits()
    at_first = [one for one in ended if one.level == 0]
    assert found.in_time == sum(bool(decided_in_time(one, in_force, today)) for one in at_first)
    assert found.in_time + found.late == len(at_first)
    waiting = [one for _, one in all_rounds if one.level == 0 and one.until_on is None]
    assert found.overdue == sum(decided_in_time(one, in_force, today) is False for one in waiting)
    assert found.waiting + found.overdue == len(waiting)

    # Every figure is as long as the list behind it.
    for (quarter, start, to), count in found.moves.items():
        asked = Asked(MOVED, start, CLOSED if to is None else str(to), "", "", quarter, 1)
        assert length(asked, filter_, name, town) == count
    for (quarter, level_number), count in found.opened.items():
        assert length(Asked(OPENED, level_number, "", "", "", quarter, 1), filter_, name, town) == count
    whole = queries_flow.QUARTERS
    assert length(Asked(OPENED, None, "", "", "", last, whole), filter_, name, town) == sum(found.opened.values())
    assert length(Asked(MOVED, None, "", "", "", last, whole), filter_, name, town) == len(ended)
    for start, to in found.ways:
        asked = Asked(MOVED, start, CLOSED if to is None else str(to), "", "", last, whole)
        assert length(asked, filter_, name, town) == found.moved_in_all(start, to)
    keys = {interval: key for key, interval in queries_rounds.INTERVALS.items()}
    for level in found.levels:
        for interval in INTERVALS:
            asked = Asked(MOVED, level.number, "", "", keys[interval], last, whole)
            assert length(asked, filter_, name, town) == level.intervals[interval]
    for time, count in ((IN_TIME, found.in_time), (LATE, found.late)):
        assert length(Asked(MOVED, 0, "", time, "", last, whole), filter_, name, town) == count
    for time, count in ((IN_TIME, found.waiting), (LATE, found.overdue)):
        assert length(Asked(WAITING, None, "", time, "", last, 1), filter_, name, town) == count
    db.session.rollback()


def test_what_an_address_says_is_read_back() -> None:
    today = date(2026, 11, 27)
    for asked in (
        Asked(MOVED, 0, "1", "", "", Quarter(2026, 4), 1),
        Asked(MOVED, 2, CLOSED, "", "31-90", Quarter(2025, 1), 4),
        Asked(OPENED, 3, "", "", "", Quarter(2026, 2), 20),
        Asked(WAITING, None, "", LATE, "", Quarter(2026, 4), 1),
    ):
        address = {name: str(value) for name, value in asked.address().items()}
        assert queries_rounds.read(address, today) == asked
    odd = {"kva": "x", "fra": "-1", "til": "11", "frist": "x", "dagar": "1", "kvartal": "2027-1", "tal": "21"}
    assert queries_rounds.read(odd, today) == Asked(MOVED, None, "", "", "", Quarter(2026, 4), 1)


@pytest.mark.parametrize("text", ["", "2026", "2026-5", "26-1", "2026-", "x-1", "0000-1", "9999-1", "2026-1-1"])
def test_an_odd_quarter_is_this_one(text: str) -> None:
    from psfs.overview.periods import read_quarter

    assert read_quarter(text, date(2026, 11, 27)) == Quarter(2026, 4)


def test_quarters_follow_one_another() -> None:
    day = date(2023, 12, 31)
    for _ in range(900):
        quarter = quarter_of(day)
        assert quarter.first <= day <= quarter.last
        assert quarter.back(-1).first == quarter.last + timedelta(days=1)
        assert quarter.back(1).last == quarter.first - timedelta(days=1)
        day += timedelta(days=1)
