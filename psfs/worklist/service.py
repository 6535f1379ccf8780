"""What the worklist leaves in the log: the names it showed, without writing the same again at every visit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from flask import session

from psfs import audit, clock
from psfs.extensions import begin_write, db

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from psfs.models import User
    from psfs.worklist.queries import Opening

AGAIN_SECONDS = 3600
_SESSION = "worklist_shown"


def note_names(case_ids: Sequence[uuid.UUID], by: User) -> None:
    """Log that these cases' persons are named, if this session has not logged the same within the hour."""
    if not case_ids:
        return
    digest = hashlib.sha256(b"".join(each.bytes for each in case_ids)).hexdigest()[:32]
    moment = int(clock.now().timestamp())
    before, at = session.get(_SESSION, ("", 0))
    if digest == before and 0 <= moment - at < AGAIN_SECONDS:
        return
    begin_write()
    audit.recorder.record_list_reading(actor_id=by.id, actor=by.name, view="worklist.home", case_ids=list(case_ids))
    db.session.commit()
    session[_SESSION] = (digest, moment)


def note_emergency(opening: Opening, by: User) -> None:
    """Log on the case that the report of an emergency opening was read."""
    begin_write()
    audit.record_reading(case_id=opening.case_id, actor_id=by.id, actor=by.name, view="worklist.emergency")
    db.session.commit()
