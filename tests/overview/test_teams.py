"""Age bands, and teams by quarter and band as Senja counts them."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from psfs import clock
from psfs.domain import age_bands
from psfs.domain.due import age_on
from psfs.extensions import db
from psfs.models import User
from psfs.overview import queries_teams
from psfs.overview.filters import Filter, scope_of
from psfs.overview.periods import quarter_of
from tests.overview.histories import History, histories, plant

if TYPE_CHECKING:
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")
EXAMPLES = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = st.dates(date(1904, 1, 1), date(2100, 1, 1))


@given(DAYS, DAYS)
@example(date(2004, 2, 29), date(2022, 2, 28))
@example(date(2006, 3, 1), date(2024, 2, 29))
@example(date(2006, 2, 28), date(2024, 2, 29))
def test_a_band_is_the_birth_dates_it_says(born: date, day: date) -> None:
    inside = set()
    for band in age_bands.BANDS:
        after, latest = age_bands.born_between(band.key, day)
        if (after is None or born > after) and (latest is None or born <= latest):
            inside.add(band.key)
    assert inside == {age_bands.band_on(born, day)}


@given(DAYS, st.integers(-3, 3))
def test_bands_change_on_birthdays(born: date, days: int) -> None:
    for band in age_bands.BANDS[1:]:
        day = born + timedelta(days=365 * band.first + band.first // 4 + days)
        age = age_on(born, day)
        assert (age_bands.band_on(born, day) == band.key) == (band.first <= age <= (band.last or age))


def test_bands_have_no_gap() -> None:
    for band, following in zip(age_bands.BANDS, age_bands.BANDS[1:], strict=False):
        assert band.last == following.first - 1
    with pytest.raises(KeyError):
        age_bands.born_between("13-37", date(2026, 1, 1))


@both
@EXAMPLES
@given(made=histories(), back=st.integers(0, 4), name=st.sampled_from(["ke", "leader"]))
@example(  # of age tomorrow, before the quarter ends
    made=[
        History("adults", False, date(2008, 9, 6), False, False, 30, 0, (), ((10, None),), (), ""),
    ],
    back=0,
    name="ke",
)
def test_teams_active_and_new(town: Town, acting: None, made: list[History], back: int, name: str) -> None:
    plant(town, made)
    account = db.session.get_one(User, town.users[name].id)
    scope = scope_of(account)
    last = quarter_of(clock.today()).back(back)
    found = queries_teams.teams(Filter(), scope, last).value
    assert len(found.quarters) == queries_teams.QUARTERS
    for quarter in found.quarters:
        active: Counter[str] = Counter()
        new: Counter[str] = Counter()
        for each in made:
            band = age_bands.band_on(each.born, min(quarter.last, clock.today()))
            there = [
                begun >= quarter.first
                for begun, ended in (each.spans(each.teams) if not (name == "leader" and each.school) else [])
                if begun <= quarter.last and (ended is None or ended >= quarter.first)
            ]
            active[band] += bool(there)
            new[band] += any(there)
        assert +Counter({key: found.active[quarter, key] for key in age_bands.KEYS}) == +active
        assert +Counter({key: found.new[quarter, key] for key in age_bands.KEYS}) == +new
        assert found.in_all(quarter, new=False) == active.total()
        for only_new, counts in ((False, active), (True, new)):
            for key in ("", *age_bands.KEYS):
                listed = queries_teams.team_list(Filter(band=key), scope, quarter, account, new=only_new)
                assert listed.total == (counts[key] if key else counts.total())
    db.session.rollback()
