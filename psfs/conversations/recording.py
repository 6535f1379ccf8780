"""Keeping a conversation: what was answered, and the activities that came and went in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.audit.bulk import insert_rows
from psfs.bti import log
from psfs.conversations.inputs import Conflict, ConversationInput, NewActivity, Refusals, Retirement, check_text
from psfs.conversations.received import settle
from psfs.conversations.rows import (
    Standing,
    add_row,
    answered_from,
    check_room,
    counting,
    last_recorded,
    load_form,
    must_be_open,
    next_position,
    spans,
    standing,
    talks_around,
    texts_from,
)
from psfs.domain.activities import Answer, Span, active_on, answer_faults, check_date
from psfs.domain.due import check_next
from psfs.domain.errors import Refusal
from psfs.domain.reasons import lacks_words
from psfs.extensions import db
from psfs.models import Activity, Conversation, Form, LogEntry, Score, User

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from psfs.models import Case


def record(case: Case, by: User, given: ConversationInput) -> None:
    """Keep one conversation, first or later, with the activities added and retired in it (P2, P3, P10, P11).

    The same id with the same content again changes nothing.

    Raises:
        Conflict: "id_used" (the id is kept with other content; ``conversation`` where it is the case's own) or
            "saved_meanwhile" (``conversation``, ``who``, ``at``, ``held_on``: recorded since ``given.base``) or
            "same_day" (``conversation``, ``who``, ``held_on``: held that day; both stay if named in ``same_day``).
        Refusals: all that is wrong with dates, activities and answers; most have ``activity``.
        Refusal: "case_closed", "form_closed".
        werkzeug.exceptions.NotFound: the form is not the case's.
    """
    talks = talks_around(given.form_id, given.id)
    if any(talk.id == given.id for talk in talks):
        _must_be_the_same(case, by, given)
        return
    changes_activities = bool(given.added or given.retired)
    form = load_form(case, given.form_id) if changes_activities else standing(case, given.form_id, talks)
    must_be_open(case, form)
    _nobody_was_quicker(form, given.base)
    _not_twice_a_day(form, given)
    keep(case, by, form, given)
    if given.received is not None:
        settle(given.received, case, by, given.id)
    db.session.commit()


def keep(case: Case, by: User, form: Form | Standing, given: ConversationInput) -> None:
    """Keep a conversation in a form as it stands, whoever was quicker. Does not commit.

    Where activities are added or retired, the form is loaded with its answers.

    Raises:
        Refusals: all that is wrong with dates, activities and answers; most have ``activity``.
    """
    faults = _date_faults(case, given)
    if any(fault.values["day"] == given.held_on for fault in faults):
        given = replace(given, held_on=clock.today())  # a day that cannot be: look at the rest as of today
    added, more = _added(form, given)
    faults += more
    ends, more = _ends(form, given)
    faults += more
    after = _spans_after(form, added, ends)
    faults += _room_faults(after, given, [key for key, (day, _why) in ends.items() if day > given.held_on])
    active = [span.id for span in active_on(after, given.held_on)]
    faults += answer_faults(active, _answers(given, active))
    if faults:
        raise Refusals(faults)
    now = clock.now()  # one moment for all of it: what came in the conversation is known by it when it is struck
    _change_activities(form, added, ends, now)
    _write(case, by, form, given, _answers(given, active), active, now)


def _must_be_the_same(case: Case, by: User, given: ConversationInput) -> None:
    kept = db.session.get_one(Conversation, given.id, populate_existing=True)
    own = kept.form.case_id == case.id
    if not (own and kept.recorded_by_id == by.id and kept.fingerprint == given.fingerprint):
        raise Conflict("id_used", conversation=kept.id if own else None)


def _nobody_was_quicker(form: Form | Standing, base: uuid.UUID | None) -> None:
    last = last_recorded(form)
    if last is None or last.id == base:
        return
    who = db.session.get(User, last.recorded_by_id)
    raise Conflict(
        "saved_meanwhile",
        conversation=last.id,
        who=who.name if who else last.performed_by,
        at=last.recorded_at,
        held_on=last.held_on,
    )


def _not_twice_a_day(form: Form | Standing, given: ConversationInput) -> None:
    """Ask before a second conversation of one day is kept: mostly it is the same one, sent again from an old page."""
    others = [talk for talk in counting(form) if talk.held_on == given.held_on]
    if others and given.same_day not in {talk.id for talk in others}:
        last = others[-1]
        raise Conflict("same_day", conversation=last.id, who=last.performed_by, held_on=last.held_on)


def _date_faults(case: Case, given: ConversationInput) -> list[Refusal]:
    faults: list[Refusal] = []
    try:
        check_date(given.held_on, today=clock.today(), birth_date=case.person.birth_date)
    except Refusal as fault:
        faults.append(fault)
    try:
        check_next(given.held_on, given.next_due)
    except Refusal as fault:
        faults.append(fault)
    return faults


@dataclass(frozen=True, slots=True)
class _Addition:
    new: NewActivity
    active_from: date | None


def _added(form: Form | Standing, given: ConversationInput) -> tuple[list[_Addition], list[Refusal]]:
    """The new activities; those of a form's first conversation are active from its start."""
    start = given.held_on if form.conversations else None
    faults: list[Refusal] = []
    others = texts_from(form, given.held_on)
    for new in given.added:
        try:
            check_text(new.text, others, new.id)
            if db.session.get(Activity, new.id) is not None:
                raise Refusal("activity_id_used", activity=new.id)
        except Refusal as fault:
            faults.append(fault)
        others.append(new.text)
    return [_Addition(new, start) for new in given.added], faults


def _ends(
    form: Form | Standing, given: ConversationInput
) -> tuple[dict[uuid.UUID, tuple[date, Retirement]], list[Refusal]]:
    """From which day each retired activity is out.

    Scored in this conversation for the last time: from the day after. Else from this day, unless another
    conversation of the same day holds an answer for it.
    """
    ends: dict[uuid.UUID, tuple[date, Retirement]] = {}
    faults: list[Refusal] = []
    active = {span.id for span in active_on(spans(form.activities), given.held_on)}
    for activity_id, retirement in given.retired.items():
        last = answered_from(form, activity_id, given.held_on)
        if activity_id not in active:
            faults.append(Refusal("answer_unknown_activity", activity=activity_id))
        elif last is not None and last > given.held_on:
            faults.append(Refusal("activity_used_later", activity=activity_id, day=last))
        elif lacks_words(retirement.reason, retirement.note):
            faults.append(Refusal("needs_reason", activity=activity_id, field="retire-note"))
        else:
            scored = given.answers.get(activity_id, Answer()).score is not None
            stays = scored or last is not None
            ends[activity_id] = (given.held_on + timedelta(days=1) if stays else given.held_on, retirement)
    return ends, faults


def _room_faults(
    after: Sequence[Span[uuid.UUID]], given: ConversationInput, scored_last: Sequence[uuid.UUID]
) -> list[Refusal]:
    """Too many activities, or none left; where a new one lacks the room that one scored for the last time takes, it is
    that one's fault."""
    try:
        check_room(after)
    except Refusal as fault:
        if fault.code == "too_many_activities" and given.added and scored_last:
            return [Refusal("last_score_takes_room", activity=key) for key in scored_last]
        return [fault]
    return []


def _spans_after(
    form: Form | Standing, added: Sequence[_Addition], ends: dict[uuid.UUID, tuple[date, Retirement]]
) -> list[Span[uuid.UUID]]:
    kept = [
        Span(span.id, span.active_from, ends[span.id][0]) if span.id in ends else span
        for span in spans(form.activities)
    ]
    return kept + [Span(one.new.id, one.active_from, None) for one in added]


def _answers(given: ConversationInput, active: Sequence[uuid.UUID]) -> dict[uuid.UUID, Answer]:
    """What was chosen. A retired activity that goes out of this conversation takes "not asked" with it; one that
    stays in without a score is "not asked"."""
    answers = dict(given.answers)
    for activity_id in given.retired:
        chosen = answers.get(activity_id, Answer())
        if chosen.score is not None:
            continue
        if activity_id in active:
            answers[activity_id] = Answer(not_asked=True, reason=chosen.reason)
        else:
            answers.pop(activity_id, None)
    return answers


def _change_activities(
    form: Form | Standing, added: Sequence[_Addition], ends: dict[uuid.UUID, tuple[date, Retirement]], now: datetime
) -> None:
    if isinstance(form, Standing):
        return
    for one in added:
        position = next_position(form)
        row = Activity(id=one.new.id, position=position, text=one.new.text, active_from=one.active_from, created_at=now)
        add_row(form, row)
    for activity in form.activities:
        if activity.id in ends:
            activity.retired_on, retirement = ends[activity.id]
            activity.retire_reason, activity.retire_note = retirement.reason.value, retirement.note


def _write(
    case: Case,
    by: User,
    form: Form | Standing,
    given: ConversationInput,
    answers: Mapping[uuid.UUID, Answer],
    active: Sequence[uuid.UUID],
    now: datetime,
) -> None:
    if given.held_on < form.opened_on:
        db.session.get_one(Form, form.id).opened_on = given.held_on
    talk = {
        "id": given.id,
        "form_id": form.id,
        "held_on": given.held_on,
        "performed_by_id": performer(case, by, given.performed_by),
        "performed_by": given.performed_by,
        "respondent": given.respondent,
        "remark": given.remark,
        "next_due": given.next_due,
        "recorded_at": now,
        "recorded_by_id": by.id,
        "fingerprint": given.fingerprint,
    }
    scores = [
        {
            "conversation_id": given.id,
            "activity_id": one,
            "value": answers[one].score,
            "not_asked_reason": answers[one].reason,
        }
        for one in active
    ]
    insert_rows(Conversation, [talk])
    insert_rows(Score, scores)
    told = {"subject_id": given.id, "details": _told(form, given, scores), "level": case.level, "round": case.round}
    insert_rows(LogEntry, [log.row(case.id, by, "conversation", decided_on=given.held_on, **told)])


def performer(case: Case, by: User, name: str) -> uuid.UUID | None:
    """The account of who held the conversation, where the name is one of those nearest to the case."""
    return next((one.id for one in (by, case.holder, case.contact) if one is not None and one.name == name), None)


def _told(form: Form | Standing, given: ConversationInput, scores: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    texts = {one.id: one.text for one in form.activities}
    return {
        "event": "held",
        "held_on": given.held_on.isoformat(),
        "form": form.number,
        "performed_by": given.performed_by,
        "respondent": given.respondent,
        "scored": sum(score["value"] is not None for score in scores),
        "active": len(scores),
        "added": [one.text for one in given.added],
        "retired": [
            {"id": str(key), "text": texts[key], "reason": one.reason.value, "note": one.note}
            for key, one in given.retired.items()
        ],
    }
