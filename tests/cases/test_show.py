"""The case page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import TeamMember
from tests.support.people import TESTER
from tests.support.statements import counted
from tests.worklist.rows import add_consent, add_form, add_intervention, add_offer, add_talk, days

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")


def fill(town: Town) -> None:
    with audit.acting(TESTER):
        kari, ola = town.users["kari"], town.users["ola"]
        form = add_form(town.adult, kari, activities=2)
        add_talk(form, kari, days(-40), [2, 4])
        add_talk(form, kari, days(-10), [5, 6], next_due=days(-1))
        add_intervention(town.adult, kari, deadline=days(-1))
        add_consent(town.adult, kari, None, service_id=town.school.id, withdrawn_on=days(-2), withdrawn_by="Testine")
        add_offer(town.adult, kari, ola)
        db.session.add(TeamMember(case_id=town.adult.id, user_id=ola.id, role="fysio", from_on=days(-3)))
        db.session.commit()


def test_an_empty_case(browser: Callable[[str], Browser], town: Town) -> None:
    page = browser("kari").get(f"/saker/{town.child.id}").text
    age = clock.today().year - 2015 - ((clock.today().month, clock.today().day) < (2, 3))
    for text in ("Prøve Liten", f"{age} år", f"/saker/{town.child.id}/skjema/nytt", "Kari Dikta", "900 00 000"):
        assert text in page, text


def test_what_stands_out(browser: Callable[[str], Browser], town: Town) -> None:
    fill(town)
    page = browser("kari").get(f"/saker/{town.adult.id}").text
    for text in (
        f"/saker/{town.adult.id}/samtalar/ny", "5,5", "+2,5", "Betydeleg betring", "Forfalle", "Gå tur", "Ola Dikta",
        "Samtykket for Skulen vart trekt",
    ):  # fmt: skip
        assert text in page, text


@both
def test_at_most_twelve_statements(browser: Callable[[str], Browser], town: Town) -> None:
    fill(town)
    kari = browser("kari")
    kari.get(f"/saker/{town.adult.id}")
    with counted() as sent:
        kari.get(f"/saker/{town.adult.id}")
    assert len(sent) <= 12, "\n".join(sent)


def test_a_shielded_person_is_marked(browser: Callable[[str], Browser], town: Town) -> None:
    with audit.acting(TESTER):
        town.adult.person.shielded = True
        db.session.commit()
    assert "Skjerma" in browser("kari").get(f"/saker/{town.adult.id}").text


def test_a_closed_case_asks_for_nothing(browser: Callable[[str], Browser], town: Town) -> None:
    with audit.acting(TESTER):
        town.adult.closed_on, town.adult.close_reason = days(-1), "moved"
        db.session.commit()
    page = browser("kari").get(f"/saker/{town.adult.id}").text
    assert "kan berre lesast" in page
    assert "Endre kven som er med" not in page
    assert "/samtalar/ny" not in page
    assert "/skjema/nytt" not in page


@both
@pytest.mark.parametrize("name", ["leader", "ke"])
def test_other_roles_see_the_page(browser: Callable[[str], Browser], town: Town, name: str) -> None:
    fill(town)
    with audit.acting(TESTER):
        town.adult.reported_to_ke_on = days(0)
        db.session.commit()
    page = browser(name).get(f"/saker/{town.adult.id}").text
    assert ("/samtalar/ny" in page) == (name == "leader")


def test_the_services_with_a_valid_consent_are_named(browser: Callable[[str], Browser], town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}"
    assert "Andre tenester" not in kari.get(page).text
    with audit.acting(TESTER):
        consent = add_consent(town.adult, town.users["kari"], None, service_id=town.school.id)
        db.session.commit()
    assert "<dt>Andre tenester</dt><dd>Skulen</dd>" in kari.get(page).text
    with audit.acting(TESTER):
        consent.withdrawn_on, consent.withdrawn_by = days(0), "Testine"
        db.session.commit()
    assert "Andre tenester" not in kari.get(page).text


def test_a_new_form_keeps_the_way_to_the_results_of_the_one_before(
    browser: Callable[[str], Browser], town: Town
) -> None:
    kari, page = town.users["kari"], f"/saker/{town.adult.id}"
    with audit.acting(TESTER):
        old = add_form(town.adult, kari)
        add_talk(old, kari, days(-10), [5])
        old.closed_on, old.number = days(-1), 2
        db.session.commit()
        new = add_form(town.adult, kari)
        new.number = 3
        db.session.commit()
    text = browser("kari").get(page).text
    assert f'href="/saker/{town.adult.id}/skjema/{old.id}">Resultata på det førre skjemaet' in text
    with audit.acting(TESTER):
        add_talk(new, kari, days(0), [6])
        db.session.commit()
    assert "Resultata på det førre skjemaet" not in browser("kari").get(page).text


def test_the_next_conversation_stands_there_where_a_plan_took_over(
    browser: Callable[[str], Browser], town: Town
) -> None:
    fill(town)
    with audit.acting(TESTER):
        town.adult.closed_on, town.adult.close_reason = days(-1), "individual_plan"
        db.session.commit()
    assert "Neste samtale:" in browser("kari").get(f"/saker/{town.adult.id}").text
