"""One-time codes: the way in for a new account and for someone who has forgotten the passphrase."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import delete, select, update

from psfs import clock
from psfs.extensions import db
from psfs.models import SignInCode, User

if TYPE_CHECKING:
    from psfs.config import Config

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else
GROUPS, LETTERS = 4, 4  # 78 bits: a plain hash is enough, and takes no time while the database is locked


def make(account: User) -> str:
    """A new code for ``account``; earlier ones stop working. Does not commit.

    Only its hash is kept, so this answer is the one time it can be shown.
    """
    config: Config = current_app.extensions["psfs_config"]
    db.session.execute(delete(SignInCode).where(SignInCode.user_id == account.id))
    code = "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
    db.session.add(
        SignInCode(
            id=uuid.uuid4(),
            user_id=account.id,
            code_hash=_hash(code),
            expires_at=clock.now() + config.code_lifetime,
        )
    )
    return code


def use(account: User, given: str) -> bool:
    """Spend a code: true once for the right code within its time, false ever after. Does not commit."""
    spent = db.session.execute(
        update(SignInCode)
        .where(
            SignInCode.user_id == account.id,
            SignInCode.code_hash == _hash(given),
            SignInCode.used_at.is_(None),
            SignInCode.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
        .returning(SignInCode.id)
        .execution_options(synchronize_session=False)
    ).all()
    return bool(spent)


def withdraw(account: User) -> None:
    """No code for ``account`` works any longer. Does not commit."""
    db.session.execute(delete(SignInCode).where(SignInCode.user_id == account.id))


def waiting() -> set[uuid.UUID]:
    """The accounts that have a code which still works."""
    live = select(SignInCode.user_id).where(SignInCode.used_at.is_(None), SignInCode.expires_at > clock.now())
    return set(db.session.scalars(live))


def _hash(code: str) -> str:
    """The same for the code typed with or without dashes, in small letters or capitals."""
    plain = "".join(code.upper().split()).replace("-", "")
    return hashlib.sha256(plain.encode()).hexdigest()
