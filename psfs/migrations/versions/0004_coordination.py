"""What happens round level 3, and the time each case has spent on each level, counted from its log."""

from __future__ import annotations

import uuid
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from psfs.models.types import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KIND = (
    "(kind = 'staff' AND user_id IS NOT NULL) OR (kind = 'related' AND related_id IS NOT NULL)"
    " OR (kind = 'external' AND name != '') OR kind = 'person'"
)
MOVING = ("up", "down", "continue")


def upgrade() -> None:
    op.create_table(
        "change_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_change_note_recorded_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_change_note_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_note")),
    )
    with op.batch_alter_table("change_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_note_service_id"), ["service_id"], unique=False)

    op.create_table(
        "care_team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_care_team_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_team")),
    )
    with op.batch_alter_table("care_team", schema=None) as batch_op:
        batch_op.create_index("ix_care_team_case_id_started_on", ["case_id", "started_on"], unique=False)
        batch_op.create_index(
            "uq_care_team_one_now",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("ended_on IS NULL"),
            postgresql_where=sa.text("ended_on IS NULL"),
        )

    op.create_table(
        "coordinator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_coordinator_case_id_case_file")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_coordinator_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator")),
    )
    with op.batch_alter_table("coordinator", schema=None) as batch_op:
        batch_op.create_index("ix_coordinator_case_id_from_on", ["case_id", "from_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_coordinator_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_coordinator_one_now",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("until_on IS NULL"),
            postgresql_where=sa.text("until_on IS NULL"),
        )

    op.create_table(
        "individual_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=True),
        sa.Column("next_revision", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=500), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('wanted', 'has', 'declined', 'ended')", name=op.f("ck_individual_plan_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_individual_plan_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_individual_plan")),
        sa.UniqueConstraint("case_id", name=op.f("uq_individual_plan_case_id")),
    )
    with op.batch_alter_table("individual_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_individual_plan_next_revision"), ["next_revision"], unique=False)
        batch_op.create_index("ix_individual_plan_state", ["state"], unique=False)

    op.create_table(
        "level_stay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("next_level", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_level_stay_case_id_case_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_stay")),
    )
    with op.batch_alter_table("level_stay", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_level_stay_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_level_stay_level_from_on", ["level", "from_on"], unique=False)
        batch_op.create_index("ix_level_stay_until_on", ["until_on", "level"], unique=False)

    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("minutes_long", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("invited", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("writer_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("next_agreed", sa.Boolean(), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'held', 'cancelled')", name=op.f("ck_meeting_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_meeting_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_meeting_recorded_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["writer_id"], ["user_account.id"], name=op.f("fk_meeting_writer_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_planned_on"), ["planned_on"], unique=False)

    op.create_table(
        "need_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("reported_by_id", sa.Uuid(), nullable=False),
        sa.Column("need", sa.Text(), nullable=False),
        sa.Column("services", sa.Text(), nullable=False),
        sa.Column("persons_wish", sa.Text(), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("coordinator", sa.Boolean(), nullable=True),
        sa.Column("childrens_coordinator", sa.Boolean(), nullable=True),
        sa.Column("plan", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('new', 'waiting', 'decided')", name=op.f("ck_need_report_state")),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_need_report_case_id_case_file")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_need_report_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"], ["user_account.id"], name=op.f("fk_need_report_reported_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_report")),
    )
    with op.batch_alter_table("need_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_report_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_need_report_reported_by_id"), ["reported_by_id"], unique=False)
        batch_op.create_index("ix_need_report_state", ["state"], unique=False)
        batch_op.create_index(
            "uq_need_report_one_open",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state != 'decided'"),
            postgresql_where=sa.text("state != 'decided'"),
        )

    op.create_table(
        "meeting_addition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_addition_meeting_id_meeting")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user_account.id"], name=op.f("fk_meeting_addition_recorded_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_addition")),
    )
    with op.batch_alter_table("meeting_addition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_addition_meeting_id"), ["meeting_id"], unique=False)

    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.add_column(sa.Column("as_coordinator", sa.String(length=32), server_default="", nullable=False))

    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.add_column(sa.Column("meeting_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_intervention_meeting_id"), ["meeting_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_intervention_meeting_id_meeting"), "meeting", ["meeting_id"], ["id"])

    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=32), server_default="staff", nullable=False))
        batch_op.add_column(sa.Column("related_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("service_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("name", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("phone", sa.String(length=40), server_default="", nullable=False))
        batch_op.add_column(sa.Column("task", sa.Text(), server_default="", nullable=False))
        batch_op.create_check_constraint(op.f("ck_team_member_kind"), KIND)
        batch_op.alter_column("user_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.create_foreign_key(batch_op.f("fk_team_member_service_id_service"), "service", ["service_id"], ["id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_team_member_related_id_related_person"), "related_person", ["related_id"], ["id"]
        )

    count_stays()
    take_up_reports()


def count_stays() -> None:
    """The rows that the log gives; as ``psfs.domain.stays`` counts them, written out since migrations stand alone."""
    stay = sa.table(
        "level_stay",
        sa.column("id", sa.Uuid()),
        sa.column("case_id", sa.Uuid()),
        sa.column("level", sa.Integer()),
        sa.column("from_on", sa.Date()),
        sa.column("until_on", sa.Date()),
        sa.column("next_level", sa.Integer()),
    )
    for case_id, entries in groupby(_placings(), key=lambda entry: entry.case_id):
        rows: list[dict[str, Any]] = []
        for entry in _in_force(list(entries)):
            last = rows[-1] if rows and rows[-1]["until_on"] is None else None
            level = None if entry.kind == "closed" else entry.to_level
            if last is not None:
                last.update(until_on=max(entry.decided_on, last["from_on"]), next_level=level)
            if level is not None:
                begun = max(entry.decided_on, rows[-1]["until_on"]) if rows else entry.decided_on
                rows.append({"id": uuid.uuid4(), "case_id": case_id, "level": level, "from_on": begun})
                rows[-1].update(until_on=None, next_level=None)
        if rows:
            op.get_bind().execute(sa.insert(stay), rows)


def _entries() -> Any:
    return sa.table(
        "log_entry",
        sa.column("id", sa.Uuid()),
        sa.column("case_id", sa.Uuid()),
        sa.column("kind", sa.String()),
        sa.column("decided_on", sa.Date()),
        sa.column("recorded_at", Utc()),
        sa.column("recorded_by_id", sa.Uuid()),
        sa.column("to_level", sa.Integer()),
        sa.column("outcome", sa.String()),
        sa.column("text", sa.Text()),
        sa.column("details", sa.JSON()),
        sa.column("strikes_id", sa.Uuid()),
    )


def _placings() -> Any:
    entry = _entries()
    moves = sa.or_(
        entry.c.kind.in_(("opened", "move", "closed", "reopened")),
        sa.and_(entry.c.kind == "step", entry.c.outcome.in_(MOVING)),
    )
    return (
        op.get_bind()
        .execute(sa.select(entry).where(moves).order_by(entry.c.case_id, entry.c.recorded_at, entry.c.id))
        .all()
    )


def _in_force(entries: list[Any]) -> list[Any]:
    """Without what was put right; a correcting entry stands where the one it puts right stood."""
    place = {entry.id: number for number, entry in enumerate(entries)}
    for entry in entries:
        if entry.strikes_id in place:
            place[entry.id] = place[entry.strikes_id]
    struck = {entry.strikes_id for entry in entries}
    return sorted((entry for entry in entries if entry.id not in struck), key=lambda entry: place[entry.id])


def take_up_reports() -> None:
    """Needs that were reported before reports were kept: the unit has them before it as new."""
    entry = _entries()
    cases = sa.table("case_file", sa.column("id", sa.Uuid()), sa.column("reported_to_ke_on", sa.Date()))
    report = sa.table(
        "need_report",
        *(sa.column(name, sa.Uuid()) for name in ("id", "case_id", "reported_by_id")),
        sa.column("reported_on", sa.Date()),
        *(sa.column(name, Utc()) for name in ("recorded_at", "changed_at")),
        *(sa.column(name, sa.Text()) for name in ("need", "services", "persons_wish", "basis", "state", "question")),
        *(sa.column(name, sa.Text()) for name in ("answer", "reason")),
        sa.column("version", sa.Integer()),
    )
    told = (
        sa.select(entry, cases.c.reported_to_ke_on)
        .join(cases, cases.c.id == entry.c.case_id)
        .where(entry.c.kind == "ke_report", cases.c.reported_to_ke_on.is_not(None))
        .order_by(entry.c.case_id, entry.c.recorded_at)
    )
    latest = {row.case_id: row for row in op.get_bind().execute(told)}
    empty = dict.fromkeys(("services", "persons_wish", "question", "answer", "reason"), "")
    rows = [
        {
            "id": uuid.uuid4(),
            "case_id": case_id,
            "reported_by_id": row.recorded_by_id,
            "reported_on": row.reported_to_ke_on,
            "recorded_at": row.recorded_at,
            "changed_at": row.recorded_at,
            "need": row.text or "",
            "basis": (row.details or {}).get("basis") or "consent",
            "state": "new",
            "version": 1,
            **empty,
        }
        for case_id, row in latest.items()
    ]
    if rows:
        op.get_bind().execute(sa.insert(report), rows)


def downgrade() -> None:

    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_team_member_related_id_related_person"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_team_member_service_id_service"), type_="foreignkey")
        batch_op.drop_constraint(op.f("ck_team_member_kind"), type_="check")
        batch_op.alter_column("user_id", existing_type=sa.Uuid(), nullable=False)
        batch_op.drop_column("task")
        batch_op.drop_column("phone")
        batch_op.drop_column("name")
        batch_op.drop_column("service_id")
        batch_op.drop_column("related_id")
        batch_op.drop_column("kind")

    with op.batch_alter_table("intervention", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_intervention_meeting_id_meeting"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_intervention_meeting_id"))
        batch_op.drop_column("meeting_id")

    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_column("as_coordinator")

    with op.batch_alter_table("meeting_addition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_addition_meeting_id"))

    op.drop_table("meeting_addition")
    with op.batch_alter_table("need_report", schema=None) as batch_op:
        batch_op.drop_index("uq_need_report_one_open")
        batch_op.drop_index("ix_need_report_state")
        batch_op.drop_index(batch_op.f("ix_need_report_reported_by_id"))
        batch_op.drop_index(batch_op.f("ix_need_report_case_id"))

    op.drop_table("need_report")
    with op.batch_alter_table("meeting", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_planned_on"))
        batch_op.drop_index(batch_op.f("ix_meeting_case_id"))

    op.drop_table("meeting")
    with op.batch_alter_table("level_stay", schema=None) as batch_op:
        batch_op.drop_index("ix_level_stay_until_on")
        batch_op.drop_index("ix_level_stay_level_from_on")
        batch_op.drop_index(batch_op.f("ix_level_stay_case_id"))

    op.drop_table("level_stay")
    with op.batch_alter_table("individual_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_individual_plan_state")
        batch_op.drop_index(batch_op.f("ix_individual_plan_next_revision"))

    op.drop_table("individual_plan")
    with op.batch_alter_table("coordinator", schema=None) as batch_op:
        batch_op.drop_index("uq_coordinator_one_now")
        batch_op.drop_index(batch_op.f("ix_coordinator_user_id"))
        batch_op.drop_index("ix_coordinator_case_id_from_on")

    op.drop_table("coordinator")
    with op.batch_alter_table("care_team", schema=None) as batch_op:
        batch_op.drop_index("uq_care_team_one_now")
        batch_op.drop_index("ix_care_team_case_id_started_on")

    op.drop_table("care_team")
    with op.batch_alter_table("change_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_note_service_id"))

    op.drop_table("change_note")
