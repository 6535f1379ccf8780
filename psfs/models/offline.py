"""Recording where there is no network: devices, what was taken along, and what came back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from psfs.extensions import Base

from .accounts import User
from .types import Audited, Code, Id, Moment, Name, Utc


class Device(Audited, Base):
    """One browser that one account records in without network. Two accounts on one tablet are two devices.

    ``server_key`` (32 bytes) opens what lies on the device after an ordinary sign-in; it is gone when the device is
    revoked. ``seen_at`` is kept to the day.
    """

    __tablename__ = "device"
    unlogged: ClassVar[frozenset[str]] = frozenset({"server_key"})
    id: Mapped[Id]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[Name]
    server_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created_at: Mapped[Moment]
    seen_at: Mapped[Moment]
    revoked_at: Mapped[datetime | None] = mapped_column(Utc())
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    account: Mapped[User] = relationship(foreign_keys=[account_id])


class Taking(Audited, Base):
    """One case taken along on a device, from and until. Taken again it is a new row, and the old one is given back.

    ``activities`` holds the ids of the activities that went along: what a conversation lacks of them was left out,
    what it lacks beside them came later.
    """

    __tablename__ = "taking"
    id: Mapped[Id]
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"))
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    activities: Mapped[list[str]] = mapped_column(JSON, default=list)
    taken_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    given_back_at: Mapped[datetime | None] = mapped_column(Utc())
    __table_args__ = (Index("ix_taking_device_id_case_id", "device_id", "case_id"),)


class ReceivedItem(Audited, Base):
    """One conversation that a device handed in, under the conversation's own id: kept, or set aside for a hand.

    ``device_id`` and ``case_id`` are no foreign keys: a server that was restored from a copy may know neither.
    ``answer`` is the JSON that was answered, for the same question again. ``reasons`` are codes of refusals.
    ``differences`` tells what had changed meanwhile, ``look`` that the holder should see it.
    """

    __tablename__ = "received_item"
    id: Mapped[Id]
    device_id: Mapped[uuid.UUID]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    case_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"))
    digest: Mapped[str] = mapped_column(Text)  # SHA-256 of the bytes sent, in hexadecimal
    body: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text)
    state: Mapped[Code]
    reasons: Mapped[list[str]] = mapped_column(JSON, default=list)
    conversation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    look: Mapped[bool] = mapped_column(default=False)
    differences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    looked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    looked_at: Mapped[datetime | None] = mapped_column(Utc())
    decision: Mapped[str] = mapped_column(Text, default="")  # why it was put away
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Utc())
    made_at: Mapped[Moment]  # by the device's clock, as is ``sent_at``
    sent_at: Mapped[datetime | None] = mapped_column(Utc())
    received_at: Mapped[Moment]
    skew_seconds: Mapped[int | None]  # the server's clock less the device's; 68 years at most
    account: Mapped[User] = relationship(foreign_keys=[account_id])
    __table_args__ = (
        CheckConstraint("state IN ('saved', 'set_aside', 'resolved', 'dismissed')", name="state"),
        Index("ix_received_item_state_service_id", "state", "service_id"),
        Index("ix_received_item_look_looked_at", "look", "looked_at"),
    )


class DeviceOpening(Audited, Base):
    """A case that was opened on a device without network, as the device tells it."""

    __tablename__ = "device_opening"
    id: Mapped[Id]
    device_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("device.id"), index=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    opened_at: Mapped[Moment]  # by the device's clock
    received_at: Mapped[Moment]
