"""Counting the SQL statements of a request."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from psfs.extensions import db

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent to the database within the block, without BEGIN."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
