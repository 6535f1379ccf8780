"""What a page, a document and the worklist read of a form: the worked example, few statements."""

from __future__ import annotations

import uuid
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from werkzeug.exceptions import NotFound

from psfs import audit
from psfs.conversations.queries import figures_for_forms, forms_of_case, latest_form_id
from psfs.conversations.queries_form import form_view
from psfs.domain.scoring import Flag
from psfs.extensions import db
from tests.conversations.rows import make_form, worked_example
from tests.support.people import TESTER

if TYPE_CHECKING:
    from tests.support.people import Town

pytestmark = pytest.mark.databases("sqlite", "postgres")


def test_the_worked_example(town: Town) -> None:
    form, _ids, _talks = worked_example(town.adult, town.users["kari"])
    view = form_view(form.id)
    assert [(c.number, c.result.total, c.result.average, c.result.scored, c.result.active) for c in view.columns] == [
        (1, 10, Fraction(10, 3), 3, 3),
        (2, 11, Fraction(11, 3), 3, 4),
        (3, 23, Fraction(23, 4), 4, 4),
    ]
    first, second, third = view.columns
    assert (first.since_previous.flag, first.since_previous.value) == (Flag.NOT_COMPARABLE, None)
    assert (second.since_previous.value, second.since_previous.flag) == (Fraction(3, 2), Flag.NONE)
    assert [one.text for one in second.since_previous.counted] == ["Gå til butikken", "Strikke"]
    assert second.since_previous.sets_differ
    assert (third.since_previous.value, third.since_previous.flag) == (Fraction(2), Flag.IMPROVED)
    assert [(one.text, one.change.change) for one in third.since_previous.counted] == [
        ("Gå til butikken", 3),
        ("Strikke", 0),
        ("Bade", 3),
    ]
    assert (third.since_first.value, third.since_first.flag) == (Fraction(3), Flag.IMPROVED)
    assert [(one.text, one.change.change) for one in third.since_first.counted] == [
        ("Gå til butikken", 5),
        ("Lage middag", 3),
        ("Strikke", 1),
    ]


def test_cells_tell_not_asked_from_not_yet_there(town: Town) -> None:
    form, ids, _talks = worked_example(town.adult, town.users["kari"])
    first, second, third = form_view(form.id).columns
    assert ids["Bade"] not in first.cells
    assert second.cells[ids["Lage middag"]].value is None
    assert [third.cells[ids[text]].change.beyond_error for text in ("Gå til butikken", "Strikke", "Bade")] == [
        True,
        False,
        True,
    ]
    assert third.cells[ids["Lage middag"]].change is None


def test_a_struck_conversation_stands_apart_and_counts_in_nothing(town: Town) -> None:
    form, ids, talks = worked_example(town.adult, town.users["kari"])
    with audit.acting(TESTER):
        talks[1].struck_at = talks[1].recorded_at
        talks[1].struck_by_id = town.users["kari"].id
        talks[1].struck_reason = "feil person"
        db.session.commit()
    view = form_view(form.id)
    assert [column.id for column in view.columns] == [talks[0].id, talks[2].id]
    assert view.columns[1].since_previous == view.columns[1].since_first
    (struck,) = view.struck
    assert (struck.struck_by, struck.reason) == (town.users["kari"].name, "feil person")
    assert struck.cells[ids["Bade"]].value == 1
    assert view.last_recorded_id == talks[2].id
    assert len(figures_for_forms([form.id])[form.id]) == 2


def test_the_light_figures_are_the_same(town: Town) -> None:
    form, _ids, _talks = worked_example(town.adult, town.users["kari"])
    empty = make_form(town.child, town.users["kari"], "Sykle")
    figures = figures_for_forms([form.id, empty.id])
    assert figures[form.id] == [column.result for column in form_view(form.id).columns]
    assert figures[empty.id] == []


def test_an_empty_form_has_activities_and_no_figures(town: Town) -> None:
    form = make_form(town.adult, town.users["kari"], "Lese")
    view = form_view(form.id)
    assert (view.latest, view.first, view.previous) == (None, None, None)
    assert [activity.text for activity in view.activities] == ["Lese"]


def test_a_form_of_another_case_is_not_found(town: Town) -> None:
    form = make_form(town.adult, town.users["kari"], "Lese")
    with pytest.raises(NotFound):
        form_view(form.id, town.child.id)
    with pytest.raises(NotFound):
        form_view(uuid.uuid4())


def test_the_open_form_is_the_latest(town: Town) -> None:
    assert latest_form_id(town.adult.id) is None
    first = make_form(town.adult, town.users["kari"], "Lese")
    with audit.acting(TESTER):
        first.closed_on = first.opened_on
        db.session.commit()
    assert latest_form_id(town.adult.id) == first.id
    second = make_form(town.adult, town.users["kari"], "Lese", number=2)
    assert latest_form_id(town.adult.id) == second.id
    assert [line.number for line in forms_of_case(town.adult.id)] == [2, 1]


def test_chart_holds_a_gap_where_nothing_was_asked(app: object, town: Town) -> None:
    form, _ids, _talks = worked_example(town.adult, town.users["kari"])
    view = form_view(form.id)
    assert view.chart_labels == ["12.01.26", "03.03.26", "10.05.26"]
    lines = {line["name"]: line["values"] for line in view.chart_series}
    assert lines["Lage middag"] == [3, None, 6]
    assert lines["Bade"] == [None, 1, 4]
    assert view.chart_series[-1]["texts"] == ["3,3", "3,7", "5,8"]
