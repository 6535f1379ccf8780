"""Failed sign-ins cost time: per account and per address, counted in the database so that all workers know.

An attempt is counted before the passphrase is looked at and given back when it was right, so many attempts at once
gain nothing. The wait grows and has a ceiling; nothing is ever locked for good.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast

from flask import current_app
from sqlalchemy import bindparam, delete, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from psfs import clock
from psfs.extensions import db, own_transaction
from psfs.models import Throttle

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

TABLE = cast("Table", Throttle.__table__)
MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Rule:
    """``free`` failures cost nothing, the next one ``first``, each after that twice as much up to ``most``.

    After ``forget`` without a failure the count begins anew.
    """

    free: int
    first: timedelta
    most: timedelta
    forget: timedelta

    def wait(self, failures: int) -> timedelta:
        """How long to wait after this many failures."""
        beyond = failures - self.free
        if beyond <= 0:
            return timedelta(0)
        doublings: int = 2 ** min(beyond - 1, MOST_DOUBLINGS)
        return min(self.first * doublings, self.most)


# A whole service may share one address, so that one is patient.
ACCOUNT = Rule(5, timedelta(seconds=10), timedelta(minutes=15), timedelta(hours=24))
ADDRESS = Rule(40, timedelta(seconds=5), timedelta(minutes=5), timedelta(hours=1))
KEPT = max(ACCOUNT.forget, ADDRESS.forget)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt counts against; the keys are hashes, so the table names nobody."""

    account: str
    address: str

    @classmethod
    def by(cls, username: str, address: str) -> Attempt:
        """An attempt on ``username``, whether there is such an account or not, from ``address``."""
        return cls(_key("account", username), _key("address", _network(address)))

    def rules(self) -> list[tuple[str, Rule]]:
        """The keys with their rules, always in the same order: two attempts at once never block one another."""
        return sorted(((self.account, ACCOUNT), (self.address, ADDRESS)), key=lambda pair: pair[0])


def take(attempt: Attempt) -> timedelta:
    """Count the attempt as failed until ``give_back`` says otherwise.

    Returns:
        How long it must wait; then nothing was counted and the passphrase must not be looked at.
    """
    now = clock.now()
    with own_transaction() as connection:
        rows = _rows(connection, now, attempt.rules())
        longest = max((until - now for _, until in rows.values() if until is not None), default=timedelta(0))
        if longest > timedelta(0):
            return longest
        counted = [(key, rows[key][0] + 1, rule) for key, rule in attempt.rules()]
        connection.execute(
            update(TABLE).where(TABLE.c.key == bindparam("counted")),
            [
                {"counted": key, "failures": failures, "last_at": now, "blocked_until": now + rule.wait(failures)}
                for key, failures, rule in counted
            ],
        )
    return timedelta(0)


def give_back(attempt: Attempt) -> None:
    """The attempt was right: the account's count is gone, the address gets its one attempt back. Does not commit."""
    forgotten = TABLE.c.last_at < clock.now() - KEPT
    db.session.execute(delete(TABLE).where(or_(TABLE.c.key == attempt.account, forgotten)))
    db.session.execute(
        update(TABLE)
        .where(TABLE.c.key == attempt.address, TABLE.c.failures > 0)
        .values(failures=TABLE.c.failures - 1, blocked_until=None)
    )


def _rows(
    connection: Connection, now: datetime, rules: list[tuple[str, Rule]]
) -> dict[str, tuple[int, datetime | None]]:
    """For each key the count and the end of the wait, with the rows locked in that order until the transaction ends."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(TABLE).values(
        [{"key": key, "failures": 0, "last_at": now, "blocked_until": None} for key, _rule in rules]
    )
    touch = statement.on_conflict_do_update(index_elements=[TABLE.c.key], set_={"key": statement.excluded.key})
    found = connection.execute(touch.returning(TABLE.c.key, TABLE.c.failures, TABLE.c.last_at, TABLE.c.blocked_until))
    rows = {row.key: row for row in found}
    return {
        key: (0, None) if rows[key].last_at < now - rule.forget else (rows[key].failures, rows[key].blocked_until)
        for key, rule in rules
    }


def _key(kind: str, value: str) -> str:
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def _network(address: str) -> str:
    """One household or office: the address, or the first half of one of version 6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
