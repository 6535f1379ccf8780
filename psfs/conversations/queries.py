"""Reading PSFS forms: few statements, all figures by ``domain.scoring``. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
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
    FormLine,
    FormView,
    Latest,
    Struck,
)
from psfs.domain.scoring import Change, Round, RoundResult, Scale, evaluate
from psfs.extensions import db
from psfs.models import Activity, Case, Conversation, Form, Person, Score, ScoreCorrection, User

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import Row

__all__ = [
    "FormLine",
    "FormView",
    "figures_for_forms",
    "form_view",
    "forms_of_case",
    "latest_form_id",
    "latest_of_case",
]
CHUNK = 500


def form_view(form_id: uuid.UUID, case_id: uuid.UUID | None = None) -> FormView:
    """Everything about one form, in three statements.

    Args:
        form_id: the form.
        case_id: the case it must belong to; give it wherever the id came with a request.

    Raises:
        werkzeug.exceptions.NotFound: there is no such form, or it belongs to another case.
    """
    rows = db.session.execute(
        select(Form, Person.name, Person.birth_date, Activity)
        .join(Case, Case.id == Form.case_id)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(Activity, Activity.form_id == Form.id)
        .where(Form.id == form_id)
        .order_by(Activity.position, Activity.id)
        .execution_options(populate_existing=True)
    ).all()
    if not rows or case_id not in (None, rows[0][0].case_id):
        abort(404)
    form, name, born, _first = rows[0]
    activities = tuple(_activity(activity) for *_rest, activity in rows if activity is not None)
    columns, struck, last = _conversations(form_id, activities)
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


def latest_form_id(case_id: uuid.UUID) -> uuid.UUID | None:
    """The case's open form, else the one with the highest number; None before the first."""
    query = select(Form.id).where(Form.case_id == case_id)
    return db.session.scalar(query.order_by(Form.closed_on.is_not(None), Form.number.desc()).limit(1))


def open_form_id(case_id: uuid.UUID) -> uuid.UUID | None:
    """The form that the next conversation belongs to; None when one must be started."""
    return db.session.scalar(select(Form.id).where(Form.case_id == case_id, Form.closed_on.is_(None)))


def form_id_of(conversation_id: uuid.UUID) -> uuid.UUID:
    """The form a conversation belongs to.

    Raises:
        werkzeug.exceptions.NotFound: there is no such conversation.
    """
    found = db.session.scalar(select(Conversation.form_id).where(Conversation.id == conversation_id))
    return found or abort(404)


def forms_of_case(case_id: uuid.UUID) -> list[FormLine]:
    """All forms of a case, the newest first."""
    columns = (Form.id, Form.number, Form.opened_on, Form.closed_on, Form.closed_reason)
    query = select(*columns).where(Form.case_id == case_id).order_by(Form.number.desc())
    return [FormLine(*row) for row in db.session.execute(query)]


def figures_for_forms(form_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[RoundResult[uuid.UUID]]]:
    """The figures of many forms, by form id; struck conversations are left out, empty forms have an empty list.

    Light: one statement per 500 forms and no names, for the worklist and the export.
    """
    ids = list(form_ids)
    found: dict[uuid.UUID, list[RoundResult[uuid.UUID]]] = {form_id: [] for form_id in ids}
    columns = (
        Conversation.form_id,
        Conversation.id,
        Conversation.held_on,
        Conversation.recorded_at,
        Score.activity_id,
        Score.value,
    )
    for start in range(0, len(ids), CHUNK):
        query = select(*columns).outerjoin(Score, Score.conversation_id == Conversation.id)
        rows = db.session.execute(
            query.where(Conversation.form_id.in_(ids[start : start + CHUNK]), Conversation.struck_at.is_(None))
        )
        scores: dict[tuple[Any, ...], dict[uuid.UUID, int | None]] = defaultdict(dict)
        for form_id, conversation_id, held_on, recorded_at, activity_id, value in rows:
            answers = scores[(form_id, conversation_id, held_on, recorded_at)]
            if activity_id is not None:
                answers[activity_id] = value
        rounds: dict[uuid.UUID, list[Round[uuid.UUID]]] = defaultdict(list)
        for (form_id, *head), answers in scores.items():
            rounds[form_id].append(Round(head[0], head[1], head[2], answers))
        found.update((form_id, evaluate(one)) for form_id, one in rounds.items())
    return found


