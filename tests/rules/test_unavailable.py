"""A full disk, a locked database, a server that is gone: 503, nothing half-written, nothing lost from the form."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.exc import OperationalError

from psfs import audit, clock
from psfs.errors import UNAVAILABLE
from psfs.extensions import db
from psfs.models import AuditEntry, LogEntry
from tests.accounts.test_resume import hidden

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

BOTH = pytest.mark.databases("sqlite", "postgres")
TEXT = "Ho ringde og takka."


@pytest.fixture
def impatient(app: Flask) -> Iterator[None]:
    """Nobody waits long for a lock: a tenth of a second instead of eight."""

    def hurry(connection: object, *_rest: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute("PRAGMA busy_timeout = 100")
        elif isinstance(connection, psycopg.Connection):
            connection.execute("SET lock_timeout = '100ms'")
            connection.commit()

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", hurry)
    yield
    event.remove(db.engine, "connect", hurry)


@pytest.fixture
def locked(app: Flask) -> Iterator[Callable[[], None]]:
    """``locked()`` takes the lock that every writer needs, from a program of its own."""
    other = create_engine(db.engine.url)
    connections = []

    def lock() -> None:
        connection = other.connect()
        connections.append(connection)
        if other.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]
        else:
            connection.execute(text("LOCK TABLE case_file, web_session, audit_entry IN EXCLUSIVE MODE"))

    yield lock
    for connection in connections:
        connection.close()
    other.dispose()


def state() -> tuple[int, ...]:
    """How much stands in the tables that a note would touch."""
    db.session.rollback()
    counts = (db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (LogEntry, AuditEntry))
    found = tuple(counts)
    db.session.rollback()
    return found


def typed(kari: Browser, address: str) -> dict[str, str]:
    fields = hidden(kari.get(address).text)
    return {**fields, "kind": "note", "decided_on": f"{clock.today()}", "text": TEXT}


@BOTH
@pytest.mark.usefixtures("impatient")
def test_a_locked_database(browser: Open, town: Town, locked: Callable[[], None]) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}/notat"
    data = typed(kari, address)
    before = state()
    locked()
    page = kari.post(address, data, status=503)
    assert "Ikkje lagra, prøv igjen" in page.text
    assert TEXT in page.text, "to be sent again"
    forged = kari.post(address, data, status=503, headers={"Origin": "https://example.org"})
    assert TEXT not in forged.text
    notice = kari._send("POST", address, data=data, headers={"HX-Request": "true"})
    assert notice.status_code == 503
    assert "<html" not in notice.text
    assert "Ikkje lagra, prøv igjen" in notice.text
    assert notice.headers["HX-Retarget"] == "#flashes"
    assert state() == before


@BOTH
@pytest.mark.usefixtures("impatient")
def test_reading_that_cannot_be_logged_shows_nothing(browser: Open, town: Town, locked: Callable[[], None]) -> None:
    kari = browser("kari")
    kari.get("/konto")
    before = state()
    locked()
    page = kari.get(f"/saker/{town.adult.id}", status=503)
    assert "Testine" not in page.text
    assert state() == before


@BOTH
@pytest.mark.usefixtures("impatient")
def test_signing_in_and_out_while_it_is_locked(browser: Open, town: Town, locked: Callable[[], None]) -> None:
    visitor, kari = browser(""), browser("kari")
    visitor.get("/logg-inn")
    kari.get("/konto")
    locked()
    visitor.post("/logg-inn", {"username": "kari", "passphrase": "noko heilt anna"}, status=503)
    kari.post("/logg-ut", status=503)
    kari.get("/konto")
    browser("")._seen(browser("")._send("GET", "/logg-inn"), 503)


def test_a_full_disk(browser: Open, town: Town) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}/notat"
    data = typed(kari, address)
    before = state()
    db.session.remove()
    db.engine.dispose()

    def fill(connection: sqlite3.Connection, *_rest: object) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(db.engine, "connect", fill)
    try:
        answers = [kari.post(address, {**data, "text": TEXT * 400}, status=503).text for _turn in range(2)]
        assert all("Ikkje lagra, prøv igjen" in answer for answer in answers)
        assert state() == before
    finally:
        event.remove(db.engine, "connect", fill)
        db.session.remove()
        db.engine.dispose()
    kari.post(address, data)
    assert state()[0] == before[0] + 1
    assert audit.verify()[1] == []


@pytest.mark.databases("postgres")
def test_a_server_that_went_away(browser: Open, town: Town) -> None:
    kari = browser("kari")
    kari.get("/konto")
    db.session.remove()
    other = create_engine(db.engine.url)
    with other.connect() as connection:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ended = connection.execute(text(f"SELECT pg_terminate_backend(pid, 10000) {others}")).scalars().all()
        assert ended, "a connection was open"
        assert all(ended), "and the server has hung up"  # without the limit it only asks them to
    other.dispose()
    kari.get("/konto")  # the pool notices and connects anew


def test_what_counts_as_unavailable() -> None:
    """Full, locked, deadlocked, serialised, gone: all operational errors of psycopg, which SQLAlchemy keeps apart."""
    errors = psycopg.errors
    for kind in (
        errors.DiskFull,
        errors.OutOfMemory,
        errors.TooManyConnections,
        errors.LockNotAvailable,
        errors.DeadlockDetected,
        errors.SerializationFailure,
        errors.QueryCanceled,
        errors.AdminShutdown,
        errors.CannotConnectNow,
    ):
        assert issubclass(kind, psycopg.OperationalError), kind
    assert not issubclass(errors.UniqueViolation, psycopg.OperationalError)
    assert OperationalError in UNAVAILABLE


@pytest.mark.databases("postgres")
def test_a_lock_is_not_waited_for_for_ever(app: Flask) -> None:
    assert db.session.execute(text("SHOW lock_timeout")).scalar() == "8s"
