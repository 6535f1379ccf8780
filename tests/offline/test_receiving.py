"""What a device hands in: kept once, with the same answer to the same bytes; set aside where it cannot be kept."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from psfs import audit, clock
from psfs.conversations import service
from psfs.conversations.inputs import NewActivity, Retirement
from psfs.conversations.queries_form import form_view
from psfs.conversations.receiving import MOST_SKEW
from psfs.domain.activities import RetireReason
from psfs.extensions import db
from psfs.models import Activity, Case, Conversation, Form, LogEntry, ReceivedItem, Score, TeamMember, User
from tests.conversations.pages import open_page, said
from tests.conversations.rows import make_conversation
from tests.offline.conftest import Tablet
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conversations.conftest import Worked
    from tests.support.people import Town

Tablets = Any
Browsers = Any
Talk = Any
pytestmark = pytest.mark.databases("sqlite", "postgres")


def count(*tables: type) -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def as_user(town: Town, name: str) -> User:
    account = db.session.get_one(User, town.users[name].id)
    audit.recorder.act_as(audit.Actor(account.id, account.name))
    return account


def the_item(body: dict[str, Any]) -> ReceivedItem:
    return db.session.get_one(ReceivedItem, uuid.UUID(body["id"]), populate_existing=True)


def held_by_ola(town: Town, worked: Worked) -> Conversation:
    form, answers = db.session.get_one(Form, worked.form.id), dict.fromkeys(worked.ids.values(), 2)
    return make_conversation(form, town.users["ola"], clock.today(), answers)


def test_a_conversation_is_kept_as_if_it_had_been_recorded_on_the_page(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    body = talk(8, 6, 6, 4)
    answer = tablet("kari").ask("samtalar", body)
    assert answer == {
        "id": body["id"],
        "state": "saved",
        "conversation": body["id"],
        "case": str(town.adult.id),
        "look": False,
    }
    last = form_view(worked.form.id).columns[-1]
    assert [last.cells[key].value for key in worked.ids.values()] == [8, 6, 6, 4]
    assert (last.performed_by, last.respondent, last.remark) == ("Kari Dikta", "person", "Kjem seg meir ut")
    entry = db.session.scalars(select(LogEntry).where(LogEntry.subject_id == uuid.UUID(body["id"]))).one()
    assert entry.kind == "conversation"


def test_the_same_bytes_get_the_same_answer_a_hundred_times(tablet: Tablets, talk: Talk) -> None:
    kari, raw = tablet("kari"), json.dumps(talk()).encode()
    first = kari.ask("samtalar", raw)
    before = count(Conversation, Score, LogEntry, ReceivedItem)
    for _again in range(100):
        assert kari.ask("samtalar", raw) == first
    assert count(Conversation, Score, LogEntry, ReceivedItem) == before


def test_the_same_id_with_other_bytes_is_refused_and_changes_nothing(
    tablet: Tablets, talk: Talk, worked: Worked
) -> None:
    kari, body = tablet("kari"), talk(1, 2, 3, 4)
    kari.ask("samtalar", body)
    assert kari.ask("samtalar", {**body, "remark": "noko anna"}, 409) == {"code": "other_body"}
    assert form_view(worked.form.id).columns[-1].remark == "Kjem seg meir ut"


def test_another_account_cannot_hand_in_for_a_device(tablet: Tablets, browser: Browsers, talk: Talk) -> None:
    kari = tablet("kari")
    ola = Tablet(browser("ola"), kari.id)
    assert ola.ask("samtalar", talk(), 403) == {"code": "other_account"}
    assert count(ReceivedItem) == [0]


def test_a_revoked_or_forgotten_device_hands_in_all_the_same(
    tablet: Tablets, browser: Browsers, town: Town, talk: Talk
) -> None:
    from psfs.offline import devices

    kari = tablet("kari")
    owner = as_user(town, "kari")
    devices.revoke(kari.id, owner.id, owner)
    assert kari.ask("samtalar", talk(1, 2, 3, 4))["state"] == "saved"
    forgotten = Tablet(browser("kari"))
    assert forgotten.ask("samtalar", talk(5, 5, 5, 5))["state"] == "saved"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("v", 2),
        ("held_on", "26.11.2026"),
        ("respondent", "nokon"),
        ("id", "1"),
        ("answers", {"x": {"score": 1}}),
        ("made_at", "2026-11-26T09:00:00"),
        ("more", 1),
    ],
)
def test_what_is_no_conversation_is_refused_with_where_it_is_wrong(
    tablet: Tablets, talk: Talk, field: str, value: object
) -> None:
    told = tablet("kari").ask("samtalar", {**talk(), field: value}, 422)
    assert told["code"] == "malformed"
    assert told["where"][0].startswith(field)


@pytest.mark.parametrize("score", [11, -1, True, "3", None])
def test_a_score_is_a_whole_number_from_0_to_10(tablet: Tablets, talk: Talk, score: object) -> None:
    body = talk()
    body["answers"] = {key: {"score": score} for key in body["answers"]}
    assert tablet("kari").ask("samtalar", body, 422)["code"] == "malformed"
    assert count(Conversation) == [3]


def test_device_time_and_server_time_are_kept_and_decide_nothing(tablet: Tablets, talk: Talk) -> None:
    body = talk(made_at="2031-01-01T10:00:00+01:00")
    late = (clock.now() - timedelta(days=1)).isoformat()
    kari = tablet("kari")
    assert kari.ask("samtalar", body, clock_says=late)["state"] == "saved"
    item = the_item(body)
    assert abs((item.skew_seconds or 0) - 86400) <= 5
    assert item.made_at.year == 2031
    assert item.received_at.date() == clock.now().date()
    assert db.session.get_one(Conversation, item.id).held_on == clock.today()


@pytest.mark.parametrize(
    "clock_says", ["0001-01-01T00:00:00+00:00", "1926-01-01T00:00:00+01:00", "9999-12-31T23:59:59+00:00"]
)
def test_a_clock_that_is_a_lifetime_wrong_keeps_the_conversation(tablet: Tablets, talk: Talk, clock_says: str) -> None:
    body = talk(made_at=clock_says)
    kari = tablet("kari")
    assert kari.ask("samtalar", body, clock_says=clock_says)["state"] == "saved"
    item = the_item(body)
    wrong = clock.now() - datetime.fromisoformat(clock_says)
    assert item.sent_at == item.made_at == datetime.fromisoformat(clock_says)
    assert item.skew_seconds == (MOST_SKEW if wrong > timedelta(0) else -MOST_SKEW)


def test_one_that_is_set_aside_is_shown_whatever_its_clock_said(
    tablet: Tablets, browser: Browsers, town: Town, worked: Worked, talk: Talk
) -> None:
    close_form(town, worked)
    for clock_says in ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"):
        body = talk(made_at=clock_says)
        tablet("kari").ask("samtalar", body, clock_says=clock_says)
        assert "Kjem seg meir ut" in browser("leader").get(f"/mottekne/{body['id']}").text


def test_a_name_that_is_half_a_character_is_malformed(tablet: Tablets, talk: Talk) -> None:
    body, half = talk(), "\ud800"
    kari = tablet("kari")
    for sent in ({**body, half: 1}, {**body, "answers": {half: {"score": 1}}}, {**body, "retired": {"x": {half: 1}}}):
        assert kari.ask("samtalar", sent, 422)["code"] == "malformed"
    for what, sent in (("", {half: 1}), ("opningar", {half: []}), ("opningar", {"openings": [{half: 1}]})):
        assert kari.ask(what, sent, 422)["code"] == "malformed"


def test_somebody_held_a_conversation_the_same_day_and_both_are_kept(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    other = held_by_ola(town, worked)
    kari, body = tablet("kari"), talk(8, 8, 8, 8)
    assert kari.ask("samtalar", body)["look"] is True
    assert len(form_view(worked.form.id).columns) == 5
    assert "Sjå over" in kari.browser.get("/").text
    address = f"{worked.case_address}/samtalar/{body['id']}/sjaa-over"
    page = kari.browser.get(address).text
    assert "Ola Dikta" in page
    assert f"/samtalar/{other.id}/stryk" in page
    assert "Ein samtale vart halden utan nett, og Ola Dikta lagra ein annan i mellomtida." in said(page)
    kari.browser.post(address)
    assert the_item(body).looked_by_id == town.users["kari"].id
    assert "Sjå over" not in kari.browser.get("/").text


def test_all_there_is_to_choose_by_stands_on_the_page_that_compares(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    other = held_by_ola(town, worked)
    with audit.acting(TESTER):
        db.session.get_one(Conversation, other.id).remark = "Det same som i går."
        db.session.get_one(Conversation, other.id).respondent = "proxy"
        db.session.commit()
    new = str(uuid.uuid4())
    body = talk(8, 8, 8, 8, remark="Ho kjem seg meir ut.", respondent="with_help", next_due="2099-02-03")
    body["added"], body["answers"][new] = [{"id": new, "text": "Rusle til postkassen"}], {"score": 2}
    del body["answers"][str(worked.ids["Strikke"])]
    body["retired"] = {str(worked.ids["Strikke"]): {"reason": "other", "note": "Synet sviktar"}}
    kari = tablet("kari")
    assert kari.ask("samtalar", body)["look"] is True
    page = said(kari.browser.get(f"{worked.case_address}/samtalar/{body['id']}/sjaa-over").text)
    first, second = page.split("Den til Ola Dikta")[:2]
    for words in (
        "Halden avKari Dikta",
        "Kven svaraPersonen med hjelp",
        "Opplevd nytteHo kjem seg meir ut.",
        "Nye aktivitetarRusle til postkassen",
        "Avslutta aktivitetar Strikke: Anna. Synet sviktar",
        "Neste samtale3. februar 2099",
        "Skriven på eininga",
    ):
        assert words in first, words
    for words in ("Kven svaraEin annan på vegner av personen", "Opplevd nytteDet same som i går.", "Lagra"):
        assert words in second, words


def test_ones_own_of_the_same_day_is_not_said_to_be_somebody_elses(tablet: Tablets, worked: Worked, talk: Talk) -> None:
    kari, second = tablet("kari"), talk(8, 8, 8, 8)
    kari.ask("samtalar", talk())
    assert kari.ask("samtalar", second)["look"] is True
    page = said(kari.browser.get(f"{worked.case_address}/samtalar/{second['id']}/sjaa-over").text)
    assert "Kari Dikta heldt ein samtale utan nett, og har lagra ein annan for same dagen." in page
    assert "i mellomtida" not in page


def test_striking_one_of_the_two_is_an_answer_as_well(tablet: Tablets, town: Town, worked: Worked, talk: Talk) -> None:
    other = held_by_ola(town, worked)
    kari, body = tablet("kari"), talk()
    kari.ask("samtalar", body)
    kari.browser.post(f"{worked.case_address}/samtalar/{other.id}/stryk", {"reason": "Same samtalen"})
    assert the_item(body).looked_at is not None


def test_what_somebody_else_recorded_meanwhile_is_told_and_ones_own_is_not(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    kari = tablet("kari")
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert kari.ask("samtalar", talk(held_on=yesterday))["look"] is False
    assert kari.ask("samtalar", talk())["look"] is False, "her own of yesterday is no surprise"
    two_days = clock.today() - timedelta(days=2)
    form = db.session.get_one(Form, worked.form.id)
    with audit.acting(TESTER):
        theirs = make_conversation(form, town.users["ola"], two_days, dict.fromkeys(worked.ids.values(), 2))
        theirs.recorded_at = clock.now()
        db.session.commit()
    third = talk(held_on=(clock.today() - timedelta(days=3)).isoformat())
    assert kari.ask("samtalar", third)["look"] is True
    assert the_item(third).differences["others"] == [str(theirs.id)]


def test_an_activity_that_came_meanwhile_counts_as_not_asked(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    kari = tablet("kari")
    kari.take(town.adult.id)
    new = uuid.uuid4()
    service.add_activity(
        db.session.get_one(Case, town.adult.id), as_user(town, "ola"), worked.form.id, NewActivity(new, "Lese")
    )
    body = talk()
    assert kari.ask("samtalar", body)["look"] is True
    cell = form_view(worked.form.id).columns[-1].cells[new]
    assert cell.value is None
    assert cell.why_not_asked == "nettbrettet hadde ei eldre liste"
    page = kari.browser.get(f"{worked.case_address}/samtalar/{body['id']}/sjaa-over").text
    assert "«Lese» kom til medan eininga var utan nett" in said(page)


def test_an_activity_that_ended_meanwhile_keeps_the_score_it_got(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    kari = tablet("kari")
    kari.take(town.adult.id)
    strikke = worked.ids["Strikke"]
    why = Retirement(RetireReason.REACHED)
    service.retire(db.session.get_one(Case, town.adult.id), as_user(town, "ola"), worked.form.id, strikke, why)
    body = talk(7, 6, 9, 4)
    assert kari.ask("samtalar", body)["look"] is True
    assert form_view(worked.form.id).columns[-1].cells[strikke].value == 9
    assert db.session.get_one(Activity, strikke, populate_existing=True).retired_on == clock.today() + timedelta(days=1)


def test_a_day_at_the_end_of_time_is_refused_as_ahead_also_for_an_activity_that_ended(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    kari = tablet("kari")
    kari.take(town.adult.id)
    why = Retirement(RetireReason.REACHED)
    form_id, strikke = worked.form.id, worked.ids["Strikke"]
    service.retire(db.session.get_one(Case, town.adult.id), as_user(town, "ola"), form_id, strikke, why)
    assert kari.ask("samtalar", talk(held_on="9999-12-31"))["reasons"] == ["date_in_future"]


def test_new_and_retired_activities_come_with_the_conversation(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    body, new, bade = talk(), str(uuid.uuid4()), str(worked.ids["Bade"])
    body["added"] = [{"id": new, "text": "Lese"}]
    body["answers"][new] = {"score": 3}
    body["retired"] = {bade: {"reason": "other", "note": "Vil ikkje meir"}}
    assert tablet("kari").ask("samtalar", body) == {
        "id": body["id"],
        "state": "saved",
        "conversation": body["id"],
        "case": str(town.adult.id),
        "look": False,
    }
    view = form_view(worked.form.id)
    assert view.columns[-1].cells[uuid.UUID(new)].value == 3
    assert next(one for one in view.activities if str(one.id) == bade).retire_note == "Vil ikkje meir"


def close_form(town: Town, worked: Worked) -> None:
    service.close_form(db.session.get_one(Case, town.adult.id), as_user(town, "ola"), worked.form.id, "Ny teneste")


def test_a_closed_form_sets_it_aside_and_the_same_bytes_are_told_the_same(
    tablet: Tablets, browser: Browsers, town: Town, worked: Worked, talk: Talk
) -> None:
    kari, body = tablet("kari"), talk(8, 7, 6, 5)
    close_form(town, worked)
    answer = kari.ask("samtalar", body)
    assert answer == {"id": body["id"], "state": "set_aside", "reasons": ["form_closed"]}
    assert kari.ask("samtalar", body) == answer
    assert count(Conversation) == [3]
    leader = browser("leader")
    assert "Samtale frå Kari Dikta kunne ikkje lagrast" in said(leader.get("/").text)
    page = said(leader.get(f"/mottekne/{body['id']}").text)
    assert "Skjemaet er avslutta." in page
    assert "Gå til butikken" in page
    assert "Kjem seg meir ut" in page
    said_to_her = said(kari.browser.get(f"/mottekne/{body['id']}").text)
    assert "Kjem seg meir ut" in said_to_her
    for stranger in ("ola", "eva", "other_leader", "ke", "admin"):
        browser(stranger).get(f"/mottekne/{body['id']}", status=404)


def test_what_the_rules_refuse_is_set_aside_and_mended_on_the_ordinary_page(
    tablet: Tablets, town: Town, worked: Worked, talk: Talk
) -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    kari, body = tablet("kari"), talk(8, 7, 6, 5, held_on=tomorrow, remark="Gjekk bra")
    assert kari.ask("samtalar", body)["reasons"] == ["date_in_future"]
    address = f"{worked.new}?mottatt={body['id']}"
    sent = open_page(kari.browser, address)
    assert sent["remark"] == "Gjekk bra"
    assert sent[f"answer-{worked.ids['Bade']}"] == "5"
    kari.browser.post(worked.new, {**sent, "held_on": clock.today().isoformat()})
    item = the_item(body)
    assert (item.state, item.conversation_id, item.body) == ("resolved", item.id, "")
    assert form_view(worked.form.id).columns[-1].cells[worked.ids["Bade"]].value == 5
    kari.browser.get(address, status=404)
    assert kari.ask("samtalar", body)["state"] == "set_aside", "the same bytes get the same answer"
    assert count(Conversation) == [4]


def test_a_leader_keeps_it_once_what_stood_in_the_way_is_gone(
    tablet: Tablets, browser: Browsers, town: Town, worked: Worked, talk: Talk
) -> None:
    body = talk(8, 7, 6, 5)
    kari = tablet("kari")
    with audit.acting(TESTER):
        db.session.get_one(Case, town.adult.id).closed_on = clock.today()
        db.session.commit()
    assert kari.ask("samtalar", body)["reasons"] == ["case_closed"]
    leader = browser("leader")
    leader.post(f"/mottekne/{body['id']}/lagre", status=404)
    with audit.acting(TESTER):
        db.session.get_one(Case, town.adult.id).closed_on = None
        db.session.commit()
    leader.post(f"/mottekne/{body['id']}/lagre")
    last = form_view(worked.form.id).columns[-1]
    assert last.performed_by == "Kari Dikta"
    assert the_item(body).state == "resolved"
    assert "Frå eining" not in leader.get("/").text


def test_a_leader_puts_it_away_with_a_reason_and_it_can_still_be_read(
    tablet: Tablets, browser: Browsers, town: Town, worked: Worked, talk: Talk
) -> None:
    kari, body = tablet("kari"), talk()
    close_form(town, worked)
    kari.ask("samtalar", body)
    leader = browser("leader")
    assert "Skriv ei grunngjeving" in leader.post(f"/mottekne/{body['id']}/legg-bort", status=422).text
    leader.post(f"/mottekne/{body['id']}/legg-bort", {"reason": "Ført for hand"})
    assert "Frå eining" not in leader.get("/").text
    page = said(leader.get(f"/mottekne/{body['id']}").text)
    assert "Ført for hand" in page
    assert "Kjem seg meir ut" in page


@pytest.fixture
def ola_helps(town: Town) -> TeamMember:
    """ola takes part in the adult's case, until he does not."""
    with audit.acting(TESTER):
        member = TeamMember(id=uuid.uuid4(), case_id=town.adult.id, user_id=town.users["ola"].id, from_on=clock.today())
        db.session.add(member)
        db.session.commit()
    return member


