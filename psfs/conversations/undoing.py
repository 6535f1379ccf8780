"""What striking a conversation undoes: the activities that came and went in it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs.conversations.rows import check_room, counting, spans
from psfs.domain.activities import RetireReason, Span
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import LogEntry

if TYPE_CHECKING:
    from psfs.models import Activity, Conversation, Form


def undo_changes(form: Form, talk: Conversation) -> None:
    """Take back what ``talk``, already struck, did to the form's activities. Does not commit.

    An activity added in it was made in the same moment; which were retired in it stands in the log.
    """
    used = {score.activity_id for other in counting(form) for score in other.scores if score.value is not None}
    for activity in form.activities:
        added = activity.created_at == talk.recorded_at and activity.active_from is not None
        if added and activity.id not in used and activity.retired_on is None:
            activity.retired_on = activity.active_from  # never active
            activity.retire_reason = RetireReason.OTHER.value
    retired = _retired_in(talk)
    for activity in form.activities:
        if activity.id in retired and _has_room(form, activity):
            activity.retired_on = activity.retire_reason = None
            activity.retire_note = ""


def _retired_in(talk: Conversation) -> set[uuid.UUID]:
    told = db.session.scalars(
        select(LogEntry.details).where(LogEntry.subject_id == talk.id, LogEntry.kind == "conversation")
    )
    return {uuid.UUID(one["id"]) for details in told for one in details.get("retired", ()) if "id" in one}


def _has_room(form: Form, activity: Activity) -> bool:
    after = [
        Span(span.id, span.active_from, None) if span.id == activity.id else span for span in spans(form.activities)
    ]
    try:
        check_room(after)
    except Refusal:
        return False
    return True
