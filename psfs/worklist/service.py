"""What the worklist leaves in the log: the names it showed, without writing the same again at every visit."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import session

from psfs import audit, clock
from psfs.extensions import begin_write, db

if TYPE_CHECKING:
    from collections.abc import Set

    from psfs.models import User
    from psfs.worklist.queries import Opening

AGAIN_SECONDS = 3600
_SESSION = "worklist_named"


def note_names(case_ids: Set[uuid.UUID], by: User) -> None:
    """Log that these cases' persons are named; but no name again that this session has logged within the hour."""
    moment = int(clock.now().timestamp())
    fresh = [(at, names) for at, names in session.get(_SESSION, ()) if 0 <= moment - at < AGAIN_SECONDS]
    new = {each.hex for each in case_ids}.difference(*(names for _at, names in fresh))
    if not new:
        return
    begin_write()
    audit.recorder.record_list_reading(
        actor_id=by.id, actor=by.name, view="worklist.home", case_ids=set(map(uuid.UUID, new))
    )
    db.session.commit()
    session[_SESSION] = [*fresh, (moment, sorted(new))]


def note_emergency(opening: Opening, by: User) -> None:
    """Log on the case that the report of an emergency opening was read."""
    begin_write()
    audit.record_reading(case_id=opening.case_id, actor_id=by.id, actor=by.name, view="worklist.emergency")
    db.session.commit()
