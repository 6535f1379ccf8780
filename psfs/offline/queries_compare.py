"""How a conversation from a device differs from what others did meanwhile."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs.extensions import db
from psfs.models import LogEntry, ReceivedItem

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from psfs.conversations.views import Column, FormView


@dataclass(frozen=True, slots=True)
class Told:
    """What the log says of a conversation: who wrote it down, the activities that came with it, and those that ended,
    each with the code of its reason and what was noted."""

    recorded_by: str
    added: tuple[str, ...]
    retired: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The conversations side by side, the one from the device first, and what was done to make it fit.

    ``new``: activities that were not on the device; ``left_out``: those that had ended; ``ends``: those that now end
    later, since they were scored. All in words. ``told``: what else there is to choose by, by conversation.
    ``recorded_by`` is who wrote down the one from the device; ``others``, whoever else wrote down one beside it.
    """

    talks: tuple[Column, ...]
    told: Mapping[uuid.UUID, Told]
    recorded_by: str
    others: tuple[str, ...]
    new: tuple[str, ...]
    left_out: tuple[str, ...]
    ends: Mapping[str, date]
    made_at: datetime
    received_at: datetime
    skew_seconds: int | None
    waits: bool


def comparison(view: FormView, case_id: uuid.UUID, conversation_id: uuid.UUID) -> Comparison | None:
    """What differs about the conversation; None where nothing does."""
    item = db.session.scalar(
        select(ReceivedItem).where(
            ReceivedItem.case_id == case_id,
            ReceivedItem.conversation_id == conversation_id,
            ReceivedItem.look.is_(True),
        )
    )
    if item is None:
        return None
    texts = {str(one.id): one.text for one in view.activities}
    beside = {str(conversation_id), *item.differences.get("others", ())}
    shown = sorted(
        (talk for talk in view.columns if str(talk.id) in beside), key=lambda talk: talk.id != conversation_id
    )
    ended = {key for key in item.differences.get("ends", {}) if key in texts}
    by_id = {str(one.id): one for one in view.activities}
    told = _told(case_id, [talk.id for talk in shown])
    names = [told[talk.id].recorded_by if talk.id in told else talk.performed_by for talk in shown]
    mine = names[0] if names else ""
    return Comparison(
        talks=tuple(shown),
        told=told,
        recorded_by=mine,
        others=tuple(dict.fromkeys(name for name in names[1:] if name != mine)),
        new=_words(texts, item.differences.get("not_on_device", ())),
        left_out=_words(texts, item.differences.get("left_out", ())),
        ends={texts[key]: day for key in sorted(ended) if (day := by_id[key].ended_on or by_id[key].retired_on)},
        made_at=item.made_at,
        received_at=item.received_at,
        skew_seconds=item.skew_seconds,
        waits=item.looked_at is None,
    )


def _told(case_id: uuid.UUID, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Told]:
    """From the entries that were written with the conversations; one statement."""
    query = select(LogEntry.subject_id, LogEntry.recorded_by, LogEntry.details).where(
        LogEntry.case_id == case_id, LogEntry.kind == "conversation", LogEntry.subject_id.in_(ids)
    )
    return {
        row.subject_id: Told(
            row.recorded_by,
            tuple(row.details.get("added", ())),
            tuple((one["text"], one["reason"], one.get("note", "")) for one in row.details.get("retired", ())),
        )
        for row in db.session.execute(query)
        if row.details.get("event") == "held"
    }


def _words(texts: Mapping[str, str], ids: object) -> tuple[str, ...]:
    return tuple(texts[key] for key in ids if key in texts) if isinstance(ids, list | tuple) else ()
