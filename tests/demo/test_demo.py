"""What the demo municipality holds, and that it is the same every time."""

from __future__ import annotations

import copy
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from psfs import clock, demo
from psfs.accounts import demo as demo_accounts
from psfs.accounts import settings
from psfs.cases import queries_readings
from psfs.conversations.queries import figures_for_forms
from psfs.domain import due
from psfs.domain.ladder import missing_requirements
from psfs.domain.scoring import Flag, RoundResult, all_at_top
from psfs.extensions import Base, db
from psfs.models import (
    Activity,
    Case,
    CaseLook,
    Consent,
    Conversation,
    Coordinator,
    EmergencyOpening,
    Form,
    Handover,
    Intervention,
    LogEntry,
    NeedReport,
    Person,
    RelatedPerson,
    Score,
    ScoreCorrection,
    Service,
    Setting,
    TeamMember,
    User,
)
from tests.demo.replay import LADDERS, LIMITS, Replay, lasts_until
from tests.support.apps import running_app
from tests.support.people import make_town

HIDDEN = {"audit_entry", "web_session", "throttle", "sign_in_code"}
MONDAY = date(2026, 3, 2)
BY_AGE = {("person", "birth_date"), ("consent", "until_on")}  # follow birthdays, which leap years move


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that people see, but for the random mark in accounts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name not in HIDDEN:
            keys = list(table.primary_key.columns)
            listed = db.session.execute(select(table).order_by(*keys)).mappings()
            found[table.name] = [{k: v for k, v in row.items() if k != "stamp"} for row in listed]
    return found


def filled(folder: Path, name: str, day: date) -> dict[str, list[dict[str, Any]]]:
    with running_app(f"sqlite:///{folder / name}.sqlite3", folder):
        demo.fill(day)
        return copy.deepcopy(rows())


def figures() -> dict[Form, list[RoundResult[Any]]]:
    forms = {form.id: form for form in db.session.scalars(select(Form))}
    return {forms[key]: results for key, results in figures_for_forms(forms).items()}


def case_of(name: str, ladder: str = "adults") -> Case:
    return db.session.scalars(select(Case).join(Person).where(Person.name == name, Case.ladder == ladder)).one()


def user(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def test_the_same_day_gives_the_same_rows(tmp_path: Path) -> None:
    assert filled(tmp_path, "one", MONDAY) == filled(tmp_path, "two", MONDAY)


def test_a_week_later_everything_is_a_week_later(tmp_path: Path) -> None:
    first, later = filled(tmp_path, "one", MONDAY), filled(tmp_path, "two", MONDAY + timedelta(days=7))
    for table, before in first.items():
        assert [_moved(table, row, 7) for row in before] == [_moved(table, row, 0) for row in later[table]], table


def _moved(table: str, row: dict[str, Any], days: int) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if (table, key) not in BY_AGE and key != "details"}
    return {key: _later(value, days) for key, value in kept.items()}


def _later(value: Any, days: int) -> Any:
    if isinstance(value, datetime):
        return clock.local(value).replace(tzinfo=None) + timedelta(days=days)
    return value + timedelta(days=days) if isinstance(value, date) else value


def test_it_is_never_put_among_real_people(app: Flask) -> None:
    make_town()
    with pytest.raises(demo.NotEmptyError):
        demo.fill(MONDAY)
    assert db.session.get(Setting, settings.DEMO) is None
    assert db.session.scalar(select(Service).where(Service.name == "Fiktdal skule")) is None


def test_a_story_that_breaks_a_rule_leaves_nothing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *_rest = demo.people()
    story = first.cases[0]
    hasty = replace(story, events=tuple(event for event in story.events if event.value != "clarify_talk"))
    monkeypatch.setattr(demo, "people", lambda: [second, replace(first, cases=(hasty,))])
    with pytest.raises(ValueError, match="hindered"):
        demo.fill(MONDAY)
    assert db.session.scalar(select(User)) is None
    assert db.session.scalar(select(Case)) is None


