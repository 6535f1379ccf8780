"""Server-side sessions in a table of our own, each written in a transaction of its own.

The cookie holds nothing but a random id, and the table nothing but that id's hash: a replayed cookie opens nothing
once the row is gone, and a copy of the table opens nothing at all.

What is to be said on the next page («Lagra.») goes along in a signed cookie of its own instead: said and forgotten, it
is not worth two durable writes. Such a notice never names a person.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import CallbackDict

from psfs import clock
from psfs.accounts import settings, tokens
from psfs.extensions import db, own_transaction
from psfs.models import User, WebSession

if TYPE_CHECKING:
    from flask import Flask, Request, Response
    from sqlalchemy import Table

    from psfs.config import Config

TABLE = cast("Table", WebSession.__table__)
NOTICES, NOTICE_LIFETIME = "_flashes", timedelta(minutes=5)  # the key is Flask's, for ``flash``
_ALIVE = (
    select(WebSession.data, User, settings.OWN.label("own_settings"))
    .outerjoin(User, User.id == WebSession.user_id)
    .where(WebSession.id == bindparam("key"), WebSession.expires_at > bindparam("moment"))
    .options(joinedload(User.service))
)
REMEMBERED = timedelta(hours=12)  # an ended session's row is kept this long: it tells whose unsent form it was
_json = TaggedJSONSerializer()
log = logging.getLogger("psfs.session")


class DatabaseSession(CallbackDict[str, Any], SessionMixin):
    """One browser's session. ``sid`` is what the cookie holds; ``stored`` says that the table has it."""

    def __init__(self, sid: str, data: dict[str, Any] | None = None) -> None:
        def changed(session: DatabaseSession) -> None:
            session.modified = True

        super().__init__(data or {}, changed)
        self.sid = sid
        self.kept = dict(self)  # as the table has it
        self.notices: list[Any] = []  # as the browser has them
        self.stored = data is not None
        self.new = data is None
        self.modified = False
        self.replaces: str | None = None
        self.failure: OperationalError | None = None
        self.account: User | None = None  # held, so that asking for it by its id costs no statement

    def bring(self, notices: list[Any]) -> None:
        """Take up what is to be said on this page; nothing to keep has changed by that."""
        self.notices = notices
        dict.__setitem__(self, NOTICES, notices)

    def to_keep(self) -> dict[str, Any]:
        """What belongs in the table."""
        return {key: value for key, value in self.items() if key != NOTICES}

    def renew(self) -> None:
        """Give the session another id; the old one opens nothing from then on."""
        if self.stored:
            self.replaces = self.sid
        self.sid = new_sid()
        self.stored = False
        self.modified = True


class DatabaseSessions(SessionInterface):
    """Keeps sessions in ``web_session``.

    The work of a request is over when its session is saved: what is left uncommitted is given up first, so that a
    session is never the thing that commits clinical data.
    """

    def __init__(self, config: Config) -> None:
        self._lifetime = config.absolute + REMEMBERED

    def open_session(self, app: Flask, request: Request) -> DatabaseSession:
        """The session of the cookie, or a new one under an id that nobody has chosen but us."""
        session = self._find(request.cookies.get(self.get_cookie_name(app), ""))
        if notices := tokens.read("notice", request.cookies.get(self._notice_name(app), ""), NOTICE_LIFETIME):
            session.bring([tuple(each) for each in notices])
        return session

    def _find(self, sid: str) -> DatabaseSession:
        fresh = DatabaseSession(new_sid())
        if not sid:
            return fresh
        try:
            row = db.session.execute(_ALIVE, {"key": _key(sid), "moment": clock.now()}).first()
        except OperationalError as error:
            fresh.failure = error  # no error page can be made here: the sign-in check raises it
            return fresh
        if row is None:
            return fresh
        settings.heed(row.own_settings)
        found = DatabaseSession(sid, _json.loads(bytes(row.data).decode()))
        found.account = row.User
        return found

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed. An empty session is removed, with its cookie."""
        assert isinstance(session, DatabaseSession)  # noqa: S101 - we made it
        response.vary.add("Cookie")
        if not session.modified or session.failure is not None:
            return
        cookie: dict[str, Any] = {
            "path": self.get_cookie_path(app),
            "secure": self.get_cookie_secure(app),
            "samesite": self.get_cookie_samesite(app),
            "httponly": True,
        }
        notices = session.get(NOTICES, [])
        if notices != session.notices and notices:
            response.set_cookie(self._notice_name(app), tokens.sign("notice", notices), **cookie)
        elif notices != session.notices:
            response.delete_cookie(self._notice_name(app), **cookie)
        name, data = self.get_cookie_name(app), session.to_keep()
        if not data:
            self._remove(session)
            response.delete_cookie(name, **cookie)
        elif not session.stored:
            self._insert(session)
            response.set_cookie(name, session.sid, **cookie)
        elif data != session.kept:
            self._update(session)

    def _notice_name(self, app: Flask) -> str:
        return f"{self.get_cookie_name(app)}-notice"

    def _remove(self, session: DatabaseSession) -> None:
        old = [_key(sid) for sid in (session.sid if session.stored else None, session.replaces) if sid]
        if old:
            with own_transaction() as connection:
                connection.execute(delete(TABLE).where(TABLE.c.id.in_(old)))

    def _update(self, session: DatabaseSession) -> None:
        """Keep what changed, if the session is still there: one that ended meanwhile is never brought back.

        What the request did is done and committed. A database that is busy just now costs a notice, not the answer.
        """
        try:
            with own_transaction() as connection:
                connection.execute(update(TABLE).where(TABLE.c.id == _key(session.sid)).values(**self._row(session)))
        except OperationalError:
            log.warning("session not saved")

    def _insert(self, session: DatabaseSession) -> None:
        with own_transaction() as connection:
            replaced = [_key(session.replaces)] if session.replaces else []
            connection.execute(delete(TABLE).where(or_(TABLE.c.id.in_(replaced), TABLE.c.expires_at <= clock.now())))
            connection.execute(insert(TABLE).values(id=_key(session.sid), **self._row(session)))
        session.stored, session.replaces = True, None

    def _row(self, session: DatabaseSession) -> dict[str, Any]:
        user_id = uuid.UUID(session["user"]) if "user" in session else None
        data = _json.dumps(session.to_keep()).encode()
        return {"user_id": user_id, "data": data, "expires_at": clock.now() + self._lifetime}


def new_sid() -> str:
    """An id that cannot be guessed."""
    return secrets.token_urlsafe(32)


def _key(sid: str) -> str:
    return hashlib.sha256(sid.encode()).hexdigest()