def test_access_lost_meanwhile_waits_for_the_leader_of_the_case_and_is_closed_to_the_sender(
    tablet: Tablets, browser: Browsers, town: Town, worked: Worked, talk: Talk, ola_helps: TeamMember
) -> None:
    ola = tablet("ola")
    ola.take(town.adult.id)
    with audit.acting(TESTER):
        db.session.get_one(TeamMember, ola_helps.id).until_on = clock.today()
        db.session.commit()
    body = talk(1, 1, 1, 1)
    assert ola.ask("samtalar", body)["reasons"] == ["no_access"]
    assert "Testine Tenkt" not in ola.browser.get("/mottekne").text
    ola.browser.get(f"/mottekne/{body['id']}", status=404)
    leader = browser("leader")
    assert "Testine Tenkt" in leader.get(f"/mottekne/{body['id']}").text
    leader.post(f"/mottekne/{body['id']}/lagre")
    last = form_view(worked.form.id).columns[-1]
    assert (last.performed_by, [cell.value for cell in last.cells.values()]) == ("Ola Dikta", [1, 1, 1, 1])


def test_a_case_one_never_had_is_answered_as_one_that_does_not_exist(
    tablet: Tablets, browser: Browsers, town: Town, talk: Talk
) -> None:
    eva = tablet("eva")
    foreign, nowhere = talk(), talk(case=str(uuid.uuid4()))
    answers = [eva.ask("samtalar", body) for body in (foreign, nowhere)]
    assert [{**each, "id": ""} for each in answers] == [{"id": "", "state": "set_aside", "reasons": ["no_access"]}] * 2
    page = said(browser("other_leader").get(f"/mottekne/{foreign['id']}").text)
    assert "Testine Tenkt" not in page
    assert "Strikke" not in page, "the words of somebody else's activities"
    assert "Kjem seg meir ut" in page, "what eva wrote herself"
    browser("leader").get(f"/mottekne/{foreign['id']}", status=404)
    eva.browser.get(f"/mottekne/{foreign['id']}", status=404)


