"""Notes of what was changed, on the time axis of the run charts. One commit for each verb."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from psfs import clock
from psfs.domain.errors import Refusal
from psfs.extensions import begin_write, db
from psfs.models import ChangeNote, Service

if TYPE_CHECKING:
    from datetime import date

    from psfs.models import User
    from psfs.overview.filters import Scope


def add_note(by: User, scope: Scope, note_id: uuid.UUID, service_id: uuid.UUID | None, on: date, text: str) -> None:
    """Note what was changed, for one service or for all; the same page sent twice makes one note.

    Raises Refusal: the service is not the reader's to write for, or the day is ahead.
    """
    begin_write()
    made = db.session.get(ChangeNote, note_id)
    if made is not None:
        same = (made.service_id, made.on, made.text, made.recorded_by_id) == (service_id, on, text, by.id)
        db.session.rollback()
        if not same:
            raise Refusal("id_taken")
        return
    if not _writes_for(scope, service_id) or (service_id is not None and db.session.get(Service, service_id) is None):
        raise Refusal("service_unavailable")
    if on > clock.today():
        raise Refusal("date_in_future")
    db.session.add(
        ChangeNote(
            id=note_id,
            service_id=service_id,
            on=on,
            text=text,
            recorded_at=clock.now(),
            recorded_by_id=by.id,
            recorded_by=by.name,
        )
    )
    db.session.commit()


def remove_note(scope: Scope, note_id: uuid.UUID) -> bool:
    """Take a note away from the charts; whether there is one that the reader may take away. It stays in the log."""
    begin_write()
    note = db.session.get(ChangeNote, note_id)
    if note is None or not _writes_for(scope, note.service_id):
        db.session.rollback()
        return False
    if note.removed_at is None:
        note.removed_at = clock.now()
    db.session.commit()
    return True


def _writes_for(scope: Scope, service_id: uuid.UUID | None) -> bool:
    return scope.everything or (service_id is not None and service_id == scope.service_id)
