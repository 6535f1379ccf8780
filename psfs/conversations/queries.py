"""Finding PSFS forms, and the figures of many; all figures by ``domain.scoring``. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from flask import abort
from sqlalchemy import exists, select

from psfs.conversations.views import FormLine, Latest
from psfs.domain.scoring import Round, RoundResult, evaluate
from psfs.extensions import db
from psfs.models import Conversation, Form, Score

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable

CHUNK = 500


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
    """The newest form of a case and its last conversation's figures; None before the first form.

    One statement; one more where no conversation counts in that form, for the form before it.
    """
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
    earlier = None if last else _form_with_talks(case_id)
    return Latest(
        form_id=rows[0].id,
        open=rows[0].closed_on is None,
        held=len(results),
        result=last,
        next_due=talks[last.round.id].next_due if last else None,
        earlier_id=earlier,
    )


def _form_with_talks(case_id: uuid.UUID) -> uuid.UUID | None:
    """The newest form of the case in which a conversation counts."""
    counts = exists().where(Conversation.form_id == Form.id, Conversation.struck_at.is_(None))
    query = select(Form.id).where(Form.case_id == case_id, counts).order_by(Form.number.desc())
    return db.session.scalar(query.limit(1))
