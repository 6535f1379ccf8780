"""The index of names in lists, filled from the entries that are there."""

from __future__ import annotations

import contextlib
import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

REFUSAL = "the log is never edited and never deleted"
BATCH = 1000  # entries read together


def upgrade() -> None:
    op.create_table(
        "list_sighting",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "entry_id", name=op.f("pk_list_sighting")),
        sqlite_with_rowid=False,
    )
    fill()
    guard()


def fill() -> None:
    """One row for each case that an entry about a list names. An entry that is no longer readable has none."""
    entry = sa.table("audit_entry", *map(sa.column, ("id", "stream", "kind", "data")))
    index = sa.table("list_sighting", sa.column("case_id", sa.Uuid()), sa.column("entry_id", sa.BigInteger()))
    connection, last = op.get_bind(), 0
    some = sa.select(entry.c.id, entry.c.data).where(entry.c.stream.like("lists:%"), entry.c.kind == "reading")
    while entries := connection.execute(some.where(entry.c.id > last).order_by(entry.c.id).limit(BATCH)).all():
        rows = [{"case_id": case_id, "entry_id": row.id} for row in entries for case_id in named(row.data)]
        if rows:
            connection.execute(sa.insert(index), rows)
        last = entries[-1].id


def named(data: str) -> set[uuid.UUID]:
    """The cases of an entry."""
    with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
        cases: list[Any] = json.loads(data)["cases"]
        return {uuid.UUID(each) for each in cases}
    return set()


def guard() -> None:
    """Refuse UPDATE, DELETE and TRUNCATE, as for the log itself."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER list_sighting_no_{verb.lower()} BEFORE {verb} ON list_sighting "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        return
    for name, verbs, each in (("append_only", "UPDATE OR DELETE", "ROW"), ("no_truncate", "TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER list_sighting_{name} BEFORE {verbs} ON list_sighting "
            f"FOR EACH {each} EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("list_sighting")
