"""A right that ends while a save waits at the door is gone when the save gets in (B6: cut at once)."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select, text

from psfs import audit, clock
from psfs.domain.permissions import Role
from psfs.extensions import begin_write, db
from psfs.models import Case, Consent, Setting, TeamMember, User
from tests.bti.support import entries, form_of, give
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town

pytestmark = pytest.mark.databases("sqlite", "postgres")
PATIENCE = 5.0  # seconds; well under what a save waits for a lock
WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def eva_takes_part(town: Town) -> Town:
    """Eva, of another service than the case's, is in the team by a guardian's consent for a child of fourteen."""
    today = clock.today()
    with audit.acting(TESTER):
        town.child.person.birth_date = today.replace(year=today.year - 14, day=1)
        db.session.add(TeamMember(case_id=town.child.id, user_id=town.users["eva"].id, from_on=today))
        db.session.commit()
    give(town, town.child, town.school, given_by="guardian")
    return town


@pytest.fixture
def at_the_door(app: Flask) -> Iterator[Callable[[], None]]:
    """``at_the_door()`` returns when somebody else waits for what this thread has locked."""
    asked, mine = threading.Event(), threading.current_thread()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement == "BEGIN IMMEDIATE" and threading.current_thread() is not mine:
            asked.set()  # and the library waits for the one write lock of SQLite until it gets it

    def wait() -> None:
        if db.engine.dialect.name == "sqlite":
            assert asked.wait(PATIENCE), "nobody came"
            return
        pause, ends = threading.Event(), time.monotonic() + PATIENCE
        with db.engine.connect() as watcher:
            while not watcher.scalar(WAITING):
                watcher.rollback()
                assert time.monotonic() < ends, "nobody waits"
                pause.wait(0.01)

    event.listen(db.engine, "before_cursor_execute", note)
    yield wait
    event.remove(db.engine, "before_cursor_execute", note)


def consent_withdrawn(town: Town) -> None:
    consent = db.session.scalars(select(Consent).where(Consent.service_id == town.school.id)).one()
    consent.withdrawn_on = clock.today()


def out_of_the_team(town: Town) -> None:
    db.session.scalars(select(TeamMember).where(TeamMember.case_id == town.child.id)).one().until_on = clock.today()


def account_disabled(town: Town) -> None:
    db.session.get_one(User, town.users["eva"].id).disabled_at = clock.now()


def sessions_ended(town: Town) -> None:
    db.session.get_one(User, town.users["eva"].id).stamp = "another"


def another_service(town: Town) -> None:
    other = type(town.school)(name="Ei heilt anna teneste")
    db.session.add(other)
    db.session.flush()
    db.session.get_one(User, town.users["eva"].id).service_id = other.id


def another_role(town: Town) -> None:
    db.session.get_one(User, town.users["eva"].id).role = Role.ADMIN


def birth_date_mended(town: Town) -> None:
    person = db.session.get_one(Case, town.child.id).person
    person.birth_date = person.birth_date.replace(year=person.birth_date.year - 3)


def consent_age_lowered(town: Town) -> None:
    db.session.add(Setting(key="consent_age", value="12"))


def nothing(town: Town) -> None:
    pass


def closed(town: Town) -> None:
    case = db.session.get_one(Case, town.child.id)
    case.closed_on, case.close_reason = clock.today(), "moved"


ENDS = [
    (consent_withdrawn, 404),
    (out_of_the_team, 404),
    (account_disabled, 404),
    (sessions_ended, 404),
    (another_service, 404),
    (another_role, 404),
    (birth_date_mended, 404),
    (consent_age_lowered, 404),
    (closed, 422),
    (nothing, 303),
]


@pytest.mark.parametrize(("ends", "status"), ENDS, ids=[ends.__name__ for ends, _status in ENDS])
def test_what_ends_while_a_save_waits_stops_it(
    app: Flask,
    browser: Callable[[str], Browser],
    eva_takes_part: Town,
    at_the_door: Callable[[], None],
    ends: Callable[[Town], None],
    status: int,
) -> None:
    town, eva = eva_takes_part, browser("eva")
    address = f"/saker/{town.child.id}/notat"
    typed = form_of(eva.get(address).text) | {"text": "Skrive i god tru"}

    def save() -> None:
        with app.app_context():
            eva.post(address, typed, status=status)

    with audit.acting(TESTER), ThreadPoolExecutor(1) as one:
        begin_write()
        db.session.execute(select(Case.id).where(Case.id == town.child.id).with_for_update())
        ends(town)
        db.session.flush()
        saving = one.submit(save)
        try:
            at_the_door()
        finally:
            db.session.commit()
        saving.result()
    assert len(entries(town.child, "note")) == (status == 303)
