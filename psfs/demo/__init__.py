"""The demo municipality: a made-up Fiktdal with staff, about forty people and their cases, always the same for a date.

The people and their stories are data (``data/*.toml``); what a story does to the tables is in the ``*_verbs`` modules,
which go by the same rules and write the same log lines as the rooms do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from psfs import audit
from psfs.accounts import settings
from psfs.demo.calendar import Calendar
from psfs.demo.stories import people
from psfs.demo.telling import tell
from psfs.demo.town import found
from psfs.extensions import begin_write, db
from psfs.models import Case, Setting, User

if TYPE_CHECKING:
    from datetime import date

ACTOR = audit.Actor(None, "demo", action="demo")
OFFERED = ("kari", "ola", "leiar", "ke", "admin")
"""The accounts that the sign-in page offers."""


class NotEmptyError(RuntimeError):
    """The database already has accounts or cases: made-up people are never mixed with others."""


def fill(today: date) -> None:
    """Fill an empty, migrated database with the demo municipality and mark it as demo, in one transaction.

    Args:
        today: the day that every date is relative to; the same day gives the same rows.

    Raises:
        NotEmptyError: there are accounts or cases.
    """
    begin_write()
    try:
        if db.session.scalar(select(exists(select(User.id)) | exists(select(Case.id)))):
            raise NotEmptyError("the database is not empty")
        calendar = Calendar(today)
        with audit.acting(ACTOR):
            town = found(calendar)
            db.session.add(Setting(key=settings.DEMO, value=" ".join(OFFERED)))
            db.session.flush()
            for number, person in enumerate(people()):
                tell(person, number, town)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
