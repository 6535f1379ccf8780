"""Verbs of a story about forms and conversations, held against the domain's rules as they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psfs.domain.activities import Answer, RetireReason, Span, active_on, check_answers, check_date, check_limit
from psfs.domain.scoring import SCALE_VERSION, Scale
from psfs.models import Activity, Conversation, Form, Score, ScoreCorrection

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable

    from psfs.demo.telling import Telling

NOT_ASKED, NOT_ACTIVE = "n", "-"


def form(tale: Telling, texts: list[str]) -> None:
    """Start a form with these activities."""
    if tale.forms and tale.forms[-1].closed_on is None:
        raise ValueError(f"{tale.story.key}: a form is open")
    made = Form(
        id=tale.id("form"),
        case_id=tale.case.id,
        number=len(tale.forms) + 1,
        scale=Scale.HIGHER_IS_BETTER.value,
        scale_version=SCALE_VERSION,
        opened_on=tale.on,
        closed_reason="",
        created_by_id=tale.by.id,
        created_at=tale.at,
    )
    for text in texts:
        _activity(tale, made, text)
    check_limit(spans(made), 1)
    tale.keep(made)
    tale.forms.append(made)
    details = {"event": "started", "form": made.number, "activities": texts}
    tale.log("form", subject_id=made.id, details=details)


def talk(
    tale: Telling,
    scores: list[int | str],
    *,
    next: int | None = None,
    held: int | None = None,
    respondent: str = "person",
    remark: str = "",
    why: str = "",
    add: tuple[str, ...] | list[str] = (),
) -> None:
    """Hold a conversation: one answer for each activity the form has had, in order.

    A whole number is a score, "n" not asked (``why``), "-" not active. ``held``: days ago it was held, if that is
    another day than it was written down. ``next``: days until the next one.
    """
    current = tale.forms[-1]
    held_ago = tale.ago if held is None else held
    on = tale.town.calendar.worked(held_ago)
    for text in add:
        _activity(tale, current, text, first=False)
    answers = {
        activity.id: Answer(None, True, why) if said == NOT_ASKED else Answer(int(said))
        for activity, said in zip(current.activities, scores, strict=True)
        if said != NOT_ACTIVE
    }
    check_date(on, today=tale.on, birth_date=tale.person.birth_date)
    check_limit(spans(current), 1)
    check_answers([span.id for span in active_on(spans(current), on)], answers)
    row = Conversation(
        id=tale.id("talk"),
        held_on=on,
        performed_by_id=tale.by.id,
        performed_by=tale.by.name,
        respondent=respondent,
        remark=remark,
        next_due=tale.town.calendar.agreed(next - held_ago) if next else None,
        recorded_at=tale.at,
        recorded_by_id=tale.by.id,
        struck_reason="",
        scores=[
            Score(activity_id=key, value=answer.score, not_asked_reason=answer.reason)
            for key, answer in answers.items()
        ],
    )
    current.conversations.append(row)
    current.opened_on = min(current.opened_on, on)
    details = {
        "event": "held",
        "held_on": on.isoformat(),
        "form": current.number,
        "performed_by": row.performed_by,
        "respondent": respondent,
        "scored": sum(answer.score is not None for answer in answers.values()),
        "active": len(answers),
        "added": list(add),
        "retired": [],
    }
    tale.log("conversation", subject_id=row.id, decided_on=on, details=details)


def retire(tale: Telling, place: int, *, why: str, note: str) -> None:
    """Retire the activity at that place (from 1) from this day."""
    current = tale.forms[-1]
    activity = current.activities[place - 1]
    reason = RetireReason(why)
    activity.retired_on, activity.retire_reason, activity.retire_note = tale.on, reason.value, note
    details = {
        "event": "activity_retired",
        "form": current.number,
        "activity": activity.text,
        "why": reason.value,
        "from": tale.on.isoformat(),
    }
    tale.log("form", subject_id=current.id, reason=note, details=details)


def correct(tale: Telling, which: list[int], *, reason: str) -> None:
    """Put one score right: conversation and activity (from 1) and the new score."""
    number, place, value = which
    row = tale.forms[-1].conversations[number - 1]
    activity = tale.forms[-1].activities[place - 1]
    score = next(each for each in row.scores if each.activity_id == activity.id)
    check_answers([activity.id], {activity.id: Answer(value)})
    tale.after_all.append(
        ScoreCorrection(
            id=tale.id("correction"),
            conversation_id=row.id,
            activity_id=activity.id,
            old_value=score.value,
            new_value=value,
            reason=reason,
            corrected_at=tale.at,
            corrected_by_id=tale.by.id,
            corrected_by=tale.by.name,
        )
    )
    details: dict[str, Any] = {
        "event": "corrected",
        "held_on": row.held_on.isoformat(),
        "activity": activity.text,
        "old": score.value,
        "new": value,
    }
    score.value = value
    tale.log("conversation", subject_id=row.id, reason=reason, details=details)


def strike(tale: Telling, number: int, *, reason: str) -> None:
    """Strike the conversation with that number (from 1, in the order written down)."""
    row = tale.forms[-1].conversations[number - 1]
    row.struck_at, row.struck_by_id, row.struck_reason = tale.at, tale.by.id, reason
    details = {"event": "struck", "held_on": row.held_on.isoformat()}
    tale.log("conversation", subject_id=row.id, reason=reason, details=details)


def end_form(tale: Telling, reason: str) -> None:
    """Close the form."""
    current = tale.forms[-1]
    current.closed_on, current.closed_reason = tale.on, reason
    tale.log("form", subject_id=current.id, reason=reason, details={"event": "closed", "form": current.number})


def spans(form: Form) -> list[Span[uuid.UUID]]:
    """When each of the form's activities is active."""
    return [Span(each.id, each.active_from, each.retired_on) for each in form.activities]


def _activity(tale: Telling, form: Form, text: str, *, first: bool = True) -> None:
    form.activities.append(
        Activity(
            id=tale.id("activity"),
            position=len(form.activities) + 1,
            text=text,
            active_from=None if first else tale.on,
            retire_note="",
            created_at=tale.at,
        )
    )


VERBS: dict[str, Callable[..., None]] = {
    "form": form,
    "talk": talk,
    "retire": retire,
    "correct": correct,
    "strike": strike,
    "end_form": end_form,
}
