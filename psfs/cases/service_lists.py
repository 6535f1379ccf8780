"""What a list of people leaves in the log: whose names it showed, to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psfs import audit
from psfs.extensions import begin_write, db

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection

    from psfs.models import User


def note_list(view: str, case_ids: Collection[uuid.UUID], by: User, *, even_nobody: bool = False) -> None:
    """Log that these cases' persons are named in the list that ``words.LISTS`` calls ``view``. Commits.

    ``even_nobody``: log it also where nobody is named, as for what leaves the program as a file.
    """
    if not case_ids and not even_nobody:
        return
    begin_write()
    audit.recorder.record_list_reading(actor_id=by.id, actor=by.name, view=view, case_ids=set(case_ids))
    db.session.commit()
