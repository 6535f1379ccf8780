"""Verbs on a form and its activities outside a conversation: start, close, add, retire, reword."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import abort
from sqlalchemy import select

from psfs import clock
from psfs.bti import log
from psfs.conversations.inputs import Conflict, NewActivity, Refusals, Retirement, check_text
from psfs.conversations.rows import (
    add_row,
    check_room,
    ends_of,
    first_day_with_room,
    first_free_day,
    load_form,
    must_be_open,
    next_position,
    spans,
    texts_from,
)
from psfs.domain.activities import Span, check_limit
from psfs.domain.errors import Refusal
from psfs.domain.reasons import lacks_words
from psfs.domain.scoring import SCALE_VERSION, Scale
from psfs.extensions import db
from psfs.models import Activity, Form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psfs.models import Case, User


def start_form(case: Case, by: User, form_id: uuid.UUID, texts: Sequence[str], close_reason: str = "") -> Form:
    """Start a form with one to five activities, and close the one that is open (P1, P13, P15).

    Args:
        case: the case.
        by: who does it.
        form_id: made by the caller; the same with the same texts again changes nothing.
        texts: the activities, tidy, as the person words them.
        close_reason: why a new form is needed; only where one is open.

    Raises:
        Conflict: "form_id_used".
        Refusals: by activity (``place``, from 0), and "no_activities", "needs_reason" (``field`` "close_reason").
        Refusal: "case_closed".
    """
    kept = db.session.get(Form, form_id, populate_existing=True)
    if kept is not None:
        first = [one.text for one in kept.activities if one.created_at == kept.created_at]
        if kept.case_id == case.id and kept.created_by_id == by.id and first == list(texts):
            return kept
        raise Conflict("form_id_used")
    must_be_open(case)
    forms = db.session.scalars(select(Form).where(Form.case_id == case.id).order_by(Form.number)).all()
    current = next((form for form in forms if form.closed_on is None), None)
    _check_start(texts, needs_reason=current is not None and not close_reason)
    if current is not None:
        _close(case, by, current, close_reason)
        db.session.flush()  # before the new one: a case has one open form
    now = clock.now()
    form = Form(
        id=form_id,
        case_id=case.id,
        number=forms[-1].number + 1 if forms else 1,
        scale=Scale.HIGHER_IS_BETTER.value,
        scale_version=SCALE_VERSION,
        opened_on=clock.today(),
        created_by_id=by.id,
        created_at=now,
        activities=[
            Activity(id=uuid.uuid4(), position=place, text=text, created_at=now) for place, text in enumerate(texts, 1)
        ],
    )
    db.session.add(form)
    log.write(
        case,
        by,
        "form",
        subject_id=form.id,
        details={"event": "started", "form": form.number, "activities": list(texts)},
    )
    db.session.commit()
    return form


def close_form(case: Case, by: User, form_id: uuid.UUID, reason: str) -> Form:
    """Close a form; it stays readable (P15). A second time changes nothing.

    Raises Refusal "case_closed", "needs_reason"; 404 for a form of another case.
    """
    form = load_form(case, form_id)
    if form.closed_on is not None:
        return form
    must_be_open(case)
    if not reason:
        raise Refusal("needs_reason")
    _close(case, by, form, reason)
    db.session.commit()
    return form


def add_activity(case: Case, by: User, form_id: uuid.UUID, new: NewActivity) -> Form:
    """Add an activity outside a conversation, active from today (P2), or from the first day there is room for it: one
    that was scored for the last time today is there until tomorrow.

    An ended activity is taken up again in the same way, with the same words: it is a new one (P1), from the day the old
    one is out, and its scores begin anew.

    Raises:
        Conflict: "activity_id_used".
        Refusal: "case_closed", "form_closed", "too_many_activities", and those of ``check_text``.
    """
    form = load_form(case, form_id)
    kept = db.session.get(Activity, new.id)
    if kept is not None:
        if kept.form_id == form.id and kept.text == new.text:
            return form
        raise Conflict("activity_id_used", activity=new.id)
    must_be_open(case, form)
    first = max([clock.today(), *ends_of(form, new.text)])
    check_text(new.text, texts_from(form, first), new.id)
    start = first_day_with_room(form, new.id, first) if form.conversations else None
    check_room([*spans(form.activities), Span(new.id, start, None)])
    position = next_position(form)
    add_row(form, Activity(id=new.id, position=position, text=new.text, active_from=start, created_at=clock.now()))
    details = {"event": "activity_added", "form": form.number, "activity": new.text}
    log.write(case, by, "form", subject_id=form.id, details=details)
    db.session.commit()
    return form


def retire(case: Case, by: User, form_id: uuid.UUID, activity_id: uuid.UUID, why: Retirement) -> Form:
    """Retire an activity outside a conversation: from today, or from the day after its last answer (P2).

    Once retired, a second time changes nothing.

    Raises Refusal "case_closed", "form_closed", "too_few_activities", "needs_reason" (for "other").
    """
    form, activity = _form_with(case, form_id, activity_id)
    if activity.retired_on is not None:
        return form
    must_be_open(case, form)
    if lacks_words(why.reason, why.note):
        raise Refusal("needs_reason", field="note")
    ends = first_free_day(form, activity.id, clock.today())
    check_room(
        [Span(s.id, s.active_from, ends if s.id == activity.id else s.retired_on) for s in spans(form.activities)]
    )
    activity.retired_on, activity.retire_reason, activity.retire_note = ends, why.reason.value, why.note
    details = {
        "event": "activity_retired",
        "form": form.number,
        "activity": activity.text,
        "why": why.reason.value,
        "from": ends.isoformat(),
    }
    log.write(case, by, "form", subject_id=form.id, reason=why.note, details=details)
    db.session.commit()
    return form


def reword(case: Case, by: User, form_id: uuid.UUID, activity_id: uuid.UUID, text: str, *, expected: str) -> Form:
    """Mend a typing error: the activity keeps its identity, and so its scores (P1).

    Raises:
        Conflict: "reworded_meanwhile" (``text`` as it now is).
        Refusal: "case_closed", "form_closed", and those of ``check_text``.
    """
    form, activity = _form_with(case, form_id, activity_id)
    if activity.text == text:
        return form
    must_be_open(case, form)
    if activity.text != expected:
        raise Conflict("reworded_meanwhile", text=activity.text)
    others = [one.text for one in form.activities if one.id != activity.id and one.retired_on is None]
    check_text(text, others, activity.id)
    details = {"event": "activity_reworded", "form": form.number, "before": activity.text, "activity": text}
    activity.text = text
    log.write(case, by, "form", subject_id=form.id, details=details)
    db.session.commit()
    return form


def _check_start(texts: Sequence[str], *, needs_reason: bool) -> None:
    faults: list[Refusal] = []
    for place, text in enumerate(texts):
        try:
            check_text(text, texts[:place])
        except Refusal as fault:
            faults.append(Refusal(fault.code, **(fault.values | {"place": place})))
    if not texts:
        faults.append(Refusal("no_activities", place=0))
    try:
        check_limit([Span(place, None, None) for place in range(len(texts))])
    except Refusal as fault:
        faults.append(fault)
    if needs_reason:
        faults.append(Refusal("needs_reason", field="close_reason"))
    if faults:
        raise Refusals(faults)


def _close(case: Case, by: User, form: Form, reason: str) -> None:
    form.closed_on, form.closed_reason = clock.today(), reason
    details = {"event": "closed", "form": form.number}
    log.write(case, by, "form", subject_id=form.id, reason=reason, details=details)


def _form_with(case: Case, form_id: uuid.UUID, activity_id: uuid.UUID) -> tuple[Form, Activity]:
    form = load_form(case, form_id)
    activity = next((one for one in form.activities if one.id == activity_id), None)
    return form, activity or abort(404)
