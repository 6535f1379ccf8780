"""The rows that tell how long a case stood on each level always say what its log says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from alembic import command
from sqlalchemy import select

from psfs import audit, clock, schema
from psfs.bti import log
from psfs.bti.queries_stays import came_to_level, on_level_since
from psfs.extensions import db
from psfs.models import Case, LevelStay, User
from psfs.schema import _alembic
from tests.bti.support import change, entries, fresh, give, send
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

AGO = [clock.today() - timedelta(days=days) for days in (40, 30, 20, 10, 5)]
Row = tuple[int, date, date | None, int | None]


def rows(case: Case) -> list[Row]:
    db.session.rollback()
    query = select(LevelStay).where(LevelStay.case_id == case.id).order_by(LevelStay.from_on, LevelStay.until_on)
    found = [(row.level, row.from_on, row.until_on, row.next_level) for row in db.session.scalars(query)]
    return sorted(found, key=lambda row: (row[1], row[2] or date.max))


def walk(browser: Open, case: Case) -> None:
    """Up two levels, down one, closed and opened again; the case has no first entry, as those of the tests."""
    change(fresh(case), level_since=AGO[0], opened_on=AGO[0])
    kari = browser("kari")
    for level, on in ((2, AGO[1]), (1, AGO[2])):
        send(kari, f"/saker/{case.id}/flytt", to_level=str(level), decided_on=on.isoformat(), reason="x")
    closing = {"reason_code": "moved", "evaluation": "x", "decided_on": AGO[3].isoformat()}
    send(kari, f"/saker/{case.id}/avslutt", **closing)
    send(kari, f"/saker/{case.id}/opne-igjen", reason="x", decided_on=AGO[4].isoformat())


WALKED: list[Row] = [(2, AGO[1], AGO[2], 1), (1, AGO[2], AGO[3], None), (1, AGO[4], None, None)]


def test_each_placing_is_counted_at_once(browser: Open, town: Town) -> None:
    give(town, town.adult, town.school)
    walk(browser, town.adult)
    assert rows(town.adult) == WALKED


def test_a_day_put_right_is_put_right_here_too(browser: Open, town: Town) -> None:
    give(town, town.adult, town.school)
    walk(browser, town.adult)
    (first, *_rest) = entries(town.adult, "move")
    right = (AGO[1] - timedelta(days=2)).isoformat()
    send(browser("kari"), f"/saker/{town.adult.id}/stafettlogg/{first.id}/rett", decided_on=right, why="Feil dag")
    assert rows(town.adult)[0] == (2, AGO[1] - timedelta(days=2), AGO[2], 1)


def test_0004_counts_what_was_there_before(browser: Open, town: Town) -> None:
    give(town, town.adult, town.school)
    walk(browser, town.adult)
    (first, *_rest) = entries(town.adult, "move")
    right = (AGO[1] - timedelta(days=2)).isoformat()
    send(browser("kari"), f"/saker/{town.adult.id}/stafettlogg/{first.id}/rett", decided_on=right, why="Feil dag")
    before = rows(town.adult)
    db.session.remove()
    command.downgrade(_alembic(), "0003")
    schema.upgrade()
    assert rows(town.adult) == before
    assert len(before) == 3


def came(case: Case) -> date:
    """By the statement for lists, and by the case alone."""
    found = db.session.scalars(select(on_level_since()).where(Case.id == case.id)).one()
    assert found == came_to_level(fresh(case))
    return found


def go_on(town: Town, case: Case, on: date) -> None:
    """A new round on the same level, as the deciding step writes it."""
    now, moved = fresh(case), {"step": "two_decision", "outcome": "continue", "from_level": 2, "to_level": 2}
    with audit.acting(TESTER):
        log.write(now, db.session.get_one(User, town.users["kari"].id), "step", decided_on=on, **moved)
        now.round, now.level_since = now.round + 1, on
        db.session.commit()


def test_a_round_begun_anew_does_not_move_the_day_the_case_came_to_its_level(browser: Open, town: Town) -> None:
    give(town, town.adult, town.school)
    walk(browser, town.adult)
    assert came(town.adult) == AGO[4], "opened again"
    send(browser("kari"), f"/saker/{town.adult.id}/flytt", to_level="2", decided_on=AGO[4].isoformat(), reason="x")
    go_on(town, town.adult, AGO[4])
    assert came(town.adult) == AGO[4]
    for day in (clock.today() - timedelta(days=3), clock.today()):
        go_on(town, town.adult, day)
        assert came(town.adult) == AGO[4]
        assert fresh(town.adult).level_since == day
    page = browser("leader").get("/oversyn/saker").text
    assert f"på nivået sidan {AGO[4]:%d.%m.%Y}" in page
    assert f"Runden tok til {clock.today():%d.%m.%Y}" in browser("kari").get(f"/saker/{town.adult.id}/stige").text
