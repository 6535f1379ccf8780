"""The verbs of this room. Each commits once, with its line in the case's log, or raises and changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psfs.conversations.corrections import change_details, correct, may_move_day, may_move_next, strike
from psfs.conversations.form_verbs import add_activity, close_form, retire, reword, start_form
from psfs.conversations.recording import record
from psfs.domain.errors import Refusal
from psfs.extensions import begin_write, db

if TYPE_CHECKING:
    from psfs.models import User

__all__ = [
    "add_activity",
    "change_details",
    "close_form",
    "correct",
    "may_move_day",
    "may_move_next",
    "record",
    "remember_layout",
    "retire",
    "reword",
    "start_form",
    "strike",
]
LAYOUTS = ("one", "all")


def remember_layout(account: User, layout: str) -> None:
    """Keep how ``account`` likes to score: "one" activity at a time, or "all" on one sheet.

    Raises Refusal "unknown_layout".
    """
    if layout not in LAYOUTS:
        raise Refusal("unknown_layout")
    begin_write()
    account.scoring_layout = layout
    db.session.commit()
