"""Persons, their nearest, cases, who takes part, and emergency openings."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Text, or_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from psfs.domain.ladder_requests import PLAN_TAKES_OVER
from psfs.extensions import Base

from .accounts import Service, User
from .types import Audited, Code, Id, Moment, Name, Utc


class Person(Audited, Base):
    """Who receives services. No national identity number is stored.

    ``import_ref`` is the key that an imported spreadsheet used for the person.
    """

    __tablename__ = "person"
    id: Mapped[Id]
    name: Mapped[Name]
    birth_date: Mapped[date] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(String(8), default="nn")
    phone: Mapped[str] = mapped_column(String(40), default="")
    journal_ref: Mapped[str] = mapped_column(String(100), default="")
    import_ref: Mapped[str | None] = mapped_column(String(200), unique=True)
    shielded: Mapped[bool] = mapped_column(default=False)
    cognitive_note: Mapped[bool] = mapped_column(default=False)  # P17: marked cognitive impairment
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Moment]
    __mapper_args__ = {"version_id_col": version}


class PersonWord(Base):
    """One word of a person's name, folded, so that a search walks an index (see ``cases/names.py``)."""

    __tablename__ = "person_word"
    word: Mapped[str] = mapped_column(
        String(200).with_variant(String(200, collation="C"), "postgresql"), primary_key=True
    )  # compared byte by byte, so that a prefix is a range of the index
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class RelatedPerson(Audited, Base):
    """Guardian or next of kin."""

    __tablename__ = "related_person"
    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[Name]
    relation: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(40), default="")
    guardian: Mapped[bool] = mapped_column(default=False)
    ended_on: Mapped[date | None]
    recorded_at: Mapped[Moment]


class Case(Audited, Base):
    """One person's way through one BTI ladder. Level, round and state change only together with a log entry."""

    __tablename__ = "case_file"
    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), index=True)
    ladder: Mapped[Code]
    level: Mapped[int]
    round: Mapped[int] = mapped_column(default=1)  # how many times the steps of this level were begun
    level_since: Mapped[date]  # the day the present round began; ``bti.queries_stays``: when the case came to its level
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    close_reason: Mapped[str | None] = mapped_column(String(32))
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)
    holder_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    contact_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    opened_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    reported_to_ke_on: Mapped[date | None] = mapped_column(index=True)
    created_at: Mapped[Moment]
    person: Mapped[Person] = relationship()
    service: Mapped[Service] = relationship()
    holder: Mapped[User | None] = relationship(foreign_keys=[holder_id])
    contact: Mapped[User | None] = relationship(foreign_keys=[contact_id])
    __table_args__ = (
        CheckConstraint("level BETWEEN 0 AND 9", name="level"),
        Index(
            "uq_case_open_per_ladder",
            "person_id",
            "ladder",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
        Index("ix_case_file_level_open", "level", "closed_on"),
    )

    @hybrid_property
    def talks_go_on(self) -> bool:
        """Whether conversations may be held: in an open case, and where an individual plan took over from the log."""
        return self.closed_on is None or self.close_reason == PLAN_TAKES_OVER

    @talks_go_on.inplace.expression
    @classmethod
    def _talks_go_on(cls) -> ColumnElement[bool]:
        return or_(cls.closed_on.is_(None), cls.close_reason == PLAN_TAKES_OVER)


class TeamMember(Audited, Base):
    """Somebody who takes part in a case, from and until: staff, external, next of kin, or the person.

    Only staff have an account, and by it access. ``name`` and ``phone`` are an external's; ``service_id`` is the
    external actor they come from. ``task``: what they do round this person.
    """

    __tablename__ = "team_member"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"))
    kind: Mapped[Code] = mapped_column(default="staff", server_default="staff")  # staff | external | related | person
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    related_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("related_person.id"))
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"))
    name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    role: Mapped[str] = mapped_column(String(100), default="")
    task: Mapped[str] = mapped_column(Text, default="", server_default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    user: Mapped[User | None] = relationship()
    __table_args__ = (
        CheckConstraint(
            "(kind = 'staff' AND user_id IS NOT NULL) OR (kind = 'related' AND related_id IS NOT NULL)"
            " OR (kind = 'external' AND name != '') OR kind = 'person'",
            name="kind",
        ),
        Index("ix_team_member_case_id_user_id", "case_id", "user_id"),
    )


class EmergencyOpening(Audited, Base):
    """Someone clinical opened a case they take no part in: why, until when, and who has been told."""

    __tablename__ = "emergency_opening"
    id: Mapped[Id]
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("service.id"), index=True)  # whose leader is told
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[Moment]
    until: Mapped[datetime] = mapped_column(Utc())
    leader_seen_at: Mapped[datetime | None] = mapped_column(Utc())
    ke_seen_at: Mapped[datetime | None] = mapped_column(Utc())
    user: Mapped[User] = relationship()


class CaseLook(Base):
    """When a member of staff last looked at a case: what has changed since then is news on the worklist."""

    __tablename__ = "case_look"
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("case_file.id"), primary_key=True)
    looked_at: Mapped[Moment]