def test_the_offered_accounts_are_those_that_signing_in_offers(demo_day: date) -> None:
    marked = db.session.get_one(Setting, settings.DEMO).value
    assert marked == "kari ola leiar ke admin"
    demo_accounts.mark()
    assert db.session.get_one(Setting, settings.DEMO).value == marked


def test_staff(demo_day: date) -> None:
    staff = list(db.session.scalars(select(User)))
    assert not [one.username for one in staff if one.passphrase_hash is not None]
    assert Counter(one.role for one in staff) >= Counter(staff=10, leader=4, ke=1, admin=1)
    assert user("kari").service is user("ola").service is user("leiar").service
    assert user("admin").service is None


def test_people(demo_day: date) -> None:
    people = list(db.session.scalars(select(Person)))
    assert 38 <= len(people) <= 46
    assert {person.language for person in people} == {"nn", "nb", "en"}
    ages = {due.age_on(person.birth_date, demo_day) for person in people}
    assert min(ages) <= 4
    assert max(ages) == 100
    assert any(person.shielded for person in people)
    assert any(person.cognitive_note for person in people)
    guarded = set(db.session.scalars(select(RelatedPerson.person_id).where(RelatedPerson.guardian)))
    assert all(person.id in guarded for person in people if due.age_on(person.birth_date, demo_day) < 18)
    assert db.session.scalar(select(RelatedPerson).where(RelatedPerson.ended_on.is_not(None))) is not None


def test_both_ladders_all_levels(demo_day: date) -> None:
    cases = list(db.session.scalars(select(Case)))
    open_ones = {(case.ladder, case.level) for case in cases if case.closed_on is None}
    assert open_ones == {(ladder.key, level.number) for ladder in LADDERS.values() for level in ladder.levels}
    why = {case.close_reason for case in cases}
    assert why == {None, "no_concern", "their_wish", "individual_plan", "moved", "dead"}
    both = Counter(case.person_id for case in cases if case.closed_on is None)
    assert max(both.values()) == 2  # one on each ladder


def test_late_and_fresh_at_level_0(demo_day: date) -> None:
    for ladder in LADDERS:
        query = select(Case).where(Case.ladder == ladder, Case.level == 0, Case.closed_on.is_(None))
        late = {due.is_overdue(due.level0_due(case.opened_on, LIMITS), demo_day) for case in db.session.scalars(query)}
        assert late == {True, False}


def test_what_happens_on_a_ladder(demo_day: date) -> None:
    entries = list(db.session.scalars(select(LogEntry)))
    assert {entry.kind for entry in entries} == {
        *("opened", "step", "move", "closed", "reopened", "conversation", "form", "intervention", "consent"),
        *("baton", "note", "meeting", "team", "ke_report", "plan", "emergency"),
    }
    outcomes = {entry.outcome for entry in entries if entry.kind == "step"}
    assert outcomes == {"done", "skipped", "up", "down", "continue", "close"}
    assert any(entry.kind == "step" and (entry.to_level or 0) - (entry.from_level or 0) > 1 for entry in entries)
    assert any(entry.kind == "opened" and (entry.to_level or 0) > 0 for entry in entries)
    assert any(entry.strikes_id is not None for entry in entries)
    reopened = {entry.case_id for entry in entries if entry.kind == "reopened"}
    assert {db.session.get_one(Case, key).ladder for key in reopened} == set(LADDERS)
    assert any(db.session.get_one(Case, key).closed_on is None for key in reopened)


def test_what_is_missing_shows(demo_day: date) -> None:
    found: set[object] = set()
    for case in db.session.scalars(select(Case).where(Case.closed_on.is_(None))):
        told = Replay(case)
        assert told.state is not None
        now = datetime.combine(demo_day, time(), clock.OSLO)
        state = told.state_on(told.state, now, demo_day)
        found |= {each.values["requirement"] for each in missing_requirements(told.ladder, state)}
    assert found == {"consent_log", "contact_person", "second_service"}


