"""A new person and case: what is checked before, what is made, and that it is made once."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from psfs import audit, clock
from psfs.cases import service
from psfs.extensions import db
from psfs.models import AuditEntry, Case, LogEntry, Person, PersonWord
from tests.support.people import TESTER, make_case

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")


def typed(town: Town, **changes: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()), "name": "Oppdikta Åse", "birth_date": "03.02.1950", "language": "nb", "phone": "12 34",
        "journal_ref": "J-17", "ladder": "", "level": "0", "reason": "", "service_id": str(town.home_care.id),
        "worry": "Fell ofte", **changes,
    }  # fmt: skip


def people(name: str = "Oppdikta Åse") -> list[Person]:
    db.session.expire_all()
    return list(db.session.scalars(select(Person).where(Person.name == name)))


@both
def test_person_words_case_and_log_are_made_together(browser: Callable[[str], Browser], town: Town) -> None:
    data = typed(town)
    answer = browser("kari").post("/personar/ny", data)
    assert answer.location == f"/saker/{data['id']}"
    (person,) = people()
    assert (person.birth_date.isoformat(), person.language, person.phone, person.journal_ref, person.shielded) == (
        "1950-02-03", "nb", "12 34", "J-17", False,
    )  # fmt: skip
    assert set(db.session.scalars(select(PersonWord.word).where(PersonWord.person_id == person.id))) == {
        "oppdikta",
        "ase",
    }
    case = db.session.get_one(Case, uuid.UUID(data["id"]))
    kari = town.users["kari"]
    assert (case.person_id, case.ladder, case.level, case.opened_by_id, case.holder_id, case.service_id) == (
        person.id, "adults", 0, kari.id, kari.id, town.home_care.id,
    )  # fmt: skip
    (entry,) = db.session.scalars(select(LogEntry).where(LogEntry.case_id == case.id))
    assert (entry.kind, entry.text, entry.to_level) == ("opened", "Fell ofte", 0)
    changes = select(AuditEntry).where(AuditEntry.stream == f"case:{case.id}", AuditEntry.kind == "change")
    assert len(list(db.session.scalars(changes))) == 1
    assert "Oppdikta Åse" in browser("kari").get("/sok?q=ase").text


@pytest.mark.parametrize(("born", "ladder"), [("01.01.2015", "children"), ("01.01.1950", "adults")])
def test_the_ladder_follows_age_unless_chosen(
    browser: Callable[[str], Browser], town: Town, born: str, ladder: str
) -> None:
    data = typed(town, birth_date=born)
    browser("kari").post("/personar/ny", data)
    assert db.session.get_one(Case, uuid.UUID(data["id"])).ladder == ladder


def test_eighteen_today_is_an_adult(town: Town) -> None:
    today = clock.today()
    born = today.replace(year=today.year - 18, day=min(today.day, 28))
    if born.day != today.day:
        born = today - timedelta(days=365 * 18 + 5)
    assert service.suggested_ladder(born) == "adults"
    assert service.suggested_ladder(born + timedelta(days=3)) == "children"


def test_a_chosen_ladder_stands(browser: Callable[[str], Browser], town: Town) -> None:
    data = typed(town, ladder="children")
    browser("kari").post("/personar/ny", data)
    assert db.session.get_one(Case, uuid.UUID(data["id"])).ladder == "children"


def test_straight_to_a_higher_level_needs_a_reason(browser: Callable[[str], Browser], town: Town) -> None:
    page = browser("kari").post("/personar/ny", typed(town, level="2"), status=422)
    assert "Skriv ei grunngjeving" in page.text
    assert 'href="#reason"' in page.text
    assert people() == []
    data = typed(town, level="2", reason="Kjende behov frå ein annan kommune")
    browser("kari").post("/personar/ny", data)
    assert db.session.get_one(Case, uuid.UUID(data["id"])).level == 2


@both
def test_posting_twice_makes_one(browser: Callable[[str], Browser], town: Town) -> None:
    kari, data = browser("kari"), typed(town)
    first, second = kari.post("/personar/ny", data), kari.post("/personar/ny", {**data, "another_person": "1"})
    assert first.location == second.location
    assert len(people()) == 1
    other = kari.post("/personar/ny", {**data, "name": "Heilt Annan", "another_person": "1"}, status=409)
    assert "alt oppretta" in other.text
    assert people("Heilt Annan") == []
    taken = typed(town, id=str(town.adult.id))
    browser("eva").post("/personar/ny", {**taken, "service_id": str(town.school.id)}, status=409)
    assert len(people()) == 1


def test_posting_twice_after_a_look_back_still_answers_the_same(browser: Callable[[str], Browser], town: Town) -> None:
    kari, data = browser("kari"), typed(town)
    first = kari.post("/personar/ny", data)
    again = kari.post("/personar/ny", data)  # the check for duplicates must not stop one's own case
    assert again.location == first.location


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("name", "", "Skriv namnet"),
        ("name", "   ", "Skriv namnet"),
        ("name", "12345", "med bokstavar"),
        ("name", "😀", "med bokstavar"),
        ("name", "x" * 201, "for lang"),
        ("birth_date", "", "Skriv fødselsdatoen"),
        ("birth_date", "17.13.1941", "dag, månad og fire siffer"),
        ("birth_date", "03.02.2999", "fram i tid"),
        ("birth_date", "03.02.1750", "langt tilbake"),
        ("language", "xx", "Vel eitt av alternativa"),
        ("ladder", "nope", "Vel eitt av alternativa"),
        ("level", "9", "Vel eitt av alternativa"),
        ("level", "x", "Vel eitt av alternativa"),
        ("service_id", "6b1ee9cc-0000-4000-8000-000000000000", "Vel eitt av alternativa"),
        ("service_id", "x", "Vel eitt av alternativa"),
        ("id", "x", "Noko i sida var øydelagt"),
        ("id", "", "Noko i sida var øydelagt"),
        ("journal_ref", "17054112345", "ser ut som eit fødselsnummer"),
        ("worry", "ho har 170541 12345", "ser ut som eit fødselsnummer"),
        ("name", "Test 17054112345", "ser ut som eit fødselsnummer"),
        ("phone", "17054112345", "ser ut som eit fødselsnummer"),
        ("reason", "17054112345", "ser ut som eit fødselsnummer"),
    ],
)
def test_bad_input_keeps_what_was_typed(
    browser: Callable[[str], Browser], town: Town, field: str, value: str, text: str
) -> None:
    page = browser("kari").post("/personar/ny", typed(town, **{field: value}), status=422)
    assert text in page.text
    assert "error-summary" in page.text
    kept = {"name": "Oppdikta Åse", "journal_ref": "J-17", "worry": "Fell ofte"}
    for other in set(kept) - {field}:
        assert kept[other] in page.text
    assert people() == []


def test_nobody_opens_a_case_for_another_service(browser: Callable[[str], Browser], town: Town) -> None:
    browser("eva").post("/personar/ny", typed(town), status=422)
    assert people() == []


def test_ke_chooses_the_service_and_keeps_sight_of_the_case(browser: Callable[[str], Browser], town: Town) -> None:
    ke, data = browser("ke"), typed(town)
    assert "Heimetenesta" in ke.get("/personar/ny").text
    answer = ke.post("/personar/ny", data)
    ke.get(answer.location)
    case = db.session.get_one(Case, uuid.UUID(data["id"]))
    assert (case.holder_id, case.reported_to_ke_on) == (None, clock.today())


def test_the_admin_makes_no_cases(browser: Callable[[str], Browser], town: Town) -> None:
    browser("admin").get("/personar/ny", status=404)
    browser("admin").post("/personar/ny", typed(town), status=404)


def test_the_form_is_filled_with_what_was_searched_for(browser: Callable[[str], Browser], town: Town) -> None:
    page = browser("kari").get("/personar/ny?namn=Oppdikta+Ny&fodd=1950-02-03").text
    assert 'value="Oppdikta Ny"' in page
    assert 'value="03.02.1950"' in page
    browser("kari").get("/personar/ny?namn=%3Cscript%3E&fodd=%00")


def test_an_id_is_not_taken_for_an_identity_number(browser: Callable[[str], Browser], town: Town) -> None:
    # nobody typed it, and nobody could mend it: one id in a thousand has eleven digits that begin with a date
    data = typed(town, id="3f0c2a9e-7b1d-4c55-9a6e-01020312345a")
    assert browser("kari").post("/personar/ny", data).location == f"/saker/{data['id']}"


@both
@pytest.mark.parametrize("name", ["Testine Annan", "TENKT Test", "Téstine"])
def test_somebody_with_access_is_shown_the_case(browser: Callable[[str], Browser], town: Town, name: str) -> None:
    page = browser("kari").post("/personar/ny", typed(town, name=name, birth_date="17.05.1941"), status=409)
    assert "Finst personen alt?" in page.text
    assert f'href="/saker/{town.adult.id}"' in page.text
    assert people(name) == []


@pytest.mark.parametrize("born", ["18.05.1941", "17.05.1914"])
def test_the_same_name_with_a_birth_date_typed_wrong_is_asked_about(
    browser: Callable[[str], Browser], town: Town, born: str
) -> None:
    page = browser("kari").post("/personar/ny", typed(town, name="Tenkt Testine", birth_date=born), status=409)
    assert f'href="/saker/{town.adult.id}"' in page.text
    data = typed(town, name="Testine Tenkt", birth_date=born, service_id=str(town.school.id))
    browser("eva").post("/personar/ny", data)  # whom she may not see, she is not told of on a name alone


def test_somebody_without_access_learns_whom_to_ask(browser: Callable[[str], Browser], town: Town) -> None:
    data = typed(town, name="Fru Tenkt", birth_date="17.05.1941", service_id=str(town.school.id))
    page = browser("eva").post("/personar/ny", data, status=409)
    assert "Personen er kjend" in page.text
    assert "Heimetenesta" in page.text
    assert "Testine" not in page.text
    read = select(AuditEntry).where(AuditEntry.action == "search_known")
    assert [entry.stream for entry in db.session.scalars(read)] == [f"case:{town.adult.id}"]


@pytest.mark.parametrize(
    ("name", "born"), [("Oppdikta Åse", "17.05.1941"), ("Testine Annan", "18.05.1941"), ("Testin Tenk", "17.05.1941")]
)
def test_others_are_no_duplicates(browser: Callable[[str], Browser], town: Town, name: str, born: str) -> None:
    browser("kari").post("/personar/ny", typed(town, name=name, birth_date=born))


def test_a_shielded_person_is_not_told_of(browser: Callable[[str], Browser], town: Town) -> None:
    with audit.acting(TESTER):
        town.adult.person.shielded = True
        db.session.commit()
    data = typed(town, name="Testine Tenkt", birth_date="17.05.1941", service_id=str(town.school.id))
    browser("eva").post("/personar/ny", data)
    browser("kari").post("/personar/ny", typed(town, name="Testine Tenkt", birth_date="17.05.1941"), status=409)


def test_another_person_goes_on_with_what_was_typed(browser: Callable[[str], Browser], town: Town) -> None:
    kari = browser("kari")
    data = typed(town, name="Testine Tvilling", birth_date="17051941", shielded="y", level="1", reason="Kjent «behov»")
    page = kari.post("/personar/ny", data, status=409)
    form = page.text.split('action="/personar/ny"')[1].split("</form>")[0]
    hidden = dict(re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', form))
    hidden.pop("csrf_token", None)
    kari.post("/personar/ny", {**hidden, "another_person": "1"})
    (person,) = people("Testine Tvilling")
    assert (person.shielded, person.birth_date.isoformat(), person.phone) == (True, "1941-05-17", "12 34")
    case = db.session.get_one(Case, uuid.UUID(data["id"]))
    assert case.level == 1
    reason = db.session.scalar(select(LogEntry.reason).where(LogEntry.case_id == case.id))
    assert reason == "Kjent «behov»"


def another(**changes: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "ladder": "children", "level": "0", "reason": "", "worry": "", **changes}


@both
def test_a_case_on_another_ladder(browser: Callable[[str], Browser], town: Town) -> None:
    kari, data = browser("kari"), another(service_id=str(town.home_care.id))
    kari.get(f"/saker/{town.adult.id}/ny-sak")
    answer = kari.post(f"/saker/{town.adult.id}/ny-sak", data)
    assert kari.post(f"/saker/{town.adult.id}/ny-sak", data).location == answer.location
    cases = list(db.session.scalars(select(Case).where(Case.person_id == town.adult.person_id)))
    assert {case.ladder for case in cases} == {"adults", "children"}
    page = kari.post(f"/saker/{town.adult.id}/ny-sak", another(service_id=str(town.home_care.id)), status=422)
    assert "har alt ei open sak" in page.text


def test_whoever_has_no_access_to_the_other_case_learns_whom_to_ask(
    browser: Callable[[str], Browser], town: Town
) -> None:
    with audit.acting(TESTER):
        other = make_case(town.users["eva"], town.school, "Mellombels", town.adult.person.birth_date, "children")
        other.person_id = town.adult.person_id
        db.session.commit()
    data = another(service_id=str(town.home_care.id))
    page = browser("kari").post(f"/saker/{town.adult.id}/ny-sak", data, status=422)
    assert "Spør Skulen, 52 00 00 02" in page.text


@pytest.mark.parametrize("name", ["ola", "eva", "other_leader", "ke", "admin"])
def test_others_open_no_case_for_the_person(browser: Callable[[str], Browser], town: Town, name: str) -> None:
    browser(name).get(f"/saker/{town.adult.id}/ny-sak", status=404)
    data = another(service_id=str(town.home_care.id))
    browser(name).post(f"/saker/{town.adult.id}/ny-sak", data, status=404)