def test_where_nobody_leads_the_service_ke_is_told_that_it_waits_and_no_more(
    tablet: Tablets, browser: Callable[[str], Any], town: Town, worked: Worked, talk: Talk
) -> None:
    kari, body = tablet("kari"), talk()
    close_form(town, worked)
    kari.ask("samtalar", body)
    with audit.acting(TESTER):
        db.session.get_one(User, town.users["leader"].id).disabled_at = clock.now()
        db.session.commit()
    ke = browser("ke")
    assert "Kari Dikta" in ke.get("/").text
    page = ke.get(f"/mottekne/{body['id']}").text
    assert "Testine Tenkt" not in page
    assert "Kjem seg meir ut" not in page
    assert "treng ein leiar" in page


def test_what_the_page_had_saved_and_the_device_hands_in_again_is_one_conversation(
    tablet: Tablets, worked: Worked, talk: Talk
) -> None:
    kari = tablet("kari")
    sent = open_page(kari.browser, worked.new) | worked.answers(7, 6, 6, 4)
    kari.browser.post(worked.new, sent)
    body = talk(7, 6, 6, 4, id=sent["id"], remark="", next_due=sent["next_due"], performed_by=sent["performed_by"])
    assert kari.ask("samtalar", body)["state"] == "saved"
    assert count(Conversation) == [4]
    other = talk(1, 1, 1, 1, id=sent["id"])
    assert kari.ask("samtalar", other, 409)["code"] == "other_body"


