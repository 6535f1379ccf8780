"""Reading the answers of a conversation out of a sent form, and keeping them for showing the page again.

Names, where ``<id>`` is the activity's id: ``answer-<id>`` ("0" … "10" or "not_asked"), ``reason-<id>``,
``retire-<id>`` ("", "reached", "not_relevant" or "other"), ``retire-note-<id>``; for an activity added in the
conversation also ``new`` (its id, once for each) and ``text-<id>``.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from werkzeug.datastructures import MultiDict

from psfs.conversations.inputs import REASON_LENGTH, TEXT_LENGTH, NewActivity, Retirement
from psfs.domain.activities import Answer, RetireReason
from psfs.domain.errors import Refusal
from psfs.domain.identity_number import looks_like_identity_number
from psfs.text import one_line

if TYPE_CHECKING:
    from psfs.conversations.bodies import Body

SCORES = {str(score): score for score in range(11)}
NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent about the activities, and what of it has no meaning."""

    answers: dict[uuid.UUID, Answer]
    added: tuple[NewActivity, ...]
    retired: dict[uuid.UUID, Retirement]
    faults: tuple[Refusal, ...]


def read(form: MultiDict[str, str]) -> Sent:
    """The answers, the new activities and the retired ones.

    A new activity without words is left out, unless it has a score: "not asked" of nothing says nothing.
    """
    faults: list[Refusal] = []
    answers: dict[uuid.UUID, Answer] = {}
    retired: dict[uuid.UUID, Retirement] = {}
    for name in form:
        kind, _, key = name.partition("-")
        activity = _id(key)
        if activity is None:
            continue
        try:
            if kind == "answer" and (answer := read_one(form, name, activity)):
                answers[activity] = answer
            elif kind == "retire" and (retirement := _retirement(form, activity)):
                retired[activity] = retirement
        except Refusal as fault:
            faults.append(fault)
    added = []
    for activity in dict.fromkeys(_id(value) for value in form.getlist("new")):
        if activity is None:
            continue
        text, answer = one_line(form.get(f"text-{activity}", "")), answers.get(activity)
        if text or (answer and answer.score is not None):
            added.append(NewActivity(activity, text))
        else:
            answers.pop(activity, None)
    return Sent(answers, tuple(added), retired, tuple(faults))


def read_one(form: MultiDict[str, str], name: str, activity: uuid.UUID) -> Answer | None:
    """One answer, None when nothing was chosen.

    Raises Refusal "answer_ambiguous", "score_out_of_range", "reason_too_long" or "identity_number", each with
    ``activity``.
    """
    chosen = {value for value in form.getlist(name) if value}
    if not chosen:
        return None
    if len(chosen) > 1:
        raise Refusal("answer_ambiguous", activity=activity)
    value = chosen.pop()
    if value == NOT_ASKED:
        reason = one_line(form.get(f"reason-{activity}", ""))
        if len(reason) > REASON_LENGTH:
            raise Refusal("reason_too_long", activity=activity, limit=REASON_LENGTH)
        if looks_like_identity_number(reason):
            raise Refusal("identity_number", activity=activity)
        return Answer(not_asked=True, reason=reason)
    if value not in SCORES:
        raise Refusal("score_out_of_range", activity=activity, value=value)
    return Answer(SCORES[value])


def as_typed(body: Body) -> MultiDict[str, str]:
    """What a device handed in, as the page would have sent it."""
    typed: MultiDict[str, str] = MultiDict()
    for key, answer in body.answers.items():
        typed[f"answer-{key}"] = NOT_ASKED if answer.score is None else str(answer.score)
        typed[f"reason-{key}"] = answer.reason
    for key, why in body.retired.items():
        typed[f"retire-{key}"], typed[f"retire-note-{key}"] = why.reason.value, why.note
    for new in body.added:
        typed.add("new", str(new.id))
        typed[f"text-{new.id}"] = new.text
    return typed


def _retirement(form: MultiDict[str, str], activity: uuid.UUID) -> Retirement | None:
    reason = form.get(f"retire-{activity}", "")
    if not reason:
        return None
    if reason not in set(RetireReason):
        raise Refusal("unknown_choice", activity=activity)
    note = one_line(form.get(f"retire-note-{activity}", ""))
    if len(note) > TEXT_LENGTH:
        raise Refusal("reason_too_long", activity=activity, limit=TEXT_LENGTH)
    if looks_like_identity_number(note):
        raise Refusal("identity_number", activity=activity, field="retire-note")
    return Retirement(RetireReason(reason), note)


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
