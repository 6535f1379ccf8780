"""Which activities are active, and what a conversation must answer (P1-P3, P10)."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psfs.domain.activities import (
    MAX_ACTIVE,
    Answer,
    Span,
    active_on,
    answer_faults,
    check_answers,
    check_date,
    check_limit,
    check_moved,
)
from psfs.domain.errors import Refusal

from . import oracle

START = date(2026, 1, 12)


def day(number):
    return START + timedelta(days=number)


days = st.one_of(st.none(), st.integers(0, 8).map(day))
span_lists = st.lists(st.tuples(days, days), max_size=12).map(
    lambda pairs: [Span(number, *pair) for number, pair in enumerate(pairs)]
)


def refusal_of(call, *args, **kwargs):
    """(code, values) of the refusal, or None."""
    try:
        call(*args, **kwargs)
    except Refusal as refused:
        return refused.code, refused.values
    return None


@given(span_lists, st.integers(-1, 9).map(day))
@settings(max_examples=150, deadline=None)
def test_active_on_a_day(spans, today):
    expected = []
    for span in spans:
        started = span.active_from is None or not today < span.active_from
        gone = span.retired_on is not None and not today < span.retired_on
        if started and not gone:
            expected.append(span)
    assert active_on(iter(spans), today) == expected


def test_a_span_may_be_made_with_its_type_stated():
    assert Span[str]("a", None, None) == Span("a", None, None)


def test_active_from_its_first_day_until_the_day_it_is_retired():
    span = Span("a", day(2), day(4))
    assert [n for n in range(7) if active_on([span], day(n))] == [2, 3]


@given(span_lists, st.integers(0, 2))
@settings(max_examples=300, deadline=None)
def test_limit_agrees_with_walking_the_days(spans, min_active):
    expected = oracle.first_day_outside(
        [(span.active_from, span.retired_on) for span in spans],
        min_active,
        MAX_ACTIVE,
        day(-2),
        day(10),
    )
    if expected is None and min_active and not any(active_on(spans, day(n)) for n in range(-2, 11)):
        expected = "too_few_activities", day(-2), 0
    refusal = refusal_of(check_limit, iter(spans), min_active)
    if expected is None:
        assert refusal is None
    else:
        code, first, count = expected
        # Before the first date that is known, "from the form's start".
        assert refusal == (code, {"day": None if first == day(-2) else first, "count": count})


def test_five_are_enough():
    five = [Span(n, None, None) for n in range(5)]
    assert refusal_of(check_limit, five) is None
    assert refusal_of(check_limit, [*five, Span(5, None, None)]) == (
        "too_many_activities",
        {"day": None, "count": 6},
    )
    assert refusal_of(check_limit, [*five, Span(5, day(3), None)]) == (
        "too_many_activities",
        {"day": day(3), "count": 6},
    )


def test_a_place_is_free_the_day_one_is_retired():
    four = [Span(n, None, None) for n in range(4)]
    assert refusal_of(check_limit, [*four, Span(4, None, day(3)), Span(5, day(3), None)]) is None
    assert refusal_of(check_limit, [*four, Span(4, None, day(4)), Span(5, day(3), None)]) == (
        "too_many_activities",
        {"day": day(3), "count": 6},
    )


def test_one_that_was_never_active_takes_no_place():
    five = [Span(n, None, None) for n in range(5)]
    for number in (1, 3):
        assert refusal_of(check_limit, [*five, Span(5, day(3), day(number))]) is None


def test_the_last_one_cannot_be_retired_when_one_is_required():
    spans = [Span("a", None, day(5)), Span("b", day(1), day(7))]
    assert refusal_of(check_limit, spans) is None
    refusal = ("too_few_activities", {"day": day(7), "count": 0})
    assert refusal_of(check_limit, spans, min_active=1) == refusal
    assert refusal_of(check_limit, [], min_active=1) == (
        "too_few_activities",
        {"day": None, "count": 0},
    )


SCORE, NOT_ASKED, NOTHING = Answer(score=0), Answer(not_asked=True, reason="Trøytt"), Answer()


def test_each_active_activity_has_exactly_one_answer():
    assert refusal_of(check_answers, ["a", "b"], {"a": SCORE, "b": NOT_ASKED}) is None
    assert refusal_of(check_answers, [], {}) is None


@pytest.mark.parametrize(
    ("answers", "code", "values"),
    [
        ({"a": SCORE}, "answer_missing", {"activity": "b"}),
        ({"a": SCORE, "b": NOTHING}, "answer_missing", {"activity": "b"}),
        ({"a": SCORE, "b": Answer(reason="Trøytt")}, "answer_missing", {"activity": "b"}),
        ({"a": SCORE, "b": Answer(0, not_asked=True)}, "answer_ambiguous", {"activity": "b"}),
        (
            {"a": SCORE, "b": SCORE, "c": NOT_ASKED},
            "answer_unknown_activity",
            {"activity": "c"},
        ),
        ({"a": Answer(11), "b": SCORE}, "score_out_of_range", {"activity": "a", "value": 11}),
        ({"a": SCORE, "b": Answer(-1)}, "score_out_of_range", {"activity": "b", "value": -1}),
        ({"a": Answer(3.5), "b": SCORE}, "score_out_of_range", {"activity": "a", "value": 3.5}),
    ],
)
def test_other_answers_are_refused(answers, code, values):
    assert refusal_of(check_answers, ["a", "b"], answers) == (code, values)


def test_every_fault_is_found():
    faults = answer_faults(["a", "b", "c"], {"x": SCORE, "c": Answer(12), "b": SCORE})
    assert [(fault.code, fault.values["activity"]) for fault in faults] == [
        ("answer_missing", "a"),
        ("score_out_of_range", "c"),
        ("answer_unknown_activity", "x"),
    ]


@given(
    st.lists(st.sampled_from("abcde"), unique=True),
    st.dictionaries(
        st.sampled_from("abcdefg"),
        st.builds(Answer, st.one_of(st.none(), st.integers(-2, 12)), st.booleans()),
    ),
)
@settings(max_examples=200, deadline=None)
def test_answers_pass_only_when_every_one_is_right(active, answers):
    right = set(active) == set(answers) and all(
        (answer.score in range(11)) != answer.not_asked and (answer.score is None or answer.score in range(11))
        for answer in answers.values()
    )
    assert (refusal_of(check_answers, iter(active), answers) is None) is right


def test_date_of_a_conversation():
    today, born = day(0), day(-1000)
    for allowed in (today, day(-1), born):
        assert refusal_of(check_date, allowed, today=today, birth_date=born) is None
    assert refusal_of(check_date, day(-9999), today=today, birth_date=None) is None
    assert refusal_of(check_date, day(1), today=today, birth_date=born) == (
        "date_in_future",
        {"day": day(1), "today": today},
    )
    assert refusal_of(check_date, day(-1001), today=today, birth_date=born) == (
        "date_before_birth",
        {"day": day(-1001), "birth_date": born},
    )


SPANS = [Span("a", None, None), Span("b", date(2026, 3, 1), None), Span("c", None, date(2026, 4, 1))]


@pytest.mark.parametrize(
    ("day", "answered", "closed_on", "code"),
    [
        (date(2026, 2, 1), "ac", None, ""),
        (date(2026, 2, 1), "a", None, "other_activities"),
        (date(2026, 2, 28), "abc", None, "other_activities"),
        (date(2026, 3, 1), "abc", None, ""),
        (date(2026, 4, 1), "abc", None, "other_activities"),
        (date(2026, 4, 1), "ab", None, ""),
        (date(2026, 4, 1), "ab", date(2026, 4, 1), ""),
        (date(2026, 4, 2), "ab", date(2026, 4, 1), "after_closing"),
        (date(2026, 5, 5), "ab", None, "held_that_day"),
    ],
)
def test_a_conversation_moves_only_to_a_day_of_which_all_it_holds_is_true(day, answered, closed_on, code):
    others = [date(2026, 1, 1), date(2026, 5, 5)]
    if code:
        with pytest.raises(Refusal) as refused:
            check_moved(day, SPANS, answered, others, closed_on)
        assert (refused.value.code, refused.value.values["day"]) == (code, day)
    else:
        check_moved(day, SPANS, answered, others, closed_on)