def latest_of_case(case_id: uuid.UUID) -> Latest | None:
    """The newest form of a case and its last conversation's figures, in one statement; None before the first form."""
    newest = select(Form.id).where(Form.case_id == case_id)
    newest = newest.order_by(Form.closed_on.is_not(None), Form.number.desc()).limit(1)
    rows = db.session.execute(
        select(
            Form.id,
            Form.closed_on,
            Conversation.id.label("talk"),
            Conversation.held_on,
            Conversation.recorded_at,
            Conversation.next_due,
            Score.activity_id,
            Score.value,
        )
        .outerjoin(Conversation, (Conversation.form_id == Form.id) & Conversation.struck_at.is_(None))
        .outerjoin(Score, Score.conversation_id == Conversation.id)
        .where(Form.id == newest.scalar_subquery())
    ).all()
    if not rows:
        return None
    scores: dict[Any, dict[uuid.UUID, int | None]] = defaultdict(dict)
    for row in rows:
        if row.activity_id is not None:
            scores[row.talk][row.activity_id] = row.value
    talks = {row.talk: row for row in rows if row.talk is not None}
    results = evaluate(Round(key, row.held_on, row.recorded_at, scores[key]) for key, row in talks.items())
    last = results[-1] if results else None
    return Latest(
        form_id=rows[0].id,
        open=rows[0].closed_on is None,
        held=len(results),
        result=last,
        next_due=talks[last.round.id].next_due if last else None,
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


def _conversations(
    form_id: uuid.UUID, activities: Sequence[ActivityView]
) -> tuple[tuple[Column, ...], tuple[Struck, ...], uuid.UUID | None]:
    rows = db.session.execute(
        select(Conversation, User.name, Score.activity_id, Score.value, Score.not_asked_reason)
        .outerjoin(Score, Score.conversation_id == Conversation.id)
        .outerjoin(User, User.id == Conversation.struck_by_id)
        .where(Conversation.form_id == form_id)
        .order_by(Conversation.held_on, Conversation.recorded_at, Conversation.id)
        .execution_options(populate_existing=True)
    ).all()
    texts = {activity.id: activity.text for activity in activities}
    by_conversation: dict[Conversation, list[Any]] = defaultdict(list)
    for row in rows:
        by_conversation[row[0]].append(row)
    corrections = _corrections(form_id, texts) if rows else {}
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
        common: dict[str, Any] = {
            "id": talk.id,
            "held_on": talk.held_on,
            "recorded_at": talk.recorded_at,
            "performed_by": talk.performed_by,
            "respondent": talk.respondent,
            "remark": talk.remark,
            "next_due": talk.next_due,
            "cells": _cells(answers, result, corrections.get(talk.id, ())),
            "corrections": corrections.get(talk.id, ()),
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


def _corrections(form_id: uuid.UUID, texts: Mapping[uuid.UUID, str]) -> Mapping[uuid.UUID, tuple[CorrectionView, ...]]:
    query = (
        select(ScoreCorrection)
        .join(Conversation, Conversation.id == ScoreCorrection.conversation_id)
        .where(Conversation.form_id == form_id)
        .order_by(ScoreCorrection.corrected_at, ScoreCorrection.id)
    )
    found: dict[uuid.UUID, list[CorrectionView]] = defaultdict(list)
    for row in db.session.scalars(query):
        found[row.conversation_id].append(
            CorrectionView(
                row.activity_id,
                texts[row.activity_id],
                row.old_value,
                row.new_value,
                row.reason,
                row.corrected_at,
                row.corrected_by,
            )
        )
    return {conversation_id: tuple(rows) for conversation_id, rows in found.items()}
