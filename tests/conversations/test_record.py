"""Holding a conversation through its page: what is kept, what is refused, and that nothing typed is lost."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from psfs import audit, clock
from psfs.conversations.queries_form import form_view
from psfs.extensions import db
from psfs.models import Activity, Conversation, LogEntry
from tests.conversations.pages import fields, new_ids, open_page, said
from tests.conversations.rows import make_form
from tests.support.people import TESTER

if TYPE_CHECKING:
    from tests.conversations.conftest import Worked
    from tests.support.people import Town

Browsers = Any


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Conversation)) or 0


def test_the_page_is_filled_in_beforehand(browser: Browsers, town: Town, worked: Worked) -> None:
    page = browser("kari").get(worked.new)
    sent = fields(page.text)
    today = clock.today()
    assert sent["held_on"] == today.isoformat()
    assert sent["performed_by"] == town.users["kari"].name
    assert sent["respondent"] == "person"
    assert sent["next_due"] == (today + timedelta(days=90)).isoformat()
    assert not any(name.startswith("answer-") for name in sent), "no default answer, ever (P3)"
    assert "Når me møttest sist, den 10. mai 2026, gav du uttrykk for" in said(page.text)


def test_a_conversation_is_kept_as_it_was_answered(browser: Browsers, town: Town, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(
        kari, worked.new, remark="Eg kjem ut.\r\nDet er bra.", respondent="with_help", next_due="2027-03-01"
    )
    reasons = {f"reason-{worked.ids['Bade']}": " var sliten "}
    answer = kari.post(worked.new, sent | worked.answers(7, 10, 0, "not_asked") | reasons)
    assert answer.location.endswith(worked.summary)
    latest = form_view(worked.form.id).latest
    assert latest is not None
    assert {text: latest.cells[key].value for text, key in worked.ids.items()} == {
        "Gå til butikken": 7,
        "Lage middag": 10,
        "Strikke": 0,
        "Bade": None,
    }
    assert latest.cells[worked.ids["Bade"]].not_asked_reason == "var sliten"
    assert (latest.remark, latest.respondent, latest.next_due) == (
        "Eg kjem ut.\nDet er bra.",
        "with_help",
        date(2027, 3, 1),
    )
    row = db.session.get_one(Conversation, latest.id)
    assert (row.performed_by_id, row.recorded_by_id) == (town.users["kari"].id, town.users["kari"].id)
    assert "Samtalen er lagra." in kari.get(answer.location).text


def test_the_log_tells_of_it(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 3, "not_asked"))
    entry = db.session.scalars(select(LogEntry)).one()
    assert entry.kind == "conversation"
    assert entry.subject_id == form_view(worked.form.id).last_recorded_id
    assert (entry.details["event"], entry.details["scored"], entry.details["active"]) == ("held", 3, 4)


def test_every_activity_needs_an_answer_and_what_was_typed_stays(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new, remark="Mykje betre <b>no</b>")
    answers = worked.answers(3, 4, "", "not_asked")
    page = kari.post(worked.new, sent | answers | {f"reason-{worked.ids['Bade']}": "trøytt"}, status=422)
    shown = fields(page.text)
    assert shown["remark"] == "Mykje betre <b>no</b>"
    assert (shown[f"answer-{worked.ids['Gå til butikken']}"], shown[f"answer-{worked.ids['Bade']}"]) == (
        "3",
        "not_asked",
    )
    assert shown[f"reason-{worked.ids['Bade']}"] == "trøytt"
    assert shown["id"] == sent["id"]
    assert f'href="#answer-{worked.ids["Strikke"]}-0"' in page.text
    assert "Strikke: Vel eit tal, eller «Ikkje spurt»." in said(page.text)
    assert count() == 3


@pytest.mark.parametrize("value", ["11", "-1", "3.5", "3 ", "٣", "tre", "None"])
def test_only_the_scale_is_an_answer(browser: Browsers, worked: Worked, value: str) -> None:
    kari = browser("kari")
    kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 3, value), status=422)
    assert count() == 3


def test_a_score_and_not_asked_at_once_is_refused(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    sent: dict[str, object] = dict(open_page(kari, worked.new) | worked.answers(1, 2, 3, 4))
    sent[f"answer-{worked.ids['Bade']}"] = ["4", "not_asked"]
    assert "ikkje begge" in said(kari.post(worked.new, sent, status=422).text)


def test_an_answer_for_an_activity_of_no_concern_is_refused(browser: Browsers, town: Town, worked: Worked) -> None:
    other = make_form(town.child, town.users["kari"], "Sykle")
    kari = browser("kari")
    stray = {f"answer-{form_view(other.id).activities[0].id}": "4"}
    kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 3, 4) | stray, status=422)
    assert count() == 3


@pytest.mark.parametrize(
    ("changed", "place", "words"),
    [
        ({"held_on": "2999-01-01"}, "#held_on", "Datoen ligg fram i tid"),
        ({"held_on": "9999-12-31"}, "#held_on", "Datoen ligg fram i tid"),
        ({"held_on": "1941-05-16"}, "#held_on", "før fødselsdatoen"),
        ({"held_on": ""}, "#held_on", "Vel dagen samtalen vart halden"),
        ({"held_on": "31.12.2025"}, "#held_on", "Skriv datoen"),
        ({"next_due": "2026-01-01"}, "#next_due", "Neste samtale må vere etter"),
        ({"performed_by": "  "}, "#performed_by", "Skriv kven som heldt samtalen"),
        ({"respondent": "naboen"}, "#respondent-0", "Vel kven som svara"),
        ({"remark": "x" * 4001}, "#remark", "for lang"),
    ],
)
def test_bad_fields_are_named_and_linked(
    browser: Browsers, worked: Worked, changed: dict[str, str], place: str, words: str
) -> None:
    kari = browser("kari")
    page = kari.post(worked.new, open_page(kari, worked.new, **changed) | worked.answers(1, 2, 3, 4), status=422)
    assert f'href="{place}"' in page.text
    assert 'aria-invalid="true"' in page.text
    assert words in said(page.text)
    assert fields(page.text)[f"answer-{worked.ids['Bade']}"] == "4"
    assert count() == 3


def test_control_characters_never_reach_the_database(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post(worked.new, open_page(kari, worked.new, remark="a\x00b\x07c") | worked.answers(1, 2, 3, 4))
    latest = form_view(worked.form.id).latest
    assert latest is not None
    assert latest.remark == "abc"


def test_a_new_activity_is_scored_and_others_get_not_asked(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    page = kari.get(worked.new)
    (new,) = new_ids(page.text)
    held = {"held_on": "2026-03-10"}  # between the second and the third
    sent = fields(page.text) | worked.answers(1, 2, 3, 4) | held | {"new": new, f"text-{new}": "  Lese 👓  avisa "}
    kari.post(worked.new, sent | {f"answer-{new}": "5"})
    view = form_view(worked.form.id)
    assert [column.number for column in view.columns if uuid.UUID(new) in column.cells] == [3, 4]
    assert view.columns[2].cells[uuid.UUID(new)].value == 5
    assert view.columns[3].cells[uuid.UUID(new)].value is None
    assert view.text_of(uuid.UUID(new)) == "Lese 👓 avisa"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Skriv kva aktiviteten er"),
        ("\u200b\u2060", "Skriv kva aktiviteten er"),
        ("STRIKKE", "står på skjemaet frå før"),
        ("x" * 201, "for lang"),
    ],
)
def test_a_new_activity_must_say_something_of_its_own(browser: Browsers, worked: Worked, text: str, words: str) -> None:
    kari = browser("kari")
    page = kari.get(worked.new)
    (new,) = new_ids(page.text)
    sent = fields(page.text) | worked.answers(1, 2, 3, 4) | {"new": new, f"text-{new}": text, f"answer-{new}": "5"}
    again = kari.post(worked.new, sent, status=422)
    assert words in said(again.text)
    assert f'href="#text-{new}"' in again.text
    assert new_ids(again.text) == [new]
    assert db.session.get(Activity, uuid.UUID(new)) is None


def test_a_sixth_activity_is_refused_unless_one_is_retired(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    more = {"new": [first, second], f"text-{first}": "Lese", f"text-{second}": "Synge"}
    scored = {f"answer-{first}": "5", f"answer-{second}": "6"}
    sent = open_page(kari, worked.new) | worked.answers(1, 2, 3, "") | scored
    full = kari.post(worked.new, sent | more | {f"answer-{worked.ids['Bade']}": "4"}, status=422)
    assert "fem aktivitetar om gongen" in said(full.text)
    kari.post(worked.new, sent | more | {f"retire-{worked.ids['Bade']}": "reached"})
    latest = form_view(worked.form.id).latest
    assert latest is not None
    assert latest.result.active == 5
    assert worked.ids["Bade"] not in latest.cells


def test_where_the_last_score_takes_the_room_that_is_said_and_how_to_go_on(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    first, second = str(uuid.uuid4()), str(uuid.uuid4())
    new = {"new": [first, second], f"text-{first}": "Lese", f"answer-{first}": "5"}
    new |= {f"text-{second}": "Synge", f"answer-{second}": "6"}
    strikke = worked.ids["Strikke"]
    sent = open_page(kari, worked.new) | worked.answers(1, 2, 10, 4) | new | {f"retire-{strikke}": "reached"}
    page = kari.post(worked.new, sent, status=422)
    assert "Strikke: Skjemaet kan ha fem aktivitetar om gongen, og denne blir skåra for siste gong no." in said(
        page.text
    )
    kari.post(worked.new, sent | {f"answer-{strikke}": "not_asked"})
    latest = form_view(worked.form.id).latest
    assert latest is not None
    assert (latest.result.active, strikke in latest.cells) == (5, False)


def test_what_has_a_last_score_today_makes_room_from_tomorrow(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    (new, *_rest), strikke = new_ids(kari.get(worked.new).text), worked.ids["Strikke"]
    more = {"new": new, f"text-{new}": "Lese", f"answer-{new}": "5", f"retire-{strikke}": "reached"}
    kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 10, 4) | more)
    address = f"{worked.summary}/aktivitetar"
    kari.post(address, fields(kari.get(address).text) | {"text": "Synge"})
    view = form_view(worked.form.id)
    synge = next(one for one in view.activities if one.text == "Synge")
    assert synge.active_from == clock.today() + timedelta(days=1)
    assert view.latest is not None
    assert synge.id not in view.latest.cells
    full = said(kari.get(address).text)
    assert "Skjemaet har fem aktivitetar." in full


def test_not_asked_of_a_new_activity_without_words_is_nothing(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    (new, *_rest) = new_ids(kari.get(worked.new).text)
    sent = open_page(kari, worked.new) | worked.answers(1, 2, 3, 4)
    kari.post(worked.new, sent | {"new": new, f"text-{new}": " ", f"answer-{new}": "not_asked"})
    latest = form_view(worked.form.id).latest
    assert latest is not None
    assert latest.result.active == 4


def test_the_script_names_what_the_last_conversation_was_about(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    address = f"{worked.summary}/aktivitetar"
    kari.post(address, fields(kari.get(address).text) | {"text": "Synge"})
    page = said(kari.get(worked.new).text)
    start = page.index("desse 4 aktivitetane")
    assert "Bade" in page[start : page.index("Har du framleis")]
    assert "Synge" not in page[start : page.index("Har du framleis")]


def test_what_the_person_reads_is_in_their_language(browser: Browsers, town: Town, worked: Worked) -> None:
    with audit.acting(TESTER):
        town.adult.person.language = "en"
        db.session.commit()
    page = browser("kari").get(worked.new).text
    for words in ("To what extent can you do the activity?", "Cannot do the activity", "When we last met", "Thank you"):
        assert words in page, words
    assert 'lang="en"' in page
    for words in ("Ikkje spurt", "Vis til brukar", "Lagre samtalen", "Sei gjerne"):
        assert words in page, words
    assert "Kan ikkje utføra aktiviteten" not in page


def test_the_log_tells_what_came_and_went_and_that_it_was_struck(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    (new, *_rest), strikke = new_ids(kari.get(worked.new).text), worked.ids["Strikke"]
    more = {"new": new, f"text-{new}": "Lese", f"answer-{new}": "5", f"retire-{strikke}": "reached"}
    kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 10, 4) | more)
    log = said(kari.get(f"{worked.case_address}/stafettlogg").text)
    assert "Ny aktivitet på skjemaet: «Lese»." in log
    assert "Aktiviteten «Strikke» er avslutta. Målet er nådd." in log
    assert "Gjeld ikkje lenger" not in log
    talk = form_view(worked.form.id).last_recorded_id
    address = f"{worked.case_address}/samtalar/{talk}/stryk"
    kari.post(address, open_page(kari, address, reason="Feil person"))
    log = said(kari.get(f"{worked.case_address}/stafettlogg").text)
    assert log.index("er stroken") < log.index("Gjeld ikkje lenger") < log.index("heldt ein «Kva er viktig")


def test_retiring_outside_a_conversation_is_told_in_words(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    address = f"{worked.summary}/aktivitetar/{worked.ids['Strikke']}/slutt"
    kari.post(address, open_page(kari, address, reason="reached"))
    log = said(kari.get(f"{worked.case_address}/stafettlogg").text)
    assert "Målet er nådd" in log
    assert "reached" not in log
    assert "Retta fordi" not in log


def test_retired_with_a_score_it_counts_for_the_last_time(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    retire = {
        f"retire-{worked.ids['Strikke']}": "reached",
        f"retire-note-{worked.ids['Strikke']}": "Genseren er ferdig",
    }
    kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 10, 4) | retire)
    view = form_view(worked.form.id)
    strikke = next(one for one in view.activities if one.text == "Strikke")
    assert view.latest is not None
    assert view.latest.cells[strikke.id].value == 10
    assert strikke.retired_on == clock.today() + timedelta(days=1)
    assert strikke.ended_on == clock.today()  # no day ahead is shown to people
    assert (strikke.retire_reason, strikke.retire_note) == ("reached", "Genseren er ferdig")


def test_who_answered_last_time_is_not_taken_for_who_answers_now(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post(worked.new, open_page(kari, worked.new, respondent="proxy") | worked.answers(1, 2, 3, 4))
    page = kari.get(worked.new).text
    assert fields(page)["respondent"] == "person"
    assert "Personen sjølv" in said(page)


def test_retiring_for_another_reason_asks_which(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    retire = {f"retire-{worked.ids['Strikke']}": "other"}
    page = kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 3, 4) | retire, status=422)
    assert f'href="#retire-note-{worked.ids["Strikke"]}"' in page.text
    assert f'id="retire-note-{worked.ids["Strikke"]}-error"' in page.text


def test_not_all_can_be_retired(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    retire = {f"retire-{key}": "reached" for key in worked.ids.values()}
    page = kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 3, 4) | retire, status=422)
    assert "minst éin aktivitet" in said(page.text)


def test_an_activity_used_later_cannot_be_retired_before_that(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new, held_on="2026-03-10") | worked.answers(1, 2, "", 4)
    page = kari.post(worked.new, sent | {f"retire-{worked.ids['Strikke']}": "reached"}, status=422)
    assert "seinare samtale, 10.05.2026" in said(page.text)


def test_a_back_dated_conversation_asks_of_what_was_active_then(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new, held_on="2026-02-01") | worked.answers(4, 4, 4, 4)
    page = kari.post(worked.new, sent, status=422)
    assert "«Bade» høyrer ikkje til denne dagen" in said(page.text)
    again = fields(page.text)
    assert f"answer-{worked.ids['Bade']}" not in again
    kari.post(worked.new, again)
    view = form_view(worked.form.id)
    assert [column.held_on.isoformat() for column in view.columns] == [
        "2026-01-12",
        "2026-02-01",
        "2026-03-03",
        "2026-05-10",
    ]
    assert worked.ids["Bade"] not in view.columns[1].cells
    changes = [(one.text, one.change.change) for one in view.columns[2].since_previous.counted]
    assert changes == [("Gå til butikken", 0), ("Strikke", 2)], "what comes after is recomputed (P10)"


def test_before_the_first_the_form_starts_earlier(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new, held_on="2025-12-24") | worked.answers(0, 1, 1, "")
    kari.post(worked.new, sent)
    view = form_view(worked.form.id)
    assert (view.opened_on, view.columns[0].held_on) == (date(2025, 12, 24), date(2025, 12, 24))


def test_earlier_scores_stand_only_behind_a_closed_door(browser: Browsers, worked: Worked) -> None:
    page = browser("kari").get(worked.new)
    assert page.text.count("<details") == page.text.count("<summary")
    assert page.text.count("Vis førre skår") == 4
    assert "<details open" not in page.text.replace("\n", " ")


def test_without_an_open_form_one_is_started(browser: Browsers, town: Town) -> None:
    answer = browser("kari").get(f"/saker/{town.adult.id}/samtalar/ny", status=303)
    assert answer.location.endswith(f"/saker/{town.adult.id}/skjema/nytt")


def test_the_layout_is_remembered(browser: Browsers, town: Town, worked: Worked) -> None:
    kari = browser("kari")
    assert 'data-layout="one"' in kari.get(worked.new).text
    kari.post("/konto/skaring", {"layout": "all"}, status=204)
    assert 'data-layout="all"' in kari.get(worked.new).text
    assert 'data-layout="one"' in browser("leader").get(worked.new).text
    kari.post("/konto/skaring", {"layout": "sideways"}, status=422)


def test_a_second_conversation_on_the_same_day_asks_first(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 3, 4))
    asked = kari.post(worked.new, open_page(kari, worked.new) | worked.answers(5, 6, 7, 8), status=409)
    assert "har alt lagra ein samtale denne dagen" in said(asked.text)
    again = fields(asked.text)
    assert again[f"answer-{worked.ids['Bade']}"] == "8"
    assert count() == 4
    kari.post(worked.new, again)
    assert count() == 5
