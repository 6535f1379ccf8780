"""The figures of open cases: against a slow eye over random histories, and against the lists behind them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from psfs import clock
from psfs.domain import age_bands
from psfs.extensions import db
from psfs.models import User
from psfs.overview import queries_figures, queries_lists
from psfs.overview.filters import HAS, PARTS, Filter, scope_of
from tests.overview.histories import History, histories, plant

if TYPE_CHECKING:
    from psfs.overview.queries_lists import Listed
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")
EXAMPLES = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FILTERS = st.builds(
    Filter,
    ladder=st.sampled_from(["", "", "", "", "adults", "children", "gone"]),
    level=st.sampled_from([None, None, None, None, None, 0, 1, 2, 3]),
    band=st.sampled_from(["", "", "", "", *age_bands.KEYS]),
    has=st.sampled_from(["", "", "", "", "", "", *HAS]),
)


def fits(each: History, asked: Filter, *, own_only: bool) -> bool:
    """Whether a case is among those asked for, as the words have it. The leader's own service is not the school."""
    if not each.open or (own_only and each.school):
        return False
    wanted, without = asked.has.removeprefix("utan-"), asked.has.startswith("utan-")
    return (
        asked.ladder in ("", each.ladder)
        and asked.level in (None, each.level)
        and asked.band in ("", age_bands.band_on(each.born, clock.today()))
        and (not asked.has or each.has(wanted) != without)
    )


def total(listed: Listed) -> int:
    assert len(listed.rows) == min(listed.total, queries_lists.PAGE)
    return listed.total


@both
@EXAMPLES
@given(made=histories(), asked=FILTERS, name=st.sampled_from(["ke", "leader"]))
def test_figures_are_what_a_slow_eye_counts_and_as_long_as_their_lists(
    town: Town, acting: None, made: list[History], asked: Filter, name: str
) -> None:
    plant(town, made)
    account = db.session.get_one(User, town.users[name].id)
    scope = scope_of(account)
    found = queries_figures.figures(asked, scope)
    left = [each for each in made if fits(each, asked, own_only=name == "leader")]
    bands = Counter(age_bands.band_on(each.born, clock.today()) for each in left)
    assert found.total == len(left)
    assert +found.bands == bands
    assert sum(found.bands.values()) == sum(found.rungs.values()) == sum(found.services.values()) == found.total
    assert +found.rungs == Counter((each.ladder, each.level) for each in left)
    assert +found.parts == Counter(part for each in left for part in PARTS if each.has(part))
    assert +found.rung_bands == Counter(
        (each.ladder, each.level, age_bands.band_on(each.born, clock.today())) for each in left
    )
    for (ladder, level, part), count in found.rung_parts.items():
        assert count == sum(each.has(part) for each in left if (each.ladder, each.level) == (ladder, level))

    def length(narrower: Filter) -> int:
        return total(queries_lists.open_cases(narrower, scope, account))

    assert length(asked) == found.total
    for key in age_bands.KEYS:
        if asked.band in ("", key):
            assert length(asked.but(band=key)) == found.bands[key]
    for (ladder, level), count in found.rungs.items():
        assert length(asked.but(ladder=ladder, level=level)) == count
    for part in PARTS:
        if not asked.has:
            assert length(asked.but(has=part)) == found.parts[part]
            assert length(asked.but(has=f"utan-{part}")) == found.total - found.parts[part]
    for service_id, count in found.services.items():
        if scope.everything:
            assert length(asked.but(service_id=service_id)) == count
    db.session.rollback()


@EXAMPLES
@given(made=histories(), name=st.sampled_from(["ke", "leader"]))
def test_a_list_walked_page_by_page_has_every_case_once_and_names_whom_the_reader_may_see(
    town: Town, acting: None, made: list[History], name: str
) -> None:
    cases = plant(town, made)
    account = db.session.get_one(User, town.users[name].id)
    rows, number = [], 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries_lists, "PAGE", 3)
        while True:
            page = queries_lists.open_cases(Filter(), scope_of(account), account, number)
            rows += page.rows
            if not page.more:
                break
            number += 1
    shown = {
        case.id: each for case, each in zip(cases, made, strict=True) if fits(each, Filter(), own_only=name == "leader")
    }
    assert sorted(row.case_id for row in rows) == sorted(shown)
    for row in rows:
        each = shown[row.case_id]
        mine = name == "leader" or each.reported or each.level >= 3
        assert bool(row.name) == mine, each
        assert (row.band, row.from_on is not None) == (
            (age_bands.band_on(each.born, clock.today()), True) if mine else ("", False)
        )
        assert row.parts == tuple(part for part in PARTS if each.has(part))
    db.session.rollback()


def test_a_page_past_the_last_is_empty_but_knows_how_many_there_are(town: Town, acting: None) -> None:
    ke = town.users["ke"]
    found = queries_lists.open_cases(Filter(), scope_of(ke), ke, 7)
    assert (found.rows, found.total, found.more) == ((), 2, False)


def test_a_leader_without_a_service_counts_nobody(town: Town, acting: None) -> None:
    leader = db.session.get_one(User, town.users["leader"].id)
    leader.service_id = None
    db.session.flush()
    assert queries_figures.figures(Filter(), scope_of(leader)).total == 0
    assert queries_lists.open_cases(Filter(), scope_of(leader), leader).total == 0
