"""Measures: new, changed, evaluated, ended; two people at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from psfs import clock
from psfs.bti.queries_interventions import evaluation_due
from psfs.extensions import db
from psfs.models import Intervention
from tests.bti.support import entries, form_of, give, send
from tests.conversations.rows import make_form
from tests.support.client import Browser
from tests.support.people import Town

Open = Callable[[str], Browser]
AGREED = {"goal": "Gå til butikken sjølv", "what": "Gåtrening to gonger i veka"}


def kept() -> list[Intervention]:
    db.session.rollback()
    return list(db.session.scalars(select(Intervention).execution_options(populate_existing=True)))


def begun(browser: Browser, town: Town) -> str:
    """A measure; the address of its pages."""
    send(browser, f"/saker/{town.adult.id}/tiltak/nytt", **AGREED)
    return f"/saker/{town.adult.id}/tiltak/{kept()[0].id}"


def test_a_measure_is_agreed_and_shown(browser: Open, town: Town) -> None:
    deadline = clock.today() + timedelta(days=40)
    kari, page = browser("kari"), f"/saker/{town.adult.id}/tiltak/nytt"
    send(kari, page, **AGREED, deadline=deadline)
    (row,) = kept()
    kari_user = town.users["kari"]
    assert (row.responsible, row.responsible_id, row.level) == (kari_user.name, kari_user.id, 1)
    assert (row.deadline, evaluation_due(row)) == (deadline, deadline)
    (entry,) = entries(town.adult)
    assert (entry.kind, entry.subject_id, entry.details["event"]) == ("intervention", row.id, "started")
    assert AGREED["what"] in kari.get(f"/saker/{town.adult.id}/tiltak").text


def test_somebody_else_can_be_responsible_by_name(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/tiltak/nytt"
    refused = send(kari, page, status=422, **AGREED, responsible_id="annan")
    assert 'href="#responsible"' in refused.text
    assert AGREED["what"] in refused.text
    send(kari, page, **AGREED, responsible_id="annan", responsible="Dottera, Dikta Tenkt")
    assert (kept()[0].responsible, kept()[0].responsible_id) == ("Dottera, Dikta Tenkt", None)


def test_days_must_fit(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/tiltak/nytt"
    before = clock.today() - timedelta(days=2)
    assert 'href="#deadline"' in send(kari, page, status=422, **AGREED, deadline=before).text
    assert 'href="#goal"' in send(kari, page, status=422, what="Noko").text
    assert "dag, månad og år" in send(kari, page, status=422, **AGREED, started_on="i går").text
    assert kept() == []


def test_evaluating_ends_it_or_lets_it_go_on(browser: Open, town: Town) -> None:
    kari = browser("kari")
    address = begun(kari, town)
    said = {"result": "partly", "evaluation": "Går halve vegen"}
    refused = send(kari, f"{address}/evaluer", status=422, **said, ends="no")
    assert 'href="#next_on"' in refused.text
    assert "Går halve vegen" in refused.text
    coming = clock.today() + timedelta(days=30)
    send(kari, f"{address}/evaluer", **said, ends="no", next_on=coming)
    (row,) = kept()
    assert (row.result, row.ended_on, evaluation_due(row)) == ("partly", None, coming)
    send(kari, f"{address}/evaluer", result="reached", evaluation="Går heile vegen", ends="yes")
    (row,) = kept()
    assert (row.result, row.ended_on, evaluation_due(row)) == ("reached", clock.today(), None)
    assert [each.details["event"] for each in entries(town.adult)] == ["started", "evaluated", "ended"]
    again = send(kari, f"{address}/evaluer", status=422, result="reached", evaluation="x", ends="yes")
    assert "avslutta" in again.text


def test_who_comes_second_keeps_what_was_typed(browser: Open, town: Town) -> None:
    kari, leader = browser("kari"), browser("leader")
    address = begun(kari, town)
    mine = form_of(kari.get(f"{address}/endre").text)
    send(leader, f"{address}/endre", what="Gåtrening kvar dag", goal=AGREED["goal"])
    late = kari.post(f"{address}/endre", mine | {"what": "Gåtrening med rullator"}, status=409)
    assert "Gåtrening med rullator" in late.text
    assert "Gåtrening kvar dag" in late.text
    assert kept()[0].what == "Gåtrening kvar dag"
    invalid = kari.post(f"{address}/endre", mine | {"what": ""}, status=422)
    kari.post(f"{address}/endre", form_of(invalid.text) | {"what": "Noko heilt anna"}, status=409)
    kari.post(f"{address}/endre", form_of(late.text))
    assert kept()[0].what == "Gåtrening med rullator"


def test_the_same_twice_is_saved_once(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/tiltak/nytt"
    form = form_of(kari.get(page).text) | AGREED
    kari.post(page, form)
    kari.post(page, form)
    address = f"/saker/{town.adult.id}/tiltak/{kept()[0].id}"
    change = form_of(kari.get(f"{address}/endre").text) | {"goal": "Gå til posten"}
    kari.post(f"{address}/endre", change)
    kari.post(f"{address}/endre", change)
    said = form_of(kari.get(f"{address}/evaluer").text) | {"result": "reached", "evaluation": "Ja", "ends": "yes"}
    kari.post(f"{address}/evaluer", said)
    kari.post(f"{address}/evaluer", said)
    assert len(kept()) == 1
    assert [each.details["event"] for each in entries(town.adult)] == ["started", "changed", "ended"]


def test_a_measure_of_another_case_is_not_found(browser: Open, town: Town) -> None:
    kari = browser("kari")
    begun(kari, town)
    kari.get(f"/saker/{town.child.id}/tiltak/{kept()[0].id}/endre", status=404)
    kari.get(f"/saker/{town.child.id}/tiltak/{kept()[0].id}/evaluer", status=404)


def test_a_service_that_may_not_take_part_says_so_where_it_is_chosen(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/tiltak/nytt"
    assert ">Skulen (manglar samtykke)</option>" in kari.get(page).text
    give(town, town.adult, town.school)
    assert ">Skulen</option>" in kari.get(page).text
    send(kari, page, **AGREED, service=town.school.id)
    (row,) = kept()
    assert row.service_id == town.school.id


@pytest.mark.parametrize("ends", ["no", "yes"])
def test_closing_tells_of_measures_that_go_on_and_of_the_open_form(browser: Open, town: Town, ends: str) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/avslutt"
    assert "i gang" not in kari.get(page).text
    measure = begun(kari, town)
    form = make_form(town.adult, town.users["kari"], "Lese")
    next_on = clock.today() + timedelta(days=30)
    send(kari, f"{measure}/evaluer", result="partly", evaluation="Betre", ends=ends, next_on=next_on)
    text = kari.get(page).text
    assert ("Eitt tiltak er i gang" in text) == (ends == "no")
    assert (f'href="{measure}/evaluer">Gåtrening' in text) == (ends == "no")
    assert f"/skjema/{form.id}" in text


def test_the_step_of_measures_shows_them_and_leads_to_a_new_one_and_back(browser: Open, town: Town) -> None:
    kari, ladder = browser("kari"), f"/saker/{town.adult.id}/stige"
    for step in ("one_contact", "one_psfs"):
        send(kari, ladder, what="skip" if step == "one_psfs" else "done", step=step, reason="gjort før")
    text = kari.get(ladder).text
    assert "Ingen tiltak er i gang." in text
    sent = send(kari, f"/saker/{town.adult.id}/tiltak/nytt?fra=stige", **AGREED)
    assert sent.location == ladder
    text = kari.get(ladder).text
    assert "Tiltak i gang:" in text
    assert "Gåtrening to gonger i veka" in text
    send(kari, ladder, what="done", step="one_measures")
    assert "Tiltak i gang:" not in kari.get(ladder).text


def test_a_typed_name_says_more_than_the_choice_that_stood_there(browser: Open, town: Town) -> None:
    send(browser("kari"), f"/saker/{town.adult.id}/tiltak/nytt", **AGREED, responsible="Dottera Eva")
    (row,) = kept()
    assert (row.responsible, row.responsible_id) == ("Dottera Eva", None)


def test_what_is_stopped_does_not_go_on(browser: Open, town: Town) -> None:
    kari = browser("kari")
    measure, next_on = begun(kari, town), clock.today() + timedelta(days=30)
    said = {"result": "stopped", "evaluation": "Ville ikkje meir", "next_on": next_on}
    page = send(kari, f"{measure}/evaluer", 422, **said, ends="no")
    assert 'href="#ends-0"' in page.text
    assert kept()[0].result is None
    send(kari, f"{measure}/evaluer", **said, ends="yes")
    assert kept()[0].ended_on == clock.today()
