"""A conversation's form with nobody in it, for the page that is kept for when there is no network."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from psfs.conversations.forms import ConversationForm
from psfs.conversations.inputs import ASKED
from psfs.domain.activities import MAX_ACTIVE


@dataclass(frozen=True, slots=True)
class Blank:
    """An activity that a script gives its id and its words; the id says which template it stands in."""

    id: uuid.UUID
    text: str = ""
    value: str = ""
    reason: str = ""
    retire: str = ""
    retire_note: str = ""
    error: str = ""
    text_error: str = ""
    note_error: str = ""
    earlier: None = None
    touched: bool = False


def values() -> dict[str, Any]:
    """What the page for when there is no network needs of this room.

    No session is looked at: the form has no token, and is never sent.
    """
    form = ConversationForm(formdata=None, meta={"csrf": False}, data={"respondent": ASKED, "performed_by": ""})
    return {
        "form": form,
        "page": None,
        "blanks": [Blank(uuid.UUID(int=number)) for number in range(1, 5)],
        "counts": range(1, MAX_ACTIVE + 1),
        "most": MAX_ACTIVE,
    }
