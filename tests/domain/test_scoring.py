"""Totals, averages, changes and flags (P3-P10, P13, P17)."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psfs.domain.errors import Refusal
from psfs.domain.scoring import (
    ACTIVITY_ERROR,
    CONSIDERABLE,
    Flag,
    Round,
    Scale,
    all_at_top,
    check_score,
    evaluate,
    rounded,
    to_higher_is_better,
)

from . import oracle

START = date(2026, 1, 12)
NOON = datetime(2026, 1, 12, 12, tzinfo=UTC)

answers = st.one_of(st.none(), st.integers(0, 10))
sheets = st.dictionaries(st.sampled_from("abcdefg"), answers, max_size=6)
# Few days and few minutes, so that rounds share a day, and some a moment too.
round_lists = st.lists(
    st.builds(
        Round[str | int],
        id=st.integers(0, 10**6),
        held_on=st.integers(0, 3).map(lambda days: START + timedelta(days=days)),
        recorded_at=st.integers(0, 2).map(lambda minutes: NOON + timedelta(minutes=minutes)),
        scores=sheets,
    ),
    max_size=7,
    unique_by=lambda round_: round_.id,
)


def rounds_of(*sheets):
    """Rounds a month apart, numbered from 1."""
    return [
        Round(number, START + timedelta(days=30 * number), NOON, scores)
        for number, scores in enumerate(sheets, start=1)
    ]


def numbered(*scores):
    return dict(enumerate(scores))


def row(round_):
    return (round_.held_on, round_.recorded_at, round_.id, round_.scores)


def assert_change(change, expected):
    after, before, count = expected["sums"]
    assert change.compared == count
    if count:
        assert change.value.numerator * count == (after - before) * change.value.denominator
    else:
        assert change.value is None
    assert change.flag == expected["flag"]
    assert change.sets_differ is expected["sets_differ"]
    seen = {each.activity: (each.before, each.now, each.beyond_error) for each in change.activities}
    assert seen == expected["pairs"]
    assert len(change.activities) == count
    assert all(each.before + each.change == each.now for each in change.activities)


def test_worked_example():
    go, cook, knit, bathe = "Gå til butikken", "Lage middag", "Strikke", "Bade"
    one, two, three = evaluate(
        [
            Round("1", date(2026, 1, 12), NOON, {go: 2, cook: 3, knit: 5}),
            Round("2", date(2026, 3, 3), NOON, {go: 4, cook: None, knit: 6, bathe: 1}),
            Round("3", date(2026, 5, 10), NOON, {go: 7, cook: 6, knit: 6, bathe: 4}),
        ]
    )

    def figures(result):
        return result.total, str(rounded(result.average, 1)), result.scored, result.active

    def changes(change):
        return [(each.activity, each.change, each.beyond_error) for each in change.activities]

    assert figures(one) == (10, "3.3", 3, 3)
    assert figures(two) == (11, "3.7", 3, 4)
    assert figures(three) == (23, "5.8", 4, 4)

    assert one.since_previous.value is one.since_first.value is None
    assert one.since_previous.flag is one.since_first.flag is Flag.NOT_COMPARABLE
    assert one.since_previous.compared == one.since_first.compared == 0

    assert two.since_previous.value == two.since_first.value == Fraction(3, 2)
    assert changes(two.since_previous) == [(go, 2, False), (knit, 1, False)]
    assert two.since_previous.flag is Flag.NONE
    assert two.since_previous.sets_differ

    assert three.since_previous.value == 2
    assert changes(three.since_previous) == [(go, 3, True), (knit, 0, False), (bathe, 3, True)]
    assert three.since_previous.flag is Flag.IMPROVED
    assert three.since_first.value == 3
    assert changes(three.since_first) == [(go, 5, True), (cook, 3, True), (knit, 1, False)]
    assert three.since_first.flag is Flag.IMPROVED


@given(round_lists)
@settings(max_examples=300, deadline=None)
def test_agrees_with_the_oracle(rounds):
    results = evaluate(rounds)
    expected = oracle.evaluate([row(round_) for round_ in rounds])
    assert [result.round.id for result in results] == [each[0] for each in expected]
    for result, (_, tally, previous, first) in zip(results, expected, strict=True):
        points, scored, active = tally
        assert (result.total, result.scored, result.active) == tally
        if scored:
            assert result.average.numerator * scored == points * result.average.denominator
        else:
            assert result.average is None
        assert all_at_top(result) is (active > 0 and set(result.round.scores.values()) == {10})
        assert_change(result.since_previous, previous)
        assert_change(result.since_first, first)


@given(round_lists.flatmap(lambda rounds: st.tuples(st.just(rounds), st.permutations(rounds))))
@settings(max_examples=100, deadline=None)
def test_order_of_input_does_not_matter(both):
    rounds, shuffled = both
    assert evaluate(iter(shuffled)) == evaluate(rounds)


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10)), min_size=1, max_size=5))
@settings(max_examples=150, deadline=None)
def test_same_activities_give_the_forms_difference_of_averages(pairs):
    before, now = evaluate(rounds_of(numbered(*(one for one, _ in pairs)), numbered(*(two for _, two in pairs))))
    assert now.since_previous.value == now.average - before.average
    assert not now.since_previous.sets_differ


def test_change_is_paired_when_activities_differ():
    before, now = evaluate(rounds_of({"a": 0, "b": 10}, {"a": 1, "c": 2}))
    assert now.average - before.average == Fraction(-7, 2)
    assert now.since_previous.value == 1
    assert now.since_previous.sets_differ


@given(st.lists(round_lists, min_size=2, max_size=2))
@settings(max_examples=100, deadline=None)
def test_back_dated_rounds_leave_the_earlier_ones_and_recompute_the_later(lists):
    known, added = lists
    late = [Round(f"late {each.id}", each.held_on, each.recorded_at + timedelta(days=9), each.scores) for each in added]
    known = [Round(str(each.id), each.held_on, each.recorded_at, each.scores) for each in known]
    earliest = min((each.held_on for each in late), default=date.max)
    # What lies before, or is from the same day but was recorded earlier, stands as it was.
    untouched = [result for result in evaluate(known) if result.round.held_on <= earliest]
    results = evaluate([*known, *late])
    assert results[: len(untouched)] == untouched
    for result, expected in zip(results, oracle.evaluate([row(each) for each in [*known, *late]]), strict=True):
        assert_change(result.since_previous, expected[2])
        assert_change(result.since_first, expected[3])


def test_back_dated_round_becomes_the_first_and_the_previous():
    first, second = rounds_of({"a": 5}, {"a": 6})
    between = Round(3, first.held_on + timedelta(days=1), NOON + timedelta(days=99), {"a": 2})
    earliest = Round(4, first.held_on - timedelta(days=1), NOON + timedelta(days=99), {"a": 9})
    last = evaluate([first, second])[-1]
    assert (last.since_previous.value, last.since_first.value) == (1, 1)
    last = evaluate([first, second, between])[-1]
    assert (last.since_previous.value, last.since_first.value) == (4, 1)
    assert last.since_previous.flag is Flag.IMPROVED
    last = evaluate([first, second, between, earliest])[-1]
    assert (last.since_previous.value, last.since_first.value) == (4, -3)
    assert last.since_first.flag is Flag.WORSENED


def test_rounds_of_one_day_stand_as_recorded_and_then_by_id():
    rounds = [
        Round("d", START, NOON + timedelta(minutes=1), {}),
        Round("a", START, NOON + timedelta(minutes=2), {}),
        Round("c", START, NOON, {}),
        Round("b", START, NOON, {}),
        Round("e", START - timedelta(days=1), NOON + timedelta(days=1), {}),
    ]
    assert [result.round.id for result in evaluate(rounds)] == ["e", "b", "c", "d", "a"]


def test_thresholds_are_those_of_the_form_and_of_stratford():
    assert (CONSIDERABLE, ACTIVITY_ERROR) == (2, 3)


@pytest.mark.parametrize(
    ("before", "now", "flag"),
    [
        ((3, 3, 4), (5, 5, 6), Flag.IMPROVED),  # 16/3 - 10/3 is 2, though 5.33 - 3.33 need not be
        ((5, 5, 6), (3, 3, 4), Flag.WORSENED),
        ((0, 0, 0), (6, 0, 0), Flag.IMPROVED),
        ((0, 0, 0), (5, 0, 0), Flag.NONE),
        ((6, 0, 0), (0, 0, 1), Flag.NONE),
        ((0,), (2,), Flag.IMPROVED),
        ((1,), (0,), Flag.NONE),
        ((4, 4, 4, 4, 4), (6, 6, 6, 6, 5), Flag.NONE),
        ((4, 4, 4, 4, 4), (6, 6, 6, 6, 6), Flag.IMPROVED),
        ((6, 6, 6, 6, 6), (4, 4, 4, 4, 4), Flag.WORSENED),
        ((), (), Flag.NOT_COMPARABLE),
    ],
)
def test_flag_at_its_threshold(before, now, flag):
    result = evaluate(rounds_of(numbered(*before), numbered(*now)))[1]
    assert result.since_previous.flag is flag
    assert result.since_first.flag is flag


def test_flag_comes_from_the_exact_change_and_not_from_the_shown_one():
    before, now = numbered(*[0] * 20), numbered(*[2] * 19, 1)
    change = evaluate(rounds_of(before, now))[1].since_previous
    assert str(rounded(change.value, 1)) == "2.0"
    assert change.flag is Flag.NONE


@pytest.mark.parametrize(
    ("before", "now", "beyond"),
    [(0, 2, False), (0, 3, True), (9, 7, False), (9, 6, True), (4, 4, False), (0, 10, True)],
)
def test_one_activity_beyond_measurement_error(before, now, beyond):
    change = evaluate(rounds_of({"a": before}, {"a": now}))[1].since_previous
    assert change.activities[0].beyond_error is beyond


def test_not_asked_is_not_zero():
    before, now = evaluate(rounds_of({"a": 0, "b": 8}, {"a": 0, "b": None}))
    assert (now.total, now.scored, now.active, now.average) == (0, 1, 2, 0)
    assert now.since_previous.value == 0
    assert now.since_previous.compared == 1
    assert before.average == 4


def test_nothing_scored_has_no_average_and_nothing_to_compare():
    _, silent, after = evaluate(rounds_of({"a": 3}, {"a": None}, {"a": 7}))
    assert silent.average is None
    assert silent.since_previous.value is None
    assert silent.since_previous.flag is Flag.NOT_COMPARABLE
    assert after.since_previous.flag is Flag.NOT_COMPARABLE
    assert after.since_first.value == 4


def test_no_rounds_no_results():
    assert evaluate([]) == []


def test_scores_handed_in_are_left_alone():
    scores = {"a": 3, "b": None}
    evaluate(rounds_of(scores, scores))
    assert scores == {"a": 3, "b": None}


@pytest.mark.parametrize(
    ("scores", "top"),
    [
        ({"a": 10, "b": 10}, True),
        ({"a": 10, "b": 9}, False),
        ({"a": 10, "b": None}, False),
        ({"a": None}, False),
        ({}, False),
    ],
)
def test_all_at_top(scores, top):
    assert all_at_top(evaluate(rounds_of(scores))[0]) is top


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(10, 3), 1, "3.3"),
        (Fraction(11, 3), 1, "3.7"),
        (Fraction(23, 4), 1, "5.8"),
        (Fraction(1, 4), 1, "0.3"),
        (Fraction(-1, 4), 1, "-0.3"),
        (Fraction(-3, 20), 1, "-0.2"),
        (Fraction(-1, 20), 1, "-0.1"),
        (Fraction(-1, 21), 1, "0.0"),
        (Fraction(1, 21), 1, "0.0"),
        (Fraction(0), 1, "0.0"),
        (Fraction(-1, 3), 0, "0"),
        (Fraction(-1, 2), 0, "-1"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(10), 1, "10.0"),
        (Fraction(10, 3), 4, "3.3333"),
        (Fraction(-2, 3), 4, "-0.6667"),
        (Fraction(199, 20), 1, "10.0"),
        (Fraction(10**40 + 1, 10**40), 40, f"1.{'0' * 39}1"),
    ],
)
def test_rounded_half_away_from_zero(value, places, text):
    shown = rounded(value, places)
    assert isinstance(shown, Decimal)
    assert str(shown) == text


@given(st.integers(-1000, 1000), st.integers(1, 60), st.integers(0, 5))
@settings(max_examples=300, deadline=None)
def test_rounded_agrees_with_long_division(points, count, places):
    shown = rounded(Fraction(points, count), places)
    assert str(shown) == oracle.written(points, count, places)
    assert not (shown.is_zero() and shown.is_signed())
    assert rounded(Fraction(-points, count), places) == -shown


def test_rounded_refuses_negative_places():
    with pytest.raises(ValueError, match="negative"):
        rounded(Fraction(1), -1)


@pytest.mark.parametrize("score", range(11))
def test_scale_that_runs_the_other_way_is_turned(score):
    assert to_higher_is_better(score, Scale.HIGHER_IS_BETTER) == score
    turned = to_higher_is_better(score, Scale.LOWER_IS_BETTER)
    assert turned == 10 - score
    assert to_higher_is_better(turned, Scale.LOWER_IS_BETTER) == score


@pytest.mark.parametrize("value", [-1, 11, 3.5, 3.0, True, "3", None, Fraction(3)])
def test_only_whole_numbers_from_0_to_10_are_scores(value):
    with pytest.raises(Refusal) as refused:
        check_score(value)
    assert refused.value.code == "score_out_of_range"
    assert refused.value.values == {"value": value}
    for scale in Scale:
        with pytest.raises(Refusal, match="score_out_of_range"):
            to_higher_is_better(value, scale)


def test_a_refusal_in_a_log_carries_no_values():
    refusal = Refusal("score_out_of_range", value=11, activity="Strikke")
    assert str(refusal) == "score_out_of_range"
    assert repr(refusal) == "Refusal('score_out_of_range')"
