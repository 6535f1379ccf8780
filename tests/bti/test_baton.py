"""The baton passes only when the successor accepts; until then the old holder keeps it (B7)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from psfs import clock
from psfs.extensions import db
from psfs.models import Handover
from tests.bti.support import change, entries, form_of, fresh, give, send
from tests.support.client import Browser
from tests.support.people import Town

Open = Callable[[str], Browser]


def offered(browser: Open, town: Town, name: str = "ola") -> str:
    """An offer from kari; the address of the answer."""
    send(
        browser("kari"),
        f"/saker/{town.adult.id}/stafett",
        to=town.users[name].id,
        reason="Eg skal i permisjon",
        persons_view="Det er greitt, ho kjenner Ola",
    )
    return f"/saker/{town.adult.id}/stafett/svar"


def state() -> str | None:
    db.session.rollback()
    return db.session.scalar(select(Handover.state).order_by(Handover.offered_at.desc()))


def test_until_the_answer_the_old_holder_keeps_it(browser: Open, town: Town) -> None:
    answer = offered(browser, town)
    ola = browser("ola")
    page = ola.get(answer)
    for words in ("Testine Tenkt", "Eg skal i permisjon", "ho kjenner Ola", "kontaktperson", "Kari Dikta"):
        assert words in page.text
    assert "1941" not in page.text
    assert f"/saker/{town.adult.id}/stafettlogg" not in page.text
    ola.get(f"/saker/{town.adult.id}/stige", status=404)
    assert fresh(town.adult).holder_id == town.users["kari"].id
    assert "Ola Dikta er spurd" in browser("kari").get(f"/saker/{town.adult.id}/stafett").text
    gone = send(ola, answer, answer="accept")
    assert gone.location == f"/saker/{town.adult.id}"
    case = fresh(town.adult)
    assert (case.holder_id, case.contact_id, state()) == (town.users["ola"].id, town.users["ola"].id, "accepted")
    assert [each.details["event"] for each in entries(case)] == ["offered", "accepted"]
    ola.get(f"/saker/{town.adult.id}/stige")


def test_no_needs_a_reason_and_changes_nothing_else(browser: Open, town: Town) -> None:
    answer, ola = offered(browser, town), browser("ola")
    refused = send(ola, answer, status=422, answer="decline")
    assert 'href="#reason"' in refused.text
    assert 'href="#answer-0"' in send(ola, answer, status=422).text
    send(ola, answer, answer="decline", reason="Full liste")
    assert (fresh(town.adult).holder_id, state()) == (town.users["kari"].id, "declined")
    ola.get(answer, status=404)
    assert "svara nei" in browser("kari").get(f"/saker/{town.adult.id}/stafettlogg").text


def test_whoever_asked_is_told_of_the_no_until_they_have_seen_it_or_asked_again(browser: Open, town: Town) -> None:
    kari, baton = browser("kari"), f"/saker/{town.adult.id}/stafett"
    send(browser("ola"), offered(browser, town), answer="decline", reason="Full liste")
    told = "Ola Dikta svara nei til å ta over"
    assert told in kari.get("/?slag=stafett").text
    for name in ("ola", "leader"):
        assert told not in browser(name).get("/").text
    assert re.search(r"Ola Dikta svara nei \S+ \S+: Full liste", kari.get(baton).text)
    assert told in kari.get("/").text
    offered(browser, town, "leader")
    assert told not in kari.get("/").text
    assert "svara nei" not in kari.get(baton).text


def test_whoever_asked_is_told_of_the_yes_while_they_may_see_the_case(browser: Open, town: Town) -> None:
    kari, told = browser("kari"), "Ola Dikta svara ja til å ta over"
    send(browser("ola"), offered(browser, town), answer="accept")
    assert told in kari.get("/").text, "kari opened the case, and still takes part"
    for name in ("ola", "leader"):
        assert told not in browser(name).get("/").text
    change(db.session.scalars(select(Handover)).one(), answered_at=clock.now() - timedelta(days=15))
    assert told not in kari.get("/").text
    change(db.session.scalars(select(Handover)).one(), answered_at=clock.now())
    assert told in kari.get("/").text
    kari.get(f"/saker/{town.adult.id}")
    assert told not in kari.get("/").text


def test_the_yes_is_told_to_nobody_who_has_lost_the_case_by_it(browser: Open, town: Town) -> None:
    change(town.adult, opened_by_id=town.users["leader"].id)
    send(browser("ola"), offered(browser, town), answer="accept")
    assert "svara ja" not in browser("kari").get("/").text


def test_the_no_is_no_news_when_the_case_has_been_looked_at(browser: Open, town: Town) -> None:
    kari = browser("kari")
    send(browser("ola"), offered(browser, town), answer="decline", reason="Full liste")
    kari.get(f"/saker/{town.adult.id}")
    assert "svara nei" not in kari.get("/").text


@pytest.mark.parametrize(("answer", "leads_to"), [("accept", ""), ("decline", "home")])
def test_a_second_tap_on_the_answer_is_told_the_same(browser: Open, town: Town, answer: str, leads_to: str) -> None:
    """The answer ends the right to answer; what was not answered like that is still 404."""
    address, ola = offered(browser, town), browser("ola")
    data = {**form_of(ola.get(address).text), "answer": answer, "reason": "Full liste"}
    first, second = (ola.post(address, data) for _tap in range(2))
    assert first.location == second.location == ("/" if leads_to else f"/saker/{town.adult.id}")
    assert [each.details["event"] for each in entries(fresh(town.adult))] == [
        "offered",
        f"{answer}ed".replace("ee", "e"),
    ]
    other = "decline" if answer == "accept" else "accept"
    ola.post(address, {**data, "answer": other}, status=404)
    ola.post(address, {**data, "offer": str(uuid.uuid4())}, status=404)
    ola.post(f"/saker/{town.child.id}/stafett/svar", data, status=404)
    browser("eva").post(address, data, status=404)
    ola.get(address, status=404)


def test_an_answer_to_no_offer_is_refused_in_words(browser: Open, town: Town) -> None:
    address, ola = offered(browser, town), browser("ola")
    for answer in ("accept", "decline"):
        page = ola.post(address, {"answer": answer, "reason": "Full liste", "offer": ""}, status=422)
        assert "trekt tilbake eller svara på" in page.text
    browser("kari").post(f"/saker/{town.adult.id}/stafett/trekk", {"offer": ""}, status=422)
    assert state() == "offered"


def test_only_the_one_who_was_asked_can_answer(browser: Open, town: Town) -> None:
    answer = offered(browser, town)
    for name in ("kari", "leader", "eva", "ke"):
        browser(name).get(answer, status=404)


def test_an_offer_can_be_taken_back_and_then_has_no_answer(browser: Open, town: Town) -> None:
    answer = offered(browser, town)
    ola, kari, page = browser("ola"), browser("kari"), f"/saker/{town.adult.id}/stafett"
    form = form_of(ola.get(answer).text) | {"answer": "accept"}
    withdraw = form_of(kari.get(page).text, action="/stafett/trekk")
    kari.post(f"{page}/trekk", withdraw)
    kari.post(f"{page}/trekk", withdraw)
    ola.post(answer, form, status=404)
    assert (fresh(town.adult).holder_id, state()) == (town.users["kari"].id, "withdrawn")
    assert [each.details["event"] for each in entries(town.adult)] == ["offered", "withdrawn"]


def test_a_successor_from_another_service_needs_consent(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/stafett"
    assert "Eva Dikta" not in kari.get(page).text
    refused = send(kari, page, status=422, to=town.users["eva"].id, reason="Kjenner henne best")
    assert f'href="/saker/{town.adult.id}/samtykke/nytt?teneste={town.school.id}"' in refused.text
    assert "Kjenner henne best" in refused.text
    consent = give(town, town.adult, town.school)
    assert "Eva Dikta" in kari.get(page).text
    answer = offered(browser, town, "eva")
    eva = browser("eva")
    form = form_of(eva.get(answer).text) | {"answer": "accept"}
    change(consent, from_on=clock.today() - timedelta(days=9), until_on=clock.today() - timedelta(days=1))
    assert "Testine" not in eva.get("/").text, "the consent has run out: the case is nothing to her any longer"
    eva.get(answer, status=404)
    eva.post(answer, form, status=404)
    assert fresh(town.adult).holder_id == town.users["kari"].id


def test_one_offer_at_a_time_and_to_active_staff_only(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/stafett"
    form = form_of(kari.get(page).text)
    assert str(town.users["admin"].id) not in kari.get(page).text
    for name in ("admin", "kari"):
        kari.post(page, form | {"to": town.users[name].id, "reason": "x"}, status=422)
    change(town.users["ola"], disabled_at=clock.now())
    kari.post(page, form | {"to": town.users["ola"].id, "reason": "x"}, status=422)
    change(town.users["ola"], disabled_at=None)
    first = form | {"to": town.users["ola"].id, "reason": "x"}
    kari.post(page, first)
    kari.post(page, first)
    other = first | {"id": str(uuid.uuid4()), "to": town.users["leader"].id}
    assert "Ola Dikta har alt fått spørsmål" in kari.post(page, other, status=422).text
    assert len(entries(town.adult)) == 1


def test_the_title_follows_ladder_and_level(browser: Open, town: Town) -> None:
    kari = browser("kari")
    assert "Kontaktperson" in kari.get(f"/saker/{town.adult.id}/stafett").text
    change(town.adult, level=3)
    assert "Koordinator" in kari.get(f"/saker/{town.adult.id}/stafett").text
    change(town.child, level=1)
    assert "Stafetthaldar" in kari.get(f"/saker/{town.child.id}/stafett").text
