"""A need on its way: reported, asked about, answered, decided, and somebody appointed who says yes or no."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from psfs import clock
from psfs.accounts import settings
from psfs.domain import due
from psfs.extensions import db
from psfs.models import Coordinator, Handover, IndividualPlan, ListSighting, NeedReport, Setting
from psfs.worklist import queries as worklist
from tests.bti.support import change, entries, form_of, fresh, give, send
from tests.conversations.rows import make_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.models import Case
    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

NEED = {
    "need": "Fem tenester som ikkje veit om kvarandre",
    "services": "Heimetenesta, NAV",
    "persons_wish": "Éin å ringe til",
    "basis": "consent",
}


def address(case: Case, rest: str = "") -> str:
    return f"/saker/{case.id}{rest}"


def report(browser: Open, case: Case, by: str = "kari") -> NeedReport:
    send(browser(by), address(case, "/meld-ke"), **NEED)
    db.session.rollback()
    newest = select(NeedReport).where(NeedReport.case_id == case.id).order_by(NeedReport.recorded_at.desc())
    return db.session.scalars(newest.limit(1)).one()


def now(row: NeedReport) -> NeedReport:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(NeedReport, row.id)


def kinds(town: Town, name: str) -> list[str]:
    db.session.rollback()
    return [item.kind for item in worklist.worklist(town.users[name]).items]


def test_a_report_is_kept_stands_in_the_log_and_waits_for_ke(browser: Open, town: Town) -> None:
    row = report(browser, town.adult)
    assert (row.state, row.need, row.services, row.persons_wish) == ("new", *list(NEED.values())[:3])
    assert fresh(town.adult).reported_to_ke_on == clock.today()
    entry = entries(town.adult, "ke_report")[-1]
    assert (entry.text, entry.subject_id, entry.details["wish"]) == (NEED["need"], row.id, "Éin å ringe til")
    assert kinds(town, "ke") == ["melding"]
    assert "Testine Tenkt" in browser("ke").get("/meldingar").text


def test_a_report_without_consent_names_the_law(browser: Open, town: Town) -> None:
    kari, where = browser("kari"), address(town.adult, "/meld-ke")
    lawful = NEED | {"basis": "legal_basis"}
    page = send(kari, where, 422, **lawful).text
    assert "Skriv kva lov eller føresegn som er heimelen." in page
    assert NEED["need"] in page
    assert db.session.scalars(select(NeedReport)).all() == []
    send(kari, where, **lawful, legal_basis="Helsepersonellova § 25")
    row = db.session.scalars(select(NeedReport)).one()
    assert (row.basis, row.legal_basis) == ("legal_basis", "Helsepersonellova § 25")
    assert "Helsepersonellova § 25" in browser("ke").get(address(town.adult, f"/meldingar/{row.id}")).text
    assert entries(town.adult, "ke_report")[-1].details["legal_basis"] == "Helsepersonellova § 25"


def test_sending_the_report_twice_makes_one(browser: Open, town: Town) -> None:
    kari = browser("kari")
    sent = form_of(kari.get(address(town.adult, "/meld-ke")).text) | NEED
    for _ in range(2):
        kari.post(address(town.adult, "/meld-ke"), sent)
    assert len(entries(town.adult, "ke_report")) == 1
    page = kari.get(address(town.adult, "/meld-ke")).text
    assert "Sjå meldinga" in page  # one at a time
    kari.post(address(town.adult, "/meld-ke"), sent | {"need": "Noko anna"}, status=409)


def test_ke_asks_and_the_reporter_answers(browser: Open, town: Town) -> None:
    row = report(browser, town.adult)
    send(browser("ke"), address(town.adult, f"/meldingar/{row.id}/spor"), question="Kva seier fastlegen?")
    assert now(row).state == "waiting"
    assert kinds(town, "ke") == []
    assert kinds(town, "kari") == ["svar"]
    send(browser("kari"), address(town.adult, f"/meldingar/{row.id}/svar"), answer="Han er einig.")
    assert (now(row).state, now(row).answer) == ("new", "Han er einig.")
    assert kinds(town, "ke") == ["melding"]
    assert [each.details.get("event", "") for each in entries(town.adult, "ke_report")] == ["", "asked", "answered"]


def test_the_queue_tells_new_waiting_and_answered_apart(browser: Open, town: Town) -> None:
    row, today = report(browser, town.adult), clock.today()
    change(row, reported_on=today - timedelta(days=9))
    ke, itself = browser("ke"), address(town.adult, f"/meldingar/{row.id}")
    unanswered = "Spørsmålet frå KE er ikkje svara på enno."
    assert unanswered not in ke.get(f"{itself}/avgjer").text
    send(ke, f"{itself}/spor", question="Kva seier fastlegen?")
    change(now(row), asked_on=today - timedelta(days=6))
    page = ke.get("/meldingar").text
    assert "Spurd for 6 dagar sidan: Kva seier fastlegen?" in page
    assert "meldt for 9 dagar sidan" in page
    assert unanswered in ke.get(f"{itself}/avgjer").text
    send(browser("kari"), f"{itself}/svar", answer="Han er einig.")
    change(now(row), answered_on=today - timedelta(days=2))
    received = f"Svar motteke {today - timedelta(days=2):%d.%m.%Y}, for 2 dagar sidan."
    for place in ("/meldingar", "/meldingar?status=answered"):
        page = ke.get(place).text
        assert received in page
        assert "meldt for 9 dagar sidan" in page
    for place in ("/meldingar?status=new", "/meldingar?status=waiting"):
        assert "Testine Tenkt" not in ke.get(place).text
    assert "Svar motteke" in ke.get(itself).text
    assert unanswered not in ke.get(f"{itself}/avgjer").text
    assert "Svaret er kome. Avgjer koordinator og plan" in ke.get("/").text


def test_the_decision_answers_the_reporter_and_a_granted_plan_is_in_the_register(browser: Open, town: Town) -> None:
    row = report(browser, town.adult)
    decision = {"coordinator": "yes", "plan": "yes", "reason": "Mange tenester over lang tid."}
    send(browser("ke"), address(town.adult, f"/meldingar/{row.id}/avgjer"), **decision)
    decided = now(row)
    assert (decided.state, decided.coordinator, decided.plan, decided.childrens_coordinator) == (
        "decided",
        True,
        True,
        None,
    )
    plan = db.session.scalars(select(IndividualPlan)).one()
    assert (plan.case_id, plan.state) == (town.adult.id, "wanted")
    assert "Testine Tenkt" in browser("ke").get("/individuelle-planar").text
    assert kinds(town, "kari") == ["avgjerd"]
    page = browser("kari").get(address(town.adult, f"/meldingar/{row.id}")).text
    assert "Mange tenester over lang tid." in page
    browser("kari").get(address(town.adult))  # has looked
    assert kinds(town, "kari") == []
    assert kinds(town, "ke") == ["koordinator", "plan"]


def test_a_leader_who_reported_is_asked_and_answered_as_well_as_the_holder(browser: Open, town: Town) -> None:
    row = report(browser, town.adult, "leader")
    send(browser("ke"), address(town.adult, f"/meldingar/{row.id}/spor"), question="Kva seier fastlegen?")
    assert [kinds(town, name) for name in ("leader", "kari", "other_leader", "ola")] == [["svar"], ["svar"], [], []]
    send(browser("leader"), address(town.adult, f"/meldingar/{row.id}/svar"), answer="Han er einig.")
    decision = {"coordinator": "no", "plan": "no", "reason": "Ei teneste greier det."}
    send(browser("ke"), address(town.adult, f"/meldingar/{row.id}/avgjer"), **decision)
    assert [kinds(town, name) for name in ("leader", "kari", "other_leader")] == [["avgjerd"], ["avgjerd"], []]
    browser("leader").get(address(town.adult))  # has looked
    assert [kinds(town, name) for name in ("leader", "kari")] == [[], ["avgjerd"]]


def test_a_reporter_who_may_no_longer_open_the_case_is_told_nothing(browser: Open, town: Town) -> None:
    row = report(browser, town.adult, "leader")
    send(browser("ke"), address(town.adult, f"/meldingar/{row.id}/spor"), question="Kva seier fastlegen?")
    change(fresh(town.adult), service_id=town.school.id)
    assert kinds(town, "leader") == []


def test_what_is_decided_is_neither_asked_about_nor_decided_again(browser: Open, town: Town) -> None:
    row = report(browser, town.adult)
    ke = browser("ke")
    stale = form_of(ke.get(address(town.adult, f"/meldingar/{row.id}/spor")).text)
    page = form_of(ke.get(address(town.adult, f"/meldingar/{row.id}/avgjer")).text)
    decision = page | {"coordinator": "no", "plan": "no", "reason": "Ei teneste greier det."}
    for _ in range(2):  # a double tap
        ke.post(address(town.adult, f"/meldingar/{row.id}/avgjer"), decision)
    ke.post(address(town.adult, f"/meldingar/{row.id}/avgjer"), decision | {"plan": "yes"}, status=409)
    ke.post(address(town.adult, f"/meldingar/{row.id}/spor"), stale | {"question": "Kva no?"}, status=409)
    assert (now(row).plan, now(row).question) == (False, "")
    assert len(entries(town.adult, "ke_report")) == 2
    assert db.session.scalars(select(IndividualPlan)).all() == []


def test_a_decision_needs_every_answer_and_a_day_that_fits(browser: Open, town: Town) -> None:
    row = report(browser, town.adult)
    ke, place = browser("ke"), address(town.adult, f"/meldingar/{row.id}/avgjer")
    empty = form_of(ke.get(place).text)
    page = ke.post(place, empty, status=422).text
    assert page.count("Vel ja eller nei.") >= 2
    early = {"decided_on": (clock.today() - timedelta(days=1)).isoformat()}
    page = ke.post(place, empty | {"coordinator": "no", "plan": "no", "reason": "x"} | early, status=422).text
    assert "ikkje vere avgjort før" in page
    assert now(row).state == "new"


def test_a_child_may_have_a_childrens_coordinator(browser: Open, town: Town) -> None:
    row = report(browser, town.child)
    place = address(town.child, f"/meldingar/{row.id}/avgjer")
    answers = {"coordinator": "no", "childrens_coordinator": "yes", "plan": "no", "reason": "x"}
    send(browser("ke"), place, **answers)
    assert now(row).childrens_coordinator is True


def appoint(browser: Open, town: Town, name: str, status: int = 303) -> Handover | None:
    wish = {"persons_view": "Vil helst ha ein ho kjenner.", "reason": "Kjenner henne."}
    to = {"to": str(town.users[name].id), "kind": "coordinator"}
    send(browser("ke"), address(town.adult, "/koordinator"), status, **wish, **to)
    db.session.rollback()
    return db.session.scalar(select(Handover).where(Handover.state == "offered"))


def coordinators() -> list[tuple[str, bool]]:
    db.session.rollback()
    rows = db.session.scalars(select(Coordinator).order_by(Coordinator.from_on, Coordinator.until_on.is_(None)))
    return [(row.user.username, row.until_on is None) for row in rows]


def answer(browser: Open, town: Town, name: str, what: str, **typed: str) -> None:
    send(browser(name), address(town.adult, "/stafett/svar"), answer=what, **typed)


def test_until_somebody_accepts_the_baton_stays(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    appoint(browser, town, "ola")
    assert coordinators() == []
    assert fresh(town.adult).holder_id == town.users["kari"].id
    answer(browser, town, "ola", "accept")
    assert coordinators() == [("ola", True)]
    assert fresh(town.adult).holder_id == town.users["ola"].id
    assert entries(town.adult, "baton")[-1].details["as"] == "coordinator"


def test_nobody_is_asked_against_what_the_unit_decided(browser: Open, town: Town) -> None:
    row = report(browser, town.adult)
    decided = {
        "coordinator": "no",
        "plan": "no",
        "reason": "Heimetenesta greier det.",
        "decided_on": f"{clock.today()}",
    }
    send(browser("ke"), address(town.adult, f"/meldingar/{row.id}/avgjer"), **decided)
    ke, where = browser("ke"), address(town.adult, "/koordinator")
    page = ke.get(where).text
    assert "Spør om å vere koordinator" not in page
    assert "KE avgjorde" in page
    assert address(town.adult, f"/meldingar/{row.id}") in page
    assert "Det kan Kari Dikta gjere, som har stafetten." in page
    asked = {"to": str(town.users["ola"].id), "kind": "coordinator", "reason": "x", "persons_view": "x"}
    sent = {"id": str(uuid.uuid4()), **asked}
    assert "må det meldast på nytt" in ke.post(where, sent, status=422).text
    send(browser("kari"), address(town.adult, "/meld-ke"), **NEED)
    assert "Avgjer det først." in ke.get(where).text, "not decided anew yet"
    ke.post(where, sent, status=422)
    assert db.session.scalars(select(Handover)).all() == []
    again = db.session.scalars(select(NeedReport).where(NeedReport.state == "new")).one()
    send(browser("ke"), address(town.adult, f"/meldingar/{again.id}/avgjer"), **decided | {"coordinator": "yes"})
    assert appoint(browser, town, "ola") is not None


def decide(browser: Open, town: Town, case: Case, **answers: str) -> None:
    row = report(browser, case)
    given = {"coordinator": "no", "plan": "no", "reason": "x"} | answers
    send(browser("ke"), address(case, f"/meldingar/{row.id}/avgjer"), **given)


def test_the_units_list_asks_for_nobody_against_its_last_decision(browser: Open, town: Town) -> None:
    decide(browser, town, town.adult, coordinator="yes")
    assert kinds(town, "ke") == ["koordinator"]
    decide(browser, town, town.adult)
    change(fresh(town.adult), holder_id=None)
    assert kinds(town, "ke") == []  # the leader is told that nobody holds it
    assert "haldar" in kinds(town, "leader")


def waiting(town: Town, kind: str) -> list[tuple[str, date, str, str]]:
    db.session.rollback()
    items = worklist.worklist(town.users["ke"]).items
    return [(str(item.urgency), item.on, item.more, item.detail) for item in items if item.kind == kind]


@pytest.mark.parametrize(("age", "urgency"), [(0, "today"), (14, "today"), (15, "overdue")])
def test_what_is_decided_and_not_carried_out_becomes_late(browser: Open, town: Town, age: int, urgency: str) -> None:
    decide(browser, town, town.adult, coordinator="yes", plan="yes")
    day = clock.today() - timedelta(days=age)
    change(db.session.scalars(select(NeedReport)).one(), decided_on=day, reported_on=day)
    later = "soon" if age == 0 else urgency
    assert waiting(town, "koordinator") == [(urgency, day, "granted", "")]
    assert waiting(town, "plan") == [(later, day, "granted", "")]
    page = browser("ke").get("/").text
    when = f"for {age} dagar sidan" if age else "i dag"
    assert f"Vedteke {when}, ikkje oppnemnd" in page
    assert f"Vedteken {when}. Personen har ikkje plan enno" in page
    appoint(browser, town, "ola")
    assert waiting(town, "koordinator") == [(later, day, "granted", "Ola Dikta")]
    assert "Ola Dikta vart spurd i dag" in browser("ke").get("/").text
    answer(browser, town, "ola", "accept")
    send(browser("ola"), address(town.adult, "/plan"), **PLAN)
    assert (waiting(town, "koordinator"), waiting(town, "plan")) == ([], [])


def test_who_is_asked_stands_also_where_nobody_holds_the_case(browser: Open, town: Town) -> None:
    change(fresh(town.adult), level=3, holder_id=None)
    assert [(urgency, who) for urgency, _on, _more, who in waiting(town, "koordinator")] == [("today", "")]
    appoint(browser, town, "ola")
    assert [(urgency, who) for urgency, _on, _more, who in waiting(town, "koordinator")] == [("soon", "Ola Dikta")]
    assert "Heimetenesta. Ola Dikta vart spurd i dag" in browser("ke").get("/").text


def test_a_coordinators_time_that_has_ended_is_told_from_its_day(browser: Open, town: Town) -> None:
    decide(browser, town, town.adult, coordinator="yes")
    long_ago, today = clock.today() - timedelta(days=100), clock.today()
    change(db.session.scalars(select(NeedReport)).one(), decided_on=long_ago, reported_on=long_ago)
    fields = {"user_id": town.users["kari"].id, "kind": "coordinator", "from_on": long_ago, "until_on": today}
    change(Coordinator(case_id=town.adult.id, **fields))
    assert waiting(town, "koordinator") == [("today", today, "ended", "")]
    assert f"Utan koordinator sidan {today:%d.%m.%Y}" in browser("ke").get("/").text


def test_who_is_asked_to_be_coordinator_is_asked_in_those_words(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    offer = appoint(browser, town, "ola")
    assert offer is not None
    change(offer, offered_at=clock.now() - timedelta(days=3))
    asked = f"{clock.today() - timedelta(days=3):%d.%m.%Y} (for 3 dagar sidan)"
    ola = browser("ola")
    assert "Ke Dikta spør om du vil vere koordinator" in ola.get("/").text
    page = ola.get(address(town.adult, "/stafett/svar")).text
    assert "Vil du vere koordinator?" in page
    assert asked in page
    assert "eg tek over" not in page
    for where in ("/koordinator", "/stafett"):
        page = browser("ke").get(address(town.adult, where)).text
        assert "Ola Dikta er spurd om å vere koordinator" in page
        assert f"Spurd av Ke Dikta {asked}." in page
    assert (
        f"Ola Dikta vart spurd {asked} om å vere koordinator, og har"
        in browser("kari").get(address(town.adult, "/stige")).text
    )
    answer(browser, town, "ola", "decline", reason="Full liste")
    page = browser("ke").get("/").text
    assert "Ola Dikta svara nei til å vere koordinator" in page
    assert address(town.adult, "/koordinator") in page


def test_a_childrens_coordinator_who_was_granted_is_asked_for(browser: Open, town: Town) -> None:
    decide(browser, town, town.child, childrens_coordinator="yes")
    assert kinds(town, "ke") == ["koordinator"]


def test_a_plan_that_is_granted_takes_over_what_matters_and_what_is_cleared_stays_so(browser: Open, town: Town) -> None:
    make_form(town.adult, town.users["kari"], "Gå til butikken", "Strikke")
    row = report(browser, town.adult)
    decided = {"coordinator": "yes", "plan": "yes", "reason": "x", "decided_on": f"{clock.today()}"}
    send(browser("ke"), address(town.adult, f"/meldingar/{row.id}/avgjer"), **decided)
    where = address(town.adult, "/plan")
    given = form_of(browser("kari").get(where).text)
    assert given["goals"].splitlines() == ["Gå til butikken", "Strikke"]
    browser("kari").post(where, given | {"goals": ""})
    assert form_of(browser("kari").get(where).text)["goals"] == ""


def test_whoever_declines_says_why_and_ke_sees_it(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    appoint(browser, town, "ola")
    answer(browser, town, "ola", "decline", reason="Har alt sju.")
    assert coordinators() == []
    assert "Har alt sju." in browser("ke").get(address(town.adult, "/koordinator")).text


def test_only_ke_takes_its_question_back_and_sees_who_did(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    offer = appoint(browser, town, "ola")
    assert offer is not None
    baton, where = address(town.adult, "/stafett"), address(town.adult, "/koordinator")
    for name in ("kari", "leader"):
        page = browser(name).get(baton).text
        assert "Berre KE kan trekkje spørsmålet tilbake." in page
        assert f"{baton}/trekk" not in page
        refused = browser(name).post(f"{baton}/trekk", {"offer": str(offer.id)}, status=422).text
        assert "KE har spurt Ola Dikta. Berre KE kan trekkje spørsmålet tilbake." in refused
    assert appoint_state(offer) == "offered"
    ke = browser("ke")
    ke.post(f"{baton}/trekk", form_of(ke.get(baton).text, action="/stafett/trekk"))
    assert appoint_state(offer) == "withdrawn"
    assert re.search(r"Spørsmålet til Ola Dikta vart trekt tilbake \S+ \S+ av Ke Dikta\.", ke.get(where).text)


def test_a_question_in_a_case_that_ke_no_longer_sees_can_be_taken_back_by_others(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    offer = appoint(browser, town, "ola")
    assert offer is not None
    change(fresh(town.adult), reported_to_ke_on=None)
    browser("kari").post(address(town.adult, "/stafett/trekk"), {"offer": str(offer.id)})
    assert appoint_state(offer) == "withdrawn"


def appoint_state(offer: Handover) -> str:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Handover, offer.id).state


def test_the_holder_can_be_asked_too(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    appoint(browser, town, "kari")
    answer(browser, town, "kari", "accept")
    assert coordinators() == [("kari", True)]
    assert appoint(browser, town, "kari", status=422) is None


def test_who_takes_the_baton_over_without_being_appointed_is_no_coordinator(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    appoint(browser, town, "kari")
    answer(browser, town, "kari", "accept")
    send(browser("kari"), address(town.adult, "/stafett"), to=str(town.users["ola"].id), reason="Ferie")
    answer(browser, town, "ola", "accept")
    assert coordinators() == [("kari", False)]


def test_the_persons_wish_is_asked_for(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    sent = {"to": str(town.users["ola"].id), "kind": "coordinator", "reason": "x", "persons_view": " "}
    page = send(browser("ke"), address(town.adult, "/koordinator"), 422, **sent).text
    assert "kvifor det ikkje er spurt" in page


def test_suggestions_tell_who_knows_the_person_and_who_has_many(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    ola = town.users["ola"]
    for number in range(5):
        change(Coordinator(case_id=town.child.id, user_id=ola.id, kind="coordinator", from_on=clock.today()))
        if number < 4:
            row = db.session.scalars(select(Coordinator).where(Coordinator.until_on.is_(None))).all()[-1]
            change(row, until_on=clock.today())
    page = browser("ke").get(address(town.adult, "/koordinator")).text
    assert "har stafetten" in page  # kari
    assert "Ola Dikta, har 1 av tilrådde 5" in page
    assert "Kari Dikta, har 0 av tilrådde 5" in page
    assert "Eva Dikta" not in page  # her service has no consent
    give(town, town.adult, town.school)
    assert "Eva Dikta" in browser("ke").get(address(town.adult, "/koordinator")).text


def recommend(most: int) -> None:
    change(Setting(key="coordinator_cases", value=str(most)))
    settings.forget()


def test_who_has_as_many_as_recommended_can_be_asked_and_ke_is_told(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    change(Coordinator(case_id=town.child.id, user_id=town.users["ola"].id, kind="coordinator", from_on=clock.today()))
    ke, where = browser("ke"), address(town.adult, "/koordinator")
    told, chosen = (
        "Ola Dikta er alt koordinator for 1 person. Tilrådinga er høgst",
        f"{where}?til={town.users['ola'].id}",
    )
    assert told not in ke.get(chosen).text
    recommend(1)
    assert f"{told} 1. Du kan likevel spørje." in ke.get(chosen).text
    assert told not in ke.get(where).text
    appoint(browser, town, "ola")
    assert told in ke.get(where).text
    recommend(0)
    answer(browser, town, "ola", "decline", reason="Full liste")
    assert "Ola Dikta, koordinator for 1" in ke.get(where).text


def test_a_child_is_offered_only_what_the_unit_has_not_decided_against(browser: Open, town: Town) -> None:
    decide(browser, town, town.child, childrens_coordinator="yes")
    form = form_of(browser("ke").get(address(town.child, "/koordinator")).text)
    assert form["kind"] == "childrens_coordinator"


def test_a_coordinator_is_called_so_on_every_level(browser: Open, town: Town) -> None:
    give(town, town.adult, town.school)
    change(fresh(town.adult), level=2)
    report(browser, town.adult)
    pages = ("", "/stige", "/stafett", "/aktorkart")
    for rest in pages:
        page = browser("kari").get(address(town.adult, rest)).text
        assert "ontaktperson / primærkontakt" in page, rest
    appoint(browser, town, "kari")
    answer(browser, town, "kari", "accept")
    for rest in pages:
        page = browser("kari").get(address(town.adult, rest)).text
        assert "ontaktperson / primærkontakt" not in page, rest
        assert re.search(r">\s*koordinator\b", page, re.IGNORECASE) or "Koordinator: Kari" in page, rest
    send(browser("kari"), address(town.adult, "/avslutt"), reason_code="moved", evaluation="x")
    send(browser("kari"), address(town.adult, "/opne-igjen"), reason="Feil")
    for rest in pages:
        page = browser("kari").get(address(town.adult, rest)).text
        assert "ontaktperson / primærkontakt" in page, rest


def test_what_ke_decided_on_a_lower_level_is_only_to_be_confirmed_on_the_ladder(browser: Open, town: Town) -> None:
    give(town, town.adult, town.school)
    change(fresh(town.adult), level=2)
    row, stige = report(browser, town.adult), address(town.adult, "/stige")
    yesterday = clock.today() - timedelta(days=1)
    change(row, reported_on=yesterday)
    kari, itself = browser("kari"), address(town.adult, f"/meldingar/{row.id}")
    change(fresh(town.adult), level=3)
    send(kari, stige)
    page = kari.get(stige).text
    assert f"Behovet vart meldt til koordinerande eining {yesterday:%d.%m.%Y}." in page
    assert itself in page
    form = form_of(page)
    assert (form["decided_on"], form["decided_by"]) == (yesterday.isoformat(), "Kari Dikta")
    kari.post(stige, form)
    assert "KE har ikkje avgjort behovet enno." in kari.get(stige).text
    decision = {"coordinator": "yes", "plan": "no", "reason": "x", "decided_on": yesterday.isoformat()}
    send(browser("ke"), f"{itself}/avgjer", **decision)
    page = kari.get(stige).text
    assert f"KE avgjorde behovet {yesterday:%d.%m.%Y}." in page
    form = form_of(page)
    assert (form["decided_on"], form["decided_by"]) == (yesterday.isoformat(), "Ke Dikta")
    kari.post(stige, form)
    steps = [(each.step, each.decided_by) for each in entries(town.adult, "step")]
    assert steps[1:] == [("several_report", "Kari Dikta"), ("several_coordinator", "Ke Dikta")]


def test_closing_ends_the_coordinators_time_unless_a_plan_takes_over(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    appoint(browser, town, "kari")
    answer(browser, town, "kari", "accept")
    closing = {"reason_code": "individual_plan", "evaluation": "Planen tek over."}
    send(browser("kari"), address(town.adult, "/avslutt"), **closing)
    assert coordinators() == [("kari", True)]
    send(browser("kari"), address(town.adult, "/opne-igjen"), reason="Feil")
    send(browser("kari"), address(town.adult, "/avslutt"), **closing | {"reason_code": "moved"})
    assert coordinators() == [("kari", False)]


def test_when_a_plan_takes_over_the_conversations_go_on(browser: Open, town: Town) -> None:
    closing = {"reason_code": "individual_plan", "evaluation": "Planen tek over."}
    send(browser("kari"), address(town.adult, "/avslutt"), **closing)
    kari = browser("kari")
    page = kari.get(address(town.adult)).text
    assert "Samtalane held fram." in page
    assert "Start skjema" in page
    kari.get(address(town.adult, "/skjema/nytt"))
    send(kari, address(town.child, "/avslutt"), reason_code="moved", evaluation="x")
    assert "Start skjema" not in kari.get(address(town.child)).text


PLAN = {"state": "has", "reference": "Gerica, plan 17", "goals": "Gå til butikken"}


def test_the_register_keeps_what_is_known_of_a_plan(browser: Open, town: Town) -> None:
    send(browser("kari"), address(town.adult, "/plan"), **PLAN)
    row = db.session.scalars(select(IndividualPlan)).one()
    assert (row.state, row.began_on, row.goals) == ("has", clock.today(), "Gå til butikken")
    assert entries(town.adult, "plan")[-1].details["event"] == "has"
    kari = browser("kari")
    stale = form_of(kari.get(address(town.adult, "/plan")).text)
    kari.post(address(town.adult, "/plan"), stale | {"state": "ended"})
    page = kari.post(address(town.adult, "/plan"), stale | {"note": "Min merknad"}, status=409).text
    assert "Min merknad" in page


def test_a_plan_that_is_to_be_gone_through_waits_on_the_list(browser: Open, town: Town) -> None:
    today = clock.today()
    send(browser("kari"), address(town.adult, "/plan"), **PLAN, next_revision=(today + timedelta(days=3)).isoformat())
    assert kinds(town, "kari") == ["plan"]
    assert kinds(town, "ke") == [], "nobody has told the unit of the case"
    change(town.adult, reported_to_ke_on=today)
    assert "plan" in kinds(town, "ke")
    page = send(browser("kari"), address(town.adult, "/plan"), 422, next_revision=today.isoformat()).text
    assert "etter den planen gjeld frå" in page


def test_the_register_names_only_those_whose_case_the_unit_may_open(browser: Open, town: Town) -> None:
    coming = clock.today() + timedelta(days=3)
    send(browser("kari"), address(town.adult, "/plan"), **PLAN, next_revision=coming.isoformat())
    send(browser("kari"), address(town.child, "/plan"), state="wanted")
    change(town.adult.person, shielded=True)
    page = browser("ke").get("/individuelle-planar").text
    assert "Testine" not in page
    assert "Gerica" not in page
    assert page.count("Ikkje meld til KE. Spør tenesta.") == 2
    assert "Ei sak i Heimetenesta" in page
    assert db.session.scalar(select(func.count()).select_from(ListSighting)) == 0
    change(town.adult, reported_to_ke_on=clock.today())
    page = browser("ke").get("/individuelle-planar").text
    assert "Testine Tenkt" in page
    assert page.count("Ikkje meld til KE. Spør tenesta.") == 1
    named = db.session.scalars(select(ListSighting.case_id)).all()
    assert named == [town.adult.id]


def test_a_list_that_is_cut_says_so(browser: Open, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("psfs.coordination.queries.register.__defaults__", ("", 1))
    monkeypatch.setattr("psfs.coordination.queries.queue.__defaults__", ("", 1))
    for case in (town.adult, town.child):
        send(browser("kari"), address(case, "/plan"), state="wanted")
        send(browser("kari"), address(case, "/meld-ke"), **NEED)
    for place in ("/individuelle-planar", "/individuelle-planar?status=wanted", "/meldingar", "/meldingar?status=new"):
        assert "Her står dei 1 første av 2. Alle står i fila." in browser("ke").get(place).text, place
    assert "Her står dei" not in browser("ke").get("/individuelle-planar?status=has").text


@pytest.mark.parametrize("name", ["kari", "leader", "eva", "admin"])
def test_the_units_own_pages_are_its_own(browser: Open, town: Town, name: str) -> None:
    for place in ("/meldingar", "/individuelle-planar", address(town.adult, "/koordinator")):
        browser(name).get(place, status=404)


def test_the_queue_says_what_is_late(browser: Open, town: Town) -> None:
    row = report(browser, town.adult)
    change(row, reported_on=clock.today() - timedelta(days=14))
    ke, itself = browser("ke"), address(town.adult, f"/meldingar/{row.id}")
    for page in ("/meldingar", itself, f"{itself}/avgjer"):
        assert "Forfalle" not in ke.get(page).text
    change(now(row), reported_on=clock.today() - timedelta(days=15))
    page = ke.get("/meldingar").text
    assert "Forfalle" in page
    assert "meldt for 15 dagar sidan" in page
    years = due.age_on(town.adult.person.birth_date, clock.today())
    for page in (itself, f"{itself}/avgjer"):
        text = ke.get(page).text
        assert f"Testine Tenkt, {years} år. Heimetenesta, nivå 1" in text
        assert "Forfalle" in text
    change(now(row), state="decided", decided_on=clock.today(), coordinator=False, plan=False)
    assert "Forfalle" not in ke.get(itself).text


def test_ke_without_a_service_cannot_be_coordinator(browser: Open, town: Town) -> None:
    report(browser, town.adult)
    page = browser("ke").get(address(town.adult, "/koordinator")).text
    assert str(town.users["ke"].id) not in page.split("<select", 1)[1]
