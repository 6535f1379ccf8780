"""Signing in and out: who gets in, what is recorded, and that refusals tell nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from argon2 import PasswordHasher

from psfs import audit
from psfs.accounts import passphrases, service
from psfs.extensions import begin_write, db
from tests.accounts.conftest import GOOD, events, reload

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

ACTOR = audit.Actor(None, "test")


def sign_in(browser: Browser, username: str = "kari", passphrase: str = GOOD, status: int = 303, **more: str):
    return browser.post("/logg-inn", {"username": username, "passphrase": passphrase, **more}, status=status)


@pytest.mark.databases("sqlite", "postgres")
def test_the_right_passphrase_lets_in_and_is_recorded(browser: Open, with_passphrase: Town) -> None:
    visitor = browser("")
    assert sign_in(visitor, " Kari ").location == "/"
    visitor.get("/konto")
    (event,) = events()
    kari = with_passphrase.users["kari"]
    assert (event.action, event.actor_id, event.actor) == ("signed_in", kari.id, kari.name)


def test_a_refusal_is_the_same_whatever_was_wrong(browser: Open, with_passphrase: Town) -> None:
    service.disable_user(ACTOR, with_passphrase.users["ola"].id)
    answers = []
    for username, passphrase in (("kari", "feil passfrase her"), ("nobody", GOOD), ("ola", GOOD), ("", "")):
        visitor = browser("")
        answer = sign_in(visitor, username, passphrase, status=422)
        answers.append("Feil brukarnamn eller passfrase" in answer.text)
    assert answers == [True, True, True, False]


@pytest.mark.parametrize("username", ["kari", "ola", "nobody"])
def test_a_refusal_takes_the_same_work_whoever_exists(
    browser: Open, with_passphrase: Town, monkeypatch: pytest.MonkeyPatch, username: str
) -> None:
    service.disable_user(ACTOR, with_passphrase.users["ola"].id)
    verified: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, stored: str | bytes, given: str | bytes) -> Literal[True]:
            verified.append(str(given))
            return super().verify(stored, given)

    monkeypatch.setattr(passphrases, "HASHER", Counting())
    sign_in(browser(""), username, "feil passfrase her", status=422)
    assert verified == ["feil passfrase her"]


def test_names_of_unknown_accounts_are_not_kept_in_clear(browser: Open, with_passphrase: Town) -> None:
    sign_in(browser(""), "min hemmelege passfrase", status=422)
    sign_in(browser(""), "kari", "feil passfrase her", status=422)
    unknown, known = events()
    assert (unknown.action, unknown.actor, known.actor) == ("sign_in_refused", "", "Kari Dikta")
    assert "hemmelege" not in unknown.data


def test_a_hash_with_old_parameters_is_made_anew(browser: Open, with_passphrase: Town) -> None:
    kari = with_passphrase.users["kari"]
    weaker = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(GOOD)
    begin_write()
    with audit.acting(ACTOR):
        kari.passphrase_hash = weaker
        db.session.commit()
    sign_in(browser(""))
    stored = reload(kari).passphrase_hash
    assert stored != weaker
    assert stored is not None
    assert not passphrases.is_outdated(stored)
    sign_in(browser(""))
    assert reload(kari).passphrase_hash == stored


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/konto", "/konto"),
        ("/sok?q=a%20b", "/sok?q=a%20b"),
        ("https://example.org/", "/"),
        ("//example.org", "/"),
        ("///example.org", "/"),
        ("////example.org", "/"),
        ("/\\example.org", "/"),
        ("/\t/example.org", "/"),
        ("javascript:alert(1)", "/"),
        ("konto", "/"),
        ("", "/"),
    ],
)
def test_after_signing_in_one_comes_to_addresses_of_ours_only(
    browser: Open, with_passphrase: Town, wanted: str, given: str
) -> None:
    assert sign_in(browser(""), next=wanted).location == given


def test_the_page_carries_the_address_asked_for(browser: Open, with_passphrase: Town) -> None:
    visitor = browser("")
    target = visitor.get("/konto?x=1", status=303).location
    page = visitor.get(target)
    assert 'value="/konto?x=1"' in page.text
    hostile = visitor.get("/logg-inn?next=//example.org")
    assert "example.org" not in hostile.text


def test_signing_in_gives_a_new_session_and_a_new_form_token(browser: Open, with_passphrase: Town) -> None:
    visitor = browser("")
    visitor.get("/logg-inn")
    before, token = visitor.client.get_cookie("psfs").value, visitor.token  # type: ignore[union-attr]
    sign_in(visitor)
    after = visitor.client.get_cookie("psfs").value  # type: ignore[union-attr]
    page = visitor.get("/konto")
    assert after != before
    assert visitor.token != token
    assert f'"X-CSRFToken": "{visitor.token}"' in page.text
    visitor.token = token
    visitor.post("/konto", {"scoring_layout": "all"}, status=400)


def test_a_session_from_before_signing_in_opens_nothing(app: Flask, browser: Open, with_passphrase: Town) -> None:
    visitor = browser("")
    visitor.get("/logg-inn")
    planted = visitor.client.get_cookie("psfs").value  # type: ignore[union-attr]
    sign_in(visitor)
    thief = browser("")
    thief.client.set_cookie("psfs", planted)
    thief.get("/konto", status=303)


def test_signing_out_is_recorded_and_a_second_time_asks_for_sign_in(browser: Open, with_passphrase: Town) -> None:
    kari = browser("kari")
    kari.get("/konto")
    assert kari.post("/logg-ut").location == "/logg-inn"
    assert [event.action for event in events()] == ["signed_out"]
    kari.get("/konto", status=303)
    kari.post("/logg-ut", status=401)


def test_what_is_missing_is_said_at_the_field(browser: Open, with_passphrase: Town) -> None:
    page = sign_in(browser(""), "kari", "", status=422)
    assert 'href="#passphrase"' in page.text
    assert 'value="kari"' in page.text


def test_the_language_is_kept_and_the_page_stays(browser: Open, with_passphrase: Town) -> None:
    visitor = browser("")
    visitor.get("/eingongskode")
    answer = visitor.post("/sprak/en", headers={"Referer": "http://localhost/eingongskode?a=1"})
    assert answer.location == "/eingongskode?a=1"
    assert 'lang="en"' in visitor.get("/eingongskode").text
    assert visitor.post("/sprak/nb", headers={"Referer": "http://example.org/x"}).location == "/logg-inn"
    visitor.post("/sprak/xx", status=404)
    sign_in(visitor)
    assert 'lang="nn"' in visitor.get("/konto").text, "the account's own language"
    visitor.post("/sprak/en")
    assert reload(with_passphrase.users["kari"]).language == "en"


def test_the_administrator_begins_at_the_accounts(browser: Open, with_passphrase: Town) -> None:
    visitor = browser("")
    assert sign_in(visitor, "admin").location == "/tilsette"
    assert visitor.get("/", status=303).location == "/tilsette"
