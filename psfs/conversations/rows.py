"""The rows that the verbs of this room work on, loaded within the transaction that will change them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask import abort
from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import joinedload, selectinload

from psfs.domain.activities import Span, check_limit
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Activity, Case, Conversation, Form, Score

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import date

FORM = (
    select(Form)
    .where(Form.id == bindparam("form_id", type_=Uuid()), Form.case_id == bindparam("case_id", type_=Uuid()))
    .options(joinedload(Form.activities), selectinload(Form.conversations))
    .execution_options(populate_existing=True)
)
WHOLE_FORM = FORM.options(selectinload(Form.conversations).joinedload(Conversation.scores))
"""The same with every answer; two statements either way."""


def must_be_open(case: Case, form: Form | None = None) -> None:
    """Refuse changes to a closed case or form: "case_closed", "form_closed"."""
    if case.closed_on is not None:
        raise Refusal("case_closed")
    if form is not None and form.closed_on is not None:
        raise Refusal("form_closed")


def load_form(case: Case, form_id: uuid.UUID, *, answers: bool = True) -> Form:
    """The case's form with its activities, conversations and (where ``answers``) answers; 404 for any other."""
    found = db.session.scalars(WHOLE_FORM if answers else FORM, {"form_id": form_id, "case_id": case.id})
    return found.unique().one_or_none() or abort(404)


def load_conversation(case: Case, conversation_id: uuid.UUID) -> Conversation:
    """The case's conversation with its form; 404 for any other."""
    talk = db.session.scalar(
        select(Conversation)
        .join(Conversation.form)
        .where(Conversation.id == conversation_id, Form.case_id == case.id)
        .options(selectinload(Conversation.form))
        .execution_options(populate_existing=True)
    )
    return talk or abort(404)


def counting(form: Form) -> list[Conversation]:
    """The conversations that are not struck."""
    return [talk for talk in form.conversations if talk.struck_at is None]


def last_recorded(form: Form) -> Conversation | None:
    """The conversation recorded last, struck or not."""
    return max(form.conversations, key=lambda talk: (talk.recorded_at, talk.id), default=None)


def answered_from(form: Form, activity_id: uuid.UUID, day: date) -> date | None:
    """The last day, ``day`` or later, of a conversation that holds an answer for the activity."""
    days = (
        talk.held_on
        for talk in counting(form)
        if talk.held_on >= day and any(score.activity_id == activity_id for score in talk.scores)
    )
    return max(days, default=None)


def first_free_day(form: Form, activity_id: uuid.UUID, day: date) -> date:
    """The first day from ``day`` on which the activity can be retired without contradicting an answer."""
    last = answered_from(form, activity_id, day)
    return day if last is None else last + timedelta(days=1)


def spans(activities: Iterable[Activity]) -> list[Span[uuid.UUID]]:
    """The activities as the domain reckons with them."""
    return [Span(one.id, one.active_from, one.retired_on) for one in activities]


def check_room(after: Sequence[Span[uuid.UUID]]) -> None:
    """Refuse more than five at once on any day, and a form that would be left with none (P1, P2).

    Raises Refusal "too_many_activities" or "too_few_activities".
    """
    check_limit(after)
    if all(span.retired_on is not None for span in after):
        raise Refusal("too_few_activities", day=None, count=0)


def add_row(form: Form, activity: Activity) -> None:
    """Add an activity to the form; conversations held while it is active that lack it get "not asked" (P3)."""
    form.activities.append(activity)
    for talk in counting(form):
        if activity.active_from is None or talk.held_on >= activity.active_from:
            talk.scores.append(Score(conversation_id=talk.id, activity_id=activity.id, value=None))


def next_position(form: Form) -> int:
    """The place of the next activity, below all there have been."""
    return max((one.position for one in form.activities), default=0) + 1


def texts_from(form: Form, day: date) -> list[str]:
    """The words of the activities that are active on ``day`` or later."""
    return [one.text for one in form.activities if one.retired_on is None or one.retired_on > day]
