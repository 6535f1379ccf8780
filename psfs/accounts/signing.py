"""Signing in and setting a passphrase: what is slow happens before anything is locked, what is kept is kept at once."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs import audit
from psfs.accounts import codes, passphrases, throttle
from psfs.accounts.service import plain_username
from psfs.domain.errors import Refusal
from psfs.extensions import begin_write, db
from psfs.models import User

if TYPE_CHECKING:
    from datetime import timedelta


def sign_in(username: str, passphrase: str, address: str) -> User:
    """The account that this user name and passphrase open, from the network address ``address``.

    Raises:
        Refusal: ``wrong_sign_in`` (whatever was wrong), or ``too_many_attempts`` with ``seconds``.
    """
    username = plain_username(username)
    attempt = _take(username, address)
    account = _find(username)
    stored = account.passphrase_hash if account and account.disabled_at is None else None
    right = passphrases.verify(stored, passphrase)  # for nobody too: the time it takes must not tell who exists
    if account is None or not right:
        _refuse("sign_in_refused", account, attempt, address)
        raise Refusal("wrong_sign_in")
    better = passphrases.make_hash(passphrase) if stored and passphrases.is_outdated(stored) else None
    _lock(account, stored)
    with audit.acting(_self(account)):
        if better:
            account.passphrase_hash = better
        throttle.give_back(attempt)
        audit.record_security("signed_in", actor_id=account.id, actor=account.name, address=address)
        db.session.commit()
    return account


def use_code(username: str, code: str, passphrase: str, address: str) -> User:
    """Spend a one-time code and set the passphrase; earlier sessions end.

    A passphrase that is refused spends nothing.

    Raises:
        Refusal: see ``passphrases.check``; ``wrong_code`` or ``too_many_attempts``.
    """
    username = plain_username(username)
    account = _find(username)
    # Nothing about the account is asked of the check, so that its answer tells nothing about who exists.
    passphrases.check(passphrase, [username])
    attempt = _take(username, address)
    hashed = passphrases.make_hash(passphrase)
    if account is not None and account.disabled_at is None:
        _lock(account, account.passphrase_hash)
        with audit.acting(_self(account)):
            if codes.use(account, code):
                _set(account, hashed)
                throttle.give_back(attempt)
                audit.record_security("signed_in", actor_id=account.id, actor=account.name, address=address, by="code")
                db.session.commit()
                return account
    _refuse("code_refused", account, attempt, address)
    raise Refusal("wrong_code")


def change_passphrase(account: User, old: str, new: str, address: str) -> None:
    """Set another passphrase; every session of the account ends, the caller begins a new one.

    Raises:
        Refusal: see ``passphrases.check``; ``wrong_old_passphrase`` or ``too_many_attempts``.
    """
    passphrases.check(new, [account.username, account.name])
    attempt = _take(account.username, address)
    stored = account.passphrase_hash
    if not passphrases.verify(stored, old):
        _refuse("passphrase_change_refused", account, attempt, address)
        raise Refusal("wrong_old_passphrase")
    hashed = passphrases.make_hash(new)
    _lock(account, stored)
    with audit.acting(_self(account)):
        _set(account, hashed)
        throttle.give_back(attempt)
        db.session.commit()


def end_all_sessions(account: User) -> None:
    """Sign the account out everywhere."""
    begin_write()
    with audit.acting(_self(account)):
        account.stamp = uuid.uuid4().hex
        audit.record_security("signed_out_everywhere", actor_id=account.id, actor=account.name)
        db.session.commit()


def note_demo_sign_in(account: User, address: str) -> None:
    """Record that a demo account was opened without a passphrase."""
    begin_write()
    audit.record_security("signed_in", actor_id=account.id, actor=account.name, address=address, by="demo")
    db.session.commit()


def note_sign_out(account: User) -> None:
    """Record that someone signed out."""
    begin_write()
    audit.record_security("signed_out", actor_id=account.id, actor=account.name)
    db.session.commit()


def _take(username: str, address: str) -> throttle.Attempt:
    attempt = throttle.Attempt.by(username, address)
    wait: timedelta = throttle.take(attempt)
    if wait:
        raise Refusal("too_many_attempts", seconds=max(1, round(wait.total_seconds())))
    return attempt


def _find(username: str) -> User | None:
    """The account, and no transaction left open: what follows is slow."""
    account = db.session.scalar(
        select(User)
        .where(User.username == username)
        .options(joinedload(User.service))
        .execution_options(populate_existing=True)
    )
    db.session.commit()
    return account


def _lock(account: User, expected: str | None) -> None:
    """Begin writing, if the account still is what was checked."""
    begin_write()
    again = select(User).where(User.id == account.id).with_for_update()
    db.session.execute(again.execution_options(populate_existing=True))
    if account.disabled_at is not None or account.passphrase_hash != expected:
        db.session.rollback()
        raise Refusal("wrong_sign_in")


def _set(account: User, hashed: str) -> None:
    account.passphrase_hash = hashed
    account.stamp = uuid.uuid4().hex
    audit.record_security("passphrase_set", actor_id=account.id, actor=account.name)


def _refuse(action: str, account: User | None, attempt: throttle.Attempt, address: str) -> None:
    """Record it. What was typed for an account that does not exist may be a passphrase: only a hash is kept."""
    begin_write()
    if account is None:
        audit.record_security(action, address=address, unknown=attempt.account[:12])
    else:
        audit.record_security(action, actor_id=account.id, actor=account.name, address=address)
    db.session.commit()


def _self(account: User) -> audit.Actor:
    return audit.Actor(account.id, account.name)
