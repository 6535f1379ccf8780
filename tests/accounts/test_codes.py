"""One-time codes: shown once, kept as a hash, good once and for a while."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from psfs import audit
from psfs.accounts import codes, service
from psfs.extensions import begin_write, db
from psfs.models import AuditEntry, SignInCode
from tests.accounts.conftest import GOOD, events, reload

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

ACTOR = audit.Actor(None, "test")
pytestmark = pytest.mark.usefixtures("quick")


def spend(browser: Browser, code: str, status: int = 303, username: str = "kari", passphrase: str = GOOD):
    data = {"username": username, "code": code, "passphrase": passphrase, "again": passphrase}
    return browser.post("/eingongskode", data, status=status)


@pytest.mark.databases("sqlite", "postgres")
def test_a_code_lets_in_once_and_sets_the_passphrase(browser: Open, town: Town) -> None:
    code = service.reset_user(ACTOR, town.users["kari"].id)
    visitor = browser("")
    spend(visitor, code.lower().replace("-", " "))
    visitor.get("/konto")
    assert [event.action for event in events()] == ["account_reset", "code_made", "passphrase_set", "signed_in"]
    assert reload(town.users["kari"]).passphrase_hash is not None
    again = browser("")
    spend(again, code, status=422)
    again.get("/konto", status=303)
    browser("").post("/logg-inn", {"username": "kari", "passphrase": GOOD})


def test_only_the_hash_is_kept(town: Town) -> None:
    code = service.reset_user(ACTOR, town.users["kari"].id)
    kept = db.session.scalars(select(SignInCode.code_hash)).all()
    logged = "".join(db.session.scalars(select(AuditEntry.data)))
    for form in (code, code.replace("-", "")):
        assert form not in "".join(kept) + logged
    assert kept[0] not in logged


def test_a_code_runs_out(browser: Open, town: Town, later: Callable[[timedelta], None]) -> None:
    code = service.reset_user(ACTOR, town.users["kari"].id)
    later(timedelta(hours=48, seconds=1))
    spend(browser(""), code, status=422)


def test_a_new_code_ends_the_old_one(browser: Open, town: Town) -> None:
    old = service.reset_user(ACTOR, town.users["kari"].id)
    new = service.reset_user(ACTOR, town.users["kari"].id)
    spend(browser(""), old, status=422)
    spend(browser(""), new)


def test_a_code_is_for_one_account(browser: Open, town: Town) -> None:
    code = service.reset_user(ACTOR, town.users["kari"].id)
    spend(browser(""), code, status=422, username="ola")
    spend(browser(""), code, status=422, username="nobody")
    spend(browser(""), code)


def test_a_disabled_account_has_none(browser: Open, town: Town) -> None:
    kari = town.users["kari"].id
    code = service.reset_user(ACTOR, kari)
    service.disable_user(ACTOR, kari)
    spend(browser(""), code, status=422)
    code = service.reset_user(ACTOR, kari)
    spend(browser(""), code)


def test_a_refused_passphrase_spends_nothing(browser: Open, town: Town) -> None:
    code = service.reset_user(ACTOR, town.users["kari"].id)
    visitor = browser("")
    page = spend(visitor, code, status=422, passphrase="kort")
    assert "minst 12 teikn" in page.text
    assert code in page.text, "what was typed is still there"
    unequal = {"username": "kari", "code": code, "passphrase": GOOD, "again": "noko heilt anna"}
    assert 'href="#again"' in visitor.post("/eingongskode", unequal, status=422).text
    spend(visitor, code)


def test_a_code_cannot_be_spent_twice_at_once(town: Town) -> None:
    code = service.reset_user(ACTOR, town.users["kari"].id)
    begin_write()
    assert [codes.use(town.users["kari"], code), codes.use(town.users["kari"], code)] == [True, False]


def test_no_two_are_alike(town: Town) -> None:
    made = {service.reset_user(ACTOR, town.users["kari"].id) for _turn in range(20)}
    assert len(made) == 20
    assert all(len(code) == 19 and set(code) <= set(codes.ALPHABET + "-") for code in made)
