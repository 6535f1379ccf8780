"""What a list of people leaves in the log: whose names it showed, to whom."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import session

from psfs import audit, clock
from psfs.extensions import begin_write, db

if TYPE_CHECKING:
    from collections.abc import Collection, Set

    from psfs.models import User


AGAIN_SECONDS = 3600


def note_own(view: str, case_ids: Set[uuid.UUID], by: User) -> None:
    """Log that a list of the reader's own names these cases' persons; but no name again that this session has logged
    for the same list within the hour. Commits."""
    moment, kept = int(clock.now().timestamp()), f"named:{view}"
    fresh = [(at, names) for at, names in session.get(kept, ()) if 0 <= moment - at < AGAIN_SECONDS]
    new = {each.hex for each in case_ids}.difference(*(names for _at, names in fresh))
    if new:
        note_list(view, set(map(uuid.UUID, new)), by)
        session[kept] = [*fresh, (moment, sorted(new))]


def note_list(view: str, case_ids: Collection[uuid.UUID], by: User, *, even_nobody: bool = False) -> None:
    """Log that these cases' persons are named in the list that ``words.LISTS`` calls ``view``. Commits.

    ``even_nobody``: log it also where nobody is named, as for what leaves the program as a file.
    """
    if not case_ids and not even_nobody:
        return
    begin_write()
    audit.recorder.record_list_reading(actor_id=by.id, actor=by.name, view=view, case_ids=set(case_ids))
    db.session.commit()
