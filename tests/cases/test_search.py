"""Search: who is found by whom, what others are told, and what it leaves in the log."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from psfs import audit, clock
from psfs.cases import search
from psfs.cases.relations import who
from psfs.domain.permissions import Relation
from psfs.extensions import db
from psfs.models import AuditEntry, Consent, TeamMember
from tests.support.people import TESTER, make_case
from tests.support.statements import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")


def entries(action: str) -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)))


@both
@pytest.mark.parametrize(
    "typed",
    ["Testine", "test ten", "TENKT", "tenkt testine", "17.05.1941", "17051941", "1941-05-17", "tenkt 17.5.1941"],
)
def test_who_has_access_finds_the_case(browser: Callable[[str], Browser], town: Town, typed: str) -> None:
    page = browser("kari").get("/sok", query_string={"q": typed})
    assert "Testine Tenkt" in page.text
    assert f"/saker/{town.adult.id}" in page.text
    assert "Prøve Liten" not in page.text


@both
@pytest.mark.parametrize("how", ["holder_id", "contact_id", "opened_by_id", "team", ""])
def test_one_finds_the_cases_one_takes_part_in(browser: Callable[[str], Browser], town: Town, how: str) -> None:
    ola = town.users["ola"]
    with audit.acting(TESTER):
        town.adult.holder_id = town.users["kari"].id
        if how == "team":
            db.session.add(TeamMember(case_id=town.adult.id, user_id=ola.id, role="", from_on=clock.today()))
        elif how:
            setattr(town.adult, how, ola.id)
        db.session.commit()
    page = browser("ola").get("/mine-saker")
    assert ("Testine Tenkt" in page.text) == bool(how)
    assert "Prøve Liten" not in page.text
    with audit.acting(TESTER):
        town.adult.closed_on = clock.today()
        db.session.commit()
    assert "Testine Tenkt" not in browser("ola").get("/mine-saker").text


def test_ones_own_cases_are_not_those_of_the_service_nor_of_the_unit(
    browser: Callable[[str], Browser], town: Town
) -> None:
    for name in ("leader", "ke", "eva"):
        page = browser(name).get("/mine-saker").text
        assert "Testine Tenkt" not in page
        assert "Du er ikkje med i noka sak" in page
    browser("admin").get("/mine-saker", status=404)


def test_a_long_list_of_ones_own_says_that_it_is_cut(
    browser: Callable[[str], Browser], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "ikkje alle står her" not in browser("kari").get("/mine-saker").text
    search._own.cache_clear()
    monkeypatch.setattr(search, "OWN_CASES", 1)
    page = browser("kari").get("/mine-saker").text
    search._own.cache_clear()
    assert page.count('class="row"') == 1
    assert "ikkje alle står her" in page


def test_the_page_for_searching_names_nobody_before_something_is_typed(
    browser: Callable[[str], Browser], town: Town
) -> None:
    page = browser("kari").get("/sok").text
    assert "Testine Tenkt" not in page
    assert 'href="/mine-saker"' in page


def test_ones_own_cases_are_logged_once_within_the_hour(browser: Callable[[str], Browser], town: Town) -> None:
    kari = browser("kari")
    for _again in range(3):
        assert "Testine Tenkt" in kari.get("/mine-saker").text
    (entry,) = entries("cases.own")
    assert set(json.loads(entry.data)["cases"]) == {str(town.adult.id), str(town.child.id)}
    with counted() as sent:
        kari.get("/mine-saker")
    assert len(sent) <= 2, sent


@pytest.mark.parametrize("typed", ["est", "17.05", "17", "Testine Annan", "tenkt 18.05.1941", "31.02.1941"])
def test_what_does_not_fit_finds_nobody(browser: Callable[[str], Browser], town: Town, typed: str) -> None:
    page = browser("kari").get("/sok", query_string={"q": typed})
    assert "Testine Tenkt" not in page.text


@both
@pytest.mark.parametrize("name", ["ola", "eva", "other_leader", "ke"])
def test_others_learn_whom_to_ask_from_birth_date_and_a_whole_word(
    browser: Callable[[str], Browser], town: Town, name: str
) -> None:
    page = browser(name).get("/sok", query_string={"q": "tenkt 17.05.1941"})
    assert "Personen er kjend" in page.text
    assert "Heimetenesta" in page.text
    assert "52 00 00 01" in page.text
    assert "Testine" not in page.text
    assert f"/saker/{town.adult.id}/naudopning" in page.text


@pytest.mark.parametrize(
    "typed", ["tenk 17.05.1941", "17.05.1941", "Testine Tenkt", "tenkt 18.05.1941", "t 17.05.1941"]
)
@pytest.mark.parametrize("name", ["ola", "eva", "other_leader", "ke"])
def test_others_learn_nothing_from_less(browser: Callable[[str], Browser], town: Town, name: str, typed: str) -> None:
    page = browser(name).get("/sok", query_string={"q": typed})
    assert "kjend" not in page.text
    assert "Heimetenesta" not in page.text.split('id="results"')[1]
    assert "/saker/" not in page.text


def test_the_admin_has_no_search(browser: Callable[[str], Browser], town: Town) -> None:
    browser("admin").get("/sok", query_string={"q": "testine"}, status=404)


@pytest.mark.parametrize("name", ["ola", "eva", "other_leader", "ke"])
def test_a_shielded_person_is_in_no_answer_to_others(browser: Callable[[str], Browser], town: Town, name: str) -> None:
    with audit.acting(TESTER):
        town.adult.person.shielded = True
        db.session.commit()
    page = browser(name).get("/sok", query_string={"q": "testine tenkt 17.05.1941"})
    assert "kjend" not in page.text
    assert str(town.adult.id) not in page.text


def test_a_shielded_person_is_marked_for_those_with_access(browser: Callable[[str], Browser], town: Town) -> None:
    with audit.acting(TESTER):
        town.adult.person.shielded = True
        db.session.commit()
    page = browser("kari").get("/sok", query_string={"q": "testine"})
    assert "Skjerma" in page.text.split('id="results"')[1]


def test_a_leader_finds_the_cases_of_the_service(browser: Callable[[str], Browser], town: Town) -> None:
    assert "Testine Tenkt" in browser("leader").get("/sok", query_string={"q": "testine"}).text


@both
def test_the_coordinating_unit_finds_what_is_reported(browser: Callable[[str], Browser], town: Town) -> None:
    with audit.acting(TESTER):
        town.adult.reported_to_ke_on = clock.today()
        db.session.commit()
    page = browser("ke").get("/sok", query_string={"q": "te"})
    assert "Testine Tenkt" in page.text


def test_a_withdrawn_consent_ends_what_a_colleague_from_elsewhere_finds(
    browser: Callable[[str], Browser], town: Town
) -> None:
    with audit.acting(TESTER):
        eva, today = town.users["eva"], clock.today()
        db.session.add(TeamMember(case_id=town.adult.id, user_id=eva.id, from_on=today))
        consent = Consent(
            case_id=town.adult.id, service_id=town.school.id, basis="consent", from_on=today, recorded_at=clock.now(),
            recorded_by_id=eva.id,
        )  # fmt: skip
        db.session.add(consent)
        db.session.commit()
        for typed in ("testine", "testine 17.05.1941"):
            assert "Testine Tenkt" in browser("eva").get("/sok", query_string={"q": typed}).text
        browser("eva").get(f"/saker/{town.adult.id}")
        consent.withdrawn_on = today
        db.session.commit()
    for typed in ("testine", "testine 17.05.1941"):
        assert "Testine Tenkt" not in browser("eva").get("/sok", query_string={"q": typed}).text
    browser("eva").get(f"/saker/{town.adult.id}", status=404)


def test_names_shown_are_logged_once_and_nothing_else_is(browser: Callable[[str], Browser], town: Town) -> None:
    reader = browser("kari")
    reader.get("/sok", query_string={"q": "nobody"})
    assert entries("cases.search") == []
    reader.get("/sok", query_string={"q": "testine"})
    (entry,) = entries("cases.search")
    assert entry.stream == f"lists:{town.users['kari'].id}"
    assert json.loads(entry.data) == {"cases": [str(town.adult.id)]}


@both
def test_that_somebody_is_known_is_logged_on_the_case(browser: Callable[[str], Browser], town: Town) -> None:
    browser("eva").get("/sok", query_string={"q": "tenkt 17.05.1941"})
    (entry,) = entries("search_known")
    assert (entry.stream, entry.actor_id, entry.kind) == (f"case:{town.adult.id}", town.users["eva"].id, "reading")


@both
@pytest.mark.parametrize(
    "typed",
    ["%", "_", "%%%", "te_t", "😀", "\u202etenkt\u202c 😀", "مرحبا", "<script>alert(1)</script>", "x" * 200, "x " * 100,
     "' OR 1=1 --", "\x00", "99.99.9999", "0", "testine\x00", "ﷺ" * 60, "a" * 5000],
)  # fmt: skip
def test_whatever_is_typed_gives_a_whole_page(browser: Callable[[str], Browser], town: Town, typed: str) -> None:
    page = browser("ola").get("/sok", query_string={"q": typed})
    assert "<script>alert" not in page.text
    assert "Testine Tenkt" not in page.text


def test_percent_and_underscore_are_no_wildcards(browser: Callable[[str], Browser], town: Town) -> None:
    reader = browser("kari")
    for typed in ("%", "te%", "t_stine", "__"):
        found = "Testine Tenkt" in reader.get("/sok", query_string={"q": typed}).text
        assert found == (typed == "te%"), typed  # there the sign is no more than a blank


def test_an_identity_number_is_not_searched_for(browser: Callable[[str], Browser], town: Town) -> None:
    page = browser("kari").get("/sok", query_string={"q": "17054112345"})
    assert "ser ut som eit fødselsnummer" in page.text


def test_nothing_found_offers_a_new_person_with_what_was_typed(browser: Callable[[str], Browser], town: Town) -> None:
    page = browser("kari").get("/sok", query_string={"q": "Oppdikta Ny 03.02.1950"})
    assert "Ingen treff" in page.text
    assert "/personar/ny?namn=Oppdikta+Ny&amp;fodd=1950-02-03" in page.text


def test_htmx_gets_the_results_alone(browser: Callable[[str], Browser], town: Town) -> None:
    page = browser("kari").get("/sok", query_string={"q": "testine"}, headers={"HX-Request": "true"})
    assert page.text.lstrip().startswith('<section id="results"')
    assert "data-announce" in page.text


@both
@pytest.mark.parametrize("short", [True, False])
def test_both_ways_of_searching_answer_alike(town: Town, monkeypatch: pytest.MonkeyPatch, *, short: bool) -> None:
    monkeypatch.setattr(search, "SHORT_CASELOAD", 500 if short else 0)
    monkeypatch.setattr(search, "_caseload", search._caseload.__wrapped__)
    with audit.acting(TESTER):
        for number in range(30):
            make_case(town.users["kari"], town.home_care, f"Annette Anna Nr{number}", date(1950, 1, 1), "adults")
        for number in range(search.ROWS):  # they come first in the index, and must not fill the page
            make_case(town.users["eva"], town.school, f"Ann Borte{number}", date(1950, 1, 1), "adults")
        db.session.commit()
    found = search.find(search.read("ann"), town.users["kari"])
    assert len(found.people) == search.SHOWN
    assert found.more
    assert all(person.name.startswith("Annette") for person in found.people)
    found = search.find(search.read("ann nr7"), town.users["kari"])
    assert [(person.name, len(person.cases), found.more) for person in found.people] == [("Annette Anna Nr7", 1, False)]
    assert search.find(search.read("borte1"), town.users["kari"]).people == ()


def test_few_statements(browser: Callable[[str], Browser], town: Town) -> None:
    reader = browser("kari")
    for typed in ("testine", "tenkt 17.05.1941"):
        with counted() as sent:
            reader.get("/sok", query_string={"q": typed})
        assert len(sent) <= 8, sent


def test_a_search_among_many_walks_the_index_without_sorting(town: Town) -> None:
    wanted = frozenset({Relation.OWN_SERVICE, Relation.HOLDER})
    values = {**who(town.users["leader"]), "from_0": "a", "to_0": "b"}
    with counted() as sent:
        db.session.execute(search._named(wanted, 1, short=False), values)
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sent[-1]}", ("",) * sent[-1].count("?"))
    rows = plan.all()
    steps = [row.detail for row in rows]
    assert any("person_word" in step and "word>? AND word<?" in step for step in steps), steps
    whole = [row.detail for row in rows if row.parent == 0]  # the few consents of one case are another matter
    assert not any("FOR ORDER BY" in step for step in whole), steps
