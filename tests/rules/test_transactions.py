"""How a request's transactions begin and end: nothing forgotten is kept, and nothing is planned twice."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, insert, select, text

from psfs import clock
from psfs.extensions import begin_write, db, end_reading, has_only_read, plain_rows
from psfs.models import Case, CaseLook, LogEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town

pytestmark = pytest.mark.databases("sqlite", "postgres")


def look(town: Town) -> None:
    """Write a row past the session."""
    row = {"user_id": town.users["kari"].id, "case_id": town.adult.id, "looked_at": clock.now()}
    db.session.connection().execute(insert(CaseLook), row)


def looks() -> int:
    db.session.rollback()
    return len(db.session.execute(select(CaseLook)).all())


def test_plain_rows_are_only_read(town: Town) -> None:
    wanted = {"wanted": town.adult.id}
    statement = select(Case.id).where(Case.id == bindparam("wanted"))
    assert plain_rows(statement, wanted).scalars().all() == [town.adult.id]
    row = {"user_id": town.users["kari"].id, "case_id": town.adult.id, "looked_at": clock.now()}
    with pytest.raises(TypeError):
        plain_rows(insert(CaseLook), row)
    assert looks() == 0


def test_a_transaction_that_only_read_is_known_as_such(town: Town) -> None:
    db.session.rollback()
    assert not has_only_read()  # there is none
    db.session.execute(select(Case.id)).all()
    assert has_only_read()
    look(town)
    assert not has_only_read()
    db.session.commit()
    db.session.execute(select(Case.id)).all()
    assert has_only_read()


def test_what_the_session_holds_is_no_reading(town: Town) -> None:
    db.session.rollback()
    db.session.execute(select(Case.id)).all()
    assert has_only_read()
    db.session.add(LogEntry(id=uuid.uuid4()))
    assert not has_only_read()


def test_a_forgotten_write_is_given_up(town: Town) -> None:
    db.session.rollback()
    look(town)
    end_reading()
    db.session.remove()
    assert looks() == 0


def test_what_was_written_before_a_writing_transaction_begins_is_kept_at_once(town: Town) -> None:
    db.session.rollback()
    look(town)
    begin_write()
    assert looks() == 1


@pytest.mark.databases("postgres")
def test_a_page_leaves_its_statements_prepared(app: Flask, town: Town, browser: Callable[[str], Browser]) -> None:
    kari = browser("kari")
    for _visit in range(8):  # psycopg has a statement prepared when it is sent for the sixth time
        kari.get("/")
    db.session.remove()
    prepared = db.session.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert any("FROM web_session" in each for each in prepared)
    assert any("FROM intervention" in each for each in prepared)


@pytest.mark.databases("postgres")
def test_a_transaction_sees_what_was_committed_while_it_waited_whatever_the_server_is_set_to(app: Flask) -> None:
    change = f"ALTER DATABASE \"{db.engine.url.database}\" SET default_transaction_isolation = 'repeatable read'"
    with db.engine.begin() as connection:
        connection.exec_driver_sql(change)
    db.session.remove()
    db.engine.dispose()
    assert db.session.scalar(text("SHOW transaction_isolation")) == "read committed"