def test_an_id_that_is_another_conversation_is_set_aside(tablet: Tablets, worked: Worked, talk: Talk) -> None:
    body = talk(1, 1, 1, 1, id=str(worked.talks[0].id))
    assert tablet("kari").ask("samtalar", body)["reasons"] == ["id_used"]


@pytest.mark.parametrize("place", ["remark", "performed_by", "reason", "activity"])
def test_an_identity_number_is_set_aside_to_be_taken_out(
    tablet: Tablets, worked: Worked, talk: Talk, place: str
) -> None:
    body, number = talk(), "Ring 170541 12345"
    match place:
        case "reason":
            body["answers"][str(worked.ids["Bade"])] = {"not_asked": True, "reason": number}
        case "activity":
            new = str(uuid.uuid4())
            body["added"], body["answers"][new] = [{"id": new, "text": number}], {"score": 3}
        case _:
            body[place] = number
    assert tablet("kari").ask("samtalar", body)["reasons"] == ["identity_number"]


def test_a_text_longer_than_the_form_takes_is_set_aside_and_not_lost(tablet: Tablets, talk: Talk) -> None:
    body = talk(remark="x" * 5000)
    assert tablet("kari").ask("samtalar", body)["reasons"] == ["text_too_long"]
    assert json.loads(the_item(body).body)["remark"] == "x" * 5000


def test_whoever_held_one_that_is_set_aside_knows_that_it_waits_for_somebody(
    tablet: Tablets, browser: Browsers, town: Town, talk: Talk
) -> None:
    kari, told = browser("kari"), "Samtalen din er ikkje lagra i saka enno"
    assert told not in kari.get("/").text
    body = talk(held_on=(clock.today() + timedelta(days=1)).isoformat())
    assert tablet("kari").ask("samtalar", body)["state"] == "set_aside"
    assert told in kari.get("/").text
    for name in ("ola", "leader", "eva"):
        assert told not in browser(name).get("/").text
    with audit.acting(TESTER):
        the_item(body).state = "resolved"
        db.session.commit()
    assert told not in kari.get("/").text
