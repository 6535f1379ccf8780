"""The team: from when there is one, who is in it, what they do, and the picture of it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs import clock
from psfs.extensions import db
from psfs.models import CareTeam, RelatedPerson, Service, TeamMember
from psfs.teams.actor_map import WIDTH, actor_map
from psfs.teams.queries import Actor, actors
from tests.bti.support import change, entries, form_of, fresh, give, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.models import Case
    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]


def address(case: Case, rest: str = "") -> str:
    return f"/saker/{case.id}{rest}"


def members() -> list[TeamMember]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(TeamMember)))


def add_external(browser: Open, town: Town, **typed: str) -> None:
    given = {"kind": "external", "name": "Lege Lukten", "service_id": str(town.school.id), "role": "fastlege"}
    send(browser("kari"), address(town.adult, "/team/andre"), **given | typed)


def test_a_team_begins_and_ends_once(browser: Open, town: Town) -> None:
    kari = browser("kari")
    sent = form_of(kari.get(address(town.adult, "/team/start")).text)
    for _ in range(2):
        kari.post(address(town.adult, "/team/start"), sent)
    assert "i gang frå" in kari.get(address(town.adult, "/team")).text
    second = form_of(kari.get(address(town.adult, "/team/start")).text)
    assert "alt eit oppfølgingsteam" in kari.post(address(town.adult, "/team/start"), second, status=422).text
    send(kari, address(town.adult, "/team/avslutt"), reason="Ikkje lenger behov")
    db.session.rollback()
    row = db.session.scalars(select(CareTeam)).one()
    assert (row.ended_on, row.reason) == (clock.today(), "Ikkje lenger behov")
    assert [each.details["event"] for each in entries(town.adult, "team")] == ["started", "stopped"]


def test_an_external_takes_part_without_access_and_their_consent_is_asked_for(browser: Open, town: Town) -> None:
    add_external(browser, town, task="Medisinar")
    page = browser("kari").get(address(town.adult, "/team")).text
    assert "Lege Lukten" in page
    assert "Manglar samtykke" in page
    browser("eva").get(address(town.adult), status=404)  # her service has no access by it
    give(town, town.adult, town.school)
    assert "Manglar samtykke" not in browser("kari").get(address(town.adult, "/team")).text
    assert entries(town.adult, "team")[-1].details["name"] == "Lege Lukten, Skulen"


def test_next_of_kin_and_the_person_take_part(browser: Open, town: Town) -> None:
    kari = browser("kari")
    send_related = {"name": "Dotter Tenkt", "relation": "dotter"}
    kari.post(address(town.adult, "/person/naere"), {"id": str(uuid.uuid4()), **send_related})
    db.session.rollback()
    near = db.session.scalars(select(RelatedPerson)).one()
    send(kari, address(town.adult, "/team/andre"), kind="related", related_id=str(near.id), task="Handlar på laurdag")
    send(kari, address(town.adult, "/team/andre"), kind="person")
    page = kari.get(address(town.adult, "/team")).text
    assert "Handlar på laurdag" in page
    assert {each.kind for each in members()} == {"related", "person"}
    found = actors(fresh(town.adult))
    assert [(each.name, each.kind) for each in found] == [("Kari Dikta", "staff"), ("Dotter Tenkt", "related")]


def test_what_is_missing_is_said(browser: Open, town: Town) -> None:
    kari, place = browser("kari"), address(town.adult, "/team/andre")
    assert "Skriv namnet." in send(kari, place, 422, kind="external", service_id=str(town.school.id)).text
    assert "Vel kvar dei kjem frå." in send(kari, place, 422, kind="external", name="Lege Lukten").text
    assert "Vel ein av dei pårørande." in send(kari, place, 422, kind="related", related_id="x").text
    assert members() == []


def test_another_persons_kin_is_nobody_here(browser: Open, town: Town) -> None:
    kari = browser("kari")
    kari.post(address(town.child, "/person/naere"), {"id": str(uuid.uuid4()), "name": "Mor Liten", "relation": "mor"})
    db.session.rollback()
    theirs = db.session.scalars(select(RelatedPerson)).one()
    place = address(town.adult, "/team/andre")
    assert "Vel ein av dei pårørande." in send(kari, place, 422, kind="related", related_id=str(theirs.id)).text


def test_when_somebody_goes_it_leaves_a_trace(browser: Open, town: Town) -> None:
    add_external(browser, town)
    row = members()[0]
    kari = browser("kari")
    kari.post(address(town.adult, f"/team/{row.id}/slutt"))
    assert members()[0].until_on == clock.today()
    assert entries(town.adult, "team")[-1].details["event"] == "ended"
    assert "Var med frå" in kari.get(address(town.adult, "/team")).text


def test_what_somebody_does_is_changed(browser: Open, town: Town) -> None:
    add_external(browser, town)
    row = members()[0]
    send(browser("kari"), address(town.adult, f"/team/{row.id}/oppgave"), role="fastlege", task="Smertelindring")
    assert members()[0].task == "Smertelindring"
    assert "Smertelindring" in browser("kari").get(address(town.adult, "/aktorkart")).text


def test_measures_show_what_each_does(browser: Open, town: Town) -> None:
    give(town, town.adult, town.school)
    agreed = {"goal": "Ut", "what": "Gåtrening", "responsible_id": str(town.users["kari"].id), "service": "eiga"}
    page = browser("kari").get(address(town.adult, "/tiltak/nytt"))
    given = form_of(page.text)
    browser("kari").post(address(town.adult, "/tiltak/nytt"), given | {**agreed, "service": given["service"]})
    assert actors(fresh(town.adult))[0].tasks == ("Gåtrening",)


def test_the_nearest_and_a_service_with_consent_are_in_the_picture_without_being_in_the_team(
    browser: Open, town: Town
) -> None:
    values = {"person_id": town.adult.person_id, "relation": "kone", "recorded_at": clock.now()}
    change(RelatedPerson(name="Kone Lukten", **values))
    change(RelatedPerson(name="Gammal Granne", ended_on=clock.today(), **values))
    give(town, town.adult, town.school)
    found = {each.name: (each.kind, each.role) for each in actors(fresh(town.adult))}
    assert found["Kone Lukten"] == ("related", "kone")
    assert found[town.school.name] == ("external" if town.school.external else "staff", "")
    assert "Gammal Granne" not in found
    add_external(browser, town)
    names = [each.name for each in actors(fresh(town.adult))]
    assert "Lege Lukten" in names
    assert town.school.name not in names


def test_the_picture_holds_everybody_however_many_there_are() -> None:
    def actor(number: int, kind: str) -> Actor:
        return Actor(f"Namn {number} " + "Lang " * 30, kind, "rolle", "Teneste", "", ("gjer noko " * 30,), number == 3)

    people = [actor(number, ("staff", "external", "related")[number % 3]) for number in range(40)]
    found = actor_map("Testine Tenkt", people)
    boxes = [*found.left, *found.right]
    assert len(boxes) == 40
    for column in (found.left, found.right):
        assert all(one.y + one.height < two.y for one, two in zip(column, column[1:], strict=False))
    assert all(one.x >= 0 and one.x + one.width <= WIDTH and one.y + one.height <= found.height for one in boxes)
    assert sum(one.dashed for one in boxes) == 1
    assert actor_map("", []).left == ()


def test_a_closed_case_has_no_team_any_longer(browser: Open, town: Town) -> None:
    send(browser("kari"), address(town.adult, "/team/start"))
    send(browser("kari"), address(town.adult, "/avslutt"), reason_code="moved", evaluation="x")
    db.session.rollback()
    assert db.session.scalars(select(CareTeam)).one().ended_on == clock.today()
    browser("kari").get(address(town.adult, "/team/start"), status=422)


def test_a_day_before_the_team_began_does_not_end_it(browser: Open, town: Town) -> None:
    send(browser("kari"), address(town.adult, "/team/start"))
    early = (clock.today() - timedelta(days=1)).isoformat()
    page = send(browser("kari"), address(town.adult, "/team/avslutt"), 422, reason="x", ended_on=early).text
    assert "ikkje vere avslutta før" in page


def test_a_service_out_of_use_sends_nobody(browser: Open, town: Town) -> None:
    change(db.session.get_one(Service, town.school.id), active=False)
    page = browser("kari").get(address(town.adult, "/team/andre")).text
    assert str(town.school.id) not in page
