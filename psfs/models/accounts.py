"""Staff, services, sign-in and settings."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from psfs.extensions import Base

from .types import Audited, Code, Id, Moment, Name, Utc


class Service(Audited, Base):
    """A municipal service or an external actor."""

    __tablename__ = "service"
    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    external: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str] = mapped_column(String(40), default="")
    active: Mapped[bool] = mapped_column(default=True)


class User(Audited, Base):
    """A member of staff with an account. ``stamp`` ends older sessions when it changes."""

    __tablename__ = "user_account"
    unlogged: ClassVar[frozenset[str]] = frozenset({"passphrase_hash", "stamp"})
    id: Mapped[Id]
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[Name]
    role: Mapped[Code]
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service.id"), index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(100), default="")
    language: Mapped[str] = mapped_column(String(8), default="nn")
    scoring_layout: Mapped[str] = mapped_column(String(8), default="one")
    passphrase_hash: Mapped[str | None] = mapped_column(String(200))
    stamp: Mapped[str] = mapped_column(String(32), default=lambda: uuid.uuid4().hex)
    disabled_at: Mapped[datetime | None] = mapped_column(Utc())
    created_at: Mapped[Moment]
    service: Mapped[Service | None] = relationship()


class SignInCode(Base):
    """A one-time code that lets a member of staff set a passphrase; only its hash is kept."""

    __tablename__ = "sign_in_code"
    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None] = mapped_column(Utc())


class WebSession(Base):
    """One browser's session. The id is a hash of the cookie's: a copy of the table opens no door.

    ``user_id`` is whose it is once somebody is signed in, so that both are read at once; ``data`` decides.
    """

    __tablename__ = "web_session"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID | None]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(Utc(), index=True)


class Throttle(Base):
    """Failed sign-ins per account and per address, shared by all workers. The key is a hash."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[Moment]
    blocked_until: Mapped[datetime | None] = mapped_column(Utc())


class Setting(Audited, Base):
    """One setting that the municipality decides (limits in days, consent age) or that marks the database (demo)."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)


Index("ix_user_account_role", User.role)
