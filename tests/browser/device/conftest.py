"""A device whose modules are driven one by one, in a real browser, from the running server's own files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import NewContext

ACCOUNT = "00000000-0000-4000-8000-00000000000a"
OTHER = "00000000-0000-4000-8000-00000000000b"
SERVER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
PHRASE = "fjell og fjord"
TOOLS = Path(__file__).with_name("tools.js").read_text(encoding="utf-8")


class Run(Protocol):
    """``run(script, **values)``: what the script returns. It sees the modules' exports as names, and the values."""

    def __call__(self, script: str, **values: Any) -> Any: ...


def runner(page: Page) -> Run:
    """Runs scripts in a page that is open. What a module throws comes back as ``{"code": ..., ...}``."""

    def run(script: str, **values: Any) -> Any:
        names = ", ".join(("account", "other", "serverKey", "phrase", *values))
        given = {"account": ACCOUNT, "other": OTHER, "serverKey": SERVER_KEY, "phrase": PHRASE} | values
        return page.evaluate(
            f"async ({{ {names} }}) => {{ {TOOLS}\n return attempt(async () => {{ {script} }}); }}", given
        )

    return run


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A page of the program that runs no script of its own."""
    opened = new_context().new_page()
    opened.goto("/frakopla")
    return opened


@pytest.fixture
def run(page: Page) -> Run:
    return runner(page)


@pytest.fixture
def opened(run: Run) -> Run:
    """``run`` where a vault is made and open: ``vault`` and ``records`` stay from one script to the next."""
    run("window.vault = await create({ account, device: 'd', initials: 'KP', phrase, serverKey, language: 'nn' });")
    run("window.records = new Records(vault);")
    return run


def allow_keeping(page: Page) -> None:
    """Let the program keep things for good in this browser, as one does by installing it."""
    session = page.context.new_cdp_session(page)
    browser = session.send("Target.getTargetInfo")["targetInfo"]["browserContextId"]
    given = {"permissions": ["durableStorage"], "origin": page.evaluate("location.origin"), "browserContextId": browser}
    session.send("Browser.grantPermissions", given)


def everything(run: Run) -> str:
    """All that the database holds, bytes as Latin letters, as text to search in."""
    return json.dumps(run("return dump();"), ensure_ascii=False)


@pytest.fixture
def in_another_window(page: Page) -> Callable[[], Run]:
    """``in_another_window()`` opens a second window of the same browser."""

    def open_window() -> Run:
        window = page.context.new_page()
        window.goto("/frakopla")
        return runner(window)

    return open_window
