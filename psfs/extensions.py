"""Extensions, unbound; and the one way to begin a transaction that writes."""

from __future__ import annotations

import contextlib
import select
import sqlite3
import time
from typing import TYPE_CHECKING, Any, NoReturn

from flask_compress import Compress
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase

from psfs.language import Languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, CursorResult, Executable
    from sqlalchemy.pool import ConnectionPoolEntry

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
IMMEDIATE = "psfs_immediate"
BUSY_MILLISECONDS = 8000
PREPARED_FROM, PREPARED_MOST = 1, 400  # on PostgreSQL: how often a statement comes before it is kept, how many are
IDLE_SECONDS = 30.0  # a connection that rested longer is asked whether it is still there
_WROTE, _USED = "psfs_wrote", "psfs_used"
# Earlier libraries can lose commits in WAL mode (https://www.sqlite.org/wal.html, "WAL-reset bug").
WAL_SAFE = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


class Base(DeclarativeBase):
    """Base of all models."""

    metadata = MetaData(naming_convention=NAMES)


class GuardedSession(Session):
    """The session without the methods that write rows unseen by the audit."""

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("rows are written one by one, so that each is logged")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _refuse


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={"expire_on_commit": False, "class_": GuardedSession},
)
csrf = CSRFProtect()
babel = Languages()  # type: ignore[no-untyped-call]
migrate = Migrate()
compress = Compress()


def engine_options(url: str) -> dict[str, Any]:
    """How to connect. Values are never part of an error's text; nobody waits for a lock longer than with SQLite.

    PostgreSQL plans a statement when a connection sends it the second time, and once for all: planning the worklist's
    statements takes three times as long as doing what they ask.
    """
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("postgresql"):
        seen = (
            "-c default_transaction_isolation=read\\ committed"  # what was committed while one waited for a lock counts
        )
        once = "-c plan_cache_mode=force_generic_plan"
        options["connect_args"] = {
            "options": f"-c lock_timeout={BUSY_MILLISECONDS} {seen} {once}",
            "prepare_threshold": PREPARED_FROM,
        }
    return options


def begin_write() -> None:
    """End the reading transaction and begin one that writes.

    On SQLite it takes the write lock at once (``BEGIN IMMEDIATE``), so that what is checked stays true until commit.
    On PostgreSQL, where every statement sees what is committed when it begins, a transaction that has only read so far
    serves as well as a new one, and costs three round trips less.
    """
    if db.engine.dialect.name == "postgresql" and has_only_read():
        return
    db.session.commit()
    db.session.connection(execution_options={IMMEDIATE: True})


def plain_rows(statement: Executable, values: Mapping[str, Any]) -> CursorResult[Any]:
    """The rows of a statement that only reads, without the session's part in it: for columns where every tenth of a
    millisecond counts. What the session has not written yet is not seen.

    Raises:
        TypeError: the statement is no SELECT.
    """
    if not statement.is_select:
        raise TypeError("rows are written by the session, so that each is logged")
    return db.session.connection().execute(statement, values)


def has_only_read() -> bool:
    """Whether the session has a transaction in which nothing was written."""
    session = db.session()
    if not session.in_transaction() or session.new or session.dirty or session.deleted:
        return False
    return not session.connection().info.get(_WROTE, True)


def end_reading(failure: BaseException | None = None) -> None:
    """Commit a request's transaction that has only read, rather than roll it back as what is left of others.

    It is the same to the database; but on a rollback psycopg forgets the statements that the server has prepared, and
    each is planned anew the next time.
    """
    if failure is None and has_only_read():
        db.session.commit()


@contextlib.contextmanager
def own_transaction() -> Iterator[Connection]:
    """A writing transaction apart from the session's, for what must be kept whatever becomes of the request.

    What the session has not committed is given up first: two writers in one request would wait for one another.
    """
    end_reading()
    db.session.rollback()
    with db.engine.connect().execution_options(**{IMMEDIATE: True}) as connection, connection.begin():
        yield connection


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite library keeps commits in WAL mode."""
    newest, *patched = WAL_SAFE
    return version >= newest or any(version[:2] == fix[:2] and version >= fix for fix in patched)


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        connection.prepared_max = PREPARED_MOST
        return
    connection.isolation_level = None  # we say BEGIN ourselves, see _begin
    safe = wal_is_safe(sqlite3.sqlite_version_info)
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "foreign_keys = ON",
        "recursive_triggers = ON",  # INSERT OR REPLACE must fire the triggers that guard the audit
        "journal_mode = " + ("WAL" if safe else "DELETE"),
        "synchronous = " + ("FULL" if safe else "EXTRA"),
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "checkout")
def _look_whether_it_is_there(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A PostgreSQL that was restarted costs nobody an error: a connection that it closed is replaced.

    Nothing is waited for on a connection at rest, so there is something to read only when the server hung up.
    """
    if isinstance(connection, sqlite3.Connection):
        return
    now = time.monotonic()
    rested = now - record.info.get(_USED, now)
    record.info[_USED] = now
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0) or (rested > IDLE_SECONDS and not _answers(connection)):
        raise DisconnectionError("the server closed the connection")


def _answers(connection: Any) -> bool:
    try:
        connection.execute("SELECT 1")
        connection.commit()
    except Exception:  # whatever it is, another connection may do better
        return False
    return True


@event.listens_for(Engine, "before_cursor_execute")
def _note_writing(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    if not statement.startswith(("SELECT", "BEGIN")):
        connection.info[_WROTE] = True


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    connection.info[_WROTE] = False
    if connection.dialect.name == "sqlite":
        immediate = connection.get_execution_options().get(IMMEDIATE)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
