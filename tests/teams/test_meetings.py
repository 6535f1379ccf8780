"""Meetings: planned, invited to, held with minutes and decisions, cancelled; due where the level asks for them."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta, timezone
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select

from psfs import clock
from psfs.extensions import db
from psfs.models import Intervention, Meeting, MeetingAddition, RelatedPerson, TeamMember
from psfs.worklist import queries as worklist
from tests.bti.support import change, entries, form_of, fresh, give, send
from tests.documents import reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.models import Case
    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

SOON = clock.today() + timedelta(days=10)
MINUTES = {"present": "Testine, Kari", "minutes": "Me snakka om trappa.", "next_agreed": "no"}


def address(case: Case, rest: str = "") -> str:
    return f"/saker/{case.id}{rest}"


def plan(browser: Open, case: Case, on: date = SOON, **typed: str) -> Meeting:
    given = {"planned_on": on.isoformat(), "starts_at": "10:30", "minutes_long": "45", "place": "Heime i stova"}
    send(browser("kari"), address(case, "/mote/nytt"), **given | {"invited": "person"} | typed)
    db.session.rollback()
    return db.session.scalars(select(Meeting).order_by(Meeting.recorded_at.desc())).all()[0]


def now(row: Meeting) -> Meeting:
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Meeting, row.id)


def place(row: Meeting, rest: str = "") -> str:
    return f"/saker/{row.case_id}/mote/{row.id}{rest}"


def items(town: Town, name: str) -> list[tuple[str, date]]:
    db.session.rollback()
    return [(item.kind, item.on) for item in worklist.worklist(town.users[name]).items if item.kind == "mote"]


def test_what_matters_stands_on_the_agenda_unless_somebody_writes_something_else(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult)
    assert row.agenda.startswith("Kva er viktig for deg?")
    assert [each["name"] for each in row.invited] == ["Testine Tenkt"]
    entry = entries(town.adult, "meeting")[-1]
    assert (entry.details["event"], entry.details["day"], entry.participants) == (
        "planned",
        SOON.isoformat(),
        "Testine Tenkt",
    )


def test_nobody_is_called_in_who_is_not_chosen(browser: Open, town: Town) -> None:
    kari, where = browser("kari"), address(town.adult, "/mote/nytt")
    page = kari.get(where)
    assert "Kari Dikta" in page.text
    given = form_of(page.text) | {"planned_on": SOON.isoformat()}
    given.pop("invited")
    assert "Vel kven som skal kallast inn." in kari.post(where, given, status=422).text
    kari.post(where, given | {"others": "Fastlege Lukten, Nabo Ny", "why": "Ho er på sjukehus."})
    db.session.rollback()
    assert [each["name"] for each in db.session.scalars(select(Meeting)).one().invited] == [
        "Fastlege Lukten",
        "Nabo Ny",
    ]


def member(town: Town, name: str, **fields: object) -> str:
    """A colleague in the adult's team, by what stands in the form."""
    user = town.users[name]
    change(TeamMember(case_id=town.adult.id, user_id=user.id, from_on=clock.today() - timedelta(days=9), **fields))
    return str(user.id)


def test_whose_service_lacks_consent_is_not_called_in(browser: Open, town: Town) -> None:
    eva, kari, where = member(town, "eva"), browser("kari"), address(town.adult, "/mote/nytt")
    page = kari.get(where).text
    assert eva not in page
    assert "Eva Dikta kan ikkje kallast inn: Skulen har ikkje samtykke eller heimel" in page
    given = form_of(page) | {"planned_on": SOON.isoformat()}
    for invited in ({"invited": eva}, {"others": "fastlegen, eva dikta"}):
        text = kari.post(where, given | invited, status=422).text
        assert "Eva Dikta kan ikkje kallast inn: Skulen har ikkje samtykke eller heimel" in text
    give(town, town.adult, town.school)
    kari.post(where, given | {"invited": eva, "why": "Ho vil ikkje vere med."})
    db.session.rollback()
    assert [each["name"] for each in db.session.scalars(select(Meeting)).one().invited] == ["Eva Dikta"]


