"""The log as one line of time, its filters, notes, the report to KE, and putting entries right (B8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from psfs import audit, clock
from psfs.bti import log, queries_state, service
from psfs.domain.ladder import StepState
from psfs.extensions import db
from tests.bti.support import change, entries, form_of, fresh, give, send
from tests.support.client import Browser
from tests.support.people import TESTER, Town

Open = Callable[[str], Browser]


def written(town: Town, kind: str, **fields: object) -> str:
    """An entry in the adult's log; its id."""
    with audit.acting(TESTER):
        entry = log.write(fresh(town.adult), town.users["kari"], kind, **fields)  # type: ignore[arg-type]
        db.session.commit()
    return str(entry.id)


def test_notes_and_meetings_are_written_once(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/notat?slag=mote"
    assert 'href="#text"' in send(kari, page, status=422, participants="Alle").text
    form = form_of(kari.get(page).text) | {"text": "Vi møttest\r\nog snakka", "participants": "Kari og Testine"}
    kari.post(page, form)
    kari.post(page, form)
    (entry,) = entries(town.adult)
    assert (entry.kind, entry.text, entry.participants) == ("meeting", "Vi møttest\nog snakka", "Kari og Testine")
    assert kari.post(page, form | {"text": "Noko anna"}, status=409)
    assert "Vi møttest" in kari.get(f"/saker/{town.adult.id}/stafettlogg").text


def test_the_log_filters_by_kind_and_turns_round(browser: Open, town: Town) -> None:
    written(town, "note", text="Eit notat")
    written(town, "conversation", details={"event": "held", "held_on": "2026-05-10"})
    written(town, "something_new", text="Frå eit anna rom")
    kari, page = browser("kari"), f"/saker/{town.adult.id}/stafettlogg"
    whole = kari.get(page).text
    assert "Eit notat" in whole
    assert "Frå eit anna rom" in whole
    only = kari.get(f"{page}?slag=notat").text
    assert "Eit notat" in only
    assert "Frå eit anna rom" not in only
    turned = kari.get(f"{page}?rekkje=eldst").text
    assert whole.index("Frå eit anna rom") < whole.index("Eit notat")
    assert turned.index("Frå eit anna rom") > turned.index("Eit notat")
    part = kari.get(f"{page}?slag=notat", headers={"HX-Request": "true"}).text
    assert "Eit notat" in part
    assert "<html" not in part


def test_every_kind_has_a_plain_sentence(browser: Open, town: Town) -> None:
    for kind in ("opened", "step", "move", "closed", "reopened", "conversation", "form", "intervention", "consent"):
        written(town, kind)
    for kind in ("baton", "note", "meeting", "team", "ke_report", "emergency"):
        written(town, kind, details={"event": "unheard_of"})
    text = browser("kari").get(f"/saker/{town.adult.id}/stafettlogg").text
    assert "Undefined" not in text
    assert "None" not in text


def test_what_people_type_stays_text(browser: Open, town: Town) -> None:
    typed = "<img src=x> 100 % %(name)s {{ 7*7 }}"
    kari, page = browser("kari"), f"/saker/{town.adult.id}/notat?slag=mote"
    send(kari, page, text=typed, participants=typed)
    send(kari, f"/saker/{town.adult.id}/tiltak/nytt", goal=typed, what=typed, responsible_id="annan", responsible=typed)
    for name in ("stafettlogg", "tiltak"):
        text = kari.get(f"/saker/{town.adult.id}/{name}").text
        assert "<img" not in text
        assert text.count("&lt;img src=x&gt; 100 % %(name)s {{ 7*7 }}") >= 2


def test_a_struck_note_stays_readable_with_its_correction_linked(browser: Open, town: Town) -> None:
    note = written(town, "note", text="Feil person")
    kari, base = browser("kari"), f"/saker/{town.adult.id}/stafettlogg"
    assert 'href="#reason"' in send(kari, f"{base}/{note}/stryk", status=422).text
    send(kari, f"{base}/{note}/stryk", reason="Skrive på feil sak")
    text = kari.get(base).text
    strike = entries(town.adult)[-1]
    assert "Feil person" in text
    assert "timeline-struck" in text
    assert f'#e-{strike.id}"' in text
    assert f'id="e-{strike.id}"' in text
    kari_again = send(kari, f"{base}/{note}/stryk", status=409, reason="Ein gong til")
    assert "alt retta" in kari_again.text
    assert len(entries(town.adult)) == 2


def test_a_note_is_corrected_by_a_new_one(browser: Open, town: Town) -> None:
    note = written(town, "note", text="Ho vil symje")
    kari, base = browser("kari"), f"/saker/{town.adult.id}/stafettlogg"
    assert 'href="#why"' in send(kari, f"{base}/{note}/rett", status=422, text="Ho vil sy").text
    send(kari, f"{base}/{note}/rett", text="Ho vil sy", why="Høyrde feil")
    first, second = entries(town.adult)
    assert (first.text, second.text, second.strikes_id) == ("Ho vil symje", "Ho vil sy", first.id)


def test_only_the_last_step_can_be_struck_and_is_then_undone(browser: Open, town: Town) -> None:
    first = written(town, "step", step="one_contact", outcome="done")
    second = written(town, "step", step="one_psfs", outcome="done")
    kari, base = browser("kari"), f"/saker/{town.adult.id}/stafettlogg"
    refused = send(kari, f"{base}/{first}/stryk", status=422, reason="Feil steg")
    assert "siste steget" in refused.text
    assert "Feil steg" in refused.text
    send(kari, f"{base}/{second}/stryk", reason="Samtalen vart utsett")
    assert queries_state.case_state(fresh(town.adult)).steps == {"one_contact": StepState.DONE}
    send(kari, f"{base}/{first}/stryk", reason="Heller ikkje det")
    assert queries_state.case_state(fresh(town.adult)).steps == {}


def test_a_step_of_an_earlier_round_or_one_that_moved_the_case_cannot_be_struck(browser: Open, town: Town) -> None:
    old = written(town, "step", step="one_contact", outcome="done", round=0)
    moved = written(town, "step", step="one_decision", outcome="down", from_level=2, to_level=1, level=2)
    for entry in (old, moved):
        page = f"/saker/{town.adult.id}/stafettlogg/{entry}/stryk"
        send(browser("kari"), page, status=422, reason="Feil")
    assert len(entries(town.adult)) == 2


def test_a_move_is_corrected_while_the_level_stays(browser: Open, town: Town) -> None:
    change(town.adult, level_since=clock.today() - timedelta(days=9))
    kari, base = browser("kari"), f"/saker/{town.adult.id}"
    send(kari, f"{base}/flytt", to_level=0, reason="Klarar seg")
    move = entries(town.adult)[-1].id
    yesterday = clock.today() - timedelta(days=1)
    page = f"{base}/stafettlogg/{move}/rett"
    assert 'href="#reason"' in send(kari, page, status=422, reason="", why="x").text
    send(kari, page, decided_on=yesterday, decided_by="Leiaren", reason="Klarar seg godt", why="Feil dato")
    case, corrected = fresh(town.adult), entries(town.adult)[-1]
    assert (case.level, case.round, case.level_since) == (0, 1, yesterday)
    assert (corrected.kind, corrected.from_level, corrected.to_level) == ("move", 1, 0)
    assert (corrected.strikes_id, corrected.decided_by, corrected.details["why"]) == (move, "Leiaren", "Feil dato")
    kari.get(f"{base}/stafettlogg/{move}/stryk")
    send(kari, f"{base}/stafettlogg/{move}/stryk", status=409, reason="Nei")
    send(kari, f"{base}/stafettlogg/{corrected.id}/stryk", status=422, reason="Nei")


def test_a_corrected_opening_moves_the_day_the_case_was_opened(browser: Open, town: Town) -> None:
    with audit.acting(TESTER):
        entry = service.open_entry(fresh(town.child), town.users["kari"])
        db.session.commit()
    yesterday = clock.today() - timedelta(days=1)
    page = f"/saker/{town.child.id}/stafettlogg/{entry.id}/rett"
    send(browser("kari"), page, decided_on=yesterday, why="Opna i går")
    case = fresh(town.child)
    assert (case.opened_on, case.level_since) == (yesterday, yesterday)


def test_what_other_rooms_write_is_put_right_there(browser: Open, town: Town) -> None:
    held = written(town, "conversation", details={"event": "held"})
    foreign = written(town, "note", text="x")
    kari = browser("kari")
    kari.get(f"/saker/{town.adult.id}/stafettlogg/{held}/rett", status=404)
    kari.get(f"/saker/{town.child.id}/stafettlogg/{foreign}/rett", status=404)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_need_is_reported_to_ke_from_any_level(browser: Open, town: Town, level: int) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/meld-ke"
    change(town.adult, level=level)
    browser("ke").get(f"/saker/{town.adult.id}/stige", status=200 if level == 3 else 404)
    refused = send(kari, page, status=422, need="Tre tenester som ikkje snakkar saman")
    assert 'href="#basis-0"' in refused.text
    assert "Tre tenester" in refused.text
    send(kari, page, need="Tre tenester som ikkje snakkar saman", basis="consent")
    assert fresh(town.adult).reported_to_ke_on == clock.today()
    assert entries(town.adult)[-1].kind == "ke_report"
    browser("ke").get(f"/saker/{town.adult.id}/stige")
    give(town, town.adult, town.school)
    assert queries_state.case_state(fresh(town.adult)).fulfilled >= {"reported_to_ke", "second_service"}
