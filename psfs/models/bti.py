"""BTI: the log, consents, interventions and the baton."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from psfs.extensions import Base

from .accounts import Service, User
from .types import Audited, Code, Id, Moment, Name, Utc

BATON = {state: literal_column(f"'{state}'", String()) for state in ("offered", "accepted", "declined", "withdrawn")}
"""The states of ``Handover``, written out for use in statements: an index is kept for one of them alone, and against a
bound value SQLite plans the whole statement anew each time, to see whether that index fits."""
OFFERED = BATON["offered"]


class LogEntry(Audited, Base):
    """One line of a case's log (B3, B8). Never edited, never deleted: triggers refuse it.

    ``kind``: opened, step, move, closed, reopened, conversation, form, intervention, consent, baton, note, meeting,
    team, ke_report, plan, emergency. ``strikes_id`` names the entry that this one puts right.
    """

    __tablename__ = "log_entry"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[Code]
    decided_on: Mapped[date]
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_by: Mapped[Name]
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    participants: Mapped[str] = mapped_column(Text, default="")
    from_level: Mapped[int | None]
    to_level: Mapped[int | None]
    level: Mapped[int | None]  # level and round the entry was made on
    round: Mapped[int | None]
    step: Mapped[str | None] = mapped_column(String(64))  # the step's key in the ladder
    outcome: Mapped[str | None] = mapped_column(String(32))  # done | skipped, or the outcome of a deciding step
    reason: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    subject_id: Mapped[uuid.UUID | None]  # the conversation, consent, intervention … that the entry tells of
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # values for the sentence shown
    strikes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("log_entry.id"), unique=True)
    __table_args__ = (Index("ix_log_entry_case_time", "case_id", "recorded_at"),)


class Consent(Audited, Base):
    """Who consented to what, for which service, how, until when; or the legal basis that takes its place (B4, B6).

    ``service_id`` empty means consent to the log itself.
    """

    __tablename__ = "consent"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"))
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"), index=True)
    basis: Mapped[Code]  # consent | legal_basis
    given_by: Mapped[Code] = mapped_column(default="")  # person | guardian | young_person_and_guardian
    given_by_name: Mapped[str] = mapped_column(String(200), default="")
    how: Mapped[Code] = mapped_column(default="")  # oral | paper | digital
    legal_basis: Mapped[str] = mapped_column(String(200), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    service: Mapped[Service | None] = relationship()
    __table_args__ = (
        CheckConstraint("basis IN ('consent', 'legal_basis')", name="basis"),
        Index("ix_consent_case_id_service_id", "case_id", "service_id"),  # asked at every door, for one case
    )


class Intervention(Audited, Base):
    """An agreed measure: goal, who is responsible, deadline, evaluation."""

    __tablename__ = "intervention"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    goal: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    responsible: Mapped[Name]
    responsible_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"))
    meeting_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("meeting.id"), index=True)  # where it was decided
    level: Mapped[int]
    started_on: Mapped[date]
    deadline: Mapped[date | None] = mapped_column(index=True)
    evaluate_on: Mapped[date | None] = mapped_column(index=True)
    ended_on: Mapped[date | None]
    result: Mapped[str | None] = mapped_column(String(32))  # reached | partly | not_reached | stopped
    evaluation: Mapped[str] = mapped_column(Text, default="")
    evaluated_on: Mapped[date | None]
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    service: Mapped[Service | None] = relationship()
    __mapper_args__ = {"version_id_col": version}


class Handover(Audited, Base):
    """The baton on offer: it passes only when the successor accepts (B7).

    ``as_coordinator``: empty, or what the coordinating unit appoints the successor as (``Coordinator.kind``).
    """

    __tablename__ = "handover"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    to_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    offered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    offered_at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(Text, default="")
    persons_view: Mapped[str] = mapped_column(Text, default="")
    as_coordinator: Mapped[Code] = mapped_column(default="", server_default="")
    state: Mapped[Code] = mapped_column(default="offered")  # offered | accepted | declined | withdrawn
    answered_at: Mapped[datetime | None] = mapped_column(Utc())
    answer: Mapped[str] = mapped_column(Text, default="")
    to: Mapped[User] = relationship(foreign_keys=[to_id])
    offered_by: Mapped[User] = relationship(foreign_keys=[offered_by_id])
    __table_args__ = (
        Index(
            "uq_handover_one_offer",
            "case_id",
            unique=True,
            sqlite_where=text("state = 'offered'"),
            postgresql_where=text("state = 'offered'"),
        ),
    )
