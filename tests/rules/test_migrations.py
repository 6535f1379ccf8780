"""Migrations bring the data along: each is run on a database as the one before it left it, with rows in it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from alembic import command
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from psfs import audit, clock, schema
from psfs.audit import chain
from psfs.audit.recorder import record_list_reading
from psfs.extensions import db
from psfs.models import AuditEntry, ListSighting, LogEntry, Meeting, NeedReport
from psfs.schema import _alembic
from tests.support.people import TESTER

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.people import Town

pytestmark = pytest.mark.databases("sqlite", "postgres")
KARI, OLA = uuid.UUID(int=7), uuid.UUID(int=8)
CASES = [uuid.UUID(int=number) for number in range(101, 106)]


def downgrade(to: str) -> None:
    db.session.remove()
    command.downgrade(_alembic(), to)


def show_as_before_the_index(reader: uuid.UUID, data: object) -> None:
    """Add an entry as the program wrote it when there was no index."""
    chain.append(
        stream=f"lists:{reader}",
        at=clock.now(),
        actor_id=reader,
        actor="Kari Dikta",
        kind="reading",
        action="worklist.home",
        data=data,
    )


def index() -> set[tuple[uuid.UUID, int]]:
    found = {(row.case_id, row.entry_id) for row in db.session.scalars(select(ListSighting))}
    db.session.remove()
    return found


def test_0002_fills_the_index_from_the_entries_that_are_there(town: Town) -> None:
    downgrade("0001")
    case_ids = list(map(str, CASES))
    for number in range(1300):  # more than are read together
        show_as_before_the_index((KARI, OLA)[number % 2], {"cases": case_ids[number % 4 :][:2]})
        if number == 700:
            audit.record_reading(case_id=CASES[0], actor_id=KARI, actor="Kari Dikta", view="cases.show")
            audit.record_security("sign_in", actor_id=KARI, actor="Kari Dikta", cases=case_ids)
    db.session.commit()
    lists = select(AuditEntry.id, AuditEntry.seq, AuditEntry.stream).where(AuditEntry.stream.like("lists:%"))
    entries = db.session.execute(lists.order_by(AuditEntry.id)).all()
    schema.upgrade()
    wanted = {(case_id, entry.id) for number, entry in enumerate(entries) for case_id in CASES[number % 4 :][:2]}
    assert len(entries) == 1300
    assert index() == wanted
    assert audit.verify()[1] == []
    record_list_reading(actor_id=KARI, actor="Kari Dikta", view="worklist.home", case_ids=CASES)
    db.session.commit()
    assert len(index()) == len(wanted) + len(CASES)
    assert audit.verify()[1] == []


def test_0002_passes_over_what_someone_made_unreadable_and_the_log_tells(app: Flask) -> None:
    downgrade("0001")
    for data in ("x", {"cases": 7}, {"cases": ["not an id"]}, {"cases": [7]}, {"cases": [str(CASES[0])]}):
        show_as_before_the_index(KARI, data)
    db.session.commit()
    schema.upgrade()
    assert {case_id for case_id, _entry in index()} == {CASES[0]}
    assert [(fault.seq, fault.code, fault.about) for fault in audit.verify()[1]] == [
        (3, "index_missing", "not an id"),
        (4, "index_missing", "7"),
    ]


def test_0002_down_takes_nothing_but_the_index(town: Town) -> None:
    record_list_reading(actor_id=KARI, actor="Kari Dikta", view="worklist.home", case_ids=CASES)
    db.session.commit()
    before = index()
    downgrade("0001")
    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry WHERE stream LIKE 'lists:%'")).scalar() == 1
    schema.upgrade()
    assert index() == before
    assert audit.verify()[1] == []


@pytest.mark.parametrize("statement", ["UPDATE list_sighting SET entry_id = 2", "DELETE FROM list_sighting"])
def test_0002_guards_the_index_again_after_going_down_and_up(app: Flask, statement: str) -> None:
    record_list_reading(actor_id=KARI, actor="Kari Dikta", view="worklist.home", case_ids=CASES)
    db.session.commit()
    downgrade("0001")
    schema.upgrade()
    with pytest.raises(DBAPIError, match="never edited"), db.engine.begin() as connection:
        connection.execute(text(statement))


def left_by_closing(town: Town) -> None:
    """A closed case with a report and a meeting that are open, as closing left them; and a meeting moved too late."""
    day, moment, by = clock.today(), clock.now(), town.users["kari"]
    shared = {"recorded_at": moment, "recorded_by_id": by.id}
    missed = Meeting(id=KARI, case_id=town.child.id, planned_on=day, **shared)
    told = {"kind": "meeting", "subject_id": KARI, "recorded_by": by.name, "recorded_by_id": by.id}
    before = day - timedelta(days=9)
    planned = {"event": "planned", "day": (day - timedelta(days=3)).isoformat()}
    moved = {"event": "replanned", "day": day.isoformat()}
    with audit.acting(TESTER):
        case = db.session.merge(town.adult)
        case.closed_on = day
        db.session.add_all(
            [
                missed,
                Meeting(id=OLA, case_id=case.id, planned_on=day, **shared),
                NeedReport(
                    id=OLA,
                    case_id=case.id,
                    reported_on=day,
                    recorded_at=moment,
                    changed_at=moment,
                    reported_by_id=by.id,
                    need="x",
                    basis="consent",
                ),
                LogEntry(case_id=case.id, kind="closed", decided_on=day, recorded_by=by.name, **shared),
                LogEntry(
                    case_id=town.child.id,
                    decided_on=before,
                    recorded_at=moment - timedelta(days=9),
                    details=planned,
                    **told,
                ),
                LogEntry(case_id=town.child.id, decided_on=day, recorded_at=moment, details=moved, **told),
            ]
        )
        db.session.commit()


def test_0005_ends_what_closing_left_open_and_finds_what_was_missed(town: Town) -> None:
    left_by_closing(town)
    downgrade("0004")
    schema.upgrade()
    report, meeting, missed = (
        db.session.get_one(NeedReport, OLA),
        db.session.get_one(Meeting, OLA),
        db.session.get_one(Meeting, KARI),
    )
    assert (report.state, meeting.state, missed.state) == ("withdrawn", "cancelled", "planned")
    assert (meeting.missed_on, missed.missed_on) == (None, clock.today() - timedelta(days=3))
    lines = db.session.scalars(select(LogEntry).where(LogEntry.subject_id == OLA))
    assert {(line.kind, line.details["event"], line.recorded_by) for line in lines} == {
        ("ke_report", "withdrawn", "Kari Dikta"),
        ("meeting", "cancelled", "Kari Dikta"),
    }
    db.session.remove()
