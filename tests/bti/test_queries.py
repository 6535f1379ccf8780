"""Where a case stands, and what is missing with the link that mends it (B4)."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from psfs import audit, clock
from psfs.bti import log, queries, queries_log, queries_state, service
from psfs.bti.hindrance import Hindered
from psfs.domain.ladder import StepState
from psfs.extensions import db
from psfs.formatting import clock_time, day, moment
from psfs.models import Case, Consent
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from tests.support.people import Town


@pytest.fixture(autouse=True)
def acting(app: Flask) -> Iterator[None]:
    """An actor, and a request for addresses."""
    with app.test_request_context(), audit.acting(TESTER):
        yield


def give(town: Town, case: Case, **fields: object) -> Consent:
    values = {
        "id": uuid.uuid4(),
        "case_id": case.id,
        "basis": "consent",
        "given_by": "person",
        "how": "oral",
        "from_on": clock.today(),
        "recorded_at": clock.now(),
        "recorded_by_id": town.users["kari"].id,
    }
    consent = Consent(**(values | fields))
    db.session.add(consent)
    db.session.commit()
    return consent


def test_a_new_case_has_its_first_line_and_needs_a_reason_higher_up(town: Town) -> None:
    entry = service.open_entry(town.child, town.users["kari"])
    db.session.commit()
    assert (entry.kind, entry.to_level, entry.decided_on) == ("opened", 0, town.child.opened_on)
    with pytest.raises(Hindered, match="needs_reason"):
        service.open_entry(town.adult, town.users["kari"], " ")


def test_the_steps_of_this_level_and_round_count_and_struck_ones_do_not(town: Town) -> None:
    case, kari = town.adult, town.users["kari"]
    done = log.write(case, kari, "step", step="one_contact", outcome="done")
    log.write(case, kari, "step", step="one_psfs", outcome="done", round=7)
    db.session.commit()
    assert queries_state.case_state(case).steps == {"one_contact": StepState.DONE}
    log.write(case, kari, "step", step="one_contact", outcome="struck", strikes_id=done.id)
    db.session.commit()
    assert queries_state.case_state(case).steps == {}


def test_requirements_follow_the_consents_that_hold_today(town: Town) -> None:
    case = town.adult
    assert queries_state.case_state(case).fulfilled == {"contact_person"}
    give(town, case)
    give(town, case, service_id=case.service_id)
    assert queries_state.case_state(case).fulfilled == {"contact_person", "consent_log"}
    other = give(town, case, service_id=town.school.id, basis="legal_basis")
    case.reported_to_ke_on = clock.today()
    db.session.commit()
    assert queries_state.case_state(case).fulfilled == {
        "contact_person",
        "consent_log",
        "second_service",
        "reported_to_ke",
    }
    other.withdrawn_on = clock.today()
    db.session.commit()
    assert "second_service" not in queries_state.case_state(case).fulfilled


def test_a_guardians_consent_lasts_until_the_young_person_has_a_say(town: Town) -> None:
    case = town.child
    give(town, case, given_by="guardian", from_on=clock.today() - timedelta(days=30))
    assert "consent_log" in queries_state.case_state(case).fulfilled
    today = clock.today()
    case.person.birth_date = date(today.year - 16, today.month, min(today.day, 28)) - timedelta(days=1)
    db.session.commit()
    assert "consent_log" not in queries_state.case_state(case).fulfilled


def test_what_is_missing_is_named_with_a_link(town: Town) -> None:
    case, kari = town.child, town.users["kari"]
    case.level = 1
    log.write(case, kari, "step", step="one_consent", outcome="done")
    db.session.commit()
    view = queries.ladder_view(case)
    assert view.next_step is not None
    assert view.next_step.key == "one_understanding"
    assert [each.code for each in view.missing] == ["consent_log"]
    assert [each.code for each in view.missing_up] == ["consent_log", "second_service"]
    assert view.missing[0].endpoint == "bti.new_consent"
    assert view.missing[0].text


def test_the_time_of_day_is_told_where_several_things_are_of_the_same_day(town: Town) -> None:
    case, kari = town.adult, town.users["kari"]
    before = clock.today() - timedelta(days=3)
    for text, on in (("Før", before), ("Før òg", before), ("I går", clock.today() - timedelta(days=1)), ("No", None)):
        log.write(case, kari, "note", decided_on=on or clock.today(), text=text)
    log.write(case, kari, "meeting", text="No òg")
    db.session.commit()
    ways = {
        "Før": moment,
        "Før òg": moment,
        "I går": lambda at: day(clock.local(at)),
        "No": clock_time,
        "No òg": clock_time,
    }
    for entry in queries_log.timeline(case.id):
        assert entry.late == ways[entry.text](entry.recorded_at), entry.text


def test_the_timeline_goes_by_when_things_happened(town: Town) -> None:
    case, kari = town.adult, town.users["kari"]
    late = log.write(case, kari, "note", decided_on=clock.today() - timedelta(days=3), text="Før")
    now = log.write(case, kari, "meeting", text="No")
    db.session.commit()
    assert [entry.id for entry in queries_log.timeline(case.id)] == [now.id, late.id]
    assert [entry.id for entry in queries_log.timeline(case.id, newest_first=False)] == [late.id, now.id]
    assert [entry.kind for entry in queries_log.timeline(case.id, ["note"])] == ["note"]
    assert queries_log.timeline(case.id)[1].late
