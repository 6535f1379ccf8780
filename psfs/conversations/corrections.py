"""Putting right what was recorded wrong: a score, or a whole conversation. Nothing is deleted (P12)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import abort

from psfs import clock
from psfs.bti import log
from psfs.conversations.inputs import DETAILS, Conflict, CorrectionInput, DetailsInput, mark
from psfs.conversations.received import looked_at
from psfs.conversations.recording import performer
from psfs.conversations.rows import counting, load_conversation, load_form, must_be_open, spans
from psfs.conversations.undoing import undo_changes
from psfs.domain.activities import check_answers, check_date, check_moved
from psfs.domain.due import check_next
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Activity, Score, ScoreCorrection

if TYPE_CHECKING:
    import uuid

    from psfs.models import Case, Conversation, Form, User


def correct(
    case: Case, by: User, conversation_id: uuid.UUID, activity_id: uuid.UUID, given: CorrectionInput
) -> Conversation:
    """Put one score right; the old one stays visible with who, when and why. Also in a closed form.

    The same id with the same content again changes nothing.

    Raises:
        Conflict: "correction_id_used", or "corrected_meanwhile" (``value``: what now stands there, None = not asked).
        Refusal: "case_closed", "conversation_struck", "needs_reason", "nothing_changed", "answer_missing".
        werkzeug.exceptions.NotFound: not a conversation of the case, or the activity was not active in it.
    """
    talk = load_conversation(case, conversation_id)
    score = db.session.get(Score, (talk.id, activity_id), populate_existing=True) or abort(404)
    if _already(talk, by, activity_id, given):
        return talk
    must_be_open(case)
    if talk.struck_at is not None:
        raise Refusal("conversation_struck")
    check_answers([activity_id], {activity_id: given.answer})
    if score.value != given.expected:
        raise Conflict("corrected_meanwhile", value=score.value)
    if score.value == given.answer.score:
        raise Refusal("nothing_changed")
    if not given.reason:
        raise Refusal("needs_reason")
    activity = db.session.get_one(Activity, activity_id)
    db.session.add(
        ScoreCorrection(
            id=given.id,
            conversation_id=talk.id,
            activity_id=activity_id,
            old_value=score.value,
            new_value=given.answer.score,
            reason=given.reason,
            corrected_at=clock.now(),
            corrected_by_id=by.id,
            corrected_by=by.name,
        )
    )
    details = {
        "event": "corrected",
        "held_on": talk.held_on.isoformat(),
        "activity": activity.text,
        "old": score.value,
        "new": given.answer.score,
    }
    score.value, score.not_asked_reason = given.answer.score, given.answer.reason
    log.write(case, by, "conversation", subject_id=talk.id, reason=given.reason, details=details)
    db.session.commit()
    return talk


def change_details(case: Case, by: User, conversation_id: uuid.UUID, given: DetailsInput) -> Conversation:
    """Put right the day of a conversation, who held it, who answered, or the remark, or agree on another day for the
    next one.

    What stood there before stays in the log. What already stands there changes nothing. Another day it was held must
    be one on which the same activities were active; all results are computed anew.

    Another day for the next one is agreed on in the last conversation of an open form alone: nothing waits for what an
    older one says.

    Raises:
        Conflict: "details_meanwhile": somebody else changed them after ``given.seen`` was read.
        Refusal: "case_closed", "conversation_struck", "not_the_last", "next_due_too_early", "needs_reason" (only
            another day for the next conversation needs none), "day_is_imported", and those of ``check_date`` and
            ``check_moved``.
        werkzeug.exceptions.NotFound: not a conversation of the case.
    """
    talk = load_conversation(case, conversation_id)
    before = {name: getattr(talk, name) for name in DETAILS}
    changed = [name for name in DETAILS if getattr(given, name) != before[name]]
    if not changed:
        return talk
    must_be_open(case)
    if talk.struck_at is not None:
        raise Refusal("conversation_struck")
    if given.seen != mark(before):
        raise Conflict("details_meanwhile")
    if "next_due" in changed and not may_move_next(case, talk.form_id, talk.id):
        raise Refusal("not_the_last")
    form = _form_on(case, talk, given.held_on) if "held_on" in changed else None
    check_next(given.held_on, given.next_due)
    if changed != ["next_due"] and not given.reason:
        raise Refusal("needs_reason")
    for name in changed:
        setattr(talk, name, getattr(given, name))
    if form is not None and given.held_on < form.opened_on:
        form.opened_on = given.held_on
    if "performed_by" in changed:
        talk.performed_by_id = performer(case, by, given.performed_by)
    details = {
        "event": "details",
        "held_on": before["held_on"].isoformat(),
        "before": {name: _told(before[name]) for name in changed},
        "after": {name: _told(getattr(given, name)) for name in changed},
    }
    log.write(case, by, "conversation", subject_id=talk.id, reason=given.reason, details=details)
    db.session.commit()
    return talk


def may_move_day(case: Case) -> bool:
    """Whether the day a conversation was held can be put right. A file of imported ones knows each by its day, and
    would bring it anew the next time it is imported."""
    return case.person.import_ref is None


def _form_on(case: Case, talk: Conversation, day: date) -> Form:
    """The conversation's form, where the conversation may as well have been held on ``day``."""
    if not may_move_day(case):
        raise Refusal("day_is_imported")
    check_date(day, today=clock.today(), birth_date=case.person.birth_date)
    form = load_form(case, talk.form_id)
    others = [one.held_on for one in counting(form) if one.id != talk.id]
    check_moved(day, spans(form.activities), [score.activity_id for score in talk.scores], others, form.closed_on)
    return form


def may_move_next(case: Case, form_id: uuid.UUID, conversation_id: uuid.UUID) -> bool:
    """Whether the next conversation is agreed on in this one: the last that counts in a form that is open."""
    form = load_form(case, form_id)
    return form.closed_on is None and [talk.id for talk in counting(form)][-1:] == [conversation_id]


def _told(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def strike(case: Case, by: User, conversation_id: uuid.UUID, reason: str) -> Conversation:
    """Strike a conversation recorded by mistake: out of every calculation, still readable. Twice changes nothing.

    The activities that came in it were never active, unless they have been scored since; those that were retired in it
    are active again, if there is room.

    Raises Refusal "case_closed", "needs_reason"; 404 for a conversation of another case.
    """
    talk = load_conversation(case, conversation_id)
    if talk.struck_at is not None:
        return talk
    must_be_open(case)
    if not reason:
        raise Refusal("needs_reason")
    talk.struck_at, talk.struck_by_id, talk.struck_reason = clock.now(), by.id, reason
    undo_changes(load_form(case, talk.form_id), talk)
    looked_at(case, by, talk.id)
    details = {"event": "struck", "held_on": talk.held_on.isoformat()}
    log.write(case, by, "conversation", subject_id=talk.id, reason=reason, details=details)
    db.session.commit()
    return talk


def _already(talk: Conversation, by: User, activity_id: uuid.UUID, given: CorrectionInput) -> bool:
    kept = db.session.get(ScoreCorrection, given.id)
    if kept is None:
        return False
    content = (talk.id, activity_id, given.answer.score, given.reason, by.id)
    if (kept.conversation_id, kept.activity_id, kept.new_value, kept.reason, kept.corrected_by_id) == content:
        return True
    raise Conflict("correction_id_used")