def test_nobody_coordinates_two_at_level_3(demo_day: date) -> None:
    query = select(Case).where(Case.level == 3, Case.closed_on.is_(None), Case.holder_id.is_(None))
    assert {case.ladder for case in db.session.scalars(query)} == set(LADDERS)


def test_the_worked_example(demo_day: date) -> None:
    case = case_of("Ingeborg Tenkt")
    form = db.session.scalars(select(Form).where(Form.case_id == case.id)).one()
    assert [activity.text for activity in form.activities] == ["Gå til butikken", "Lage middag", "Strikke", "Bade"]
    keys = [activity.id for activity in form.activities]
    first, second, third = figures()[form]
    assert [first.round.scores.get(key, "–") for key in keys] == [2, 3, 5, "–"]
    assert [second.round.scores.get(key, "–") for key in keys] == [4, None, 6, 1]
    assert [third.round.scores.get(key, "–") for key in keys] == [7, 6, 6, 4]
    assert (third.total, third.average) == (23, Fraction(23, 4))
    assert (third.since_previous.value, third.since_previous.flag) == (Fraction(2), Flag.IMPROVED)
    assert (third.since_first.value, third.since_first.flag) == (Fraction(3), Flag.IMPROVED)


def test_figures_of_every_sort(demo_day: date) -> None:
    every = figures()
    latest = [results[-1] for form, results in every.items() if form.closed_on is None and results]
    assert sum(result.since_previous.flag is Flag.IMPROVED for result in latest) >= 3
    assert sum(result.since_previous.flag is Flag.WORSENED for result in latest) >= 3
    assert any(result.since_previous.flag is Flag.NONE for result in latest)
    assert any(all_at_top(result) for result in latest)
    assert max(len(results) for results in every.values()) >= 7


def test_forms_of_every_sort(demo_day: date) -> None:
    forms = Counter(db.session.scalars(select(Form.case_id)))
    assert max(forms.values()) == 2
    assert db.session.scalar(select(Activity).where(Activity.active_from.is_not(None))) is not None
    assert db.session.scalar(select(Activity).where(Activity.retired_on.is_not(None))) is not None
    assert max(len(text) for text in db.session.scalars(select(Activity.text))) > 80
    assert db.session.scalar(select(Score).where(Score.value.is_(None), Score.not_asked_reason != "")) is not None
    assert db.session.scalar(select(ScoreCorrection)) is not None
    talks = list(db.session.scalars(select(Conversation)))
    assert any(talk.struck_at is not None and talk.struck_reason for talk in talks)
    assert any(talk.held_on < clock.local(talk.recorded_at).date() for talk in talks)
    assert {talk.respondent for talk in talks} == {"person", "with_help", "proxy"}
    assert sum(talk.remark != "" for talk in talks) > 30


def test_a_back_dated_conversation_comes_between(demo_day: date) -> None:
    late = next(
        talk
        for talk in db.session.scalars(select(Conversation).where(Conversation.struck_at.is_(None)))
        if any(o.held_on > talk.held_on and o.recorded_at < talk.recorded_at for o in talk.form.conversations)
    )
    assert late.held_on < clock.local(late.recorded_at).date()


def test_consents_of_every_sort(demo_day: date) -> None:
    given = list(db.session.scalars(select(Consent)))
    assert any(one.basis == "legal_basis" and one.service_id is None for one in given)
    assert any(one.basis == "legal_basis" and one.service_id is not None for one in given)
    assert any(one.withdrawn_on is not None for one in given)
    held = [one for one in given if one.withdrawn_on is None]
    assert sum(due.consent_ends_soon(lasts_until(one), demo_day, LIMITS) for one in held) >= 3
    assert {one.given_by for one in given} == {"person", "guardian", "young_person_and_guardian", ""}
    young = case_of("Maja Tenkelund", "children").person
    assert timedelta(0) < due.birthday(young.birth_date, 16) - demo_day < timedelta(days=30)


