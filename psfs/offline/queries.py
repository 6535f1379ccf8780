"""What is known of devices. Nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from psfs import clock
from psfs.extensions import db
from psfs.models import Device, Taking

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import datetime

    from psfs.models import User


@dataclass(frozen=True, slots=True)
class DeviceView:
    """One device in its account's list; ``cases`` is how many lie on it now."""

    id: uuid.UUID
    name: str
    created_at: datetime
    seen_at: datetime
    revoked_at: datetime | None
    cases: int


def state_of(device_id: uuid.UUID) -> str:
    """ "active", "revoked" or "unknown"."""
    row = db.session.execute(select(Device.revoked_at).where(Device.id == device_id)).first()
    if row is None:
        return "unknown"
    return "active" if row.revoked_at is None else "revoked"


def is_anothers(device_id: uuid.UUID, account: User) -> bool:
    """Whether the device belongs to another account; one that is not known belongs to nobody."""
    owner = db.session.scalar(select(Device.account_id).where(Device.id == device_id))
    return owner is not None and owner != account.id


def devices_of(account_id: uuid.UUID) -> Sequence[DeviceView]:
    """An account's devices, those in use first."""
    lies = Taking.device_id == Device.id, Taking.given_back_at.is_(None), Taking.expires_at > clock.now()
    count = select(func.count(Taking.case_id.distinct())).where(*lies).correlate(Device).scalar_subquery()
    columns = (Device.id, Device.name, Device.created_at, Device.seen_at, Device.revoked_at, count.label("cases"))
    rows = db.session.execute(
        select(*columns)
        .where(Device.account_id == account_id)
        .order_by(Device.revoked_at.is_not(None), Device.seen_at.desc(), Device.id)
    )
    return [DeviceView(**row._mapping) for row in rows]
