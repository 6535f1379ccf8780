"""Steps that many stories take: signing in by tap, finding a case, holding a conversation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from playwright.sync_api import Locator, Page

CASE = re.compile(r"/saker/[0-9a-f-]{36}")


def sign_in(page: Page, username: str = "kari") -> None:
    """Sign in as one of the demo's accounts with one tap, and come to its first page."""
    page.goto("/logg-inn")
    page.locator(f"button[name=username][value={username}]").click()
    expect(page.locator(".menu > summary")).to_be_visible()


def sign_out(page: Page) -> None:
    """Sign out by the menu."""
    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Logg ut").click()
    expect(heading(page)).to_have_text("Logg inn")


def heading(page: Page) -> Locator:
    """The page's h1."""
    return page.locator("h1")


def path(page: Page) -> str:
    """Where the page is, without host, query and fragment."""
    return urlsplit(page.url).path


def find_case(page: Page, name: str) -> str:
    """Search for a person and open the first case; gives its address (``/saker/<id>``)."""
    page.goto("/sok")
    page.get_by_label("Namn eller fødselsdato").fill(name)
    page.get_by_role("search").get_by_role("button", name="Søk").click()
    page.locator("#results a.row", has_text=name).first.click()
    page.wait_for_url(CASE)
    return path(page)


def score_one_by_one(page: Page, scores: Iterable[int]) -> None:
    """Tap a score for each activity, one at a time, as they come up."""
    for score in scores:
        panel = page.locator(".talk-panel:visible")
        expect(panel).to_have_count(1)
        number = panel.get_attribute("data-number")
        digit(panel, score).click()
        expect(page.locator(f".talk-panel[data-number='{number}']")).to_be_hidden()
        expect(page.locator("form.talk-locked")).to_have_count(0)


def digit(panel: Locator, score: int) -> Locator:
    """The button of one score."""
    return panel.locator(f"label.scale-choice[for$='-{score}']")


def save(page: Page) -> None:
    """Save the conversation and wait for the summary."""
    page.get_by_role("button", name="Lagre samtalen").click()
    expect(page.locator("main")).to_contain_text("Samtalen er lagra.")


def pdf(page: Page, href: str) -> bytes:
    """Fetch a document with the page's own cookies."""
    answer = page.request.get(href)
    assert answer.ok, f"{answer.status} {href}"
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def in_case(page: Page, name: str) -> None:
    """Go to the case page by the links at hand, from any page of the case."""
    while heading(page).inner_text() != name:
        page.locator("a.back").click()
