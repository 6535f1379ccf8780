"""What becomes of a conversation that came from a device, once somebody has taken a hand in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs import audit, clock
from psfs.domain.errors import Refusal
from psfs.extensions import begin_write, db
from psfs.models import ReceivedItem

if TYPE_CHECKING:
    import uuid

    from psfs.models import Case, User

VIEW = "offline.receive"
SAVED, SET_ASIDE, RESOLVED, DISMISSED = "saved", "set_aside", "resolved", "dismissed"


def waiting_item(item_id: uuid.UUID, case_id: uuid.UUID) -> ReceivedItem | None:
    """The conversation of that case that was set aside and still waits, as it now is."""
    item = db.session.get(ReceivedItem, item_id, populate_existing=True)
    return item if item is not None and item.state == SET_ASIDE and item.case_id == case_id else None


def put_away(item_id: uuid.UUID, account: User, reason: str) -> None:
    """Decide that a conversation that was set aside is not to be kept as one; it can still be read. Once is enough.

    Raises Refusal "needs_reason".
    """
    if not reason:
        raise Refusal("needs_reason")
    begin_write()
    item = db.session.get_one(ReceivedItem, item_id, populate_existing=True)
    if item.state == SET_ASIDE:
        audit.recorder.act_as(actor(account, item.case_id))
        decide(item, account, DISMISSED)
        item.decision = reason
    db.session.commit()


def settle(item_id: uuid.UUID, case: Case, account: User, conversation_id: uuid.UUID) -> None:
    """Note that what was set aside is kept now, as this conversation. Does not commit."""
    item = waiting_item(item_id, case.id)
    if item is not None:
        decide(item, account, RESOLVED)
        item.conversation_id, item.body = conversation_id, ""


def looked_at(case: Case, account: User, conversation_id: uuid.UUID) -> None:
    """Note that somebody has seen what differs about a conversation, or has struck it or the one beside it.

    Does not commit.
    """
    waiting = db.session.scalars(
        select(ReceivedItem).where(
            ReceivedItem.case_id == case.id, ReceivedItem.look.is_(True), ReceivedItem.looked_at.is_(None)
        )
    )
    for item in waiting:
        if str(conversation_id) in {str(item.conversation_id), *item.differences.get("others", ())}:
            item.looked_at, item.looked_by_id = clock.now(), account.id


def keep_both(case: Case, account: User, conversation_id: uuid.UUID) -> None:
    """Let a conversation and those beside it stand, now that somebody has seen how they differ."""
    looked_at(case, account, conversation_id)
    db.session.commit()


def decide(item: ReceivedItem, account: User, state: str) -> None:
    """Note who decided what became of it, and when."""
    item.state, item.decided_by_id, item.decided_at = state, account.id, clock.now()


def actor(account: User, case_id: uuid.UUID | None) -> audit.Actor:
    """Who does it, in the case's own log where it is known which case it is."""
    stream = audit.recorder.case_stream(case_id) if case_id else audit.recorder.SYSTEM
    return audit.Actor(account.id, account.name, stream, VIEW)
