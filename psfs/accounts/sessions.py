"""Server-side sessions: Flask-Session's interface over a table of our own, in a transaction of its own."""

from __future__ import annotations

import contextlib
import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from flask_session.base import Serializer, ServerSideSession, ServerSideSessionInterface
from sqlalchemy import delete, insert, select, update

from psfs import clock
from psfs.extensions import IMMEDIATE, db
from psfs.models import WebSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from sqlalchemy import Connection, Table

TABLE = cast("Table", WebSession.__table__)


class DatabaseSessions(ServerSideSessionInterface):
    """Keeps sessions in ``web_session``; the key is a hash of the cookie's id.

    The work of a request is over when its session is saved: what is left uncommitted is given up first, so that a
    session is never the thing that commits clinical data.
    """

    session_class = ServerSideSession
    ttl = True  # expired rows are never returned and are swept by ``sweep``

    def __init__(self, app: Flask) -> None:
        super().__init__(app, key_prefix="", permanent=False, sid_length=32)

    @property
    def _packer(self) -> Serializer:
        return cast("Serializer", self.serializer)

    def _get_store_id(self, sid: str) -> str:
        return hashlib.sha256(sid.encode()).hexdigest()

    def _retrieve_session_data(self, store_id: str) -> dict[str, Any] | None:
        row = db.session.execute(
            select(TABLE.c.data).where(TABLE.c.id == store_id, TABLE.c.expires_at > clock.now())
        ).first()
        return self._packer.decode(bytes(row.data)) if row else None

    def _delete_session(self, store_id: str) -> None:
        with _own_transaction() as connection:
            connection.execute(delete(TABLE).where(TABLE.c.id == store_id))

    def _upsert_session(self, session_lifetime: timedelta, session: ServerSideSession, store_id: str) -> None:
        values = {
            "data": self._packer.encode(session),
            "expires_at": clock.now() + session_lifetime,
        }
        with _own_transaction() as connection:
            changed = connection.execute(update(TABLE).where(TABLE.c.id == store_id).values(**values))
            if not changed.rowcount and not session.get("_ended"):
                connection.execute(insert(TABLE).values(id=store_id, **values))


def sweep() -> None:
    """Remove sessions that have run out."""
    with _own_transaction() as connection:
        connection.execute(delete(TABLE).where(TABLE.c.expires_at <= clock.now()))


@contextlib.contextmanager
def _own_transaction() -> Iterator[Connection]:
    db.session.rollback()
    with (
        db.engine.connect().execution_options(**{IMMEDIATE: True}) as connection,
        connection.begin(),
    ):
        yield connection
