"""What the tests of sign-in share: accounts with a passphrase that costs nothing to check, and a clock to move."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from psfs import audit, clock
from psfs.accounts import passphrases
from psfs.extensions import begin_write, db
from psfs.models import AuditEntry, User

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.people import Town

GOOD = "fire gule traktorar"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cheap parameters, as a setting of the library: the hashing itself is the real one."""
    monkeypatch.setattr(passphrases, "HASHER", QUICK)
    monkeypatch.setattr(passphrases, "_NOBODY", QUICK.hash("nobody has this passphrase"))


@pytest.fixture
def with_passphrase(town: Town, quick: None) -> Town:
    """The town, where everyone has the passphrase ``GOOD``."""
    hashed = passphrases.make_hash(GOOD)
    begin_write()
    with audit.acting(audit.Actor(None, "test set-up")):
        for account in town.users.values():
            account.passphrase_hash = hashed
        db.session.commit()
    return town


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """``later(timedelta(hours=1))`` moves the program's clock on."""
    real = clock.now
    moved = [timedelta(0)]
    monkeypatch.setattr(clock, "now", lambda: real() + moved[0])

    def move(by: timedelta) -> None:
        moved[0] += by

    return move


def events() -> list[AuditEntry]:
    """The security log, oldest first."""
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.kind == "security").order_by(AuditEntry.id)))


def reload(account: User) -> User:
    """The account as the database has it now."""
    db.session.rollback()
    return db.session.get_one(User, account.id, populate_existing=True)
