"""Adults: who holds the baton is the contact person (B4), and nobody else is chosen beside them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from psfs.extensions import db
from psfs.models import Case, Handover
from tests.bti.support import change, entries, form_of, fresh, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]


def unheld(case: Case) -> str:
    """Nobody holds the case; the address of its ladder."""
    change(case, holder_id=None, contact_id=None)
    return f"/saker/{case.id}/stige"


def test_the_holder_is_the_contact_person_and_the_step_says_so(browser: Open, town: Town) -> None:
    change(town.adult, contact_id=None)
    kari, page = browser("kari"), f"/saker/{town.adult.id}/stige"
    shown = kari.get(page)
    assert "Kari Dikta har stafetten og er kontaktperson." in shown.text
    assert "Ein kontaktperson: den som har stafetten." not in shown.text
    kari.post(page, form_of(shown.text) | {"what": "done"})
    assert "Ein kontaktperson" not in kari.get(page).text
    assert entries(town.adult, "step")[-1].step == "one_contact"


def test_without_a_holder_the_link_that_mends_it_leads_to_the_baton(browser: Open, town: Town) -> None:
    page = unheld(town.adult)
    kari, baton = browser("kari"), f"/saker/{town.adult.id}/stafett"
    shown = kari.get(page)
    assert "Ein kontaktperson: den som har stafetten." in shown.text
    assert f'href="{baton}?fra=stige">Vel kven som skal ha stafetten' in shown.text
    refused = kari.post(page, form_of(shown.text) | {"what": "done"}, status=422)
    assert f'href="{baton}' in refused.text, "a step that sees to something is done when that is in place"
    send(kari, baton, to=str(town.users["kari"].id), reason="Eg er oftast hjå ho")
    assert fresh(town.adult).holder_id == town.users["kari"].id
    assert "Ein kontaktperson" not in kari.get(page).text


def test_who_takes_a_baton_that_nobody_holds_has_it_at_once(browser: Open, town: Town) -> None:
    unheld(town.adult)
    leader, baton = browser("leader"), f"/saker/{town.adult.id}/stafett"
    assert "Vel du deg sjølv, har du stafetten med ein gong." in leader.get(baton).text
    send(leader, baton, to=str(town.users["leader"].id), reason="Importert sak", persons_view="Greitt for ho")
    case = fresh(town.adult)
    assert case.holder_id == town.users["leader"].id
    entry = entries(case, "baton")[-1]
    assert (entry.details["event"], entry.details["to"], entry.details["from"]) == ("accepted", "Leader Dikta", "")
    assert (entry.reason, entry.text) == ("Importert sak", "Greitt for ho")
    given = db.session.get_one(Handover, entry.subject_id)
    assert (given.state, given.to_id, given.answered_at is not None) == ("accepted", case.holder_id, True)


def test_a_baton_that_somebody_holds_is_asked_for_even_by_oneself(browser: Open, town: Town) -> None:
    leader, baton = browser("leader"), f"/saker/{town.adult.id}/stafett"
    assert "Vel du deg sjølv" not in leader.get(baton).text
    send(leader, baton, to=str(town.users["leader"].id), reason="Kari er sjuk")
    assert fresh(town.adult).holder_id == town.users["kari"].id
    assert entries(town.adult, "baton")[-1].details["event"] == "offered"


def test_taking_it_twice_takes_it_once(browser: Open, town: Town) -> None:
    unheld(town.adult)
    leader, baton = browser("leader"), f"/saker/{town.adult.id}/stafett"
    form = form_of(leader.get(baton).text) | {"to": str(town.users["leader"].id), "reason": "Importert sak"}
    leader.post(baton, form)
    leader.post(baton, form)
    assert len(entries(town.adult, "baton")) == 1


def test_no_other_contact_person_is_chosen_where_the_holder_is_it(browser: Open, town: Town) -> None:
    change(town.adult, contact_id=None)
    kari, team = browser("kari"), f"/saker/{town.adult.id}/team"
    shown = kari.get(team).text
    assert "Kari Dikta har stafetten og er kontaktperson." in shown
    assert "Lagre kontaktperson" not in shown
    assert f'href="/saker/{town.adult.id}/stafett"' in shown
    kari.post(f"/saker/{town.adult.id}/kontaktperson", {"contact_id": str(town.users["kari"].id)}, status=422)
    assert fresh(town.adult).contact_id is None
    assert "Lagre kontaktperson" in kari.get(f"/saker/{town.child.id}/team").text


def test_one_chosen_on_another_level_is_told_of_and_can_be_asked_or_removed(browser: Open, town: Town) -> None:
    change(town.adult, contact_id=town.users["ola"].id)
    kari, team = browser("kari"), f"/saker/{town.adult.id}/team"
    assert "Ola Dikta vart vald til kontaktperson på eit anna nivå" in kari.get(team).text
    assert f"/stafett?til={town.users['ola'].id}" in kari.get(team).text
    asked = kari.get(f"/saker/{town.adult.id}/stafett?til={town.users['ola'].id}")
    assert form_of(asked.text)["to"] == str(town.users["ola"].id)
    kari.post(f"/saker/{town.adult.id}/kontaktperson", {"contact_id": ""})
    assert fresh(town.adult).contact_id is None
    assert "vart vald til kontaktperson" not in kari.get(team).text


def test_the_case_page_names_one_contact_person(browser: Open, town: Town) -> None:
    change(town.adult, contact_id=None)
    page = browser("kari").get(f"/saker/{town.adult.id}").text
    assert page.count("<dt>Kontaktperson</dt>") == 1
    change(town.adult, level=3, contact_id=town.users["ola"].id)
    page = browser("kari").get(f"/saker/{town.adult.id}").text
    assert "<dt>Koordinator</dt>" in page
    assert page.count("<dt>Kontaktperson</dt>") == 1


def test_an_address_with_nobody_to_ask_is_no_fault(browser: Open, town: Town) -> None:
    for who in ("x", str(uuid.uuid4()), str(town.users["admin"].id)):
        assert form_of(browser("kari").get(f"/saker/{town.adult.id}/stafett?til={who}").text)["to"] == ""
