"""Everything about one PSFS form, as its pages and documents show it. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flask import abort
from sqlalchemy import select

from psfs.conversations.views import (
    ActivityView,
    Cell,
    ChangeView,
    Column,
    CorrectionView,
    Counted,
    FormView,
    Struck,
)
from psfs.domain.scoring import Change, Round, RoundResult, Scale, evaluate
from psfs.extensions import db
from psfs.models import Activity, Case, Conversation, Form, Person, Score, ScoreCorrection, User

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Row

    Answers = Mapping[Conversation, Sequence[Row[Any]]]


def form_view(form_id: uuid.UUID, case_id: uuid.UUID | None = None) -> FormView:
    """Everything about one form, in two statements.

    Args:
        form_id: the form.
        case_id: the case it must belong to; give it wherever the id came with a request.

    Raises:
        werkzeug.exceptions.NotFound: there is no such form, or it belongs to another case.
    """
    found = _views(Form.id == form_id)
    if not found or case_id not in (None, found[0].case_id):
        abort(404)
    return found[0]


def form_views(case_id: uuid.UUID) -> tuple[FormView, ...]:
    """Everything about all forms of a case, the oldest first, in two statements however many there are."""
    return _views(Form.case_id == case_id)


def _views(wanted: ColumnElement[bool]) -> tuple[FormView, ...]:
    rows = db.session.execute(
        select(Form, Person.name, Person.birth_date, Activity)
        .join(Case, Case.id == Form.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Activity, Activity.form_id == Form.id)
        .where(wanted)
        .order_by(Form.number, Activity.position, Activity.id)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return ()
    answers = _answers(wanted)
    return tuple(_view(list(same), answers.get(form.id, {})) for form, same in groupby(rows, lambda row: row[0]))


def _view(rows: Sequence[Any], answers: Answers) -> FormView:
    form, name, born, _first = rows[0]
    activities = tuple(_activity(activity) for *_rest, activity in rows if activity is not None)
    columns, struck, last = _conversations(answers, activities)
    activities = tuple(replace(one, ended_on=_ended_on(one, columns)) for one in activities)
    return FormView(
        id=form.id,
        case_id=form.case_id,
        person_name=name,
        person_birth_date=born,
        number=form.number,
        scale=Scale(form.scale),
        scale_version=form.scale_version,
        opened_on=form.opened_on,
        closed_on=form.closed_on,
        closed_reason=form.closed_reason,
        activities=activities,
        columns=columns,
        struck=struck,
        last_recorded_id=last,
    )


def _activity(row: Activity) -> ActivityView:
    return ActivityView(
        row.id, row.position, row.text, row.active_from, row.retired_on, row.retire_reason, row.retire_note
    )


def _ended_on(activity: ActivityView, columns: Sequence[Column]) -> date | None:
    if activity.retired_on is None:
        return None
    day_before = activity.retired_on - timedelta(days=1)
    answered = any(column.held_on == day_before and activity.id in column.cells for column in columns)
    return day_before if answered else activity.retired_on


def _answers(wanted: ColumnElement[bool]) -> Mapping[uuid.UUID, Answers]:
    """The conversations of each form with their answers and corrections, in the order they were held (P10)."""
    rows = db.session.execute(
        select(Conversation, User.name, Score.activity_id, Score.value, Score.not_asked_reason, ScoreCorrection)
        .join(Form, Form.id == Conversation.form_id)
        .outerjoin(Score, Score.conversation_id == Conversation.id)
        .outerjoin(ScoreCorrection, ScoreCorrection.conversation_id == Conversation.id)
        .outerjoin(User, User.id == Conversation.struck_by_id)
        .where(wanted)
        .order_by(Conversation.held_on, Conversation.recorded_at, Conversation.id)
        .execution_options(populate_existing=True)
    )
    found: dict[uuid.UUID, dict[Conversation, list[Any]]] = defaultdict(dict)
    for row in rows:
        found[row[0].form_id].setdefault(row[0], []).append(row)
    return found


def _conversations(
    by_conversation: Answers, activities: Sequence[ActivityView]
) -> tuple[tuple[Column, ...], tuple[Struck, ...], uuid.UUID | None]:
    texts = {activity.id: activity.text for activity in activities}
    counting = [talk for talk in by_conversation if talk.struck_at is None]
    rounds = [
        Round(
            talk.id,
            talk.held_on,
            talk.recorded_at,
            {row.activity_id: row.value for row in by_conversation[talk] if row.activity_id is not None},
        )
        for talk in counting
    ]
    results = {result.round.id: (number, result) for number, result in enumerate(evaluate(rounds), 1)}
    columns: list[Column] = []
    struck: list[Struck] = []
    for talk, answers in by_conversation.items():
        number, result = results.get(talk.id, (0, None))
        corrections = _corrections(answers, texts)
        common: dict[str, Any] = {
            "id": talk.id,
            "held_on": talk.held_on,
            "recorded_at": talk.recorded_at,
            "performed_by": talk.performed_by,
            "respondent": talk.respondent,
            "remark": talk.remark,
            "next_due": talk.next_due,
            "cells": _cells(answers, result, corrections),
            "corrections": corrections,
        }
        if result is None:
            ended: dict[str, Any] = {
                "struck_at": talk.struck_at,
                "struck_by": answers[0].name or "",
                "reason": talk.struck_reason,
            }
            struck.append(Struck(**common, **ended))
        else:
            previous, first = (_change(change, texts) for change in (result.since_previous, result.since_first))
            columns.append(Column(**common, number=number, result=result, since_previous=previous, since_first=first))
    last = max(by_conversation, key=lambda talk: (talk.recorded_at, talk.id), default=None)
    return tuple(columns), tuple(struck), last.id if last else None


def _cells(
    answers: Sequence[Row[Any]], result: RoundResult[uuid.UUID] | None, corrections: Sequence[CorrectionView]
) -> Mapping[uuid.UUID, Cell]:
    changes = {change.activity: change for change in result.since_previous.activities} if result else {}
    corrected = {correction.activity_id for correction in corrections}
    return MappingProxyType(
        {
            row.activity_id: Cell(
                row.value, row.not_asked_reason, changes.get(row.activity_id), row.activity_id in corrected
            )
            for row in answers
            if row.activity_id is not None
        }
    )


def _change(change: Change[uuid.UUID], texts: Mapping[uuid.UUID, str]) -> ChangeView:
    order = {activity_id: place for place, activity_id in enumerate(texts)}
    counted = sorted(change.activities, key=lambda one: order[one.activity])
    return ChangeView(
        change.value,
        change.flag,
        change.compared,
        change.sets_differ,
        tuple(Counted(texts[one.activity], one) for one in counted),
    )


def _corrections(answers: Sequence[Row[Any]], texts: Mapping[uuid.UUID, str]) -> tuple[CorrectionView, ...]:
    """A conversation's corrections in the order they were made; each comes with every answer, and counts once."""
    rows = {row.ScoreCorrection.id: row.ScoreCorrection for row in answers if row.ScoreCorrection is not None}
    return tuple(_correction(row, texts) for row in sorted(rows.values(), key=lambda row: (row.corrected_at, row.id)))


def _correction(row: ScoreCorrection, texts: Mapping[uuid.UUID, str]) -> CorrectionView:
    return CorrectionView(
        row.activity_id,
        texts[row.activity_id],
        row.old_value,
        row.new_value,
        row.reason,
        row.corrected_at,
        row.corrected_by,
    )