def test_an_external_whose_service_lacks_consent_is_not_called_in(browser: Open, town: Town) -> None:
    lege = TeamMember(kind="external", name="Lege Lukten", service_id=town.school.id, from_on=clock.today())
    change(lege, case_id=town.adult.id)
    page = browser("kari").get(address(town.adult, "/mote/nytt")).text
    assert "Lege Lukten kan ikkje kallast inn" in page
    give(town, town.adult, town.school)
    page = browser("kari").get(address(town.adult, "/mote/nytt")).text
    assert "Lege Lukten" in page
    assert "kan ikkje kallast inn" not in page


def test_a_meeting_without_the_person_needs_a_reason_once(browser: Open, town: Town) -> None:
    kari, where = browser("kari"), address(town.adult, "/mote/nytt")
    page = kari.get(where).text
    asks = "Kvifor er dei ikkje kalla inn?"
    assert asks not in page
    given = form_of(page) | {"planned_on": SOON.isoformat(), "invited": str(town.users["kari"].id)}
    refused = kari.post(where, given, status=422).text
    assert "Ikkje kalla inn: Testine Tenkt. Kryss av i lista, eller skriv kvifor ikkje." in refused
    assert asks in refused
    kari.post(where, given | {"why": "Ho er på sjukehus."})
    assert entries(town.adult, "meeting")[-1].reason == "Ho er på sjukehus."
    row = db.session.scalars(select(Meeting)).one()
    assert "Ho er på sjukehus." in kari.get(address(town.adult, "/stafettlogg")).text
    send(kari, place(row, "/endre"), place="Rådhuset", invited=str(town.users["kari"].id))
    assert now(row).place == "Rådhuset"


def test_a_meeting_that_others_plan_without_the_holder_needs_a_reason(browser: Open, town: Town) -> None:
    member(town, "ola")
    ola, where = browser("ola"), address(town.adult, "/mote/nytt")
    given = form_of(ola.get(where).text) | {"planned_on": SOON.isoformat(), "invited": "person"}
    assert "Ikkje kalla inn: Kari Dikta." in ola.post(where, given, status=422).text
    ola.post(where, given | {"others": "kari dikta"})
    assert len(entries(town.adult, "meeting")) == 1


def test_a_colleague_whose_account_is_closed_is_not_called_in_or_made_responsible(browser: Open, town: Town) -> None:
    ola, kari, where = member(town, "ola"), browser("kari"), address(town.adult, "/mote/nytt")
    assert ola in kari.get(where).text
    held = plan(browser, town.adult, clock.today())
    send(kari, place(held, "/referat"), **MINUTES)
    assert ola in kari.get(place(held, "/avtale")).text
    change(town.users["ola"], disabled_at=clock.now())
    page = kari.get(where).text
    told = "Kontoen til Ola Dikta er stengd. Ola Dikta kan ikkje kallast inn."
    assert ola not in page
    assert told in page
    given = form_of(page) | {"planned_on": SOON.isoformat()}
    for invited in ({"invited": ola}, {"others": "Ola Dikta"}):
        assert told in kari.post(where, given | invited, status=422).text
    assert ola not in kari.get(place(held, "/avtale")).text
    assert "Kontoen er stengd" in kari.get(address(town.adult, "/team")).text


def test_who_has_left_is_not_called_in_again(browser: Open, town: Town) -> None:
    ola, today = member(town, "ola"), clock.today()
    row = plan(browser, town.adult, today, invited=ola, why="Ho vil ikkje vere med.")
    change(db.session.scalars(select(TeamMember)).one(), until_on=today)
    kari = browser("kari")
    page = kari.get(place(row, "/endre")).text
    assert "Ola Dikta er ikkje med lenger og kan ikkje kallast inn." in page
    assert "Ola Dikta" not in form_of(page)["others"]
    for invited in ({"invited": ola}, {"others": "Ola Dikta"}):
        text = kari.post(place(row, "/endre"), form_of(page) | invited | {"place": "Rådhuset"}, status=422).text
        assert "Ola Dikta er ikkje med lenger og kan ikkje kallast inn." in text
    agreed = MINUTES | {"next_agreed": "yes", "next_on": SOON.isoformat(), "avslutt": "1"}
    send(kari, place(row, "/referat"), **agreed)
    db.session.rollback()
    coming = db.session.scalars(select(Meeting).where(Meeting.state == "planned")).one()
    assert [each["name"] for each in coming.invited] == ["Testine Tenkt"]  # nobody else was left


