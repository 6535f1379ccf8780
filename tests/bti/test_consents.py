"""Consents, legal bases in their place, and withdrawal, which cuts access at once (B4, B6)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from psfs import audit, clock
from psfs.bti import service_consents
from psfs.bti.service_consents import ConsentInput
from psfs.domain.errors import Refusal
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
        given_by_name="Mor Tenkt",
        how="paper",
    )
    assert len(kept()) == (status == 303)
    if status == 422:
        assert 'href="#given_by-0"' in answer.text


@pytest.mark.parametrize("giver", ["guardian", "young_person_and_guardian"])
def test_who_gave_it_is_named_unless_it_was_the_person(browser: Open, town: Town, giver: str) -> None:
    kari, page = browser("kari"), f"/saker/{town.child.id}/samtykke/nytt?teneste=logg"
    refused = send(kari, page, status=422, given_by=giver, given_by_name="  ").text
    assert 'href="#given_by_name"' in refused
    assert 'href="#how-0"' in refused, "all that is missing is told at once"
    assert "Skriv namnet på den eller dei som gir samtykket" in refused
    assert kept() == []
    send(kari, page, given_by=giver, given_by_name="Mor Tenkt", how="oral")
    assert [each.given_by_name for each in kept()] == ["Mor Tenkt"]


def test_whatever_the_page_checks_the_verb_refuses_a_consent_from_nobody_named(app: Flask, town: Town) -> None:
    what = ConsentInput(uuid.uuid4(), None, "consent", clock.today(), given_by="guardian", how="oral")
    with audit.acting(TESTER), pytest.raises(Refusal, match="giver_unnamed"):
        service_consents.give(fresh(town.child), town.users["kari"], what)


def test_the_page_hints_at_the_right_giver_first(browser: Open, town: Town) -> None:
    text = browser("kari").get(f"/saker/{town.child.id}/samtykke/nytt").text
    assert "Føresette gir samtykket" in text
    assert text.index('value="guardian"') < text.index('value="person"')


def test_a_guardians_consent_ends_when_the_young_person_has_a_say(browser: Open, town: Town) -> None:
    change(town.child.person, birth_date=born(14))
    page = f"/saker/{town.child.id}/samtykke/nytt?teneste=logg"
    send(browser("kari"), page, given_by="guardian", given_by_name="Mor Tenkt", how="paper")
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


def test_a_service_that_another_consent_lets_in_keeps_its_access_and_that_is_said(browser: Open, town: Town) -> None:
    case, kari = town.adult, browser("kari")
    first, second = give(town, case, town.school), give(town, case, town.school, given_by_name="Testine Tenkt")
    page = f"/saker/{case.id}/samtykke/{first.id}/trekk"
    shown = kari.get(page).text
    assert "mistar tilgangen" not in shown
    assert "Skulen har framleis tilgang" in shown
    assert f'href="/saker/{case.id}/samtykke#samtykke-{second.id}"' in shown
    told = kari.get(send(kari, page, withdrawn_by="Testine").location).text
    assert f'id="samtykke-{second.id}"' in told
    assert "Tilgangen er stengd" not in told
    assert "Samtykket er trekt. Skulen har framleis tilgang" in told
    assert sorted(each.withdrawn_on is None for each in kept()) == [False, True]
    page = f"/saker/{case.id}/samtykke/{second.id}/trekk"
    last = kari.get(page).text
    assert "Skulen mistar tilgangen" in last
    assert 'name="all_of_them"' not in last
    told = kari.get(send(kari, page, withdrawn_by="Testine").location).text
    assert "Samtykket er trekt. Tilgangen er stengd." in told


def test_all_consents_of_a_service_are_withdrawn_at_once_each_with_its_entry(browser: Open, town: Town) -> None:
    case, kari = town.adult, browser("kari")
    first = give(town, case, town.school)
    give(town, case, town.school, from_on=clock.today() + timedelta(days=9))
    log, law = give(town, case), give(town, case, town.home_care, basis="legal_basis", given_by="", how="")
    page = f"/saker/{case.id}/samtykke/{first.id}/trekk"
    form = form_of(kari.get(page).text) | {"withdrawn_by": "Testine", "all_of_them": "y"}
    told = kari.get(kari.post(page, form).location).text
    assert "Samtykka er trekte. Tilgangen er stengd." in told
    kari.post(page, form)
    assert {each.id for each in kept() if each.withdrawn_on is None} == {log.id, law.id}
    assert [each.details["event"] for each in entries(case)] == ["withdrawn"] * 2
    assert len({each.subject_id for each in entries(case)}) == 2


def test_a_legal_basis_is_not_the_persons_to_withdraw_and_still_lets_the_service_in(browser: Open, town: Town) -> None:
    case, kari = town.adult, browser("kari")
    given = give(town, case, town.school)
    give(town, case, town.school, basis="legal_basis", given_by="", how="", legal_basis="Lov § 1", reason="Fare")
    page = f"/saker/{case.id}/samtykke/{given.id}/trekk"
    shown = kari.get(page).text
    assert "Skulen har framleis tilgang" in shown
    assert 'name="all_of_them"' not in shown
    send(kari, page, withdrawn_by="Testine", all_of_them="y")
    assert [each.basis for each in kept() if each.withdrawn_on is None] == ["legal_basis"]


@pytest.mark.parametrize(("again", "kept_on"), [(False, False), (True, True)])
def test_nobody_is_said_to_lose_access_when_the_consent_was_to_the_log(
    browser: Open, town: Town, again: bool, kept_on: bool
) -> None:
    case, kari = town.adult, browser("kari")
    consent = give(town, case)
    if again:
        give(town, case)
    page = f"/saker/{case.id}/samtykke/{consent.id}/trekk"
    assert ("gjeld ikkje lenger frå no av" in kari.get(page).text) is not kept_on
    told = kari.get(send(kari, page, withdrawn_by="Testine").location).text
    assert "Samtykket er trekt." in told
    assert "Tilgangen er stengd" not in told
    assert ("Stafettloggen har framleis samtykke" in told) is kept_on


def test_a_consent_that_has_not_begun_takes_no_access_with_it(browser: Open, town: Town) -> None:
    case, kari = town.adult, browser("kari")
    coming = give(town, case, town.school, from_on=clock.today() + timedelta(days=9))
    page = f"/saker/{case.id}/samtykke/{coming.id}/trekk"
    assert "mistar tilgangen" not in kari.get(page).text
    told = kari.get(send(kari, page, withdrawn_by="Testine").location).text
    assert "Samtykket er trekt." in told
    assert "Tilgangen er stengd" not in told


def test_the_service_that_has_the_case_loses_nothing(browser: Open, town: Town) -> None:
    case, kari = town.adult, browser("kari")
    consent = give(town, case, town.home_care)
    page = f"/saker/{case.id}/samtykke/{consent.id}/trekk"
    shown = kari.get(page).text
    assert "mistar tilgangen" not in shown
    assert "Gi stafetten vidare først" not in shown
    answer = send(kari, page, withdrawn_by="Testine")
    assert answer.location == f"/saker/{case.id}/samtykke"
    assert "Tilgangen er stengd" not in kari.get(answer.location).text


def test_the_page_of_a_new_consent_tells_what_has_one(browser: Open, town: Town) -> None:
    page, kari = f"/saker/{town.adult.id}/samtykke/nytt", browser("kari")
    assert "Har alt samtykke" not in kari.get(page).text
    give(town, town.adult, town.school)
    give(town, town.adult, withdrawn_on=clock.today(), withdrawn_by="Testine")
    assert "Har alt samtykke eller heimel: Skulen." in kari.get(page).text
    give(town, town.adult)
    assert "Har alt samtykke eller heimel: Stafettloggen, Skulen." in kari.get(page).text
    send(kari, page, service=town.school.id, **GIVEN)
    assert len(kept()) == 4


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
