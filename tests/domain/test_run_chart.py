"""Run charts, held against the published rules, every arrangement of few points, and a slow reading."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psfs.domain.run_chart import FEWEST, TAIL, RunChart, Runs, Span, median, read, run_limits

if TYPE_CHECKING:
    from collections.abc import Sequence

# Perla, Provost and Murray 2011, table 1: "total number of data points on the run chart that do not fall on the
# median", fewest and most runs (Swed and Eisenhart's 5 % in all).
PERLA = {
    10: (3, 9), 11: (3, 10), 12: (3, 11), 13: (4, 11), 14: (4, 12), 15: (5, 12), 16: (5, 13), 17: (5, 13), 18: (6, 14),
    19: (6, 15), 20: (6, 16), 21: (7, 16), 22: (7, 17), 23: (7, 17), 24: (8, 18), 25: (8, 18), 26: (9, 19),
    27: (10, 19), 28: (10, 20), 29: (10, 20), 30: (11, 21),
}  # fmt: skip
DIFFER = {11, 12, 17, 20, 22, 23, 25, 29}
POINTS = st.lists(st.one_of(st.none(), st.fractions(0, 1, max_denominator=12)), max_size=40)


def chart(*values: float | None) -> RunChart:
    return read([None if value is None else Fraction(value) for value in values])


def test_the_limits_are_those_of_the_table_but_where_the_exact_ones_are_known_to_differ() -> None:
    exact = {points: run_limits(points // 2, points - points // 2) for points in PERLA}
    unlike = {points for points in PERLA if exact[points] != PERLA[points]}
    assert unlike == DIFFER
    for points in unlike:
        low, high = exact[points] or (0, 0)
        assert abs(low - PERLA[points][0]) <= 1
        assert abs(high - PERLA[points][1]) <= 1


@pytest.mark.parametrize("above", range(1, 7))
@pytest.mark.parametrize("below", range(1, 7))
def test_the_limits_are_those_of_every_arrangement(above: int, below: int) -> None:
    counted: dict[int, int] = {}
    for places in combinations(range(above + below), above):
        row = [place in places for place in range(above + below)]
        runs = 1 + sum(one != other for one, other in zip(row, row[1:], strict=False))
        counted[runs] = counted.get(runs, 0) + 1
    whole = sum(counted.values())
    fewest = min(n for n in counted if Fraction(sum(c for r, c in counted.items() if r <= n), whole) > TAIL)
    most = max(n for n in counted if Fraction(sum(c for r, c in counted.items() if r >= n), whole) > TAIL)
    assert run_limits(above, below) == (fewest, most)


def test_a_shift_is_six_in_a_row_and_points_on_the_median_neither_break_nor_count() -> None:
    five = chart(1, 9, 1, 9, 9, 9, 9, 9, 1, 1, 1, 5, 1)
    assert five.shifts == ()
    six = chart(1, 1, 9, 9, 9, 5, 9, 9, 9, 1, 1, 1, 1)
    assert six.median == 5
    assert six.shifts == (Span(2, 8),)
    last = chart(1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9)
    assert last.shifts == (Span(0, 5), Span(6, 11))


def test_a_trend_is_five_in_a_row_and_a_repeated_value_counts_once() -> None:
    assert chart(5, 5, 5, 5, 5, 5, 1, 2, 3, 4, 1).trends == ()
    assert chart(5, 5, 5, 5, 5, 9, 1, 2, 3, 3, 4, 5).trends == (Span(6, 11),)
    assert chart(9, 8, 7, 6, 5, 4, 5, 4, 5, 4).trends == (Span(0, 5),)
    assert chart(1, 2, 3, 4, 5, 4, 3, 2, 1, 2).trends == (Span(0, 4), Span(4, 8))


def test_too_few_and_too_many_runs() -> None:
    few = chart(*[1] * 8, *[9] * 8)
    assert (few.useful, few.runs, few.signal) == (16, 2, Runs.TOO_FEW)
    many = chart(*[1, 9] * 8)
    assert (many.runs, many.signal) == (16, Runs.TOO_MANY)
    assert chart(*[1, 1, 9, 9] * 4).signal is None


def test_points_on_the_median_are_not_useful_when_runs_are_counted() -> None:
    """Ten points off the median are enough, nine are not, however many lie on it."""
    useful = [1, 9] * 5
    told = chart(*useful[:5], *[5] * 9, *useful[5:])
    assert (told.median, told.points, told.useful, told.runs) == (5, 19, 10, 10)
    assert (told.limits, told.signal) == (PERLA[10], Runs.TOO_MANY)
    short = chart(*useful[:4], *[5] * 9, *useful[4:8])
    assert (short.points, short.useful, short.enough) == (17, 8, True)
    assert (short.limits, short.runs_judged, short.signal) == (None, False, None)


def test_where_most_lie_on_the_median_a_shift_and_a_trend_still_tell() -> None:
    """Twenty-four months, sixteen of them at 100 %."""
    fell = chart(*[100] * 8, 90, 80, 70, 60, 50, 40, *[100] * 8, 90, 80)
    assert (fell.median, fell.useful, fell.runs_judged) == (100, 8, False)
    assert fell.shifts == (Span(8, 23),), "the points on the median between them are skipped"
    assert fell.trends == (Span(7, 13),)


def test_all_useful_points_on_one_side_have_no_limits() -> None:
    found = chart(*[100] * 13, *[90, 80] * 5)
    assert (found.median, found.useful, found.runs, found.runs_judged) == (100, 10, 1, False)


def test_a_published_example_of_too_few_runs() -> None:
    """Balestracci, Quality Digest, October 2008: sixteen points in runs of 7, 7, 1 and 1 are four runs, too few."""
    found = chart(*[9] * 7, *[1] * 7, 9, 1)
    assert (found.useful, found.runs, found.limits, found.signal) == (16, 4, PERLA[16], Runs.TOO_FEW)


def test_a_published_series_counted_by_hand() -> None:
    """Those who did not attend, 25 months (Pickering, Run charts, QuEST): four on the median, twelve runs of 21."""
    found = chart(9, 8, 9, 6, 7, 5, 6, 8, 9, 6, 9, 6, 6, 7, 9, 9, 8, 6, 7, 8, 6, 8, 7, 5, 4)
    assert (found.median, found.points, found.useful, found.runs) == (7, 25, 21, 12)
    assert (found.limits, found.any_signal) == (PERLA[21], False)


def test_a_trend_does_not_reach_back_over_the_level_it_left() -> None:
    assert chart(5, 5, 5, 4, 3, 2, 2, 1, 1, 1, 6).trends == (Span(2, 7),)


def test_a_time_without_anything_to_measure_is_left_out() -> None:
    with_gaps = chart(1, None, 1, 9, 9, None, 9, 9, 9, 9, 1, 1, 1, 1)
    assert with_gaps.points == 12
    assert with_gaps.shifts == (Span(3, 9),)


@pytest.mark.parametrize("values", [(), (None,), (1,), (1, 2), (3,) * 30, (3,) * 20 + (5,) * 4, (1,) * FEWEST])
def test_nothing_is_said_where_there_is_nothing_to_say(values: Sequence[int | None]) -> None:
    found = chart(*values)
    assert found.signal is None
    assert found.trends == ()


def test_nine_points_have_a_median_and_no_signals() -> None:
    found = chart(*range(9))
    assert (found.median, found.enough, found.any_signal) == (4, False, False)
    assert chart(*range(10)).trends == (Span(0, 9),)


@given(POINTS)
def test_the_mirror_image_has_the_same_signals(values: list[Fraction | None]) -> None:
    found, mirrored = read(values), read([None if value is None else -value for value in values])
    assert (found.shifts, found.trends, found.signal, found.runs) == (
        mirrored.shifts,
        mirrored.trends,
        mirrored.signal,
        mirrored.runs,
    )


@given(POINTS)
def test_signals_are_those_of_a_slow_reading(values: list[Fraction | None]) -> None:
    found = read(values)
    kept = [(place, value) for place, value in enumerate(values) if value is not None]
    assert found.median == median([value for _place, value in kept])
    if len(kept) < FEWEST or found.median is None:
        assert not found.any_signal
        return
    off = [(place, value > found.median) for place, value in kept if value != found.median]
    assert {(s.first, s.last) for s in found.shifts} == longest(
        off, lambda row: len({side for _p, side in row}) == 1, 6
    )
    steps = [kept[n] for n in range(len(kept)) if n == 0 or kept[n][1] != kept[n - 1][1]]
    following = [one[0] for one in steps[1:]] + [len(values)]
    left = {  # the last place of those alike that a step stands for
        step[0]: max(place for place, _value in kept if step[0] <= place < after)
        for step, after in zip(steps, following, strict=True)
    }
    assert {(s.first, s.last) for s in found.trends} == {
        (left[first], last) for first, last in longest(steps, one_way, 5)
    }


def one_way(row: Sequence[tuple[int, Fraction]]) -> bool:
    pairs = list(zip(row, row[1:], strict=False))
    return all(b[1] > a[1] for a, b in pairs) or all(b[1] < a[1] for a, b in pairs)


def longest(row: Sequence[tuple[int, object]], fits: object, least: int) -> set[tuple[int, int]]:
    """The first and last place of every stretch that fits, is long enough and lies in no longer one."""
    assert callable(fits)
    good = [(a, b) for a in range(len(row)) for b in range(a, len(row)) if b - a + 1 >= least and fits(row[a : b + 1])]
    whole = [(a, b) for a, b in good if not any((c <= a and b <= d) and (a, b) != (c, d) for c, d in good)]
    return {(row[a][0], row[b][0]) for a, b in whole}
