"""Steps, moves, closing and reopening through the pages (B1–B5)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from psfs import audit, clock
from psfs.bti import log
from psfs.extensions import db
from psfs.models import AuditEntry, Case, Handover, LogEntry
from tests.bti.support import change, entries, form_of, fresh, give, send
from tests.support.client import Browser
from tests.support.people import TESTER, Town, make_case

Open = Callable[[str], Browser]


def at(town: Town, level: int, *done: str) -> Case:
    """The adult's case on that level, with the steps done."""
    change(town.adult, level=level)
    with audit.acting(TESTER):
        case = fresh(town.adult)
        for step in done:
            log.write(case, town.users["kari"], "step", step=step, outcome="done")
        db.session.commit()
    return fresh(town.adult)


def test_a_step_is_done_with_who_when_and_with_whom(browser: Open, town: Town) -> None:
    yesterday = clock.today() - timedelta(days=1)
    page = f"/saker/{town.adult.id}/stige"
    answer = send(
        browser("kari"), page, what="done", decided_on=yesterday, decided_by="Leiaren", participants="Testine"
    )
    assert answer.location == page
    (entry,) = entries(town.adult)
    assert (entry.kind, entry.step, entry.outcome, entry.decided_on) == ("step", "one_contact", "done", yesterday)
    assert (entry.decided_by, entry.participants, entry.level, entry.round) == ("Leiaren", "Testine", 1, 1)
    assert "Leiaren" in browser("kari").get(page).text


