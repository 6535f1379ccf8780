"""The demo can never contradict the rules: every case is told again from its rows and held against them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from psfs import audit, clock, demo
from psfs.cases import names
from psfs.conversations.inputs import ACTIVITY_LENGTH, REASON_LENGTH, RESPONDENTS
from psfs.domain import due
from psfs.domain.activities import Answer, RetireReason, Span, active_on, check_answers, check_date, check_limit
from psfs.domain.identity_number import looks_like_identity_number
from psfs.domain.scoring import SCALE_VERSION, Scale
from psfs.extensions import db
from psfs.models import (
    AuditEntry,
    Case,
    Consent,
    Conversation,
    EmergencyOpening,
    Form,
    Handover,
    IndividualPlan,
    Intervention,
    LogEntry,
    Meeting,
    NeedReport,
    Person,
    PersonWord,
    Score,
    ScoreCorrection,
    TeamMember,
    User,
)
from tests.demo.conftest import DAYS
from tests.demo.replay import LIMITS, Replay, consents, lasts_until

RESULTS = {"reached", "partly", "not_reached", "stopped"}


def cases() -> list[Case]:
    return list(db.session.scalars(select(Case)))


def ladder_faults() -> dict[str, object]:
    """Everything in the logs that the ladders would refuse, or that the case itself does not agree with."""
    found: dict[str, object] = {}
    for case in cases():
        told = Replay(case)
        stands = {
            "level": case.level,
            "open": case.closed_on is None,
            "round": case.round,
            "since": case.level_since,
            "contact": case.contact_id is not None,
        }
        if told.faults or told.result() != stands:
            found[case.person.name] = told.faults or (told.result(), stands)
    return found


def test_every_log_follows_its_ladder(demo_day: date) -> None:
    assert ladder_faults() == {}


@pytest.mark.databases("postgres")
@pytest.mark.parametrize("day", DAYS)
def test_it_is_so_on_postgresql_too(app: Flask, day: date) -> None:
    demo.fill(day)
    assert ladder_faults() == {}
    check_audit()


def test_every_case_has_its_own_chain(demo_day: date) -> None:
    check_audit()


def check_audit() -> None:
    """The chains hold: one entry for the municipality, and one for everything in each case."""
    streams = db.session.scalars(select(AuditEntry.stream).where(AuditEntry.kind == "change")).all()
    assert sorted(streams) == sorted(["system", *(f"case:{case.id}" for case in cases())])
    assert audit.verify()[1] == []


def test_the_case_says_what_its_log_says(demo_day: date) -> None:
    for case in cases():
        entries = db.session.scalars(select(LogEntry).where(LogEntry.case_id == case.id)).all()
        opened = [entry for entry in entries if entry.kind == "opened"]
        assert [(one.decided_on, one.recorded_by_id) for one in opened] == [(case.opened_on, case.opened_by_id)]
        closed = max((e for e in entries if e.kind == "closed"), key=lambda e: e.recorded_at, default=None)
        if case.closed_on is not None:
            assert closed is not None
            assert (closed.decided_on, closed.outcome) == (case.closed_on, case.close_reason)
        else:
            assert case.close_reason is None
        reported = [one.decided_on for one in entries if one.kind == "ke_report" and "event" not in one.details]
        if case.opened_by_id == demo_user("ke").id:
            reported.append(case.opened_on)
        assert reported == ([case.reported_to_ke_on] if case.reported_to_ke_on else [])


def test_nothing_waits_in_a_closed_case(demo_day: date) -> None:
    for row, states in ((NeedReport, ("new", "waiting")), (Meeting, ("planned",))):
        query = select(row.id).join(Case, Case.id == row.case_id).where(Case.closed_on.is_not(None))
        assert db.session.scalars(query.where(row.state.in_(states))).all() == []


def test_every_subject_of_the_log_exists(demo_day: date) -> None:
    kinds = {
        "conversation": Conversation,
        "form": Form,
        "consent": Consent,
        "intervention": Intervention,
        "baton": Handover,
        "emergency": EmergencyOpening,
        "ke_report": NeedReport,
        "plan": IndividualPlan,
    }
    for entry in db.session.scalars(select(LogEntry)):
        if entry.kind in kinds:
            assert db.session.get(kinds[entry.kind], entry.subject_id) is not None, entry.kind


def test_nothing_lies_ahead_but_what_is_agreed(demo_day: date) -> None:
    moments = {
        "log": select(func.max(LogEntry.recorded_at)),
        "conversation": select(func.max(Conversation.recorded_at)),
        "consent": select(func.max(Consent.recorded_at)),
        "emergency": select(func.max(EmergencyOpening.until)),
        "handover": select(func.max(Handover.offered_at)),
    }
    for name, query in moments.items():
        latest = db.session.scalar(query)
        assert latest is not None, name
        assert clock.local(latest).date() < demo_day, name


def test_every_conversation_answers_what_was_active(demo_day: date) -> None:
    for form in db.session.scalars(select(Form)):
        spans = [Span(each.id, each.active_from, each.retired_on) for each in form.activities]
        check_limit(spans, 1)
        assert (form.scale, form.scale_version) == (Scale.HIGHER_IS_BETTER.value, SCALE_VERSION)
        assert form.opened_on == min([talk.held_on for talk in form.conversations])
        for talk in form.conversations:
            recorded = clock.local(talk.recorded_at).date()
            check_date(talk.held_on, today=recorded, birth_date=person_of(form).birth_date)
            answers = {s.activity_id: Answer(s.value, s.value is None, s.not_asked_reason) for s in talk.scores}
            check_answers([span.id for span in active_on(spans, talk.held_on)], answers)
            assert talk.respondent in RESPONDENTS
            assert talk.next_due is None or talk.next_due > talk.held_on
            assert form.closed_on is None or recorded <= form.closed_on
        for activity in form.activities:
            assert (activity.retired_on is None) == (activity.retire_reason is None)
            assert activity.retire_reason is None or RetireReason(activity.retire_reason)


def test_corrections_lead_to_the_score_that_stands(demo_day: date) -> None:
    rows: dict[tuple[object, object], list[ScoreCorrection]] = defaultdict(list)
    for row in db.session.scalars(select(ScoreCorrection).order_by(ScoreCorrection.corrected_at)):
        rows[row.conversation_id, row.activity_id].append(row)
    assert rows
    for key, chain in rows.items():
        values = [chain[0].old_value, *(row.new_value for row in chain)]
        assert all(before != after for before, after in zip(values, values[1:], strict=False))
        assert [row.old_value for row in chain[1:]] == values[1:-1]
        assert db.session.get_one(Score, key).value == values[-1]
        assert all(row.reason for row in chain)


def test_whoever_takes_part_may_or_has_been_cut_off(demo_day: date) -> None:
    for case in cases():
        given = consents(case)
        for member in db.session.scalars(select(TeamMember).where(TeamMember.case_id == case.id)):
            if member.user is None:
                continue  # next of kin, and those from outside: they have no access by it
            service = member.user.service_id
            consented = [c for c in given if c.service_id == service and c.from_on <= member.from_on]
            assert service == case.service_id or consented, case.person.name
        if case.holder is not None:
            assert case.holder.service_id == case.service_id
            assert case.closed_on is not None or case.holder.disabled_at is None


def test_who_left_wrote_nothing_after(demo_day: date) -> None:
    gone = {user.id: user.disabled_at for user in db.session.scalars(select(User)) if user.disabled_at}
    assert gone
    for entry in db.session.scalars(select(LogEntry).where(LogEntry.recorded_by_id.in_(gone))):
        assert entry.recorded_at < gone[entry.recorded_by_id]


def test_consents_are_given_by_those_who_can(demo_day: date) -> None:
    for case in cases():
        born = case.person.birth_date
        for consent in consents(case):
            assert consent.service_id != case.service_id
            assert consent.from_on >= case.opened_on
            assert consent.until_on is None or consent.until_on >= consent.from_on
            assert consent.withdrawn_on is None or consent.from_on <= consent.withdrawn_on < demo_day
            if consent.basis == "legal_basis":
                assert consent.legal_basis
                assert consent.reason
                continue
            assert consent.how in {"oral", "paper", "digital"}
            assert consent.given_by_name
            has_a_say = due.consents_self(born, consent.from_on, LIMITS)
            if due.age_on(born, consent.from_on) < 18:
                assert consent.given_by == "young_person_and_guardian" or (consent.given_by == "guardian") != has_a_say
                if consent.given_by == "guardian":
                    last = lasts_until(consent)
                    assert last is not None
                    assert last < due.birthday(born, LIMITS.consent_age)
            else:
                assert consent.given_by in {"person", "guardian"}


def test_measures_have_days_that_fit(demo_day: date) -> None:
    for row in db.session.scalars(select(Intervention)):
        assert all(day is None or day >= row.started_on for day in (row.deadline, row.evaluate_on))
        assert (row.result is None) == (row.evaluated_on is None) == (row.evaluation == "")
        assert row.result is None or row.result in RESULTS
        assert row.evaluated_on is None or row.started_on <= row.evaluated_on < demo_day
        assert row.ended_on is None or row.ended_on == row.evaluated_on
        told = select(LogEntry.details).where(LogEntry.subject_id == row.id).order_by(LogEntry.recorded_at)
        events = [details["event"] for details in db.session.scalars(told)]
        middle = events[1:-1] if row.ended_on else events[1:]
        assert events[0] == "started"
        assert set(middle) <= {"evaluated"}
        assert row.ended_on is None or events[-1] == "ended"


def test_texts_are_such_as_the_forms_would_take(demo_day: date) -> None:
    words = {name: set(names.words(name)) for name in db.session.scalars(select(Person.name))}
    for person in db.session.scalars(select(Person)):
        stored = db.session.scalars(select(PersonWord.word).where(PersonWord.person_id == person.id))
        assert set(stored) == words[person.name]
    for form in db.session.scalars(select(Form)):
        texts = [activity.text for activity in form.activities]
        assert len({text.casefold() for text in texts}) == len(texts)
        assert all(0 < len(text) <= ACTIVITY_LENGTH for text in texts)
    assert all(len(reason) <= REASON_LENGTH for reason in db.session.scalars(select(Score.not_asked_reason)))
    written = db.session.execute(select(LogEntry.text, LogEntry.reason, LogEntry.participants))
    assert not [text for row in written for text in row if looks_like_identity_number(text)]


def demo_user(username: str) -> User:
    return db.session.scalars(select(User).where(User.username == username)).one()


def person_of(form: Form) -> Person:
    return db.session.get_one(Case, form.case_id).person
