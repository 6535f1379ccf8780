"""Rows that wait for somebody, made up."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.extensions import db
from psfs.models import (
    Activity,
    Case,
    Consent,
    Conversation,
    EmergencyOpening,
    Form,
    Handover,
    Intervention,
    Score,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


def days(number: int) -> date:
    """Today and so many days."""
    return clock.today() + timedelta(days=number)


def add_form(case: Case, by: User, activities: int = 1) -> Form:
    """An open form with so many activities."""
    form = Form(
        id=uuid.uuid4(), case_id=case.id, number=1, scale="higher-is-better", scale_version="psfs-nn-1",
        opened_on=days(-300), created_by_id=by.id, created_at=clock.now(),
    )  # fmt: skip
    db.session.add(form)
    form.activities = [
        Activity(id=uuid.uuid4(), position=number, text=f"Aktivitet {number}", created_at=clock.now())
        for number in range(activities)
    ]
    db.session.flush()
    return form


def add_talk(
    form: Form, by: User, held_on: date, scores: Sequence[int], recorded_at: datetime | None = None, **fields: Any
) -> Conversation:
    """A conversation that ``by`` recorded."""
    talk = Conversation(
        id=uuid.uuid4(), form_id=form.id, held_on=held_on, performed_by_id=by.id, performed_by=by.name,
        respondent="person", recorded_at=recorded_at or clock.now(), recorded_by_id=by.id, **fields,
    )  # fmt: skip
    db.session.add(talk)
    db.session.flush()
    for activity, value in zip(form.activities, scores, strict=True):
        db.session.add(Score(conversation_id=talk.id, activity_id=activity.id, value=value))
    db.session.flush()
    return talk


def add_intervention(case: Case, by: User, **fields: Any) -> Intervention:
    """A measure that goes on."""
    row = Intervention(
        id=uuid.uuid4(), case_id=case.id, goal="Kome seg ut", what="Gå tur", responsible=by.name, level=1,
        started_on=days(-200), recorded_at=clock.now(), recorded_by_id=by.id, **fields,
    )  # fmt: skip
    db.session.add(row)
    return row


def add_consent(case: Case, by: User, until: date | None, **fields: Any) -> Consent:
    """A consent to the log unless a service is given."""
    values = {"basis": "consent", "given_by": "person", "how": "oral", "from_on": days(-100), **fields}
    row = Consent(
        id=uuid.uuid4(), case_id=case.id, until_on=until, recorded_at=clock.now(), recorded_by_id=by.id, **values
    )
    db.session.add(row)
    return row


def add_offer(case: Case, by: User, to: User) -> Handover:
    """The baton on offer."""
    row = Handover(id=uuid.uuid4(), case_id=case.id, to_id=to.id, offered_by_id=by.id, offered_at=clock.now())
    db.session.add(row)
    return row


def add_opening(case: Case, by: User) -> EmergencyOpening:
    """A case opened in an emergency."""
    row = EmergencyOpening(
        id=uuid.uuid4(), case_id=case.id, user_id=by.id, service_id=case.service_id, reason="Fall heime, treng hjelp",
        opened_at=clock.now(), until=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    db.session.add(row)
    return row
