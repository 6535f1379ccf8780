"""Starting and closing a form, and its activities outside a conversation (P1, P2, P13, P15)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import html5lib
import pytest
from sqlalchemy import select

from psfs import audit, clock
from psfs.conversations.queries import forms_of_case, latest_form_id
from psfs.conversations.queries_form import form_view
from psfs.domain.scoring import SCALE_VERSION, Scale
from psfs.extensions import db
from psfs.models import LogEntry
from tests.conversations.pages import fields, open_page, said
from tests.conversations.rows import make_conversation, make_form
from tests.support.pages import XHTML, words
from tests.support.people import TESTER

if TYPE_CHECKING:
    from psfs.conversations.views import FormView
    from tests.conversations.conftest import Worked
    from tests.support.people import Town

Browsers = Any


def start_address(town: Town) -> str:
    return f"/saker/{town.adult.id}/skjema/nytt"


def latest(town: Town) -> FormView:
    form_id = latest_form_id(town.adult.id)
    assert form_id is not None
    return form_view(form_id)


def test_started_with_the_activities_as_typed(browser: Browsers, town: Town) -> None:
    kari = browser("kari")
    sent: dict[str, Any] = dict(open_page(kari, start_address(town)))
    answer = kari.post(start_address(town), sent | {"activity": ["", " Gå   til kyrkja ", "Kjærleik 💛", "", ""]})
    assert answer.location.endswith("/samtalar/ny")
    view = latest(town)
    assert [one.text for one in view.activities] == ["Gå til kyrkja", "Kjærleik 💛"]
    assert [one.active_from for one in view.activities] == [None, None]
    assert (view.number, view.scale, view.scale_version) == (1, Scale.HIGHER_IS_BETTER, SCALE_VERSION)
    page = said(kari.get(answer.location).text)
    assert "Du har nemnt desse aktivitetane" in page
    entry = db.session.scalars(select(LogEntry)).one()
    assert (entry.kind, entry.subject_id, entry.details["event"]) == ("form", view.id, "started")
    assert entry.details["activities"] == ["Gå til kyrkja", "Kjærleik 💛"]


@pytest.mark.parametrize(
    ("typed", "place", "words"),
    [
        (["", " ", ""], "#activity-0", "Skriv minst éin aktivitet"),
        (["Lese", "", "LESE"], "#activity-2", "«LESE» står på skjemaet frå før"),
        (["Lese", "x" * 201], "#activity-1", "for lang"),
        (["Lese", "\u200b"], "#activity-1", "Skriv kva aktiviteten er"),
        (["Lese", "Ringje 17054112345"], "#activity-1", "ser ut som eit fødselsnummer"),
        (["a", "b", "c", "d", "e", "f"], "#activity-0", "fem aktivitetar om gongen"),
    ],
)
def test_what_cannot_start_a_form_is_told_at_its_row(
    browser: Browsers, town: Town, typed: list[str], place: str, words: str
) -> None:
    kari = browser("kari")
    sent: dict[str, Any] = dict(open_page(kari, start_address(town)))
    page = kari.post(start_address(town), sent | {"activity": typed}, status=422)
    assert f'href="{place}"' in page.text
    assert words in said(page.text)
    for text in filter(str.strip, typed):
        assert f'value="{text}"' in page.text
    assert forms_of_case(town.adult.id) == []


def test_the_next_form_closes_the_one_before_with_a_reason(browser: Browsers, town: Town, worked: Worked) -> None:
    kari = browser("kari")
    sent: dict[str, Any] = dict(open_page(kari, start_address(town))) | {"activity": ["Lese"]}
    page = kari.post(start_address(town), sent, status=422)
    assert 'href="#close_reason"' in page.text
    kari.post(start_address(town), sent | {"close_reason": "Ny teneste"})
    assert [(form.number, form.closed_on, form.closed_reason) for form in forms_of_case(town.adult.id)] == [
        (2, None, ""),
        (1, clock.today(), "Ny teneste"),
    ]
    old = said(kari.get(worked.summary).text)
    assert "kan berre lesast" in old
    assert "Ny teneste" in old
    assert "Skjema 2" in old


def test_a_closed_form_takes_corrections_but_no_more_conversations(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post(f"{worked.summary}/avslutt", {"reason": "Målet er nådd"})
    address = worked.correct(3, "Strikke")
    kari.post(address, open_page(kari, address, reason="feil") | {f"answer-{worked.ids['Strikke']}": "3"})
    assert len(form_view(worked.form.id).columns[2].corrections) == 1
    kari.get(worked.new, status=303)
    page = kari.post(f"{worked.summary}/aktivitetar", {"id": str(uuid.uuid4()), "text": "Lese"}, status=422)
    assert "Skjemaet er avslutta" in said(page.text)


def test_closing_needs_a_reason_and_is_logged(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post(f"{worked.summary}/avslutt", {"reason": ""}, status=422)
    assert form_view(worked.form.id).open
    kari.post(f"{worked.summary}/avslutt", {"reason": "Målet er nådd"})
    entry = db.session.scalars(select(LogEntry)).one()
    assert (entry.details, entry.reason) == ({"event": "closed", "form": 1}, "Målet er nådd")


def test_reworded_it_keeps_its_scores(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    address = f"{worked.summary}/aktivitetar/{worked.ids['Strikke']}/ord"
    kari.post(address, open_page(kari, address, text="Strikke genser"))
    view = form_view(worked.form.id)
    assert view.text_of(worked.ids["Strikke"]) == "Strikke genser"
    assert [column.cells[worked.ids["Strikke"]].value for column in view.columns] == [5, 6, 6]
    entry = db.session.scalars(select(LogEntry)).one()
    assert (entry.details["before"], entry.details["activity"]) == ("Strikke", "Strikke genser")


@pytest.mark.parametrize("text", ["", "bade", "x" * 201])
def test_it_is_not_reworded_into_nothing_or_another(browser: Browsers, worked: Worked, text: str) -> None:
    kari = browser("kari")
    address = f"{worked.summary}/aktivitetar/{worked.ids['Strikke']}/ord"
    page = kari.post(address, open_page(kari, address, text=text), status=422)
    assert 'href="#text"' in page.text
    assert fields(page.text)["text"] == text
    assert form_view(worked.form.id).text_of(worked.ids["Strikke"]) == "Strikke"


def test_retired_from_today_it_is_asked_no_more(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post(f"{worked.summary}/aktivitetar/{worked.ids['Strikke']}/slutt", {"reason": "not_relevant"})
    assert f"answer-{worked.ids['Strikke']}" not in kari.get(worked.new).text
    view = form_view(worked.form.id)
    assert next(one for one in view.activities if one.text == "Strikke").retired_on == clock.today()
    assert [column.cells[worked.ids["Strikke"]].value for column in view.columns] == [5, 6, 6]


def test_retired_after_todays_conversation_it_is_out_from_tomorrow(
    browser: Browsers, town: Town, worked: Worked
) -> None:
    make_conversation(worked.form, town.users["kari"], clock.today(), dict.fromkeys(worked.ids.values(), 5))
    browser("kari").post(f"{worked.summary}/aktivitetar/{worked.ids['Strikke']}/slutt", {"reason": "reached"})
    view = form_view(worked.form.id)
    assert next(one for one in view.activities if one.text == "Strikke").retired_on == clock.today() + timedelta(days=1)


def test_the_last_activity_stays(browser: Browsers, town: Town) -> None:
    form = make_form(town.adult, town.users["kari"], "Lese")
    (activity,) = form_view(form.id).activities
    address = f"/saker/{town.adult.id}/skjema/{form.id}/aktivitetar/{activity.id}/slutt"
    page = browser("kari").post(address, {"reason": "reached"}, status=422)
    assert "minst éin aktivitet" in said(page.text)


def test_for_another_reason_it_must_be_said_which(browser: Browsers, worked: Worked) -> None:
    address = f"{worked.summary}/aktivitetar/{worked.ids['Strikke']}/slutt"
    kari = browser("kari")
    assert 'href="#note"' in kari.post(address, {"reason": "other"}, status=422).text
    assert "#reason-0" in kari.post(address, {}, status=422).text
    kari.post(address, {"reason": "other", "note": "Flytta til ein stad utan garn"})
    strikke = next(one for one in form_view(worked.form.id).activities if one.text == "Strikke")
    assert (strikke.retire_reason, strikke.retire_note) == ("other", "Flytta til ein stad utan garn")


def test_added_from_today_and_not_asked_in_todays_conversation(browser: Browsers, town: Town, worked: Worked) -> None:
    make_conversation(worked.form, town.users["kari"], clock.today(), dict.fromkeys(worked.ids.values(), 5))
    browser("kari").post(f"{worked.summary}/aktivitetar", {"id": str(uuid.uuid4()), "text": "Lese"})
    view = form_view(worked.form.id)
    lese = view.activities[-1]
    assert (lese.text, lese.active_from) == ("Lese", clock.today())
    assert [column.number for column in view.columns if lese.id in column.cells] == [4]
    assert view.columns[3].cells[lese.id].value is None


def test_a_sixth_is_refused(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    address = f"{worked.summary}/aktivitetar"
    kari.post(address, {"id": str(uuid.uuid4()), "text": "Lese"})
    page = kari.post(address, {"id": str(uuid.uuid4()), "text": "Synge"}, status=422)
    assert "fem aktivitetar om gongen" in said(page.text)
    assert fields(page.text)["text"] == "Synge"


@pytest.mark.parametrize(("today", "words"), [(True, "frå og med i morgon"), (False, "fleire gonger")])
def test_the_page_says_from_when_an_activity_is_not_asked_about(
    browser: Browsers, town: Town, today: bool, words: str
) -> None:
    form = make_form(town.adult, town.users["kari"], "Lese", "Strikke")
    ids = [one.id for one in form_view(form.id).activities]
    make_conversation(form, town.users["kari"], clock.today() - timedelta(days=not today), dict.fromkeys(ids, 5))
    page = browser("kari").get(f"/saker/{town.adult.id}/skjema/{form.id}/aktivitetar/{ids[0]}/slutt")
    assert words in said(page.text)


def test_a_form_is_started_in_the_persons_language(browser: Browsers, town: Town) -> None:
    with audit.acting(TESTER):
        town.adult.person.language = "en"
        db.session.commit()
    page = browser("kari").get(start_address(town)).text
    assert '<p lang="en">' in page
    assert "Walking outdoors" in page
    assert "Nytt skjema for" in page


def take_up_again(text: str, activity: str) -> dict[str, str]:
    """What the button "Ta opp att" of an ended activity sends."""
    tree = html5lib.HTMLParser().parse(text)
    for form in tree.iter(XHTML + "form"):
        sent = {one.get("name"): one.get("value") or "" for one in form.iter(XHTML + "input")}
        if "Ta opp att" in words(form) and sent["text"] == activity:
            return sent
    raise AssertionError(f"no way to take up {activity!r} again")


def test_an_ended_activity_is_taken_up_again_and_its_scores_begin_anew(browser: Browsers, worked: Worked) -> None:
    kari, address = browser("kari"), f"{worked.summary}/aktivitetar"
    kari.post(f"{address}/{worked.ids['Strikke']}/slutt", {"reason": "not_relevant"})
    page = kari.get(address).text
    assert "Skårane byrjar på nytt" in said(page)
    kari.post(address, take_up_again(page, "Strikke"))
    ended, again = [one for one in form_view(worked.form.id).activities if one.text == "Strikke"]
    assert (ended.id, ended.retired_on) == (worked.ids["Strikke"], clock.today())
    assert (again.active_from, again.retired_on) == (clock.today(), None)
    view = form_view(worked.form.id)
    assert [column.cells[ended.id].value for column in view.columns] == [5, 6, 6]
    assert all(again.id not in column.cells for column in view.columns)
    assert f"answer-{again.id}" in kari.get(worked.new).text
    assert "Ta opp att" not in kari.get(address).text


def test_scored_for_the_last_time_today_it_can_be_taken_up_again_from_tomorrow(
    browser: Browsers, town: Town, worked: Worked
) -> None:
    make_conversation(worked.form, town.users["kari"], clock.today(), dict.fromkeys(worked.ids.values(), 5))
    kari, address = browser("kari"), f"{worked.summary}/aktivitetar"
    kari.post(f"{address}/{worked.ids['Strikke']}/slutt", {"reason": "reached"})
    kari.post(address, take_up_again(kari.get(address).text, "Strikke"))
    view, tomorrow = form_view(worked.form.id), clock.today() + timedelta(days=1)
    assert [(one.active_from, one.retired_on) for one in view.activities if one.text == "Strikke"] == [
        (None, tomorrow),
        (tomorrow, None),
    ]
    assert len(view.active_on(clock.today())) == len(view.active_on(tomorrow)) == 4


def test_on_a_full_form_nothing_is_offered_to_be_taken_up_again(browser: Browsers, worked: Worked) -> None:
    kari, address = browser("kari"), f"{worked.summary}/aktivitetar"
    kari.post(f"{address}/{worked.ids['Strikke']}/slutt", {"reason": "not_relevant"})
    sent = take_up_again(kari.get(address).text, "Strikke")
    for text in ("Lese", "Synge"):
        kari.post(address, {"id": str(uuid.uuid4()), "text": text})
    page = kari.get(address).text
    assert "Ta opp att" not in page
    assert "Avslutt éin før du legg til ein ny" in said(page)
    assert "fem aktivitetar om gongen" in said(kari.post(address, sent, status=422).text)
