"""What closing a case ends; the law that a report rests on; the day that a meeting was to be held and was not."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from psfs import clock
from psfs.models.types import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATES = "state IN ('new', 'waiting', 'decided')"
STATES_NOW = "state IN ('new', 'waiting', 'decided', 'withdrawn')"
ONE_OPEN = "state != 'decided'"
ONE_OPEN_NOW = "state IN ('new', 'waiting')"


def upgrade() -> None:
    with op.batch_alter_table("need_report", schema=None) as batch_op:
        batch_op.add_column(sa.Column("legal_basis", sa.String(length=200), server_default="", nullable=False))
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("missed_on", sa.Date(), nullable=True))
    _constrain(STATES_NOW, ONE_OPEN_NOW)
    end_what_closing_left()
    find_missed()


def _constrain(states: str, one_open: str) -> None:
    with op.batch_alter_table("need_report", schema=None) as batch_op:
        batch_op.drop_index("uq_need_report_one_open")
        batch_op.drop_constraint(op.f("ck_need_report_state"), type_="check")
    with op.batch_alter_table("need_report", schema=None) as batch_op:
        batch_op.create_check_constraint(op.f("ck_need_report_state"), states)
        where = sa.text(one_open)
        batch_op.create_index(
            "uq_need_report_one_open", ["case_id"], unique=True, sqlite_where=where, postgresql_where=where
        )


def _table(name: str, **columns: Any) -> Any:
    return sa.table(name, *(sa.column(column, kind) for column, kind in columns.items()))


CASE = {"id": sa.Uuid(), "level": sa.Integer(), "round": sa.Integer(), "closed_on": sa.Date()}
REPORT = {"id": sa.Uuid(), "case_id": sa.Uuid(), "state": sa.Text(), "changed_at": Utc(), "version": sa.Integer()}
MEETING = {
    "id": sa.Uuid(),
    "case_id": sa.Uuid(),
    "state": sa.Text(),
    "planned_on": sa.Date(),
    "missed_on": sa.Date(),
    "version": sa.Integer(),
}
ENTRY = {
    **dict.fromkeys(("id", "case_id", "recorded_by_id", "subject_id"), sa.Uuid()),
    **dict.fromkeys(("kind", "recorded_by", "decided_by", "participants", "reason", "text"), sa.Text()),
    "decided_on": sa.Date(),
    "recorded_at": Utc(),
    "level": sa.Integer(),
    "round": sa.Integer(),
    "details": sa.JSON(),
}


def end_what_closing_left() -> None:
    """Undecided reports and planned meetings of closed cases end as closing ends them from now on, in the name of
    whoever closed the case and with a line in its log."""
    case, entry = _table("case_file", **CASE), _table("log_entry", **ENTRY)
    report, meeting = _table("need_report", **REPORT), _table("meeting", **MEETING)
    connection, lines = op.get_bind(), []
    closings = sa.select(entry).where(entry.c.kind == "closed").order_by(entry.c.recorded_at)
    closed_by = {row.case_id: row for row in connection.execute(closings)}
    for table, state, kind, now in (
        (
            report,
            report.c.state.in_(("new", "waiting")),
            "ke_report",
            {"state": "withdrawn", "changed_at": clock.now()},
        ),
        (meeting, meeting.c.state == "planned", "meeting", {"state": "cancelled"}),
    ):
        left = sa.select(table, case.c.level, case.c.round, case.c.closed_on).join(case, case.c.id == table.c.case_id)
        for row in connection.execute(left.where(state, case.c.closed_on.is_not(None))).all():
            changed = {**now, "version": row.version + 1}
            connection.execute(sa.update(table).where(table.c.id == row.id).values(**changed))
            if row.case_id in closed_by:
                lines.append(_line(row, kind, closed_by[row.case_id]))
    if lines:
        connection.execute(sa.insert(entry), lines)


def _line(row: Any, kind: str, closing: Any) -> dict[str, Any]:
    details: dict[str, Any] = {"event": "withdrawn"}
    if kind == "meeting":
        details = {"event": "cancelled", "day": row.planned_on.isoformat(), "time": "", "closing": True}
    return {
        "id": uuid.uuid4(),
        "case_id": row.case_id,
        "kind": kind,
        "decided_on": row.closed_on,
        "recorded_at": clock.now(),
        "recorded_by_id": closing.recorded_by_id,
        "recorded_by": closing.recorded_by,
        "subject_id": row.id,
        "level": row.level,
        "round": row.round,
        "details": details,
        **dict.fromkeys(("decided_by", "participants", "reason", "text"), ""),
    }


def find_missed() -> None:
    """Meetings that were moved when their day had come; as ``psfs.domain.measures`` counts, from the log's lines."""
    entry, meeting = _table("log_entry", **ENTRY), _table("meeting", **MEETING)
    told = sa.select(entry).where(entry.c.kind == "meeting", entry.c.subject_id.is_not(None))
    rows = op.get_bind().execute(told.order_by(entry.c.subject_id, entry.c.recorded_at)).all()
    for meeting_id, lines in groupby(rows, key=lambda row: row.subject_id):
        missed = _missed([row for row in lines if row.details.get("event") in ("planned", "replanned")])
        if missed is not None:
            change = sa.update(meeting).where(meeting.c.id == meeting_id).values(missed_on=missed)
            op.get_bind().execute(change)


def _missed(plans: list[Any]) -> date | None:
    """The first planned day that had come when the meeting was moved to another."""
    for before, after in zip(plans, plans[1:], strict=False):
        day = date.fromisoformat(before.details["day"])
        moved = after.details["day"] != before.details["day"]
        if moved and plans[0].decided_on <= day <= after.decided_on:
            return day
    return None


def downgrade() -> None:
    report = _table("need_report", **REPORT)
    op.get_bind().execute(sa.update(report).where(report.c.state == "withdrawn").values(state="decided"))
    _constrain(STATES, ONE_OPEN)
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_column("missed_on")
    with op.batch_alter_table("need_report", schema=None) as batch_op:
        batch_op.drop_column("legal_basis")
