"""Putting a score right and striking a conversation: what stood stays readable, what follows is recomputed (P12)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from psfs import audit, clock
from psfs.conversations import service
from psfs.conversations.inputs import DetailsInput, mark
from psfs.conversations.queries_form import form_view
from psfs.domain.errors import Refusal
from psfs.domain.scoring import Flag
from psfs.extensions import db
from psfs.models import Conversation, LogEntry
from tests.conversations.pages import fields, open_page, said
from tests.support.people import TESTER

if TYPE_CHECKING:
    from tests.conversations.conftest import Worked
    from tests.support.people import Town

Browsers = Any


def put_right(kari: Any, worked: Worked, value: object, **more: str) -> None:
    address = worked.correct(3, "Strikke")
    sent = open_page(kari, address, reason="Eg høyrde feil") | {f"answer-{worked.ids['Strikke']}": str(value)} | more
    kari.post(address, sent)


def test_the_old_score_stays_with_who_when_and_why(browser: Browsers, town: Town, worked: Worked) -> None:
    kari = browser("kari")
    put_right(kari, worked, 3)
    page = said(kari.get(worked.talk(3)).text)
    assert f"Strikke: frå 6 til 3. {clock.today():%d.%m.%Y}" in page
    assert f"{town.users['kari'].name}: Eg høyrde feil" in page


def test_figures_and_flag_follow(browser: Browsers, worked: Worked) -> None:
    put_right(browser("kari"), worked, 3)
    latest = form_view(worked.form.id).latest
    assert latest is not None
    assert latest.cells[worked.ids["Strikke"]].corrected
    assert (latest.since_previous.value, latest.since_previous.flag) == (Fraction(1), Flag.NONE)


def test_to_not_asked_and_from_it(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    put_right(kari, worked, "not_asked", **{f"reason-{worked.ids['Strikke']}": "gløymde å spørje"})
    cell = form_view(worked.form.id).columns[2].cells[worked.ids["Strikke"]]
    assert (cell.value, cell.not_asked_reason) == (None, "gløymde å spørje")
    put_right(kari, worked, 0)
    cell = form_view(worked.form.id).columns[2].cells[worked.ids["Strikke"]]
    assert (cell.value, cell.not_asked_reason) == (0, "")


@pytest.mark.parametrize(
    ("value", "reason", "words"),
    [
        ("8", "", "Skriv kvifor"),
        ("8", "  ", "Skriv kvifor"),
        ("", "feil", "Vel eit tal"),
        ("11", "feil", "frå 0 til 10"),
        ("6", "feil", "Vel ein annan skår"),
    ],
)
def test_what_cannot_be_kept_is_told(browser: Browsers, worked: Worked, value: str, reason: str, words: str) -> None:
    kari = browser("kari")
    address = worked.correct(3, "Strikke")
    answer = f"answer-{worked.ids['Strikke']}"
    page = kari.post(address, open_page(kari, address, reason=reason) | {answer: value}, status=422)
    assert words in said(page.text)
    if value in {"8", "6"}:
        assert fields(page.text)[answer] == value
    assert form_view(worked.form.id).columns[2].corrections == ()


def test_an_activity_that_was_not_active_has_nothing_to_put_right(browser: Browsers, worked: Worked) -> None:
    browser("kari").get(worked.correct(1, "Bade"), status=404)


def test_a_struck_conversation_leaves_every_calculation(browser: Browsers, town: Town, worked: Worked) -> None:
    kari = browser("kari")
    answer = kari.post(f"{worked.talk(2)}/stryk", {"reason": "Feil person"})
    assert answer.location.endswith(worked.summary)
    page = said(kari.get(worked.summary).text)
    assert "Strokne samtalar" in page
    assert f"av {town.users['kari'].name}: Feil person" in page
    latest = form_view(worked.form.id).latest
    assert latest is not None
    assert latest.since_previous == latest.since_first
    assert "Rett" not in said(kari.get(worked.talk(2)).text).split("Halden av")[0]


def test_struck_twice_is_struck_once(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    for reason in ("Feil person", "Ein gong til"):
        kari.post(f"{worked.talk(2)}/stryk", {"reason": reason})
    assert form_view(worked.form.id).struck[0].reason == "Feil person"
    assert len(db.session.scalars(select(LogEntry)).all()) == 1


def test_striking_needs_a_reason(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    page = kari.post(f"{worked.talk(2)}/stryk", {"reason": " "}, status=422)
    assert 'href="#reason"' in page.text
    assert form_view(worked.form.id).struck == ()


def test_a_struck_conversation_cannot_be_put_right(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post(f"{worked.talk(3)}/stryk", {"reason": "Feil person"})
    address = worked.correct(3, "Strikke")
    sent = {
        "id": open_page(kari, address)["id"],
        "expected": "6",
        "reason": "x",
        f"answer-{worked.ids['Strikke']}": "3",
    }
    assert "stroken" in said(kari.post(address, sent, status=422).text)


def test_both_stand_in_the_log(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    put_right(kari, worked, 3)
    kari.post(f"{worked.talk(2)}/stryk", {"reason": "Feil person"})
    corrected, struck = db.session.scalars(select(LogEntry).order_by(LogEntry.recorded_at)).all()
    assert (corrected.kind, corrected.subject_id, corrected.reason) == (
        "conversation",
        worked.talks[2].id,
        "Eg høyrde feil",
    )
    assert corrected.details == {
        "event": "corrected",
        "held_on": "2026-05-10",
        "activity": "Strikke",
        "old": 6,
        "new": 3,
    }
    assert (struck.details["event"], struck.reason) == ("struck", "Feil person")


def change(kari: Any, worked: Worked, status: int = 303, **typed: str) -> Any:
    address = f"{worked.talk(3)}/opplysningar"
    return kari.post(address, open_page(kari, address, **typed), status=status)


def test_another_day_for_the_next_conversation_needs_no_reason(browser: Browsers, town: Town, worked: Worked) -> None:
    kari = browser("kari")
    change(kari, worked, next_due="2027-01-20")
    latest = form_view(worked.form.id).latest
    assert latest is not None
    assert latest.next_due == date(2027, 1, 20)
    assert "20. januar 2027" in said(kari.get(worked.summary).text)
    log = said(kari.get(f"{worked.case_address}/stafettlogg").text)
    assert "Neste samtale er avtalt til 20.01.2027." in log
    change(kari, worked, next_due="")
    log = said(kari.get(f"{worked.case_address}/stafettlogg").text)
    assert "Neste samtale: frå «20.01.2027» til «ikkje avtalt»" in log
    change(kari, worked, next_due="")
    assert db.session.scalar(select(func.count()).select_from(LogEntry)) == 2, "what stands there already is no change"


def test_who_held_it_who_answered_and_the_remark_are_put_right_with_a_reason(
    browser: Browsers, town: Town, worked: Worked
) -> None:
    kari = browser("kari")
    typed = {"performed_by": "Ola Dikta", "respondent": "proxy", "remark": "Eg kjem meir ut."}
    page = change(kari, worked, 422, **typed)
    assert 'href="#reason"' in page.text
    assert "Eg kjem meir ut." in page.text, "what was typed is still there"
    change(kari, worked, **typed, reason="Skreiv i feil felt")
    talk = db.session.get_one(Conversation, worked.talks[2].id, populate_existing=True)
    assert (talk.performed_by, talk.respondent, talk.remark) == tuple(typed.values())
    assert talk.performed_by_id is None, "not one of those nearest to the case"
    own = said(kari.get(worked.talk(3)).text)
    assert "Kven svara: frå «Personen sjølv» til «Ein annan på vegner av personen»" in own
    assert "Opplevd nytte: frå «ikkje skrive» til «Eg kjem meir ut.»" in own
    log = said(kari.get(f"{worked.case_address}/stafettlogg").text)
    for words in (
        "Opplysningane om samtalen 10.05.2026 er retta.",
        "Halden av: frå «Kari Dikta» til «Ola Dikta»",
        "Kven svara: frå «Personen sjølv» til «Ein annan på vegner av personen»",
        "Skreiv i feil felt",
    ):
        assert words in log


def test_the_day_it_was_held_is_put_right_and_everything_is_computed_anew(browser: Browsers, worked: Worked) -> None:
    kari, address = browser("kari"), f"{worked.talk(2)}/opplysningar"
    sent = open_page(kari, address, held_on="2026-06-01")
    assert 'href="#reason"' in kari.post(address, sent, status=422).text
    kari.post(address, sent | {"reason": "Skreiv feil månad"})
    view = form_view(worked.form.id)
    assert [(one.held_on.isoformat(), one.result.total) for one in view.columns] == [
        ("2026-01-12", 10),
        ("2026-05-10", 23),
        ("2026-06-01", 11),
    ]
    assert view.columns[1].since_previous.value == 3, "of what both have: Gå +5, Lage +3, Strikke +1"
    own = said(kari.get(worked.talk(2)).text)
    assert "Dato for samtalen: frå «03.03.2026» til «01.06.2026»" in own
    log = said(kari.get(f"{worked.case_address}/stafettlogg").text)
    assert "Dato for samtalen: frå «03.03.2026» til «01.06.2026»" in log
    assert "Skreiv feil månad" in log


def test_the_first_one_held_earlier_takes_the_forms_beginning_with_it(browser: Browsers, worked: Worked) -> None:
    kari, address = browser("kari"), f"{worked.talk(1)}/opplysningar"
    kari.post(address, open_page(kari, address, held_on="2026-01-02", reason="Skreiv feil"))
    view = form_view(worked.form.id)
    assert (view.opened_on, view.columns[0].held_on) == (date(2026, 1, 2), date(2026, 1, 2))


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-02-01", "andre aktivitetar"),
        ("2026-03-03", "ein samtale den dagen"),
        ("2999-01-01", "fram i tid"),
        ("1900-01-01", "før fødselsdatoen"),
        ("", "Vel dagen"),
    ],
)
def test_a_day_that_does_not_fit_is_refused_at_its_field(
    browser: Browsers, worked: Worked, day: str, words: str
) -> None:
    page = change(browser("kari"), worked, 422, held_on=day, reason="Feil")
    assert 'href="#held_on"' in page.text
    assert words in said(page.text)
    assert form_view(worked.form.id).columns[2].held_on == date(2026, 5, 10)


def test_in_a_closed_form_no_day_after_it_was_closed_fits(browser: Browsers, town: Town, worked: Worked) -> None:
    with audit.acting(TESTER):
        worked.form.closed_on, worked.form.closed_reason = date(2026, 5, 20), "Ny teneste"
        db.session.commit()
    page = change(browser("kari"), worked, 422, held_on="2026-05-21", reason="Feil")
    assert "etter at skjemaet vart avslutta" in said(page.text)
    change(browser("kari"), worked, held_on="2026-05-20", reason="Feil")


def test_where_conversations_are_imported_the_day_is_how_the_file_knows_them(
    browser: Browsers, town: Town, worked: Worked
) -> None:
    kari, address = browser("kari"), f"{worked.talk(3)}/opplysningar"
    sent = open_page(kari, address, held_on="2026-05-09", reason="Feil")
    with audit.acting(TESTER):
        town.adult.person.import_ref = "A-1"
        db.session.commit()
    page = kari.get(address).text
    assert 'name="held_on"' not in page
    assert "stryk samtalen og før han på nytt" in said(page)
    kari.post(address, sent)
    assert form_view(worked.form.id).columns[2].held_on == date(2026, 5, 10)


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ({"next_due": "2026-05-10"}, "next_due"),
        ({"next_due": "i morgon"}, "next_due"),
        ({"performed_by": " ", "reason": "x"}, "performed_by"),
        ({"remark": "17054112345", "reason": "x"}, "remark"),
    ],
)
def test_details_that_cannot_be_are_told_at_their_field(
    browser: Browsers, worked: Worked, typed: dict[str, str], place: str
) -> None:
    assert f'href="#{place}"' in change(browser("kari"), worked, 422, **typed).text
    assert db.session.scalars(select(LogEntry)).all() == []


def test_of_two_who_change_the_details_one_is_told(browser: Browsers, worked: Worked) -> None:
    kari, leader = browser("kari"), browser("leader")
    address = f"{worked.talk(3)}/opplysningar"
    first = open_page(kari, address, next_due="2027-01-20")
    second = open_page(leader, address, next_due="2027-02-20")
    kari.post(address, first)
    page = leader.post(address, second, status=409)
    assert "20. januar 2027" in said(page.text), "what stands there now"
    assert 'value="2027-02-20"' in page.text, "what was typed"
    leader.post(address, fields(page.text))
    assert db.session.get_one(Conversation, worked.talks[2].id, populate_existing=True).next_due == date(2027, 2, 20)


def test_the_details_of_a_struck_conversation_or_a_closed_case_stand(
    browser: Browsers, town: Town, worked: Worked
) -> None:
    kari, address = browser("kari"), f"{worked.talk(3)}/opplysningar"
    sent = open_page(kari, address, remark="Nytt", reason="x")
    kari.post(f"{worked.talk(3)}/stryk", {"reason": "feil person"})
    assert "Samtalen er stroken" in kari.post(address, sent, status=422).text
    assert "opplysningar" not in kari.get(worked.talk(3)).text
    with audit.acting(TESTER):
        town.adult.closed_on = clock.today()
        db.session.commit()
    other = f"{worked.talk(2)}/opplysningar"
    sent = open_page(kari, other, remark="Nytt", reason="x")
    assert "Saka er avslutta" in kari.post(other, sent, status=422).text
    assert db.session.get_one(Conversation, worked.talks[1].id, populate_existing=True).remark != "Nytt"


def test_the_next_conversation_is_agreed_on_in_the_last_one_of_an_open_form(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    for older in (1, 2):
        address = f"{worked.talk(older)}/opplysningar"
        assert 'name="next_due"' not in kari.get(address).text
        kari.post(address, open_page(kari, address, remark="Nytt", reason="Gløymt", next_due="2027-01-20"))
        row = db.session.get_one(Conversation, worked.talks[older - 1].id, populate_existing=True)
        assert (row.remark, row.next_due == date(2027, 1, 20)) == ("Nytt", False)
    kari.post(f"{worked.talk(3)}/stryk", {"reason": "feil"})
    assert 'name="next_due"' in kari.get(f"{worked.talk(2)}/opplysningar").text
    kari.post(f"{worked.summary}/avslutt", {"reason": "Målet er nådd"})
    assert 'name="next_due"' not in kari.get(f"{worked.talk(2)}/opplysningar").text


def test_who_moves_the_next_one_on_an_old_page_is_told_where_it_is_now(
    browser: Browsers, town: Town, worked: Worked
) -> None:
    talk = worked.talks[0]
    stands = {name: getattr(talk, name) for name in ("held_on", "performed_by", "respondent", "remark")}
    given = DetailsInput(
        **stands, next_due=date(2027, 1, 20), seen=mark({**stands, "next_due": talk.next_due}), reason=""
    )
    with pytest.raises(Refusal) as refused:
        service.change_details(town.adult, town.users["kari"], talk.id, given)
    assert refused.value.code == "not_the_last"


def test_what_an_import_does_not_tell_has_not_to_be_made_up(browser: Browsers, worked: Worked) -> None:
    talk = db.session.get_one(Conversation, worked.talks[2].id)
    with audit.acting(TESTER):
        talk.respondent, talk.performed_by, talk.performed_by_id = "unknown", "", None
        db.session.commit()
    kari = browser("kari")
    assert "Ikkje oppgjeve" in kari.get(f"{worked.talk(3)}/opplysningar").text
    change(kari, worked, next_due="2027-01-20")
    row = db.session.get_one(Conversation, talk.id, populate_existing=True)
    assert (row.respondent, row.performed_by, row.next_due) == ("unknown", "", date(2027, 1, 20))
    assert "Ikkje oppgjeve" not in kari.get(f"{worked.talk(2)}/opplysningar").text


def test_a_closed_case_is_read_only(browser: Browsers, town: Town, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new, remark="står") | worked.answers(1, 2, 3, 4)
    with audit.acting(TESTER):
        town.adult.closed_on = clock.today()
        town.adult.close_reason = "moved"
        db.session.commit()
    page = kari.post(worked.new, sent, status=422)
    assert "Saka er avslutta" in said(page.text)
    assert fields(page.text)["remark"] == "står"
    kari.get(worked.new, status=422)
    kari.get(f"{worked.case_address}/skjema/nytt", status=422)
    summary = said(kari.get(worked.summary).text)
    assert "Ny samtale" not in summary
    assert "Start nytt skjema" not in summary
    for address, typed in (
        (f"{worked.talk(2)}/stryk", {"reason": "x"}),
        (f"{worked.summary}/avslutt", {"reason": "x"}),
        (f"{worked.summary}/aktivitetar/{worked.ids['Bade']}/slutt", {"reason": "reached"}),
        (f"{worked.summary}/aktivitetar/{worked.ids['Bade']}/ord", {"text": "Bade mykje", "expected": "Bade"}),
    ):
        assert "Saka er avslutta" in said(kari.post(address, typed, status=422).text)
    view = form_view(worked.form.id)
    assert (len(view.columns), view.struck, view.open) == (3, (), True)


def test_striking_undoes_what_came_and_went_in_the_conversation(browser: Browsers, worked: Worked) -> None:
    kari, lese = browser("kari"), str(uuid.uuid4())
    came = {"new": lese, f"text-{lese}": "Lese", f"answer-{lese}": "5"}
    went = {f"retire-{worked.ids['Strikke']}": "reached"}
    sent = open_page(kari, worked.new) | worked.answers(1, 2, 3, 4) | came | went
    kari.post(worked.new, sent)
    assert {one.text for one in form_view(worked.form.id).active_on(clock.today() + timedelta(days=1))} == {
        "Gå til butikken",
        "Lage middag",
        "Bade",
        "Lese",
    }
    strike = worked.new.replace("/ny", f"/{sent['id']}/stryk")
    kari.post(strike, open_page(kari, strike, reason="Feil person"))
    view = form_view(worked.form.id)
    assert {one.text for one in view.active_on(clock.today())} == {"Gå til butikken", "Lage middag", "Strikke", "Bade"}
    strikke = next(one for one in view.activities if one.text == "Strikke")
    assert (strikke.retired_on, strikke.retire_reason, strikke.retire_note) == (None, None, "")


def test_striking_keeps_an_activity_that_has_been_scored_since(browser: Browsers, worked: Worked) -> None:
    kari, lese = browser("kari"), str(uuid.uuid4())
    day = (clock.today() - timedelta(days=1)).isoformat()
    came = {"new": lese, f"text-{lese}": "Lese", f"answer-{lese}": "5"}
    sent = open_page(kari, worked.new, held_on=day) | worked.answers(1, 2, 3, 4) | came
    kari.post(worked.new, sent)
    kari.post(worked.new, open_page(kari, worked.new) | worked.answers(1, 2, 3, 4) | {f"answer-{lese}": "6"})
    strike = worked.new.replace("/ny", f"/{sent['id']}/stryk")
    kari.post(strike, open_page(kari, strike, reason="Feil dag"))
    assert "Lese" in {one.text for one in form_view(worked.form.id).active_on(clock.today())}
