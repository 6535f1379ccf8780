"""The rows that tell how long a case stood on each level always say what its log says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from alembic import command
from sqlalchemy import select

from psfs import clock, schema
from psfs.extensions import db
from psfs.models import LevelStay
from psfs.schema import _alembic
from tests.bti.support import change, entries, fresh, give, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.models import Case
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
