"""Server-side sessions: they end when they should, and never come back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from psfs import audit
from psfs.accounts import service, signing
from psfs.extensions import db
from psfs.models import WebSession
from tests.accounts.conftest import GOOD
from tests.support.apps import running_app
from tests.support.client import Browser
from tests.support.people import make_town

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from tests.support.people import Town

    Open = Callable[[str], Browser]
    Later = Callable[[timedelta], None]

ACTOR = audit.Actor(None, "test")


def cookie(browser: Browser) -> str:
    found = browser.client.get_cookie("psfs")
    assert found is not None
    return found.value


def rows() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(WebSession)) or 0


@pytest.mark.databases("sqlite", "postgres")
def test_a_cookie_replayed_after_signing_out_is_refused(browser: Open) -> None:
    kari = browser("kari")
    kari.get("/konto")
    replayed = cookie(kari)
    kari.post("/logg-ut")
    thief = browser("")
    thief.client.set_cookie("psfs", replayed)
    thief.get("/konto", status=303)
    thief.get("/logg-inn")
    assert cookie(thief) != replayed, "an id that nobody of ours has made is never taken over"


def test_a_request_that_was_under_way_does_not_bring_an_ended_session_back(app: Flask, browser: Open) -> None:
    kari = browser("kari")
    kari.get("/konto")
    late = browser("")
    late.client.set_cookie("psfs", cookie(kari))
    with late.client.session_transaction() as session:  # read now, written when the block ends
        session["language"] = "en"
        kari.post("/logg-ut")
    late._send("GET", "/konto")
    late.get("/konto", status=303)


def test_disabling_an_account_ends_its_sessions_at_once(browser: Open, town: Town) -> None:
    kari, ola = browser("kari"), browser("ola")
    kari.get("/konto")
    service.disable_user(ACTOR, town.users["kari"].id)
    kari.get("/konto", status=303)
    ola.get("/konto")


def test_a_new_code_ends_the_sessions(browser: Open, town: Town) -> None:
    kari = browser("kari")
    kari.get("/konto")
    service.reset_user(ACTOR, town.users["kari"].id)
    kari.get("/konto", status=303)


def test_a_session_ends_when_idle(browser: Open, later: Later) -> None:
    kari = browser("kari")
    for _turn in range(3):
        kari.get("/konto")
        later(timedelta(minutes=29))
    kari.get("/konto")
    later(timedelta(minutes=31))
    kari.get("/konto", status=303)
    kari.get("/konto", status=303)


def test_a_session_ends_after_its_longest_time_however_busy(browser: Open, later: Later) -> None:
    kari = browser("kari")
    for _turn in range(12 * 3):
        kari.get("/helse")
        kari._send("GET", "/konto")
        later(timedelta(minutes=20))
    kari.get("/konto", status=303)


def test_the_limits_can_be_set(tmp_path: Path, sqlite_url: str, later: Later) -> None:
    with running_app(sqlite_url, tmp_path, PSFS_IDLE_MINUTES="5", PSFS_ABSOLUTE_HOURS="0.2") as app:
        kari = Browser(app).sign_in(make_town().users["kari"])
        kari.get("/konto")
        later(timedelta(minutes=4))
        kari.get("/konto")
        later(timedelta(minutes=4))
        kari.get("/konto")
        later(timedelta(minutes=4, seconds=30))
        kari.get("/konto", status=303)


def test_changing_the_passphrase_ends_the_other_sessions(browser: Open, with_passphrase: Town) -> None:
    here, there = browser("kari"), browser("kari")
    here.get("/konto")
    there.get("/konto")
    here.post("/konto/passfrase", {"old": GOOD, "passphrase": "hest hatt fjord", "again": "hest hatt fjord"})
    here.get("/konto")
    there.get("/konto", status=303)


def test_signing_out_everywhere(browser: Open, town: Town) -> None:
    here, there = browser("kari"), browser("kari")
    here.get("/konto")
    there.get("/konto")
    here.post("/konto/logg-ut-overalt")
    here.get("/konto", status=303)
    there.get("/konto", status=303)


@pytest.mark.databases("sqlite", "postgres")
def test_what_has_run_out_is_swept(browser: Open, later: Later) -> None:
    for _turn in range(3):
        browser("").get("/logg-inn")
    assert rows() == 3
    later(timedelta(hours=25))
    browser("").get("/logg-inn")
    assert rows() == 1


def test_the_table_does_not_hold_the_cookies(browser: Open) -> None:
    kari = browser("kari")
    kari.get("/konto")
    db.session.rollback()
    held = db.session.scalars(select(WebSession.id)).all()
    assert cookie(kari) not in held


def test_the_cookie_on_https_and_on_http(tmp_path: Path, sqlite_url: str) -> None:
    with running_app(sqlite_url, tmp_path, PSFS_HTTPS="1") as app:
        (secure,) = app.test_client().get("/logg-inn", base_url="https://kommune.example").headers.getlist("Set-Cookie")
    assert secure.startswith("__Host-psfs=")
    parts = {part.strip() for part in secure.split(";")[1:]}
    assert parts == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_a_disabled_account_between_check_and_session_gets_none(browser: Open, with_passphrase: Town) -> None:
    account = signing.sign_in("kari", GOOD, "192.0.2.1")
    stamp = account.stamp
    service.disable_user(ACTOR, account.id)
    assert account.stamp != stamp
