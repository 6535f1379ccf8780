"""A page that the browser had put away is shown again only to the account it was made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.walking import heading, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

PUT_AWAY = "dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))"
SHOWN_AGAIN = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
DRAWN = "getComputedStyle(document.documentElement).display !== 'none'"


def put_away(page: Page) -> None:
    """As the browser does with a page that it keeps whole; what is on it must not be drawn from then on."""
    assert page.evaluate(DRAWN)
    page.evaluate(PUT_AWAY)
    assert not page.evaluate(DRAWN), "hidden before it is put away: it comes back hidden"


def leave_in_another_window(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/konto")
    other.locator("form[data-sign-out]").evaluate("form => form.requestSubmit()")
    other.wait_for_url("**/logg-inn")
    other.evaluate("navigator.serviceWorker.ready.then(() => true)")  # what was cleared is there anew


def test_it_is_shown_to_whoever_is_still_signed_in(page: Page) -> None:
    sign_in(page)
    put_away(page)
    page.evaluate(SHOWN_AGAIN)
    expect(heading(page)).to_be_visible()
    expect(heading(page)).to_have_text("Arbeidsliste")


def test_it_is_emptied_once_they_have_signed_out(page: Page) -> None:
    sign_in(page)
    put_away(page)
    leave_in_another_window(page)
    page.evaluate(SHOWN_AGAIN)
    page.wait_for_url("**/logg-inn**")
    assert "Arbeidsliste" not in page.content()


def test_it_is_emptied_when_somebody_else_has_signed_in(page: Page) -> None:
    sign_in(page)
    hers = page.locator("meta[name=account]").get_attribute("content")
    put_away(page)
    leave_in_another_window(page)
    sign_in(page.context.new_page(), "ola")
    with page.expect_navigation():
        page.evaluate(SHOWN_AGAIN)
    assert page.locator("meta[name=account]").get_attribute("content") != hers, "it is the other one's own page"


def test_without_network_it_is_not_shown_once_they_have_signed_out(page: Page) -> None:
    sign_in(page)
    put_away(page)
    leave_in_another_window(page)
    page.context.set_offline(True)
    page.evaluate(SHOWN_AGAIN)
    page.wait_for_url("**/frakopla")
    assert "Arbeidsliste" not in page.content()
