"""Devices: made known, given their key, revoked."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from psfs import audit, clock
from psfs.domain.errors import Refusal
from psfs.extensions import begin_write, db
from psfs.models import Device, User

if TYPE_CHECKING:
    import uuid

KEY_BYTES = 32


def make_known(device_id: uuid.UUID, account: User, name: str) -> tuple[Device, bool]:
    """The account's device of that id, and whether it is new; made now if it is not there.

    Raises Refusal "id_used" (somebody else's), "revoked".
    """
    begin_write()
    device = db.session.get(Device, device_id, populate_existing=True)
    if device is not None:
        if device.account_id != account.id:
            raise Refusal("id_used")
        return _active(device), False
    now = clock.now()
    device = Device(
        id=device_id,
        account_id=account.id,
        name=name,
        server_key=secrets.token_bytes(KEY_BYTES),
        created_at=now,
        seen_at=now,
    )
    db.session.add(device)
    _note("device_made", account, account, name)
    db.session.commit()
    return device, True


def key_of(device_id: uuid.UUID, account: User) -> bytes:
    """The key that opens what lies on the account's device, after an ordinary sign-in.

    Raises Refusal "not_found" (no device of this account), "revoked".
    """
    device = own(device_id, account)
    if device.seen_at.date() != clock.now().date():
        begin_write()
        device = own(device_id, account)
        device.seen_at = clock.now()
        db.session.commit()
    if device.server_key is None:
        raise Refusal("revoked")
    return device.server_key


def own(device_id: uuid.UUID, account: User) -> Device:
    """The account's device, as it now is.

    Raises Refusal "not_found" (no device of this account), "revoked".
    """
    device = db.session.get(Device, device_id, populate_existing=True)
    if device is None or device.account_id != account.id:
        raise Refusal("not_found")
    return _active(device)


def revoke(device_id: uuid.UUID, owner_id: uuid.UUID, by: User) -> Device | None:
    """Destroy the key of ``owner_id``'s device: nothing opens it any more but its phrase. Once its owner signs in or
    unlocks there, it loses what it took along; once it is unlocked, it hands in what waits, and erases itself when that
    is sent and no draft is left. A second time changes nothing; None for no such device.
    """
    begin_write()
    device = db.session.get(Device, device_id, populate_existing=True)
    if device is None or device.account_id != owner_id:
        return None
    if device.revoked_at is None:
        device.server_key, device.revoked_at, device.revoked_by_id = None, clock.now(), by.id
        _note("device_revoked", by, db.session.get_one(User, owner_id), device.name)
        db.session.commit()
    return device


def _active(device: Device) -> Device:
    if device.revoked_at is not None:
        raise Refusal("revoked")
    return device


def _note(action: str, by: User, owner: User, name: str) -> None:
    audit.record_security(action, actor_id=by.id, actor=by.name, username=owner.username, device=name)
