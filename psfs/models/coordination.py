"""What happens round level 3: reports of need, coordinators, the team and its meetings, plans; and what is learnt."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from psfs.extensions import Base

from .accounts import User
from .types import Audited, Code, Id, Moment, Name, Utc


def _one(name: str, condition: str) -> Index:
    """At most one row of a case for which the condition holds."""
    return Index(name, "case_id", unique=True, sqlite_where=text(condition), postgresql_where=text(condition))


class NeedReport(Audited, Base):
    """A need reported to the coordinating unit, what it asked, and what it decided.

    ``state``: new | waiting (for the reporter's answer to ``question``) | decided | withdrawn (undecided when the case
    was closed). The decisions are empty unless it is decided; ``childrens_coordinator`` stays empty for an adult.
    """

    __tablename__ = "need_report"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    reported_on: Mapped[date]
    recorded_at: Mapped[Moment]
    reported_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    need: Mapped[str] = mapped_column(Text)
    services: Mapped[str] = mapped_column(Text, default="")
    persons_wish: Mapped[str] = mapped_column(Text, default="")
    basis: Mapped[Code]  # consent | legal_basis
    legal_basis: Mapped[str] = mapped_column(String(200), default="", server_default="")
    state: Mapped[Code] = mapped_column(default="new")
    changed_at: Mapped[Moment]  # when the unit last asked or decided, or the reporter reported or answered
    question: Mapped[str] = mapped_column(Text, default="")
    asked_on: Mapped[date | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    coordinator: Mapped[bool | None]
    childrens_coordinator: Mapped[bool | None]
    plan: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    reported_by: Mapped[User] = relationship(foreign_keys=[reported_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("state IN ('new', 'waiting', 'decided', 'withdrawn')", name="state"),
        _one("uq_need_report_one_open", "state IN ('new', 'waiting')"),
        Index("ix_need_report_state", "state"),
    )


class Coordinator(Audited, Base):
    """Somebody who was appointed by the coordinating unit and accepted; from when, until when."""

    __tablename__ = "coordinator"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[Code]  # coordinator | childrens_coordinator
    from_on: Mapped[date]
    until_on: Mapped[date | None]  # the first day it no longer is
    user: Mapped[User] = relationship()
    __table_args__ = (
        _one("uq_coordinator_one_now", "until_on IS NULL"),
        Index("ix_coordinator_case_id_from_on", "case_id", "from_on"),
    )


class CareTeam(Audited, Base):
    """The team round a person, from the day it began; its people are ``TeamMember``."""

    __tablename__ = "care_team"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        _one("uq_care_team_one_now", "ended_on IS NULL"),
        Index("ix_care_team_case_id_started_on", "case_id", "started_on"),
    )


class Meeting(Audited, Base):
    """A meeting of the team: planned, held with minutes, or cancelled.

    ``invited``: a list of ``{"member": id or "", "name", "role"}``. The minutes are their writer's until ``closed_at``.
    ``missed_on``: the first day that had come when the meeting was moved to another (``psfs.domain.measures``).
    """

    __tablename__ = "meeting"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    planned_on: Mapped[date] = mapped_column(index=True)
    missed_on: Mapped[date | None]
    starts_at: Mapped[time | None]
    minutes_long: Mapped[int] = mapped_column(default=60)
    place: Mapped[str] = mapped_column(String(200), default="")
    agenda: Mapped[str] = mapped_column(Text, default="")
    invited: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    state: Mapped[Code] = mapped_column(default="planned")  # planned | held | cancelled
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was cancelled; empty: its case was closed
    held_on: Mapped[date | None]
    present: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    writer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Utc())
    next_agreed: Mapped[bool | None]
    next_on: Mapped[date | None]
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)
    writer: Mapped[User | None] = relationship(foreign_keys=[writer_id])
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (CheckConstraint("state IN ('planned', 'held', 'cancelled')", name="state"),)


class MeetingAddition(Audited, Base):
    """What was added after the minutes were closed."""

    __tablename__ = "meeting_addition"
    id: Mapped[Id]
    meeting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_by: Mapped[Name]


class IndividualPlan(Audited, Base):
    """What the register knows of a person's statutory plan; the plan itself lives elsewhere (``reference``).

    ``state``: wanted | has | declined | ended, from the day ``since``. ``began_on``: when there first was one.
    """

    __tablename__ = "individual_plan"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), unique=True)
    state: Mapped[Code]
    since: Mapped[date]
    began_on: Mapped[date | None]
    next_revision: Mapped[date | None] = mapped_column(index=True)
    reference: Mapped[str] = mapped_column(String(500), default="")
    goals: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[Moment]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        CheckConstraint("state IN ('wanted', 'has', 'declined', 'ended')", name="state"),
        Index("ix_individual_plan_state", "state"),
    )


class LevelStay(Base):
    """A case's time on one level, one row for each round; what the log says, kept for counting (``bti/stays.py``).

    ``until_on`` is the day it ended, ``next_level`` where the case went (empty where it was closed, or stays).
    """

    __tablename__ = "level_stay"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    level: Mapped[int]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    next_level: Mapped[int | None]
    __table_args__ = (
        Index("ix_level_stay_until_on", "until_on", "level"),
        Index("ix_level_stay_level_from_on", "level", "from_on"),
    )


class ChangeNote(Audited, Base):
    """What was changed: a note on the time axis of the run charts, for one service or for all."""

    __tablename__ = "change_note"
    id: Mapped[Id]
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"), index=True)
    on: Mapped[date]
    text: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[Moment]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_by: Mapped[Name]
    removed_at: Mapped[datetime | None] = mapped_column(Utc())
