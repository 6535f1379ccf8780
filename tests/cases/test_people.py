"""Editing a person, those nearest, the team, who has looked, and emergency openings."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from psfs import audit, clock
from psfs.cases import queries
from psfs.extensions import db
from psfs.models import AuditEntry, EmergencyOpening, LogEntry, Person, PersonWord, RelatedPerson, TeamMember
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")
OUTSIDERS = ["ola", "eva", "other_leader", "ke", "admin"]


def typed(town: Town, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Testine Tenkt", "birth_date": "17.05.1941", "language": "nn", "phone": "", "journal_ref": "",
        "version": str(db.session.get_one(Person, town.adult.person_id, populate_existing=True).version), **changes,
    }  # fmt: skip


def person(town: Town) -> Person:
    return db.session.get_one(Person, town.adult.person_id, populate_existing=True)


def log(town: Town, kind: str) -> list[LogEntry]:
    query = select(LogEntry).where(LogEntry.case_id == town.adult.id, LogEntry.kind == kind)
    return list(db.session.scalars(query.order_by(LogEntry.recorded_at)))


@both
def test_a_new_name_is_found_and_the_old_is_not(browser: Callable[[str], Browser], town: Town) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}/person"
    kari.get(address)
    kari.post(address, typed(town, name="Åsne Tenkt", phone="99", cognitive_note="y"))
    kept = person(town)
    assert (kept.name, kept.phone, kept.cognitive_note, kept.version) == ("Åsne Tenkt", "99", True, 2)
    words = select(PersonWord.word).where(PersonWord.person_id == kept.id)
    assert set(db.session.scalars(words)) == {"asne", "tenkt"}
    assert "Åsne Tenkt" in kari.get("/sok?q=asne").text
    assert "Åsne Tenkt" not in kari.get("/sok?q=testine").text


@both
def test_two_who_edit_at_once(browser: Callable[[str], Browser], town: Town) -> None:
    kari, leader, address = browser("kari"), browser("leader"), f"/saker/{town.adult.id}/person"
    first, second = typed(town, phone="111"), typed(town, phone="222", journal_ref="J-9")
    kari.post(address, first)
    page = leader.post(address, second, status=409)
    assert "Nokon har endra opplysningane" in page.text
    assert "111" in page.text
    assert 'value="222"' in page.text
    assert "J-9" in page.text
    assert person(town).phone == "111"
    version = re.search(r'name="version"[^>]*value="(\d+)"', page.text)
    assert version
    assert version[1] == "2"
    leader.post(address, {**second, "version": version[1]})
    assert person(town).phone == "222"


def test_saving_without_a_change_writes_nothing(browser: Callable[[str], Browser], town: Town) -> None:
    browser("kari").post(f"/saker/{town.adult.id}/person", typed(town))
    assert person(town).version == 1


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_without_a_version_nothing_is_saved(browser: Callable[[str], Browser], town: Town, version: str) -> None:
    data = typed(town, phone="5", version=version)
    browser("kari").post(f"/saker/{town.adult.id}/person", data, status=409 if version == "-1" else 422)
    assert person(town).phone == ""


@pytest.mark.parametrize("name", OUTSIDERS)
def test_others_reach_none_of_the_pages(browser: Callable[[str], Browser], town: Town, name: str) -> None:
    outsider, root = browser(name), f"/saker/{town.adult.id}"
    for address in ("/person", "/team", "/innsyn"):
        outsider.get(root + address, status=404)
    some = uuid.uuid4()
    for address in (
        "/person", "/person/naere", f"/person/naere/{some}/slutt", "/team", f"/team/{some}/slutt", "/kontaktperson",
    ):  # fmt: skip
        outsider.post(root + address, typed(town), status=404)
    assert person(town).version == 1


def test_next_of_kin_come_and_go(browser: Callable[[str], Browser], town: Town) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}/person/naere"
    data = {"id": str(uuid.uuid4()), "name": "Dotter Tenkt", "relation": "dotter", "phone": "55", "guardian": "y"}
    kari.post(address, data)
    kari.post(address, data)
    (row,) = db.session.scalars(select(RelatedPerson))
    assert (row.name, row.guardian, row.person_id) == ("Dotter Tenkt", True, town.adult.person_id)
    kari.post(address, {**data, "name": "Ein Annan"}, status=409)
    kari.post(f"/saker/{town.child.id}/person/naere", data, status=409)  # the same id and words, of somebody else's kin
    kari.post(address, {**data, "id": str(uuid.uuid4()), "relation": " "}, status=422)
    assert "Dotter Tenkt" in kari.get(f"/saker/{town.adult.id}/person").text
    other = f"/saker/{town.child.id}/person/naere/{row.id}/slutt"
    kari.post(other, status=404)
    kari.post(f"{address}/{row.id}/slutt")
    kari.post(f"{address}/{row.id}/slutt")
    db.session.expire_all()
    assert db.session.get_one(RelatedPerson, row.id).ended_on == clock.today()


def member(town: Town, name: str, **changes: Any) -> dict[str, Any]:
    today = clock.today().isoformat()
    user_id = str(town.users[name].id)
    return {"id": str(uuid.uuid4()), "user_id": user_id, "role": "fysio", "from_on": today, "q": name, **changes}


@both
def test_a_colleague_joins_and_leaves(browser: Callable[[str], Browser], town: Town) -> None:
    kari, ola, address = browser("kari"), browser("ola"), f"/saker/{town.adult.id}/team"
    page = kari.get(address + "?q=ola")
    assert "Ola Dikta" in page.text
    assert "Eva Dikta" not in page.text
    data = member(town, "ola")
    kari.post(address, data)
    kari.post(address, data)
    ola.get(f"/saker/{town.adult.id}")
    assert [entry.details["event"] for entry in log(town, "team")] == ["added"]
    page = kari.post(address, member(town, "ola"), status=422)
    assert "alt med i teamet" in page.text
    (row,) = db.session.scalars(select(TeamMember))
    assert "Frå i dag er Ola Dikta ikkje med lenger." in kari.get(address).text, "asked first"
    kari.post(f"{address}/{row.id}/slutt")
    page = kari.get(address)
    today = f"{clock.today():%d.%m.%Y}"
    assert f"Var med frå {today} til {today}" in page.text
    assert "Teamet er endra." in page.text
    ola.get(f"/saker/{town.adult.id}", status=404)
    assert [entry.details["event"] for entry in log(town, "team")] == ["added", "ended"]
    kari.post(f"/saker/{town.child.id}/team/{row.id}/slutt", status=404)


def test_the_last_day_is_the_last_day(browser: Callable[[str], Browser], town: Town) -> None:
    address, today = f"/saker/{town.adult.id}/team", clock.today()
    browser("kari").post(address, member(town, "ola", until_on=today.isoformat()))
    browser("ola").get(f"/saker/{town.adult.id}")
    (row,) = queries.team(town.adult.id)
    assert (row.until, row.now) == (today, True)
    yesterday = (today - timedelta(days=1)).isoformat()
    browser("kari").post(address, member(town, "leader", until_on=yesterday), status=422)


@pytest.mark.parametrize("changes", [{"user_id": ""}, {"user_id": "x"}, {"from_on": ""}, {"from_on": "i går"}])
def test_a_colleague_who_is_none(browser: Callable[[str], Browser], town: Town, changes: dict[str, str]) -> None:
    browser("kari").post(f"/saker/{town.adult.id}/team", member(town, "ola", **changes), status=422)
    assert list(db.session.scalars(select(TeamMember))) == []


def test_neither_an_admin_nor_a_disabled_account_joins(browser: Callable[[str], Browser], town: Town) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}/team"
    kari.post(address, member(town, "admin"), status=422)
    with audit.acting(TESTER):
        town.users["ola"].disabled_at = clock.now()
        db.session.commit()
    kari.post(address, member(town, "ola"), status=422)
    assert "Ola Dikta" not in kari.get(address + "?q=ola").text


def test_somebody_who_leaves_the_team_is_shown_home(browser: Callable[[str], Browser], town: Town) -> None:
    address = f"/saker/{town.adult.id}/team"
    browser("kari").post(address, member(town, "ola"))
    (row,) = db.session.scalars(select(TeamMember))
    ola, end = browser("ola"), f"{address}/{row.id}/slutt"
    assert ola.post(end).location == "/"
    assert ola.post(end).location == "/"  # a second tap
    assert [entry.details["event"] for entry in log(town, "team")] == ["added", "ended"]
    browser("eva").post(end, status=404)
    ola.post(f"{address}/{uuid.uuid4()}/slutt", status=404)
    ola.post(f"/saker/{town.child.id}/team/{row.id}/slutt", status=404)


def test_who_was_taken_out_of_the_team_earlier_is_told_nothing(browser: Callable[[str], Browser], town: Town) -> None:
    address = f"/saker/{town.adult.id}/team"
    browser("kari").post(address, member(town, "ola"))
    (row,) = db.session.scalars(select(TeamMember))
    browser("kari").post(f"{address}/{row.id}/slutt")
    with audit.acting(TESTER):
        row.from_on = row.until_on = clock.today() - timedelta(days=1)
        db.session.commit()
    browser("ola").post(f"{address}/{row.id}/slutt", status=404)


def test_the_contact_person(browser: Callable[[str], Browser], town: Town) -> None:
    kari, address = browser("kari"), f"/saker/{town.child.id}/kontaktperson"
    kari.post(address, {"contact_id": str(town.users["eva"].id)}, status=422)
    kari.post(address, {"contact_id": ""})
    db.session.refresh(town.child)
    assert town.child.contact_id is None
    kari.post(address, {"contact_id": str(town.users["kari"].id)})
    kari.post(address, {"contact_id": str(town.users["kari"].id)})
    db.session.refresh(town.child)
    assert town.child.contact_id == town.users["kari"].id
    entries = db.session.scalars(select(LogEntry).where(LogEntry.kind == "team").order_by(LogEntry.recorded_at))
    assert [entry.details["event"] for entry in entries] == ["no_contact", "contact"]


def test_where_the_holder_is_the_contact_person_no_other_is_named(
    browser: Callable[[str], Browser], town: Town
) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}/kontaktperson"
    kari.post(address, {"contact_id": ""})
    kari.post(address, {"contact_id": str(town.users["kari"].id)}, status=422)
    db.session.refresh(town.adult)
    assert town.adult.contact_id is None


def test_a_closed_case_keeps_its_team(browser: Callable[[str], Browser], town: Town) -> None:
    with audit.acting(TESTER):
        town.adult.closed_on = clock.today()
        db.session.commit()
    kari, address = browser("kari"), f"/saker/{town.adult.id}"
    kari.get(address + "/team")
    kari.post(address + "/team", member(town, "ola"), status=422)
    kari.post(address + "/kontaktperson", {"contact_id": ""}, status=422)
    assert log(town, "team") == []


def open_case(eva: Browser, town: Town, reason: str = "Fall heime, får ikkje tak i nokon") -> str:
    address = f"/saker/{town.adult.id}/naudopning"
    page = eva.get(address).text
    assert "Testine" not in page
    found = re.search(r'name="id"[^>]*value="([^"]+)"', page)
    assert found
    eva.post(address, {"id": found[1], "reason": reason})
    return found[1]


@both
@pytest.mark.parametrize("name", ["eva", "ola"])
def test_an_emergency_opening_lasts_an_hour(
    browser: Callable[[str], Browser], town: Town, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    eva, root = browser(name), f"/saker/{town.adult.id}"
    eva.get(root, status=404)
    opening_id = open_case(eva, town)
    page = eva.get(root).text
    assert "Testine Tenkt" in page
    assert "Naudopning" in page
    eva.get(root + "/person", status=404)
    eva.get(root + "/innsyn", status=404)
    row = db.session.get_one(EmergencyOpening, uuid.UUID(opening_id))
    assert row.until - row.opened_at == timedelta(hours=1)
    assert (row.service_id, row.leader_seen_at, row.ke_seen_at) == (town.home_care.id, None, None)
    (entry,) = log(town, "emergency")
    assert entry.reason == "Fall heime, får ikkje tak i nokon"
    reading = select(AuditEntry).where(AuditEntry.action == "cases.show", AuditEntry.actor_id == town.users[name].id)
    assert "Fall heime" in db.session.scalars(reading).one().data
    assert "naudsituasjon" in browser("leader").get("/").text
    assert "naudsituasjon" in browser("ke").get("/").text
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + timedelta(minutes=61))
    with eva.client.session_transaction() as session:
        session["seen"] = clock.now().timestamp()
    eva.get(root, status=404)


def test_the_same_emergency_page_twice_opens_once(browser: Callable[[str], Browser], town: Town) -> None:
    eva, address = browser("eva"), f"/saker/{town.adult.id}/naudopning"
    data = {"id": str(uuid.uuid4()), "reason": "Fall heime, får ikkje tak i nokon"}
    eva.post(address, data)
    eva.post(address, data)
    assert len(list(db.session.scalars(select(EmergencyOpening)))) == 1
    assert len(log(town, "emergency")) == 1


@pytest.mark.parametrize("reason", ["", "  ", "kort", "x" * 2001, "Fall, 17054112345"])
def test_an_emergency_needs_a_reason(browser: Callable[[str], Browser], town: Town, reason: str) -> None:
    address = f"/saker/{town.adult.id}/naudopning"
    browser("eva").post(address, {"id": str(uuid.uuid4()), "reason": reason}, status=422)
    assert list(db.session.scalars(select(EmergencyOpening))) == []


def test_who_has_access_needs_no_emergency(browser: Callable[[str], Browser], town: Town) -> None:
    address = f"/saker/{town.adult.id}/naudopning"
    assert browser("kari").get(address, status=303).location == f"/saker/{town.adult.id}"
    browser("admin").get(address, status=404)
    browser("eva").get(f"/saker/{uuid.uuid4()}/naudopning", status=404)
