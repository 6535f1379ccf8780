"""The chart's marks: two at the same score can be told apart, by where they stand and by their shape."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import html5lib
from hypothesis import given
from hypothesis import strategies as st

from psfs.conversations.chart import places, sides
from psfs.conversations.queries_form import form_view
from tests.conversations.rows import make_conversation, make_form

if TYPE_CHECKING:
    from tests.support.people import Town

Browsers = Any
SVG = "{http://www.w3.org/2000/svg}"
SCORES = st.none() | st.integers(0, 10)
AVERAGES = st.none() | st.fractions(0, 10, max_denominator=5)


@given(st.lists(st.lists(SCORES, min_size=3, max_size=3), max_size=7), st.lists(AVERAGES, min_size=3, max_size=3))
def test_marks_with_the_same_score_have_each_their_turn(scores: list[list[int | None]], averages: list[Any]) -> None:
    series = [{"values": one} for one in [*scores, averages]]
    found = places(series)
    for column in range(3):
        marks = [
            (value, place)
            for one, turns in zip(series, found, strict=True)
            if (value := one["values"][column]) is not None and (place := turns[column])
        ]
        for value, (turn, count) in marks:
            assert 0 <= turn < count <= len(marks)
            beside = [place for other, place in marks if abs(other - value) < Fraction(1, 2)]
            assert len(set(beside)) == len(beside)


def test_a_mark_alone_stands_in_the_middle_and_the_figure_makes_room() -> None:
    series: list[dict[str, Any]] = [{"values": [3, 3]}, {"values": [3, 5]}, {"values": [Fraction(3), Fraction(4)]}]
    assert places(series) == [[(0, 3), (0, 1)], [(1, 3), (0, 1)], [(2, 3), (0, 1)]]
    assert sides([3, 4, 4, None], [[3, 8, 3, 3], [3, 5, 5, 5]]) == ["above", "below", "right", "above"]


def test_no_mark_on_the_page_stands_where_another_does(browser: Browsers, town: Town) -> None:
    form = make_form(town.adult, town.users["kari"], "Lese", "Strikke", "Bade")
    ids = [one.id for one in form_view(form.id).activities]
    for month in (1, 2):
        make_conversation(form, town.users["kari"], date(2026, month, 1), dict.fromkeys(ids, 4))
    page = html5lib.HTMLParser().parse(browser("kari").get(f"/saker/{town.adult.id}/skjema/{form.id}").text)
    drawing = next(one for one in page.iter(SVG + "svg") if one.get("role") == "img")
    marks = [one.get("transform") for one in drawing.iter(SVG + "g") if one.get("class") == "chart-mark"]
    assert len(marks) == len(set(marks)) == 4 * 2
