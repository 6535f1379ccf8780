"""A copy of the database, with the heads of the audit chains beside it."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from psfs.audit import notes
from psfs.domain.errors import Refusal
from psfs.extensions import db

if TYPE_CHECKING:
    from pathlib import Path


def back_up(target: Path) -> tuple[Path, int]:
    """Copy the SQLite database as it is at one moment, while others go on reading and writing.

    The heads are read from the copy, so the two belong together.

    Returns:
        The file with the heads, and how many there are.

    Raises:
        Refusal: ``backup_exists``, ``backup_failed``, or ``backup_postgres`` (pg_dump does that).
    """
    url = db.engine.url
    if url.get_backend_name() != "sqlite":
        raise Refusal("backup_postgres")
    heads = target.with_name(target.name + ".heads")
    if target.exists() or heads.exists():
        raise Refusal("backup_exists", file=str(target))
    part = target.with_name(target.name + ".part")
    try:
        part.touch(mode=0o600)
        source, copy = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True), sqlite3.connect(part)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            count = notes.write(heads, notes.heads_of(copy))
        finally:
            source.close()
            copy.close()
        part.rename(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        heads.unlink(missing_ok=True)
        raise Refusal("backup_failed", file=str(target), why=str(error)) from error
    return heads, count
