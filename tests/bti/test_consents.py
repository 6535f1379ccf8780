"""Consents, legal bases in their place, and withdrawal, which cuts access at once (B4, B6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import Consent, Handover, Service, TeamMember
from tests.bti.support import change, entries, form_of, fresh, give, send
from tests.support.client import Browser
from tests.support.people import TESTER, Town

Open = Callable[[str], Browser]
GIVEN = {"given_by": "person", "how": "oral"}


def kept() -> list[Consent]:
    db.session.rollback()
    return list(
        db.session.scalars(select(Consent).order_by(Consent.recorded_at).execution_options(populate_existing=True))
    )


def born(years: int) -> date:
    today = clock.today()
    return date(today.year - years, 1, 1) if (today.month, today.day) != (1, 1) else date(today.year - years, 1, 1)


def test_a_consent_for_a_service_lets_it_in_and_stands_in_the_log(browser: Open, town: Town) -> None:
    until = clock.today() + timedelta(days=200)
    page = f"/saker/{town.adult.id}/samtykke/nytt"
    answer = send(browser("kari"), page, service=town.school.id, until_on=until, given_by_name="Testine", **GIVEN)
    assert answer.location == f"/saker/{town.adult.id}/samtykke"
    (consent,) = kept()
    assert (consent.service_id, consent.basis, consent.until_on) == (town.school.id, "consent", until)
    (entry,) = entries(town.adult)
    assert (entry.kind, entry.subject_id, entry.details["service"]) == ("consent", consent.id, "Skulen")
    text = browser("kari").get(f"/saker/{town.adult.id}/samtykke").text
    assert "Skulen" in text
    assert ">Gjeld<" in text


def test_what_is_lacking_is_named_and_what_was_typed_is_kept(browser: Open, town: Town) -> None:
    page = f"/saker/{town.adult.id}/samtykke/nytt"
    refused = send(browser("kari"), page, status=422, given_by_name="Testine Tenkt")
    for target in ("#service", "#given_by-0", "#how-0"):
        assert f'href="{target}"' in refused.text
    assert 'value="Testine Tenkt"' in refused.text
    yesterday = clock.today() - timedelta(days=1)
    refused = send(browser("kari"), page, status=422, service="logg", until_on=yesterday, **GIVEN)
    assert 'href="#until_on"' in refused.text
    unknown = send(browser("kari"), page, status=422, service=uuid.uuid4(), **GIVEN)
    assert 'href="#service"' in unknown.text
    assert kept() == []


def test_a_legal_basis_takes_the_place_of_consent_with_a_reason(browser: Open, town: Town) -> None:
    page = f"/saker/{town.child.id}/samtykke/nytt?grunnlag=heimel&teneste=logg"
    refused = send(browser("kari"), page, status=422)
    assert 'href="#legal_basis"' in refused.text
    assert 'href="#reason"' in refused.text
    send(browser("kari"), page, legal_basis="Ei oppdikta lov § 1", reason="Fare for liv og helse")
    (consent,) = kept()
    assert (consent.basis, consent.service_id, consent.given_by) == ("legal_basis", None, "")
    assert entries(town.child)[0].details["event"] == "legal_basis"
    change(town.child, level=1)
    assert "Samtykke til stafettloggen vart" not in browser("kari").get(f"/saker/{town.child.id}/stige").text


@pytest.mark.parametrize(
    ("age", "giver", "status"),
    [(10, "guardian", 303), (10, "person", 422), (10, "young_person_and_guardian", 303)]
    + [(17, "guardian", 422), (17, "person", 303), (17, "young_person_and_guardian", 303)]
    + [(40, "person", 303), (40, "guardian", 303), (40, "young_person_and_guardian", 422)],
)
def test_who_can_give_it_depends_on_age(browser: Open, town: Town, age: int, giver: str, status: int) -> None:
    change(town.child.person, birth_date=born(age))
    answer = send(
        browser("kari"),
        f"/saker/{town.child.id}/samtykke/nytt?teneste=logg",
        status=status,
        given_by=giver,
        how="paper",
    )
    assert len(kept()) == (status == 303)
    if status == 422:
        assert 'href="#given_by-0"' in answer.text


def test_the_page_hints_at_the_right_giver_first(browser: Open, town: Town) -> None:
    text = browser("kari").get(f"/saker/{town.child.id}/samtykke/nytt").text
    assert "Føresette gir samtykket" in text
    assert text.index('value="guardian"') < text.index('value="person"')


def test_a_guardians_consent_ends_when_the_young_person_has_a_say(browser: Open, town: Town) -> None:
    change(town.child.person, birth_date=born(14))
    page = f"/saker/{town.child.id}/samtykke/nytt?teneste=logg"
    send(browser("kari"), page, given_by="guardian", how="paper")
    assert kept()[0].until_on is None, "what was said; the end follows from the birth date whenever it is asked"
    assert f"31.12.{born(14).year + 15}" in browser("kari").get(f"/saker/{town.child.id}/samtykke").text


def test_withdrawal_cuts_the_services_access_at_once(browser: Open, town: Town) -> None:
    case, eva = town.adult, browser("eva")
    give(town, case, town.school)
    with audit.acting(TESTER):
        db.session.add(
            TeamMember(id=uuid.uuid4(), case_id=case.id, user_id=town.users["eva"].id, from_on=clock.today())
        )
        db.session.commit()
    pages = [f"/saker/{case.id}/{name}" for name in ("stige", "stafettlogg", "tiltak", "notat")]
    for page in pages:
        eva.get(page)
    open_form = form_of(eva.get(f"/saker/{case.id}/notat").text) | {"text": "Skrive før trekket"}
    withdraw = f"/saker/{case.id}/samtykke/{kept()[0].id}/trekk"
    send(browser("kari"), withdraw, withdrawn_by="Testine")
    for page in pages:
        eva.get(page, status=404)
    eva.post(f"/saker/{case.id}/notat", open_form, status=404)
    assert entries(case, "note") == []
    text = browser("kari").get(f"/saker/{case.id}/stige").text
    assert "Samtykket for Skulen vart trekt" in text
    assert entries(case)[-1].details["event"] == "withdrawn"


def test_a_consent_can_be_withdrawn_from_a_closed_case_too(browser: Open, town: Town) -> None:
    consent = give(town, town.adult, town.school)
    change(town.adult, closed_on=clock.today(), close_reason="moved")
    assert "/trekk" in browser("kari").get(f"/saker/{town.adult.id}/samtykke").text
    send(browser("kari"), f"/saker/{town.adult.id}/samtykke/{consent.id}/trekk", withdrawn_by="Testine")
    assert kept()[0].withdrawn_on == clock.today()
    assert entries(town.adult)[-1].details["event"] == "withdrawn"


def test_withdrawing_twice_changes_nothing_and_a_foreign_consent_is_not_found(browser: Open, town: Town) -> None:
    consent = give(town, town.adult, town.school)
    page = f"/saker/{town.adult.id}/samtykke/{consent.id}/trekk"
    kari = browser("kari")
    form = form_of(kari.get(page).text) | {"withdrawn_by": "Testine"}
    kari.post(page, form)
    kari.post(page, form | {"withdrawn_by": "Ein annan"})
    assert kept()[0].withdrawn_by == "Testine"
    assert len(entries(town.adult)) == 1
    kari.get(f"/saker/{town.child.id}/samtykke/{consent.id}/trekk", status=404)


def test_whoever_withdraws_their_own_services_consent_is_led_out(browser: Open, town: Town) -> None:
    with audit.acting(TESTER):
        other = Service(id=uuid.uuid4(), name="Fysioterapi")
        db.session.add(other)
        db.session.commit()
    change(town.adult, service_id=other.id)
    consent = give(town, town.adult, town.home_care)
    page = f"/saker/{town.adult.id}/samtykke/{consent.id}/trekk"
    shown = browser("kari").get(page)
    assert "Gi stafetten vidare først" in shown.text
    answer = send(browser("kari"), page, withdrawn_by="Testine")
    assert answer.location == "/"
    browser("kari").get(f"/saker/{town.adult.id}/stige", status=404)


def test_an_offer_to_the_service_is_withdrawn_with_it(browser: Open, town: Town) -> None:
    consent = give(town, town.adult, town.school)
    send(browser("kari"), f"/saker/{town.adult.id}/stafett", to=town.users["eva"].id, reason="Går på skulen")
    browser("eva").get(f"/saker/{town.adult.id}/stafett/svar")
    send(browser("kari"), f"/saker/{town.adult.id}/samtykke/{consent.id}/trekk", withdrawn_by="Testine")
    browser("eva").get(f"/saker/{town.adult.id}/stafett/svar", status=404)
    assert db.session.scalar(select(Handover.state)) == "withdrawn"


def test_the_same_consent_twice_is_saved_once(browser: Open, town: Town) -> None:
    kari, page = browser("kari"), f"/saker/{town.adult.id}/samtykke/nytt"
    form: dict[str, Any] = form_of(kari.get(page).text) | {"service": "logg", **GIVEN}
    assert kari.post(page, form).location == kari.post(page, form).location
    assert (len(kept()), len(entries(town.adult))) == (1, 1)
    kari.post(page, form | {"how": "paper"}, status=409)
    kari.post(page, form | {"until_on": clock.today()}, status=409)
    assert len(kept()) == 1


def test_the_states_stand_in_words(browser: Open, town: Town) -> None:
    today = clock.today()
    give(town, town.adult, until_on=today + timedelta(days=5), from_on=today - timedelta(days=9))
    give(town, town.adult, until_on=today - timedelta(days=1), from_on=today - timedelta(days=9))
    give(town, town.adult, from_on=today + timedelta(days=3))
    give(town, town.adult, withdrawn_on=today, withdrawn_by="Testine")
    text = browser("kari").get(f"/saker/{town.adult.id}/samtykke").text
    for words in ("Går snart ut", "Har gått ut", "Gjeld ikkje enno", ">Trekt<"):
        assert words in text
    assert fresh(town.adult)