def test_kin_who_are_no_longer_there_are_not_called_in(browser: Open, town: Town) -> None:
    near = RelatedPerson(person_id=town.adult.person_id, name="Dotter Tenkt", relation="dotter", id=uuid.uuid4())
    change(near, recorded_at=clock.now())
    change(TeamMember(case_id=town.adult.id, kind="related", related_id=near.id, from_on=clock.today()))
    where = address(town.adult, "/mote/nytt")
    assert "Dotter Tenkt" in browser("kari").get(where).text
    change(near, ended_on=clock.today())
    page = browser("kari").get(where).text
    assert "Dotter Tenkt" not in page
    given = form_of(page) | {"planned_on": SOON.isoformat(), "others": "Dotter Tenkt"}
    assert "er ikkje med lenger" in browser("kari").post(where, given, status=422).text


def test_a_cancelled_meeting_offers_to_leave_the_calendar(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult)
    send(browser("kari"), place(row, "/avlys"), reason="Sjuk")
    page = browser("kari").get(place(row)).text
    assert place(row, "/kalender.ics") in page
    assert "Ta møtet ut av kalenderen (.ics)" in page
    assert "Legg i kalenderen" not in page


def test_a_calendar_reads_the_meeting_and_finds_no_name_in_it(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, date(2027, 7, 1))
    answer = browser("kari").get(place(row, "/kalender.ics"))
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    oslo = ZoneInfo("Europe/Oslo")
    assert event.decoded("dtstart") == datetime(2027, 7, 1, 10, 30, tzinfo=oslo)
    assert event.decoded("dtstart").utcoffset() == timedelta(hours=2)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=45)
    assert "Tenkt" not in answer.text
    assert str(row.id) in event["uid"]


@pytest.mark.parametrize("year", [1996, 2026, 2027, 2040])
def test_the_clock_of_the_calendar_file_changes_when_the_clock_in_norway_does(
    browser: Open, town: Town, year: int
) -> None:
    row = plan(browser, town.adult, date(2027, 7, 1))
    (zone,) = Calendar.from_ical(browser("kari").get(place(row, "/kalender.ics")).data).walk("VTIMEZONE")
    oslo = ZoneInfo(zone["tzid"])
    for part in zone.subcomponents:
        before, after = part.decoded("tzoffsetfrom"), part.decoded("tzoffsetto")
        rule = part["rrule"]
        assert (rule["freq"], rule["byday"]) == (["YEARLY"], ["-1SU"])
        days = [date(year, rule["bymonth"][0], day) for day in range(25, 32)]  # the last seven of March and October
        (last,) = [day for day in days if day.isoweekday() == 7]
        begins = part.decoded("dtstart")
        change_at = datetime.combine(last, begins.time(), timezone(before))  # by the clock before it changed
        assert begins.date() <= date(1996, 12, 31)
        assert (change_at - timedelta(seconds=1)).astimezone(oslo).utcoffset() == before
        assert change_at.astimezone(oslo).utcoffset() == after
        assert change_at.astimezone(oslo).tzname() == part["tzname"]


def test_a_meeting_without_a_time_lasts_the_day(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, starts_at="")
    (event,) = Calendar.from_ical(browser("kari").get(place(row, "/kalender.ics")).data).walk("VEVENT")
    assert event.decoded("dtstart") == SOON


def test_a_moved_or_cancelled_meeting_says_so_to_the_calendar(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult)
    send(browser("kari"), place(row, "/endre"), place="Rådhuset")
    moved = Calendar.from_ical(browser("kari").get(place(row, "/kalender.ics")).data)
    send(browser("kari"), place(row, "/avlys"), reason="Sjuk")
    gone = Calendar.from_ical(browser("kari").get(place(row, "/kalender.ics")).data)
    first, second = (found.walk("VEVENT")[0] for found in (moved, gone))
    assert first["uid"] == second["uid"]
    assert (first["location"], first["sequence"], second["sequence"]) == ("Rådhuset", 1, 2)
    assert (second["status"], gone["method"]) == ("CANCELLED", "CANCEL")


