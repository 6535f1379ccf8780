"""Devices, what was taken along on them, and what came back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from psfs.models.types import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("server_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("revoked_at", Utc(), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["user_account.id"], name=op.f("fk_device_account_id_user_account")),
        sa.ForeignKeyConstraint(
            ["revoked_by_id"], ["user_account.id"], name=op.f("fk_device_revoked_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_account_id"), ["account_id"], unique=False)

    op.create_table(
        "device_opening",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("received_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_device_opening_case_id_case_file")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_opening_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_opening")),
    )
    with op.batch_alter_table("device_opening", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_opening_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_opening_device_id"), ["device_id"], unique=False)

    op.create_table(
        "taking",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("activities", sa.JSON(), nullable=False),
        sa.Column("taken_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("given_back_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_file.id"], name=op.f("fk_taking_case_id_case_file")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_taking_device_id_device")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taking")),
    )
    with op.batch_alter_table("taking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taking_case_id"), ["case_id"], unique=False)
        batch_op.create_index("ix_taking_device_id_case_id", ["device_id", "case_id"], unique=False)

    op.create_table(
        "received_item",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("service_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("look", sa.Boolean(), nullable=False),
        sa.Column("differences", sa.JSON(), nullable=False),
        sa.Column("looked_by_id", sa.Uuid(), nullable=True),
        sa.Column("looked_at", Utc(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("received_at", Utc(), nullable=False),
        sa.Column("skew_seconds", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('saved', 'set_aside', 'resolved', 'dismissed')", name=op.f("ck_received_item_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["user_account.id"], name=op.f("fk_received_item_account_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_received_item_conversation_id_conversation")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user_account.id"], name=op.f("fk_received_item_decided_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["looked_by_id"], ["user_account.id"], name=op.f("fk_received_item_looked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_received_item_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_item")),
    )
    with op.batch_alter_table("received_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_received_item_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_received_item_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_received_item_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index("ix_received_item_look_looked_at", ["look", "looked_at"], unique=False)
        batch_op.create_index("ix_received_item_state_service_id", ["state", "service_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("received_item", schema=None) as batch_op:
        batch_op.drop_index("ix_received_item_state_service_id")
        batch_op.drop_index("ix_received_item_look_looked_at")
        batch_op.drop_index(batch_op.f("ix_received_item_conversation_id"))
        batch_op.drop_index(batch_op.f("ix_received_item_case_id"))
        batch_op.drop_index(batch_op.f("ix_received_item_account_id"))

    op.drop_table("received_item")
    with op.batch_alter_table("taking", schema=None) as batch_op:
        batch_op.drop_index("ix_taking_device_id_case_id")
        batch_op.drop_index(batch_op.f("ix_taking_case_id"))

    op.drop_table("taking")
    with op.batch_alter_table("device_opening", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_opening_device_id"))
        batch_op.drop_index(batch_op.f("ix_device_opening_case_id"))

    op.drop_table("device_opening")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_account_id"))

    op.drop_table("device")
