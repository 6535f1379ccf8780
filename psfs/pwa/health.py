"""Whether the program can do its work."""

from __future__ import annotations

from sqlalchemy import select

from psfs.extensions import db


def ask_the_database() -> None:
    """Ask it for something small.

    Raises:
        sqlalchemy.exc.OperationalError: it does not answer.
    """
    db.session.scalar(select(1))
