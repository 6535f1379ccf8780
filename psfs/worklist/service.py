"""What the worklist leaves in the log of a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psfs import audit
from psfs.extensions import begin_write, db

if TYPE_CHECKING:
    from psfs.models import User
    from psfs.worklist.queries_emergency import Opening


def note_emergency(opening: Opening, by: User) -> None:
    """Log on the case that the report of an emergency opening was read."""
    begin_write()
    audit.record_reading(case_id=opening.case_id, actor_id=by.id, actor=by.name, view="worklist.emergency")
    db.session.commit()
