"""Rows for tests of conversations, written as the program writes them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

from psfs import audit, clock
from psfs.domain.scoring import SCALE_VERSION, Scale
from psfs.extensions import db
from psfs.models import Activity, Case, Conversation, Form, Score, User
from tests.support.people import TESTER

NOT_ASKED = None
WORKED = {
    "Gå til butikken": (2, 4, 7),
    "Lage middag": (3, NOT_ASKED, 6),
    "Strikke": (5, 6, 6),
    "Bade": ("", 1, 4),
}
WORKED_DAYS = (date(2026, 1, 12), date(2026, 3, 3), date(2026, 5, 10))


def make_form(case: Case, by: User, *activities: str, opened_on: date | None = None, number: int = 1) -> Form:
    """An open form with activities that are active from its start; committed."""
    with audit.acting(TESTER):
        form = Form(
            id=uuid.uuid4(),
            case_id=case.id,
            number=number,
            scale=Scale.HIGHER_IS_BETTER.value,
            scale_version=SCALE_VERSION,
            opened_on=opened_on or clock.today(),
            created_by_id=by.id,
            created_at=clock.now(),
        )
        db.session.add(form)
        db.session.flush()
        for position, text in enumerate(activities, 1):
            add_activity(form, text, position)
        db.session.commit()
    return form


def add_activity(form: Form, text: str, position: int, active_from: date | None = None) -> Activity:
    """One more row of the form; flushed, not committed."""
    activity = Activity(
        id=uuid.uuid4(),
        form_id=form.id,
        position=position,
        text=text,
        active_from=active_from,
        created_at=clock.now(),
    )
    db.session.add(activity)
    db.session.flush()
    return activity


def make_conversation(form: Form, by: User, held_on: date, scores: dict[uuid.UUID, int | None]) -> Conversation:
    """One conversation with its answers; committed."""
    with audit.acting(TESTER):
        talk = Conversation(
            id=uuid.uuid4(),
            form_id=form.id,
            held_on=held_on,
            performed_by_id=by.id,
            performed_by=by.name,
            respondent="person",
            recorded_at=datetime(held_on.year, held_on.month, held_on.day, 12, tzinfo=UTC),
            recorded_by_id=by.id,
        )
        db.session.add(talk)
        db.session.flush()
        db.session.add_all(
            Score(conversation_id=talk.id, activity_id=activity_id, value=value)
            for activity_id, value in scores.items()
        )
        db.session.commit()
    return talk


def worked_example(case: Case, by: User) -> tuple[Form, dict[str, uuid.UUID], list[Conversation]]:
    """The form of the worked example (domain.md, section 2): three conversations, a fourth activity from the second."""
    with audit.acting(TESTER):
        form = make_form(case, by, opened_on=WORKED_DAYS[0])
        ids = {
            text: add_activity(form, text, place, WORKED_DAYS[1] if scores[0] == "" else None).id
            for place, (text, scores) in enumerate(WORKED.items(), 1)
        }
        db.session.commit()
    talks = [
        make_conversation(
            form, by, day, {ids[text]: scores[number] for text, scores in WORKED.items() if scores[number] != ""}
        )
        for number, day in enumerate(WORKED_DAYS)
    ]
    return form, ids, talks
