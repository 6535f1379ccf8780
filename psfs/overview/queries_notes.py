"""Notes of what was changed. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from psfs.extensions import db
from psfs.models import ChangeNote

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement


def notes(service_id: uuid.UUID | None) -> Sequence[ChangeNote]:
    """Those for all services, and for this one where there is one; the first change first."""
    query = select(ChangeNote).where(ChangeNote.removed_at.is_(None))
    whose: ColumnElement[bool] = ChangeNote.service_id.is_(None)
    if service_id is not None:
        whose = or_(whose, ChangeNote.service_id == service_id)
    return db.session.scalars(query.where(whose).order_by(ChangeNote.on, ChangeNote.recorded_at)).all()
