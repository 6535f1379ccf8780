"""Wrong guesses cost time, whichever worker counts them; nobody is locked out for good."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from psfs.accounts import throttle
from psfs.extensions import begin_write, db
from psfs.models import Throttle
from tests.accounts.conftest import GOOD, events

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]
    Later = Callable[[timedelta], None]

BOTH = pytest.mark.databases("sqlite", "postgres")


def guess(browser: Browser, status: int = 422, username: str = "kari", passphrase: str = "feil passfrase her"):
    return browser.post("/logg-inn", {"username": username, "passphrase": passphrase}, status=status)


def test_the_wait_grows_and_has_a_ceiling() -> None:
    waits = [throttle.ACCOUNT.wait(failures).total_seconds() for failures in range(4, 14)]
    assert waits == [0, 0, 10, 20, 40, 80, 160, 320, 640, 900]
    assert throttle.ACCOUNT.wait(10**9) == timedelta(minutes=15)


@BOTH
def test_after_some_wrong_guesses_one_must_wait(browser: Open, with_passphrase: Town, later: Later) -> None:
    visitor = browser("")
    for _turn in range(6):
        guess(visitor)
    page = guess(visitor, status=429)
    assert 8 <= int(page.headers["Retry-After"]) <= 10
    assert "Prøv igjen om" in page.text
    assert guess(visitor, status=429, passphrase=GOOD), "the right one waits too, or the wait would tell"
    assert len([event for event in events() if event.action == "sign_in_refused"]) == 6
    later(timedelta(seconds=11))
    guess(visitor, status=303, passphrase=GOOD)
    for _turn in range(6):
        guess(browser(""))


def test_an_account_that_does_not_exist_waits_as_one_that_does(browser: Open, with_passphrase: Town) -> None:
    visitor = browser("")
    for _turn in range(6):
        guess(visitor, username="Nobody ")
    guess(visitor, status=429, username="nobody")
    guess(visitor, username="ola")


def test_one_address_with_many_accounts_must_wait(browser: Open, with_passphrase: Town, later: Later) -> None:
    visitor = browser("")
    for turn in range(41):
        guess(visitor, username=f"guess{turn}")
    guess(visitor, status=429, passphrase=GOOD)
    other = browser("")
    other.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    guess(other, status=303, passphrase=GOOD)
    later(timedelta(minutes=6))
    guess(visitor, status=303, username="ola", passphrase=GOOD)


def test_a_success_does_not_wash_an_address_clean(app: Flask, with_passphrase: Town) -> None:
    for turn in range(39):
        throttle.take(throttle.Attempt.by(f"guess{turn}", "192.0.2.1"))
    mine = throttle.Attempt.by("kari", "192.0.2.1")
    throttle.take(mine)
    begin_write()
    throttle.give_back(mine)
    db.session.commit()
    assert db.session.get_one(Throttle, mine.address).failures == 39
    assert db.session.get(Throttle, mine.account) is None


def test_addresses_of_one_network_are_one(app: Flask) -> None:
    first, second = (throttle.Attempt.by("x", f"2001:db8::{end}") for end in ("1", "ffff:2"))
    other = throttle.Attempt.by("x", "2001:db8:0:1::1")
    assert first.address == second.address != other.address
    mapped = {throttle.Attempt.by("x", f"::ffff:192.0.2.{end}").address for end in (1, 2)}
    assert len(mapped) == 2


def test_the_table_names_nobody(browser: Open, with_passphrase: Town) -> None:
    guess(browser(""))
    keys = db.session.scalars(select(Throttle.key)).all()
    assert len(keys) == 2
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in keys)


@BOTH
def test_many_guesses_at_once_are_all_counted(app: Flask, with_passphrase: Town) -> None:
    """Eight workers guess at once: no more get through than one after another would."""

    def attempt(_turn: int) -> bool:
        with app.app_context():
            free = not throttle.take(throttle.Attempt.by("kari", "192.0.2.1"))
            db.session.remove()
            return free

    with ThreadPoolExecutor(8) as workers:
        free = list(workers.map(attempt, range(40)))
    assert sum(free) == throttle.ACCOUNT.free + 1


def test_old_counts_are_forgotten_and_swept(browser: Open, with_passphrase: Town, later: Later) -> None:
    visitor = browser("")
    for _turn in range(6):
        guess(visitor, username="nobody")
    later(timedelta(hours=25))
    guess(browser(""), status=303, passphrase=GOOD)
    db.session.rollback()
    assert db.session.get(Throttle, throttle.Attempt.by("nobody", "x").account) is None


def test_the_old_passphrase_cannot_be_guessed_from_within(browser: Open, with_passphrase: Town) -> None:
    kari = browser("kari")
    data = {"old": "feil passfrase her", "passphrase": "hest hatt fjord", "again": "hest hatt fjord"}
    for _turn in range(6):
        kari.post("/konto/passfrase", data, status=422)
    kari.post("/konto/passfrase", {**data, "old": GOOD}, status=429)