@pytest.mark.parametrize(
    ("noted", "planned", "missed"),
    [
        (-20, -1, True),
        (-20, 0, True),  # on the day itself
        (-20, 1, False),  # in good time
        (-1, -2, False),  # written down afterwards, with the wrong day
    ],
)
def test_a_meeting_moved_when_its_day_had_come_was_missed_that_day(
    browser: Open, town: Town, noted: int, planned: int, missed: bool
) -> None:
    day, later = clock.today() + timedelta(days=planned), SOON + timedelta(days=30)
    row = plan(browser, town.adult, day)
    change(row, recorded_at=clock.now() + timedelta(days=noted))
    send(browser("kari"), place(row, "/endre"), place="Rådhuset")
    assert now(row).missed_on is None
    send(browser("kari"), place(row, "/endre"), planned_on=SOON.isoformat())
    assert now(row).missed_on == (day if missed else None)
    change(now(row), planned_on=clock.today())
    send(browser("kari"), place(row, "/endre"), planned_on=later.isoformat())
    assert now(row).missed_on == (day if missed else clock.today())  # the first


def test_the_invitation_is_on_paper(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, others="Fastlege Lukten")
    text = reading.flat(browser("kari").get(place(row, "/innkalling.pdf")).data)
    for said in ("Innkalling til møte", "Heime i stova", "Fastlege Lukten", "Kva er viktig for deg?", "10:30"):
        assert said in text


def test_minutes_are_their_writers_until_closed_and_then_nobodys(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today())
    change(TeamMember(case_id=town.adult.id, user_id=town.users["ola"].id, from_on=clock.today()))
    send(browser("kari"), place(row, "/referat"), **MINUTES)
    assert (now(row).state, now(row).writer_id) == ("held", town.users["kari"].id)
    assert "skriv referatet" in browser("ola").get(place(row, "/referat")).text
    stale = {"version": str(now(row).version), "held_on": clock.today().isoformat(), **MINUTES}
    browser("ola").post(place(row, "/referat"), stale | {"minutes": "Mi utgåve"}, status=422)
    kari = browser("kari")
    page = form_of(kari.get(place(row, "/referat")).text)
    kari.post(place(row, "/referat"), page | {"avslutt": "1"})
    assert now(row).closed_at is not None
    entry = entries(town.adult, "meeting")[-1]
    assert (entry.text, entry.participants, entry.details["event"]) == (
        "Me snakka om trappa.",
        "Testine, Kari",
        "held",
    )
    kari.post(place(row, "/referat"), page | {"minutes": "Noko anna", "avslutt": "1"}, status=422)
    assert now(row).minutes == "Me snakka om trappa."


def flags(town: Town, name: str) -> list[str]:
    db.session.rollback()
    return [item.flag for item in worklist.worklist(town.users[name]).items if item.kind == "mote"]


def test_minutes_that_are_begun_wait_for_their_writer_and_for_the_holder(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today())
    member(town, "ola")
    send(browser("ola"), place(row, "/referat"), **MINUTES)
    assert [flags(town, name) for name in ("ola", "kari", "leader")] == [["minutes"], ["minutes_of_another"], []]
    page = browser("ola").get("/").text
    assert "Referatet er ikkje avslutta" in page
    assert place(row, "/referat") in page
    assert "Ola Dikta har ikkje avslutta referatet" in browser("kari").get("/").text
    send(browser("ola"), place(row, "/referat"), avslutt="1")
    assert [flags(town, name) for name in ("ola", "kari")] == [[], []]


def test_minutes_of_somebody_whose_account_is_closed_can_be_finished_by_others(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today())
    member(town, "ola")
    send(browser("ola"), place(row, "/referat"), **MINUTES)
    change(town.users["ola"], disabled_at=clock.now())
    assert "Skriv vidare" in browser("kari").get(place(row)).text
    send(browser("kari"), place(row, "/referat"), avslutt="1")
    assert (now(row).writer_id, now(row).closed_at is not None) == (town.users["kari"].id, True)


def test_closing_the_case_closes_the_minutes_as_they_stand_and_says_so_first(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today())
    send(browser("kari"), place(row, "/referat"), **MINUTES)
    assert "Det blir ståande slik det er" in browser("kari").get(address(town.adult, "/avslutt")).text
    send(browser("kari"), address(town.adult, "/avslutt"), reason_code="no_concern", evaluation="Ferdig.")
    assert now(row).closed_at is not None
    entry = entries(town.adult, "meeting")[-1]
    assert (entry.text, entry.details["event"]) == ("Me snakka om trappa.", "held")
    assert (
        "Referatet vart avslutta då saka vart avslutta" in browser("kari").get(address(town.adult, "/stafettlogg")).text
    )
    assert items(town, "kari") == []


