"""Double taps, lost networks, ended sessions, two people at once: saved once, and nothing typed is lost."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.walking import digit, find_case, heading, path, save, score_one_by_one, sign_in, sign_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, StorageState

    from tests.browser.conftest import NewContext
    from tests.support.server import RunningApp

REMARK = "Kva nytte opplever personen?"
SAVE = "Lagre samtalen"


@pytest.fixture
def page(new_context: NewContext, kari: StorageState) -> Page:
    """A tablet where Kari is signed in."""
    return new_context("tablet", storage_state=kari).new_page()


def fill_in(page: Page, name: str, scores: tuple[int, ...], remark: str) -> str:
    """A conversation ready to be saved; gives the case's address."""
    address = find_case(page, name)
    page.goto(f"{address}/samtalar/ny")
    score_one_by_one(page, scores)
    page.get_by_label(REMARK).fill(remark)
    return address


def expect_filled_in(page: Page, scores: tuple[int, ...], remark: str) -> None:
    panels = page.locator(".talk-panel:not(.talk-new)")
    for number, score in enumerate(scores):
        expect(panels.nth(number).locator("input:checked")).to_have_value(str(score))
    expect(page.get_by_label(REMARK)).to_have_value(remark)


def conversations(page: Page, address: str) -> int:
    """How many columns the form's table has."""
    page.goto(address)
    page.get_by_role("link", name="Sjå alle samtalane").click()
    return page.locator(".score-table thead th").count() - 1


def has_worker(page: Page) -> None:
    """Wait until the service worker looks after the page; one that came while the page did takes the next."""
    page.evaluate(
        """() => Promise.race([
            navigator.serviceWorker.ready.then(() => true),
            new Promise((_, fail) => { setTimeout(() => fail(new Error("no service worker")), 60000); }),
        ])"""
    )
    if page.evaluate("navigator.serviceWorker.controller === null"):
        page.reload()
    assert page.evaluate("navigator.serviceWorker.controller !== null")


def test_a_double_tap_saves_one_conversation(page: Page) -> None:
    address = fill_in(page, "Ingeborg Tenkt", (6, 6, 6, 6), "To trykk")
    before = 3
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name=SAVE).dblclick()
    expect(page.locator("main")).to_contain_text("Samtalen er lagra.")
    assert len(posts) == 1
    assert conversations(page, address) == before + 1


def test_a_double_tap_without_script_saves_one_conversation(new_context: NewContext) -> None:
    page = new_context(javascript=False).new_page()
    sign_in(page)
    address = find_case(page, "Sigrid Fantasidal")
    page.goto(f"{address}/samtalar/ny")
    for panel in page.locator(".talk-panel:not(.talk-new)").all():
        digit(panel, 9).click()
    page.get_by_role("button", name=SAVE).dblclick()
    expect(page.locator("main")).to_contain_text("I klartekst")
    assert conversations(page, address) == 4


def test_the_back_button_after_saving_does_not_save_twice(page: Page) -> None:
    address = fill_in(page, "Margit Fiktheim", (6, 5, 6, 5), "Éin gong")
    save(page)
    page.go_back()
    expect(heading(page)).to_be_visible()
    page.go_forward()
    expect(page.locator(".summary-top")).to_contain_text("Éin gong")
    page.reload()
    assert conversations(page, address) == 4


def test_what_was_typed_outlives_a_lost_network(page: Page) -> None:
    scores, remark = (4, 4, 4), "Nettet forsvann"
    page.goto("/")
    has_worker(page)
    address = fill_in(page, "Astrid Dømevik", scores, remark)
    page.context.set_offline(True)
    page.get_by_role("button", name=SAVE).click()
    trouble = page.get_by_role("alert").filter(has_text="Ikkje sendt")
    expect(trouble).to_be_visible()
    expect(trouble).to_be_focused()
    expect_filled_in(page, scores, remark)

    page.context.set_offline(False)
    save(page)
    expect(page.locator(".summary-top")).to_contain_text(remark)
    assert conversations(page, address) == 3


def test_what_was_typed_outlives_a_server_that_does_not_answer(
    own_server: Callable[..., RunningApp], new_context: NewContext
) -> None:
    """The program is stopped where it stands, and goes on later."""
    server = own_server()
    page = new_context(base_url=server.url).new_page()
    scores, remark = (5, 5, 5), "Tenaren svara ikkje"
    sign_in(page)
    address = fill_in(page, "Astrid Dømevik", scores, remark)
    os.killpg(server.pid, signal.SIGSTOP)
    try:
        page.get_by_role("button", name=SAVE).click()
        expect(page.get_by_role("alert").filter(has_text="Ikkje sendt")).to_be_visible(timeout=15_000)
    finally:
        os.killpg(server.pid, signal.SIGCONT)
    expect_filled_in(page, scores, remark)
    save(page)
    assert conversations(page, address) == 3


