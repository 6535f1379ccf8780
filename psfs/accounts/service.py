"""Verbs on staff accounts: making, changing, disabling, giving a new way in. Each commits once."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs import audit, clock
from psfs.accounts import codes
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Role
from psfs.extensions import begin_write, db
from psfs.models import Service, User

if TYPE_CHECKING:
    from psfs.audit import Actor

USERNAME = re.compile(r"[a-z0-9æøå](?:[a-z0-9æøå._-]{0,62}[a-z0-9æøå])?")
WITH_SERVICE = frozenset({Role.STAFF, Role.LEADER})


def plain_username(text: str) -> str:
    """A user name as it is kept: small letters, no blanks around."""
    return text.strip().casefold()


def add_user(
    actor: Actor, *, id: uuid.UUID, username: str, name: str, role: Role, service_id: uuid.UUID | None, phone: str = ""
) -> str | None:
    """Make an account and its one-time code, which is returned and can never be shown again.

    None if this very account was made before, by the same form sent twice.

    Raises:
        Refusal: ``username_malformed``, ``username_taken``, ``service_needed`` or ``service_unavailable``.
    """
    begin_write()
    username = plain_username(username)
    if not USERNAME.fullmatch(username):
        raise Refusal("username_malformed")
    taken = db.session.scalar(select(User.id).where(User.username == username))
    if taken == id:
        db.session.rollback()
        return None
    if taken is not None:
        raise Refusal("username_taken", username=username)
    account = User(id=id, username=username, name=name, phone=phone, created_at=clock.now(), role=role.value)
    _place(account, role, service_id)
    with audit.acting(actor):
        db.session.add(account)
        db.session.flush()
        code = codes.make(account)
        _note("account_made", actor, account)
        _note("code_made", actor, account)
        db.session.commit()
    return code


def edit_user(
    actor: Actor, user_id: uuid.UUID, *, name: str, role: Role, service_id: uuid.UUID | None, phone: str
) -> None:
    """Change what an account is. Takes effect at the account's next request.

    Raises:
        Refusal: ``unknown_user``, ``service_needed``, ``service_unavailable`` or ``last_admin``.
    """
    begin_write()
    account = _account(user_id)
    if role != Role.ADMIN and account.disabled_at is None:
        _keep_an_admin(account)
    with audit.acting(actor):
        account.name, account.phone, account.role = name, phone, role.value
        _place(account, role, service_id)
        _note("account_changed", actor, account)
        db.session.commit()


def disable_user(actor: Actor, user_id: uuid.UUID) -> None:
    """Close an account: its sessions end at once and its codes stop working. Nothing it did is touched.

    Raises:
        Refusal: ``unknown_user``, ``already_disabled`` or ``last_admin``.
    """
    begin_write()
    account = _account(user_id)
    if account.disabled_at is not None:
        raise Refusal("already_disabled", username=account.username)
    _keep_an_admin(account)
    with audit.acting(actor):
        account.disabled_at = clock.now()
        account.stamp = uuid.uuid4().hex
        codes.withdraw(account)
        _note("account_disabled", actor, account)
        db.session.commit()


def reset_user(actor: Actor, user_id: uuid.UUID) -> str:
    """Give an account a new one-time code, which is returned and can never be shown again.

    The old passphrase stops working and the sessions end; a disabled account is opened again.

    Raises:
        Refusal: ``unknown_user``.
    """
    begin_write()
    account = _account(user_id)
    with audit.acting(actor):
        account.disabled_at = None
        account.passphrase_hash = None
        account.stamp = uuid.uuid4().hex
        code = codes.make(account)
        _note("account_reset", actor, account)
        _note("code_made", actor, account)
        db.session.commit()
    return code


def choose_language(account: User, code: str) -> None:
    """Keep the language that ``account`` wants its pages in. The caller has checked that there is one."""
    begin_write()
    account.language = code
    db.session.commit()


def user_named(username: str) -> User:
    """The account with this user name.

    Raises:
        Refusal: ``unknown_user``.
    """
    account = db.session.scalar(select(User).where(User.username == plain_username(username)))
    if account is None:
        raise Refusal("unknown_user", username=username)
    return account


def _account(user_id: uuid.UUID) -> User:
    account = db.session.get(User, user_id, options=[joinedload(User.service)], populate_existing=True)
    if account is None:
        raise Refusal("unknown_user", username=str(user_id))
    return account


def _place(account: User, role: Role, service_id: uuid.UUID | None) -> None:
    """Put the account in its service; only staff and leaders need one."""
    if service_id is None:
        if role in WITH_SERVICE:
            raise Refusal("service_needed")
        account.service = None
        return
    service = db.session.get(Service, service_id)
    if service is None or not (service.active or account.service_id == service_id):
        raise Refusal("service_unavailable")
    account.service = service


def _keep_an_admin(account: User) -> None:
    """Someone must be able to let people in."""
    if account.role != Role.ADMIN:
        return
    others = select(User.id).where(User.role == Role.ADMIN.value, User.disabled_at.is_(None), User.id != account.id)
    if db.session.scalar(others.limit(1)) is None:
        raise Refusal("last_admin")


def _note(action: str, actor: Actor, account: User) -> None:
    audit.record_security(action, actor_id=actor.id, actor=actor.name, account=account.id, username=account.username)
