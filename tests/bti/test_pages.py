"""Every page of the room: it is well formed, it costs few statements, it opens for the right people only."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from psfs import audit, clock
from psfs.bti import log
from psfs.extensions import db
from psfs.models import Intervention
from tests.bti.support import change, entries, fresh, give, send
from tests.support.client import Browser
from tests.support.people import TESTER, Town

PAGES = {
    "stige": {"kari", "leader"},
    "flytt": {"kari", "leader"},
    "avslutt": {"kari", "leader"},
    "samtykke": {"kari", "leader"},
    "samtykke/nytt": {"kari", "leader"},
    "samtykke/nytt?grunnlag=heimel": {"kari", "leader"},
    "tiltak": {"kari", "leader"},
    "tiltak/nytt": {"kari", "leader"},
    "stafett": {"kari", "leader"},
    "stafettlogg": {"kari", "leader"},
    "notat": {"kari", "leader"},
    "meld-ke": {"kari", "leader"},
}
MAX_STATEMENTS = 12


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


@pytest.fixture
def busy(town: Town) -> Town:
    """The adult's case with something of everything, on level 2."""
    case, kari = town.adult, town.users["kari"]
    change(case, level=2)
    give(town, case, town.school)
    for index in range(4):
        give(town, case, withdrawn_on=clock.today() if index else None)
    with audit.acting(TESTER):
        row = fresh(case)
        log.write(row, kari, "opened", to_level=2, reason="Kjende behov")
        log.write(row, kari, "step", step="two_meeting", outcome="skipped", reason="Alt halde")
        for index in range(6):
            log.write(row, kari, "note", text=f"Notat {index}")
            db.session.add(
                Intervention(
                    id=uuid.uuid4(),
                    case_id=row.id,
                    goal="Gå til butikken",
                    what=f"Gåtrening {index}",
                    responsible=kari.name,
                    responsible_id=kari.id,
                    service_id=town.home_care.id,
                    level=2,
                    started_on=clock.today(),
                    recorded_at=clock.now(),
                    recorded_by_id=kari.id,
                )
            )
        db.session.commit()
    return town


@pytest.mark.parametrize("name", ["kari", "leader", "ola", "eva", "other_leader", "ke", "admin"])
def test_who_gets_which_page(browser: Callable[[str], Browser], busy: Town, name: str) -> None:
    reader = browser(name)
    for page, readers in PAGES.items():
        reader.get(f"/saker/{busy.adult.id}/{page}", status=200 if name in readers else 404)


def test_every_page_keeps_to_few_statements(browser: Callable[[str], Browser], busy: Town) -> None:
    kari = browser("kari")
    kari.get(f"/saker/{busy.adult.id}/stige")
    for page in PAGES:
        with counted() as statements:
            kari.get(f"/saker/{busy.adult.id}/{page}")
        sent = [each for each in statements if not each.startswith("BEGIN")]
        assert len(sent) <= MAX_STATEMENTS, (page, len(sent), "\n".join(sent))


def test_a_closed_case_shows_no_forms_and_no_buttons_that_change(browser: Callable[[str], Browser], busy: Town) -> None:
    change(busy.adult, closed_on=clock.today(), close_reason="moved")
    kari = browser("kari")
    for page in ("stige", "samtykke", "tiltak", "stafett", "stafettlogg"):
        text = kari.get(f"/saker/{busy.adult.id}/{page}").text
        assert "Opne saka igjen" in text
        assert f'action="/saker/{busy.adult.id}' not in text
        for word in ("Skriv notat", "Nytt tiltak", "Registrer samtykke", ">Rett<", ">Evaluer<", "Spør om"):
            assert word not in text, (page, word)
    for page in ("flytt", "avslutt", "samtykke/nytt", "tiltak/nytt", "notat", "meld-ke"):
        assert "kan berre lesast" in kari.get(f"/saker/{busy.adult.id}/{page}", status=422).text


def test_what_was_not_done_in_a_closed_case_does_not_come_later(browser: Callable[[str], Browser], town: Town) -> None:
    kari, ladder = browser("kari"), f"/saker/{town.adult.id}/stige"
    assert "Kjem seinare" in kari.get(ladder).text
    change(town.adult, closed_on=clock.today(), close_reason="moved")
    text = kari.get(ladder).text
    assert "Ikkje utført" in text
    assert "Kjem seinare" not in text
    assert "her blir vegen vidare avgjord" not in text


def test_a_step_that_sees_to_something_leads_there_before_it_is_done(
    browser: Callable[[str], Browser], town: Town
) -> None:
    kari, ladder = browser("kari"), f"/saker/{town.child.id}/stige"
    change(town.child, level=1)
    register = re.compile(rf'<a class="ds-button" href="/saker/{town.child.id}/samtykke/nytt[^"]*">Registrer samtykke<')
    done = re.compile(r'<button class="ds-button"([^>]*) type="submit" name="what" value="done">')
    text = kari.get(ladder).text
    assert register.search(text)
    assert done.findall(text) == []
    assert 'value="skip"' in text
    assert "Dette må vere på plass først" not in text, "the step itself is where it is seen to"
    give(town, town.child, None)
    text = kari.get(ladder).text
    assert not register.search(text)
    assert done.findall(text) == [""]


def test_the_ladder_names_what_is_missing_with_the_link_that_mends_it_and_leads_back(
    browser: Callable[[str], Browser], town: Town
) -> None:
    kari, ladder = browser("kari"), f"/saker/{town.child.id}/stige"
    change(town.child, level=1)
    page = kari.get(ladder).text
    assert "Her er saka no" in page
    (mends,) = set(re.findall(r'href="([^"]*/samtykke/nytt[^"]*teneste=logg[^"]*)"', page))
    sent = send(kari, mends.replace("&amp;", "&"), given_by="guardian", given_by_name="Mor Tenkt", how="oral")
    assert sent.location.endswith(ladder)
    assert send(
        kari,
        f"/saker/{town.child.id}/samtykke/nytt",
        service="logg",
        given_by="guardian",
        given_by_name="Mor Tenkt",
        how="oral",
    ).location.endswith("/samtykke")


def test_a_contact_person_chosen_for_the_ladder_leads_back_to_it(browser: Callable[[str], Browser], town: Town) -> None:
    kari, case = browser("kari"), town.child
    page = kari.get(f"/saker/{case.id}/team?fra=stige").text
    (action,) = re.findall(r'action="([^"]*/kontaktperson[^"]*)"', page)
    sent = kari.post(action, {"contact_id": str(town.users["kari"].id)})
    assert sent.location.endswith(f"/saker/{case.id}/stige")


@pytest.mark.parametrize(("page", "field"), [("notat", "text"), ("tiltak/nytt", "goal"), ("stafett", "persons_view")])
def test_an_identity_number_is_kept_nowhere(
    browser: Callable[[str], Browser], town: Town, page: str, field: str
) -> None:
    before = len(entries(town.adult))
    typed = {"text": "Ringde", "goal": "Meir ute", "what": "Tur", "reason": "Ferie", "kind": "note"}
    answer = send(browser("kari"), f"/saker/{town.adult.id}/{page}", 422, **{**typed, field: "om 17054112345"})
    assert "ser ut som eit fødselsnummer" in answer.text
    assert "om 17054112345" in answer.text, "what was typed is still there"
    assert len(entries(town.adult)) == before