def test_closing_twice_writes_one_entry(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today())
    kari = browser("kari")
    given = {"version": "1", "held_on": clock.today().isoformat(), "avslutt": "1", **MINUTES}
    for _ in range(2):
        kari.post(place(row, "/referat"), given)
    assert [each.details["event"] for each in entries(town.adult, "meeting")] == ["planned", "held"]


def test_what_comes_after_is_an_addition(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today())
    assert "ikkje avslutta enno" in send(browser("kari"), place(row, "/tillegg"), 422, text="For tidleg").text
    send(browser("kari"), place(row, "/referat"), **MINUTES, avslutt="1")
    kari = browser("kari")
    page = form_of(kari.get(place(row, "/tillegg")).text) | {"text": "Rekkverket er bestilt."}
    for _ in range(2):
        kari.post(place(row, "/tillegg"), page)
    db.session.rollback()
    assert [each.text for each in db.session.scalars(select(MeetingAddition))] == ["Rekkverket er bestilt."]
    assert "Rekkverket er bestilt." in kari.get(place(row)).text


def test_a_decision_becomes_a_measure_with_a_responsible_and_a_deadline(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today())
    decision = {"what": "Bestille rekkverk", "responsible_id": str(town.users["kari"].id), "deadline": SOON.isoformat()}
    assert "referat frå møtet først" in send(browser("kari"), place(row, "/avtale"), 422, **decision).text
    send(browser("kari"), place(row, "/referat"), **MINUTES)
    send(browser("kari"), place(row, "/avtale"), **decision)
    db.session.rollback()
    measure = db.session.scalars(select(Intervention)).one()
    assert (measure.meeting_id, measure.responsible, measure.deadline) == (row.id, "Kari Dikta", SOON)
    assert "Bestille rekkverk" in browser("kari").get(place(row)).text
    nobody = decision | {"responsible_id": "", "responsible": ""}
    assert "kven som er ansvarleg" in send(browser("kari"), place(row, "/avtale"), 422, **nobody).text


def test_an_agreed_next_meeting_is_planned_when_the_minutes_are_closed(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today())
    agreed = MINUTES | {"next_agreed": "yes"}
    assert "Vel ein dag etter" in send(browser("kari"), place(row, "/referat"), 422, **agreed, avslutt="1").text
    send(browser("kari"), place(row, "/referat"), **agreed, next_on=SOON.isoformat(), avslutt="1")
    db.session.rollback()
    planned = db.session.scalars(select(Meeting).where(Meeting.state == "planned")).one()
    assert (planned.planned_on, planned.place) == (SOON, "Heime i stova")


def test_two_who_change_the_same_meeting(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult)
    kari = browser("kari")
    page = form_of(kari.get(place(row, "/endre")).text)
    send(browser("kari"), place(row, "/endre"), place="Rådhuset")
    text = kari.post(place(row, "/endre"), page | {"place": "Biblioteket"}, status=409).text
    assert "Biblioteket" in text  # what was typed is there still
    assert now(row).place == "Rådhuset"


@pytest.mark.parametrize(("level", "days", "late"), [(3, 182, False), (3, 183, True), (2, 900, None)])
def test_a_team_at_level_3_meets_twice_a_year(browser: Open, town: Town, level: int, days: int, late: bool) -> None:
    since = clock.today() - timedelta(days=days)
    change(fresh(town.adult), level=level, level_since=since, opened_on=since)
    found = items(town, "kari")
    assert found == ([] if late is None else [("mote", since + timedelta(days=182))])
    page = browser("kari").get(address(town.adult, "/mote")).text
    assert ("Neste bør vere seinast" in page) == (late is not None)
    plan(browser, town.adult, clock.today() + timedelta(days=60))
    assert items(town, "kari") == []


def test_a_planned_meeting_waits_for_its_day_and_its_minutes(browser: Open, town: Town) -> None:
    row = plan(browser, town.adult, clock.today() - timedelta(days=2))
    assert items(town, "kari") == [("mote", clock.today() - timedelta(days=2))]
    send(browser("kari"), place(row, "/referat"), **MINUTES, avslutt="1")
    assert items(town, "kari") == []


def test_a_meetings_entry_is_not_struck_from_the_log(browser: Open, town: Town) -> None:
    plan(browser, town.adult)
    entry = entries(town.adult, "meeting")[-1]
    send(browser("kari"), address(town.adult, f"/stafettlogg/{entry.id}/stryk"), 422, reason="x")
