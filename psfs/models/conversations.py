"""PSFS: forms, activities, conversations, scores and their corrections. Figures are computed, never stored."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from psfs.extensions import Base

from .types import Audited, Code, Id, Moment, Name, Utc


class Form(Audited, Base):
    """One PSFS form: up to five active activities and any number of conversations (P13, P15)."""

    __tablename__ = "form"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    number: Mapped[int]
    scale: Mapped[Code]  # psfs.domain.scoring.Scale the form was filled in with; scores are kept higher-is-better
    scale_version: Mapped[Code]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    closed_reason: Mapped[str] = mapped_column(Text, default="")
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Moment]
    activities: Mapped[list[Activity]] = relationship(order_by="Activity.position", back_populates="form")
    conversations: Mapped[list[Conversation]] = relationship(
        order_by="(Conversation.held_on, Conversation.recorded_at, Conversation.id)",
        back_populates="form",
    )
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        Index(
            "uq_form_open_per_case",
            "case_id",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
    )


class Activity(Audited, Base):
    """Something the person finds important and hard. ``active_from`` None means from the form's start."""

    __tablename__ = "activity"
    id: Mapped[Id]
    form_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form.id"), index=True)
    position: Mapped[int]
    text: Mapped[Name]
    active_from: Mapped[date | None]
    retired_on: Mapped[date | None]  # not active on that day or later
    retire_reason: Mapped[str | None] = mapped_column(String(32))
    retire_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Moment]
    form: Mapped[Form] = relationship(back_populates="activities")


class Conversation(Audited, Base):
    """One dated round of scoring. Struck ones leave every calculation and stay readable (P12)."""

    __tablename__ = "conversation"
    id: Mapped[Id]
    form_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("form.id"), index=True)
    held_on: Mapped[date]
    performed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    performed_by: Mapped[Name]
    respondent: Mapped[Code]  # person | with_help | proxy | unknown (imported)
    remark: Mapped[str] = mapped_column(Text, default="")
    next_due: Mapped[date | None] = mapped_column(index=True)
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    fingerprint: Mapped[str] = mapped_column(String(64), default="")  # of what was sent: the same id twice
    struck_at: Mapped[datetime | None] = mapped_column(Utc())
    struck_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    struck_reason: Mapped[str] = mapped_column(Text, default="")
    form: Mapped[Form] = relationship(back_populates="conversations")
    scores: Mapped[list[Score]] = relationship(back_populates="conversation")


class Score(Audited, Base):
    """0–10 for one activity in one conversation, or not asked (value empty, with an optional reason) (P3)."""

    __tablename__ = "score"
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"), primary_key=True, index=True)
    value: Mapped[int | None]
    not_asked_reason: Mapped[str] = mapped_column(String(500), default="")
    conversation: Mapped[Conversation] = relationship(back_populates="scores")
    activity: Mapped[Activity] = relationship()
    __table_args__ = (CheckConstraint("value IS NULL OR value BETWEEN 0 AND 10", name="value"),)


class ScoreCorrection(Audited, Base):
    """The score that stood before a correction, with who, when and why (P12). Rows are never changed."""

    __tablename__ = "score_correction"
    id: Mapped[Id]
    conversation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    activity_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("activity.id"))
    old_value: Mapped[int | None]
    new_value: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    corrected_at: Mapped[Moment]
    corrected_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    corrected_by: Mapped[Name]
