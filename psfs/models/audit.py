"""The append-only, hash-chained log of changes, readings and security events, and its index of the names in lists.

Only ``psfs.audit`` writes here.
"""

from __future__ import annotations

import uuid

from sqlalchemy import BigInteger, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from psfs.extensions import Base

from .types import Code, Moment


class AuditEntry(Base):
    """One link of one chain. ``stream`` names the chain: one per case, so that readings of two cases never wait.

    ``data`` is canonical JSON, exactly as hashed.
    """

    __tablename__ = "audit_entry"
    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(64))
    seq: Mapped[int]
    at: Mapped[Moment]
    actor_id: Mapped[uuid.UUID | None]  # no foreign key: nothing that happens to accounts may touch the audit
    actor: Mapped[str] = mapped_column(String(200))
    kind: Mapped[Code]  # change | reading | security
    action: Mapped[str] = mapped_column(String(64))
    data: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        UniqueConstraint("stream", "seq"),
        Index("ix_audit_entry_actor", "actor_id", "at"),
        Index("ix_audit_entry_kind", "kind", "at"),
    )


class ListSighting(Base):
    """That a case's person was named in a list: an index of the entries ``lists:…``, which hold the cases in ``data``.

    It adds nothing to the chains and can be made anew from them; ``audit.verify`` holds the two against one another.
    The key runs by case and then by time, as the list of who has looked is read.
    """

    __tablename__ = "list_sighting"
    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)  # no foreign keys: see ``AuditEntry.actor_id``
    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    __table_args__ = ({"sqlite_with_rowid": False},)
