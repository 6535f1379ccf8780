"""The rows that the verbs of this room work on, loaded within the transaction that will change them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import abort
from sqlalchemy import Uuid, bindparam, or_, select
from sqlalchemy.orm import joinedload, selectinload

from psfs.conversations.inputs import same_words
from psfs.domain.activities import Span, check_limit
from psfs.domain.errors import Refusal
from psfs.extensions import db, plain_rows
from psfs.models import Activity, Case, Conversation, Form, Score

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import date

FORM_ID, CASE_ID = bindparam("form_id", type_=Uuid()), bindparam("case_id", type_=Uuid())
WHOLE_FORM = (
    select(Form)
    .where(Form.id == FORM_ID, Form.case_id == CASE_ID)
    .options(joinedload(Form.activities), selectinload(Form.conversations).joinedload(Conversation.scores))
    .execution_options(populate_existing=True)
)
_STANDING = (
    select(
        Form.number,
        Form.opened_on,
        Form.closed_on,
        Activity.id,
        Activity.text,
        Activity.active_from,
        Activity.retired_on,
    )
    .outerjoin(Activity, Activity.form_id == Form.id)
    .where(Form.id == FORM_ID, Form.case_id == CASE_ID)
    .order_by(Activity.position)
)
_TALKS = (
    select(
        Conversation.id,
        Conversation.form_id,
        Conversation.held_on,
        Conversation.recorded_at,
        Conversation.recorded_by_id,
        Conversation.performed_by,
        Conversation.struck_at,
    )
    .where(or_(Conversation.form_id == FORM_ID, Conversation.id == bindparam("wanted", type_=Uuid())))
    .order_by(Conversation.held_on, Conversation.recorded_at, Conversation.id)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A form as it stands, in plain rows: what a conversation that brings and ends no activity is held against."""

    id: uuid.UUID
    number: int
    opened_on: date
    closed_on: date | None
    activities: Sequence[Any]
    conversations: Sequence[Any]


def must_be_open(case: Case, form: Form | Standing | None = None) -> None:
    """Refuse changes to a closed case or form: "case_closed", "form_closed".

    Where an individual plan took over from the log, the conversations go on.
    """
    if not case.talks_go_on:
        raise Refusal("case_closed")
    if form is not None and form.closed_on is not None:
        raise Refusal("form_closed")


def load_form(case: Case, form_id: uuid.UUID) -> Form:
    """The case's form with its activities, conversations and answers; 404 for any other. Two statements."""
    return find_form(case, form_id) or abort(404)


def find_form(case: Case, form_id: uuid.UUID) -> Form | None:
    """The same; None for any other."""
    return db.session.scalars(WHOLE_FORM, {"form_id": form_id, "case_id": case.id}).unique().one_or_none()


def talks_around(form_id: uuid.UUID, wanted: uuid.UUID) -> Sequence[Any]:
    """The conversations of a form, in their order, and the one whose id is ``wanted``, whosever it is."""
    return plain_rows(_TALKS, {"form_id": form_id, "wanted": wanted}).all()


def standing(case: Case, form_id: uuid.UUID, talks: Sequence[Any]) -> Standing:
    """The case's form with its activities and these of its conversations; 404 for any other."""
    rows = plain_rows(_STANDING, {"form_id": form_id, "case_id": case.id}).all() or abort(404)
    first, activities = rows[0], [row for row in rows if row.id is not None]
    return Standing(form_id, first.number, first.opened_on, first.closed_on, activities, talks)


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


def counting(form: Form | Standing) -> list[Any]:
    """The conversations that are not struck."""
    return [talk for talk in form.conversations if talk.struck_at is None]


def last_recorded(form: Form | Standing) -> Any:
    """The conversation recorded last, struck or not; None before the first."""
    return max(form.conversations, key=lambda talk: (talk.recorded_at, talk.id), default=None)


def answered_from(form: Form | Standing, activity_id: uuid.UUID, day: date) -> date | None:
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


def first_day_with_room(form: Form, activity_id: uuid.UUID, day: date) -> date:
    """The first day from ``day`` from which one more activity has room; ``day`` where there is none."""
    ends = sorted({one.retired_on for one in form.activities if one.retired_on is not None and one.retired_on > day})
    for start in (day, *ends):
        try:
            check_limit([*spans(form.activities), Span(activity_id, start, None)])
        except Refusal:
            continue
        return start
    return day


def spans(activities: Iterable[Any]) -> list[Span[uuid.UUID]]:
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


def end_later(form: Form, activity: Activity, day: date) -> None:
    """Let a retired activity end on ``day`` instead; conversations that it thereby belongs to get "not asked" (P3)."""
    before = activity.retired_on
    activity.retired_on = day
    for talk in counting(form):
        inside = before is not None and before <= talk.held_on < day
        begun = activity.active_from is None or activity.active_from <= talk.held_on
        if inside and begun and all(score.activity_id != activity.id for score in talk.scores):
            talk.scores.append(Score(conversation_id=talk.id, activity_id=activity.id, value=None))


def next_position(form: Form) -> int:
    """The place of the next activity, below all there have been."""
    return max((one.position for one in form.activities), default=0) + 1


def texts_from(form: Form | Standing, day: date) -> list[str]:
    """The words of the activities that are active on ``day`` or later."""
    return [one.text for one in form.activities if one.retired_on is None or one.retired_on > day]


def ends_of(form: Form, text: str) -> list[date]:
    """The days from which ended activities with these words are out."""
    return [one.retired_on for one in form.activities if one.retired_on is not None and same_words(one.text, text)]