def test_what_was_typed_outlives_a_database_that_is_locked(
    own_server: Callable[..., RunningApp], new_context: NewContext
) -> None:
    """Somebody else holds the database; the answer is 503, carries what was typed, and sends it again with one tap."""
    server = own_server()
    page = new_context(base_url=server.url).new_page()
    page.set_default_timeout(60_000)
    sign_in(page)
    address = fill_in(page, "Borghild Eventyrli", (5, 4, 6, 2), "Lageret var opptatt")
    lock = sqlite3.connect(server.instance / "psfs.sqlite3", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    try:
        with page.expect_response(lambda answer: answer.request.method == "POST", timeout=60_000) as answer:
            page.get_by_role("button", name=SAVE).click()
        assert answer.value.status == 503
        expect(heading(page)).to_have_text("Ikkje lagra, prøv igjen")
    finally:
        lock.execute("ROLLBACK")
        lock.close()
    page.get_by_role("button", name="Prøv igjen").click()
    expect(page.locator("main")).to_contain_text("Samtalen er lagra.")
    expect(page.locator(".summary-top")).to_contain_text("Lageret var opptatt")
    assert conversations(page, address) == 3


def test_what_was_typed_outlives_an_ended_session(
    own_server: Callable[..., RunningApp], new_context: NewContext
) -> None:
    """Idle for too long: after signing in again the form is there, and is sent as it was."""
    server = own_server()
    page = new_context(base_url=server.url).new_page()
    sign_in(page)
    address = fill_in(page, "Torstein Prøvestad", (3, 7, 2, 8), "Økta gjekk ut")
    long_ago(server)
    page.get_by_role("button", name=SAVE).click()
    expect(heading(page)).to_have_text("Logg inn")
    expect(page.locator("main")).to_contain_text("det du skreiv")
    page.locator("button[name=username][value=kari]").click()
    page.get_by_role("button", name="Send det du skreiv").click()
    expect(page.locator(".summary-top")).to_contain_text("Økta gjekk ut")
    assert conversations(page, address) == 3


def test_two_people_save_the_same_conversation_at_once(page: Page, new_context: NewContext) -> None:
    """One wins; the other is told what was saved meanwhile, and keeps what was answered."""
    tablet, liv = page, new_context("phone").new_page()
    sign_in(liv, "leiar")
    address = fill_in(tablet, "Torstein Prøvestad", (1, 2, 3, 4), "Kari var der")
    fill_in(liv, "Torstein Prøvestad", (5, 6, 7, 8), "Liv var der")
    save(tablet)
    with liv.expect_response(lambda answer: answer.request.method == "POST") as answer:
        liv.get_by_role("button", name=SAVE).click()
    assert answer.value.status == 409
    told = liv.locator("#conflict")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Kari Tenkt")
    expect_filled_in(liv, (5, 6, 7, 8), "Liv var der")
    saved = told.get_by_role("link").get_attribute("href")
    save(liv)  # both conversations were held
    expect(liv.locator(".summary-top")).to_contain_text("Liv var der")
    assert conversations(tablet, address) == 4
    tablet.goto(str(saved))
    expect(tablet.locator("main")).to_contain_text("Kari var der")


def test_the_offline_page_when_the_server_is_down(
    own_server: Callable[..., RunningApp], new_context: NewContext
) -> None:
    server = own_server()
    page = new_context(base_url=server.url).new_page()
    sign_in(page)
    has_worker(page)
    address = find_case(page, "Ingeborg Tenkt")
    os.killpg(server.pid, signal.SIGKILL)
    page.wait_for_function("() => fetch('/helse').then(() => false, () => true)")
    page.goto(address)
    expect(heading(page)).to_have_text("Utan nett")
    assert "Ingeborg" not in page.content()
    assert page.evaluate("document.fonts.ready.then(() => getComputedStyle(document.body).fontFamily)")
    expect(page.get_by_role("link", name="Prøv igjen")).to_be_visible()


def test_signed_out_the_way_back_leads_to_sign_in(new_context: NewContext) -> None:
    page = new_context().new_page()
    sign_in(page)
    address = find_case(page, "Åse Eksempelvik")
    page.goto(f"{address}/stafettlogg")
    sign_out(page)
    for _ in range(3):
        page.go_back()
        expect(heading(page)).to_have_text("Logg inn")
        assert "Åse" not in page.content()
    page.goto(address)
    expect(heading(page)).to_have_text("Logg inn")
    assert path(page) != address


def long_ago(server: RunningApp) -> None:
    """Let every session be one that was last used an hour ago."""
    with closing(sqlite3.connect(server.instance / "psfs.sqlite3")) as database, database:
        for row, data in database.execute("SELECT id, data FROM web_session").fetchall():
            held = json.loads(data)
            held["seen"] -= 3600
            database.execute("UPDATE web_session SET data = ? WHERE id = ?", (json.dumps(held).encode(), row))