def test_skipping_needs_a_reason_and_a_skipped_step_can_be_done_later(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/stige"
    refused = send(kari, page, status=422, what="skip", participants="Testine Tenkt")
    assert 'href="#reason"' in refused.text
    assert "Testine Tenkt" in refused.text
    send(kari, page, what="skip", reason="Ho er på sjukehus")
    assert [each.outcome for each in entries(town.adult)] == ["skipped"]
    later = kari.get(page + "?steg=one_contact")
    kari.post(page, form_of(later.text) | {"what": "done"})
    assert [each.outcome for each in entries(town.adult)] == ["skipped", "done"]


def test_a_day_ahead_is_refused(browser: Open, town: Town) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    page = f"/saker/{town.adult.id}/stige"
    refused = send(browser("kari"), page, status=422, what="done", decided_on=tomorrow)
    assert 'href="#decided_on"' in refused.text
    assert tomorrow.isoformat() in refused.text
    assert entries(town.adult) == []


def test_what_must_be_in_place_stops_the_step_and_is_linked(browser: Open, town: Town) -> None:
    change(town.child, level=1)
    kari, page = browser("kari"), f"/saker/{town.child.id}/stige"
    send(kari, page, what="skip", reason="Føresette vil tenkje på det")
    shown = kari.get(page)
    assert f'href="/saker/{town.child.id}/samtykke/nytt?teneste=logg&amp;fra=stige"' in shown.text
    refused = kari.post(page, form_of(shown.text) | {"what": "done"}, status=422)
    assert "Samtykke til stafettloggen" in refused.text
    give(town, town.child, given_by="guardian")
    send(kari, page, what="done")
    assert len(entries(town.child, "step")) == 2


def test_a_step_that_sees_to_something_is_not_done_before_that_is_in_place(browser: Open, town: Town) -> None:
    change(town.child, level=1)
    kari, page = browser("kari"), f"/saker/{town.child.id}/stige"
    mends = f'href="/saker/{town.child.id}/samtykke/nytt?teneste=logg&amp;fra=stige"'
    refused = kari.post(page, form_of(kari.get(page).text) | {"what": "done"}, status=422)
    assert "Samtykke til stafettloggen" in refused.text
    assert refused.text.count(mends) >= 2, "in the summary and at the step"
    assert entries(town.child) == []
    send(kari, page, what="skip", reason="Føresette vil tenkje på det")
    taken_up = kari.get(page + "?steg=one_consent").text
    assert mends in taken_up
    assert 'value="done"' not in taken_up
    give(town, town.child, given_by="guardian")
    taken_up = kari.get(page + "?steg=one_consent").text
    kari.post(page, form_of(taken_up) | {"what": "done"})
    assert [(each.step, each.outcome) for each in entries(town.child, "step")] == [
        ("one_consent", "skipped"),
        ("one_consent", "done"),
    ]


def test_the_need_is_reported_before_the_ladder_says_that_it_is(browser: Open, town: Town) -> None:
    at(town, 3, "several_assess")
    give(town, town.adult, town.school)
    kari, page = browser("kari"), f"/saker/{town.adult.id}/stige"
    refused = kari.post(page, form_of(kari.get(page).text) | {"what": "done"}, status=422)
    assert f'href="/saker/{town.adult.id}/meld-ke?fra=stige"' in refused.text
    assert len(entries(town.adult)) == 1


@pytest.mark.parametrize(
    ("outcome", "level", "round_", "kind"), [("up", 2, 1, "up"), ("down", 0, 1, "down"), ("continue", 1, 2, "continue")]
)
def test_the_deciding_step_places_the_case(
    browser: Open, town: Town, outcome: str, level: int, round_: int, kind: str
) -> None:
    at(town, 1, "one_contact", "one_psfs", "one_measures", "one_evaluation")
    give(town, town.adult, town.school)
    kari, page = browser("kari"), f"/saker/{town.adult.id}/stige"
    refused = send(kari, page, status=422)
    assert "Vel kva som er avgjort" in refused.text
    send(kari, page, outcome=outcome, participants="Testine, Ola")
    case = fresh(town.adult)
    entry = entries(case)[-1]
    assert (case.level, case.round, case.level_since) == (level, round_, clock.today())
    assert (entry.kind, entry.outcome, entry.from_level, entry.to_level) == ("step", kind, 1, level)
    assert (entry.level, entry.round, entry.participants) == (1, 1, "Testine, Ola")


def test_up_is_refused_without_a_second_service(browser: Open, town: Town) -> None:
    at(town, 1, "one_contact", "one_psfs", "one_measures", "one_evaluation")
    page = f"/saker/{town.adult.id}/stige"
    refused = send(browser("kari"), page, status=422, outcome="up", reason="Treng meir hjelp")
    assert f'href="/saker/{town.adult.id}/samtykke/nytt?fra=stige"' in refused.text
    assert "Treng meir hjelp" in refused.text
    assert (fresh(town.adult).level, len(entries(town.adult))) == (1, 4)


def test_deciding_to_close_leads_to_closing(browser: Open, town: Town) -> None:
    at(town, 1, "one_contact", "one_psfs", "one_measures", "one_evaluation")
    answer = send(browser("kari"), f"/saker/{town.adult.id}/stige", outcome="close")
    assert answer.location == f"/saker/{town.adult.id}/avslutt"
    assert fresh(town.adult).closed_on is None


def test_several_levels_at_once_need_a_reason(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/flytt"
    give(town, town.adult, town.school)
    change(town.adult, reported_to_ke_on=clock.today())
    refused = send(kari, page, status=422, to_level=3)
    assert 'href="#reason"' in refused.text
    send(kari, page, to_level=3, reason="Store behov frå før", decided_by="KE")
    entry = entries(town.adult)[-1]
    assert (fresh(town.adult).level, entry.kind, entry.from_level, entry.to_level) == (3, "move", 1, 3)
    send(kari, page, to_level=1, reason="Det gjekk betre enn venta")
    case = fresh(town.adult)
    assert (case.level, case.round) == (1, 2)


def test_down_is_never_stopped_by_what_is_missing(browser: Open, town: Town) -> None:
    at(town, 3)
    send(browser("kari"), f"/saker/{town.adult.id}/flytt", to_level=2, reason="Samtykket er trekt")
    assert fresh(town.adult).level == 2


def test_a_move_cannot_be_from_before_the_case_came_to_its_level(browser: Open, town: Town) -> None:
    before = clock.today() - timedelta(days=1)
    page = f"/saker/{town.adult.id}/flytt"
    refused = send(browser("kari"), page, status=422, to_level=0, reason="Klarar seg", decided_on=before)
    assert 'href="#decided_on"' in refused.text
    assert fresh(town.adult).level == 1


def test_closing_asks_why_and_for_a_last_evaluation(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/avslutt"
    offer(town)
    refused = send(kari, page, status=422)
    assert 'href="#reason_code-0"' in refused.text
    assert 'href="#evaluation"' in refused.text
    send(kari, page, reason_code="no_concern", evaluation="Ho klarer seg godt.")
    case, entry = fresh(town.adult), entries(town.adult)[-1]
    assert (case.closed_on, case.close_reason) == (clock.today(), "no_concern")
    assert (entry.kind, entry.text, entry.details) == ("closed", "Ho klarer seg godt.", {"offer_withdrawn": True})
    assert db.session.scalar(select(Handover.state)) == "withdrawn"


def test_closed_for_another_reason_it_must_be_said_which(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/avslutt"
    at_once = send(kari, page, status=422, reason_code="other").text
    assert 'href="#reason"' in at_once
    assert 'href="#evaluation"' in at_once
    typed = {"reason_code": "other", "evaluation": "Ho klarer seg godt."}
    refused = send(kari, page, status=422, reason=" ", **typed)
    assert 'href="#reason"' in refused.text
    assert 'id="reason-error"' in refused.text
    assert fresh(town.adult).closed_on is None
    send(kari, page, reason="Flyttar i haust", **typed)
    assert (fresh(town.adult).close_reason, entries(town.adult)[-1].reason) == ("other", "Flyttar i haust")


def test_a_closed_case_refuses_every_change(browser: Open, town: Town) -> None:
    kari, case = browser("kari"), town.adult
    give(town, case, town.school)
    base = f"/saker/{case.id}"
    pages = {
        name: form_of(kari.get(f"{base}/{name}").text)
        for name in ("stige", "flytt", "avslutt", "samtykke/nytt", "tiltak/nytt", "stafett", "notat")
    }
    change(case, closed_on=clock.today(), close_reason="moved")
    typed: dict[str, dict[str, Any]] = {
        "stige": {"what": "done"},
        "flytt": {"to_level": 0, "reason": "x"},
        "avslutt": {"reason_code": "moved", "evaluation": "x"},
        "samtykke/nytt": {"service": "logg", "given_by": "person", "how": "oral"},
        "tiltak/nytt": {"goal": "x", "what": "x"},
        "stafett": {"to": town.users["ola"].id, "reason": "x"},
        "notat": {"text": "x"},
    }
    for name, form in pages.items():
        refused = kari.post(f"{base}/{name}", form | typed[name], status=409 if "seen" in form else 422)
        assert "kan berre lesast" in refused.text or "Nokon har endra saka" in refused.text, name
    assert entries(case) == []


def test_reopening_keeps_the_level_and_begins_a_new_round(browser: Open, town: Town) -> None:
    at(town, 1, "one_contact")
    change(town.adult, closed_on=clock.today(), close_reason="moved")
    kari, page = browser("kari"), f"/saker/{town.adult.id}/opne-igjen"
    assert 'href="#reason"' in send(kari, page, status=422).text
    send(kari, page, reason="Flytta heim att")
    case = fresh(town.adult)
    assert (case.closed_on, case.close_reason, case.level, case.round) == (None, None, 1, 2)
    assert entries(case)[-1].kind == "reopened"
    assert "Neste steg" in kari.get(f"/saker/{case.id}/stige").text


def test_reopening_is_refused_when_another_case_is_open(browser: Open, town: Town) -> None:
    change(town.adult, closed_on=clock.today(), close_reason="moved")
    with audit.acting(TESTER):
        other = make_case(town.users["kari"], town.home_care, "Mellombels Namn", town.adult.person.birth_date, "adults")
        other.person_id = town.adult.person_id
        db.session.commit()
    page = f"/saker/{town.adult.id}/opne-igjen"
    refused = send(browser("kari"), page, status=422, reason="Ny uro")
    assert "ei anna open sak" in refused.text
    assert "Ny uro" in refused.text


def test_the_same_form_twice_is_saved_once(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/stige"
    form = form_of(kari.get(page).text) | {"what": "done", "participants": "Testine"}
    first, second = kari.post(page, form), kari.post(page, form)
    assert first.location == second.location
    assert len(entries(town.adult)) == 1
    other = kari.post(page, form | {"participants": "Ein heilt annan"}, status=409)
    assert "alt lagra" in other.text
    assert len(entries(town.adult)) == 1


def test_who_comes_second_is_told_what_changed_and_keeps_what_was_typed(browser: Open, town: Town) -> None:
    kari, leader, page = browser("kari"), browser("leader"), f"/saker/{town.adult.id}/stige"
    mine, theirs = form_of(kari.get(page).text), form_of(leader.get(page).text)
    leader.post(page, theirs | {"what": "skip", "reason": "Har kontaktperson"})
    late = kari.post(page, mine | {"what": "done", "participants": "Testine og dottera"}, status=409)
    assert "hoppa over" in late.text
    assert "Leader Dikta" in late.text
    assert "Testine og dottera" in late.text
    again = form_of(late.text)
    kari.post(page, again | {"what": "done"})
    assert [each.outcome for each in entries(town.adult)] == ["skipped", "done"]


@pytest.mark.databases("sqlite", "postgres")
@pytest.mark.parametrize("fails_on", ["UPDATE case_file", "INSERT INTO log_entry"])
def test_the_level_and_its_entry_are_written_together_or_not_at_all(browser: Open, town: Town, fails_on: str) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/flytt"
    form = form_of(kari.get(page).text) | {"to_level": 0, "reason": "Klarar seg sjølv"}
    sent: list[str] = []

    def break_off(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement)
        if statement.startswith(fails_on):
            raise OperationalError(statement, {}, Exception("disk full"))

    event.listen(db.engine, "before_cursor_execute", break_off)
    try:
        failed = kari.post(page, form, status=503)
    finally:
        event.remove(db.engine, "before_cursor_execute", break_off)
    assert "Ikkje lagra" in failed.text
    assert any(each.startswith(fails_on) for each in sent)
    assert entries(town.adult) == []
    assert fresh(town.adult).level == 1
    kari.post(page, form)
    assert (fresh(town.adult).level, len(entries(town.adult))) == (0, 1)
    changed = db.session.scalars(select(AuditEntry).where(AuditEntry.kind == "change")).all()
    ours = [each for each in changed if each.stream == f"case:{town.adult.id}"]
    assert {each["table"] for each in json.loads(ours[-1].data)["changes"]} == {"case_file", "log_entry"}


@pytest.mark.databases("sqlite", "postgres")
@pytest.mark.parametrize("statement", ["UPDATE log_entry SET reason = 'x'", "DELETE FROM log_entry"])
def test_the_database_refuses_to_edit_or_delete_the_log(browser: Open, town: Town, statement: str) -> None:
    send(browser("kari"), f"/saker/{town.adult.id}/stige", what="done")
    with pytest.raises(Exception, match="never edited and never deleted"), db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    assert len(entries(town.adult)) == 1


def offer(town: Town) -> None:
    """An open offer of the baton to ola."""
    with audit.acting(TESTER):
        db.session.add(
            Handover(
                id=uuid.uuid4(),
                case_id=town.adult.id,
                to_id=town.users["ola"].id,
                offered_by_id=town.users["kari"].id,
                offered_at=clock.now(),
            )
        )
        db.session.commit()


def test_an_entry_is_a_log_entry(town: Town) -> None:
    """The log's rows are Audited: a change without an actor is refused."""
    log.write(fresh(town.adult), town.users["kari"], "note", text="Utan nokon bak")
    with pytest.raises(audit.MissingActorError):
        db.session.commit()
    db.session.rollback()
    assert db.session.scalar(select(LogEntry.id)) is None
