"""«Mi sak»: what the person reads of their own case, in large print and in plain words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import Consent, IndividualPlan, Intervention, Meeting, NeedReport
from tests.bti.support import form_of
from tests.conversations.rows import make_form
from tests.documents import reading
from tests.documents.conftest import Worked
from tests.support.client import Browser
from tests.support.people import TESTER, Town
from tests.support.statements import counted

Fetch = Callable[[str], bytes]
TRADE_WORDS = ("stafett", "psfs-", "Skjema ", "Svara:", "Samarbeid to", "Personen", "Tiltak frå", "Stigen")


def keep(*rows: object) -> None:
    with audit.acting(TESTER):
        db.session.add_all(rows)
        db.session.commit()


def stamp(town: Town) -> dict[str, Any]:
    return {"case_id": town.adult.id, "recorded_at": clock.now(), "recorded_by_id": town.users["kari"].id}


def measure(town: Town, **fields: Any) -> Intervention:
    given = {"goal": "Kome seg ut", "what": "Følgje til butikken", "responsible": "Eva", "level": 1}
    return Intervention(id=uuid.uuid4(), started_on=date(2026, 4, 2), **{**stamp(town), **given, **fields})


def report(town: Town, **fields: Any) -> NeedReport:
    now, kari = clock.now(), town.users["kari"].id
    given = {"need": "Mange tenester.", "persons_wish": "Éin å ringe til", "basis": "consent"}
    when = {"reported_on": date(2026, 4, 2), "recorded_at": now, "changed_at": now}
    return NeedReport(id=uuid.uuid4(), case_id=town.adult.id, reported_by_id=kari, **{**when, **given, **fields})


@pytest.fixture
def mine(pdf: Fetch, town: Town) -> Callable[[], str]:
    """The words of the document, on one line."""
    return lambda: reading.flat(pdf(f"/saker/{town.adult.id}/mi-sak.pdf"))


def test_who_has_looked_is_gathered_by_day(browser: Callable[[str], Browser], pdf: Fetch, town: Town) -> None:
    kari = browser("kari")
    for _again in range(3):
        kari.get(f"/saker/{town.adult.id}/stige")
    kari.get(f"/saker/{town.adult.id}/tiltak")
    text = reading.flat(pdf(f"/saker/{town.adult.id}/mi-sak.pdf"))
    assert "har ansvaret for saka di: Kva steg saka er på (3), Det som er avtalt" in text
    whole = reading.flat(pdf(f"/saker/{town.adult.id}/innsyn.pdf"))
    assert whole.count("Stigen") == 3, "here every time stands by itself"


def test_what_is_agreed(browser: Callable[[str], Browser], mine: Callable[[], str], town: Town) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}/tiltak/nytt"
    agreed = {"goal": "Kome seg ut", "what": "Følgje til butikken", "responsible_id": "annan", "responsible": "Eva"}
    kari.post(address, {**form_of(kari.get(address).text), **agreed})
    assert "Følgje til butikken Mål: Kome seg ut. Ansvarleg: Eva." in mine()


def test_a_sentence_ends_once_however_it_was_typed(mine: Callable[[], str], town: Town) -> None:
    ended = {"ended_on": date(2026, 5, 2), "result": "partly", "evaluation": "Det går betre!"}
    keep(
        measure(town, goal="Søve heile natta.", responsible="lege på sjukehuset."),
        measure(town, goal="Vil ho ut? ", what="Gåtur", deadline=date(2099, 5, 2)),
        measure(town, what="Rullator", **ended),
    )
    text = mine()
    assert "Mål: Søve heile natta. Ansvarleg: lege på sjukehuset." in text
    assert "Mål: Vil ho ut? Ansvarleg: Eva. Skal vere gjort innan 2. mai 2099." in text
    assert "Avslutta 2. mai 2026. Målet er delvis nådd. Det går betre!" in text
    assert not re.search(r"[.!?]\s?\.", text)


def test_a_telephone_number_stays_on_one_line(pdf: Fetch, town: Town) -> None:
    with audit.acting(TESTER):
        town.adult.person.phone = "55 00 11 22"
        for account in town.users.values():
            account.phone = "55 33 44 66"
        db.session.commit()
    lines = reading.text(pdf(f"/saker/{town.adult.id}/mi-sak.pdf")).splitlines()
    assert any("elefon 55 33 44 66" in line for line in lines)
    assert any("elefon 55 00 11 22" in line for line in lines)


def test_what_the_coordinating_unit_decided(mine: Callable[[], str], town: Town) -> None:
    decided = {"state": "decided", "decided_on": date(2026, 4, 9), "decided_by_id": town.users["ke"].id}
    keep(report(town, coordinator=True, plan=False, reason="Lang tid", **decided))
    text = mine()
    assert "Behovet ditt vart meldt 2. april 2026: Mange tenester. Ønsket ditt: Éin å ringe til." in text
    assert "Avgjort 9. april 2026: Du skal ha koordinator. Du får ikkje individuell plan. Grunn: Lang tid." in text


def test_a_need_that_waits_for_its_answer(mine: Callable[[], str], town: Town) -> None:
    keep(report(town))
    assert "Dette er ikkje avgjort enno." in mine()


def test_meetings_planned_and_held(mine: Callable[[], str], town: Town) -> None:
    coming = clock.today() + timedelta(days=9)
    keep(
        Meeting(id=uuid.uuid4(), planned_on=coming, starts_at=time(10, 30), place="Rådhuset.", **stamp(town)),
        Meeting(id=uuid.uuid4(), planned_on=date(2026, 3, 1), state="held", held_on=date(2026, 3, 1), **stamp(town)),
        Meeting(id=uuid.uuid4(), planned_on=date(2026, 2, 1), state="cancelled", **stamp(town)),
    )
    text = mine()
    assert "klokka 10:30, Rådhuset." in text
    assert "Møte som har vore: 1. mars 2026." in text
    assert "1. februar 2026" not in text


def test_consents_are_told_to_the_one_who_gave_them(mine: Callable[[], str], town: Town) -> None:
    given = {"basis": "consent", "from_on": date(2026, 4, 2), **stamp(town)}
    keep(
        Consent(id=uuid.uuid4(), service_id=town.school.id, given_by="person", how="oral", **given),
        Consent(id=uuid.uuid4(), service_id=None, given_by="guardian", given_by_name="Nær Tenkt", how="paper", **given),
    )
    text = mine()
    assert "Skulen: du sa ja 2. april 2026" in text
    assert "Loggen over saka di: føresett eller verje (Nær Tenkt) sa ja 2. april 2026" in text


def test_the_plan(mine: Callable[[], str], town: Town) -> None:
    row = {"state": "has", "since": date(2026, 4, 2), "recorded_at": clock.now(), "goals": "Gå tur\nSove"}
    keep(IndividualPlan(id=uuid.uuid4(), case_id=town.adult.id, next_revision=date(2099, 1, 4), **row))
    text = mine()
    assert "Du har individuell plan, frå 2. april 2026." in text
    assert "Planen skal gåast gjennom 4. januar 2099." in text


def test_conversations_are_told_to_the_person(mine: Callable[[], str], worked: Worked) -> None:
    text = mine()
    assert "Sidan sist har det vorte mykje lettare for deg (+2,0)." in text
    assert "Du svara sjølv." in text
    assert "Neste samtale er avtalt til 20. august 2099." in text
    assert "«Det er godt å kome seg ut att.»" in text
    assert worked.form.scale_version not in text


def test_a_conversation_that_should_have_been_is_not_called_the_next(mine: Callable[[], str], worked: Worked) -> None:
    with audit.acting(TESTER):
        worked.talks[-1].next_due = date(2026, 6, 1)
        db.session.commit()
    assert "Neste samtale skulle vere 1. juni 2026." in mine()


def test_a_form_without_a_conversation_shows_its_activities(mine: Callable[[], str], town: Town) -> None:
    make_form(town.adult, town.users["kari"], "Plukke bær", "Lese")
    text = mine()
    assert "Ingen samtale enno. Dette skal de snakke om:" in text
    assert "Plukke bær" in text


def test_no_word_of_the_trade(mine: Callable[[], str], town: Town, worked: Worked) -> None:
    keep(measure(town), report(town))
    text = mine()
    assert [word for word in TRADE_WORDS if word in text] == []


def test_however_much_there_is_it_is_read_in_as_many_statements(
    browser: Callable[[str], Browser], town: Town, worked: Worked
) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}/mi-sak.pdf"
    kari.get(address)
    with counted() as little:
        kari.get(address)
    keep(*(measure(town) for _one in range(4)), report(town), report(town, state="decided"))
    with counted() as much:
        kari.get(address)
    assert len(much) == len(little)
    assert len(much) <= 15, "\n".join(much)  # a document, of as many tables