def test_karis_day(demo_day: date) -> None:
    """The one who looks in first has something of every kind to do."""
    kari = user("kari")
    held = list(db.session.scalars(select(Case).where(Case.holder_id == kari.id, Case.closed_on.is_(None))))
    assert 12 <= len(held) <= 15
    ids = {case.id for case in held}
    assert any(c.level == 0 and due.is_overdue(due.level0_due(c.opened_on, LIMITS), demo_day) for c in held)
    offers = list(db.session.scalars(select(Handover).where(Handover.to_id == kari.id, Handover.state == "offered")))
    assert [case.person.name for case in [db.session.get_one(Case, offers[0].case_id)]] == ["Rolf Dikta-Vik"]
    waits = select(Intervention).where(Intervention.case_id.in_(ids), Intervention.evaluated_on.is_(None))
    deadlines = [row.deadline for row in db.session.scalars(waits) if row.deadline]
    assert any(due.is_overdue(day, demo_day) for day in deadlines)
    assert any(0 <= due.days_left(day, demo_day) <= 2 for day in deadlines)  # today, or Monday at a weekend
    done = select(Intervention).where(Intervention.case_id.in_(ids), Intervention.result == "reached")
    assert db.session.scalar(done) is not None
    consents = db.session.scalars(select(Consent).where(Consent.case_id.in_(ids)))
    assert any(due.consent_ends_soon(lasts_until(one), demo_day, LIMITS) for one in consents)
    talks = [
        max(form.conversations, key=lambda talk: talk.held_on)
        for form in db.session.scalars(select(Form).where(Form.case_id.in_(ids), Form.closed_on.is_(None)))
    ]
    urgencies = {due.urgency(talk.next_due, demo_day, LIMITS) for talk in talks if talk.next_due}
    assert {due.Urgency.OVERDUE, due.Urgency.SOON, due.Urgency.LATER} <= urgencies
    assert db.session.scalar(select(TeamMember).where(TeamMember.user_id == kari.id)) is not None


def test_what_has_changed_since_kari_looked(demo_day: date) -> None:
    kari, news = user("kari"), set()
    for form, results in figures().items():
        look = db.session.get(CaseLook, (kari.id, form.case_id))
        if look is None or not results or results[-1].round.recorded_at <= look.looked_at:
            continue
        news.add(results[-1].since_previous.flag)
    assert news >= {Flag.IMPROVED, Flag.WORSENED}


def test_emergency_openings(demo_day: date) -> None:
    seen = {row.leader_seen_at is not None for row in db.session.scalars(select(EmergencyOpening))}
    assert seen == {True, False}


def test_an_emergency_opening_stands_among_those_who_have_looked(demo_day: date) -> None:
    for row in db.session.scalars(select(EmergencyOpening)).all():
        looks = queries_readings.readings(row.case_id).rows
        theirs = [(each.what, each.how, each.why, each.at) for each in looks if each.how == "naudopning"]
        assert theirs == [("Framsida til saka", "naudopning", row.reason, row.opened_at)]


def test_who_holds_a_case_that_a_plan_took_over_is_named(demo_day: date) -> None:
    harald = case_of("Harald Fiktnes")
    closed = select(LogEntry).where(LogEntry.case_id == harald.id, LogEntry.kind == "closed")
    assert harald.holder is not None
    assert harald.holder.name.split()[0] in db.session.scalars(closed).one().text


def test_where_somebody_coordinates_the_unit_has_decided_it(demo_day: date) -> None:
    for one in db.session.scalars(select(Coordinator)).all():
        report = db.session.scalars(select(NeedReport).where(NeedReport.case_id == one.case_id)).one()
        assert getattr(report, one.kind) is True
        assert report.decided_on is not None
        assert report.decided_on <= one.from_on


def test_nobody_waits_for_half_a_year_for_the_unit(demo_day: date) -> None:
    waiting = select(NeedReport.reported_on).where(NeedReport.state.in_(("new", "waiting")))
    days = [(demo_day - day).days for day in db.session.scalars(waiting)]
    assert days
    assert max(days) < 60
