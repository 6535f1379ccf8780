"""The service worker: what it keeps where, and when a new one takes over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEPT = """async () => {
  const found = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  return found.flat().map((request) => new URL(request.url).pathname).filter((path) => path.includes("/js/offline/"));
}"""
SWITCH_ON = """async () => {
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
  (await navigator.serviceWorker.ready).active.postMessage("keep-offline", [port2]);
  return answered;
}"""
# The same script by another address is a new version to the browser.
NEW_VERSION = """async () => {
  const registration = await navigator.serviceWorker.register("/sw.js?2");
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  if (worker.state === "installing") await new Promise((done) => { worker.onstatechange = done; });
}"""
TAKE_OVER = "async () => (await navigator.serviceWorker.getRegistration()).waiting?.postMessage('take-over')"
IN_CHARGE = "async () => (await navigator.serviceWorker.getRegistration()).active.scriptURL.endsWith('?2')"


@pytest.fixture
def page(page: Page) -> Page:
    """A page whose worker is in charge."""
    page.goto("/logg-inn")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def test_the_offline_modules_are_kept_once_offline_is_switched_on(page: Page) -> None:
    assert page.evaluate(KEPT) == []
    assert page.evaluate(SWITCH_ON) is True
    assert any(path.endswith("/vault.js") for path in page.evaluate(KEPT))


def test_a_switching_on_that_could_not_fetch_them_says_so(page: Page) -> None:
    page.evaluate("caches.keys().then((names) => Promise.all(names.map((name) => caches.delete(name))))")
    page.context.set_offline(True)
    assert page.evaluate(SWITCH_ON) is False


def test_an_address_that_is_not_reached_leads_to_the_page_for_that(page: Page) -> None:
    page.context.set_offline(True)
    page.goto("/konto")
    assert page.url.endswith("/frakopla"), "no address of a person stays in the window"


def test_a_new_worker_waits_for_a_page_that_may_hold_a_conversation(page: Page) -> None:
    page.goto("/frakopla")
    page.evaluate(NEW_VERSION)
    page.evaluate(TAKE_OVER)
    other = page.context.new_page()
    other.goto("/helse/oppe")
    other.evaluate(TAKE_OVER)
    assert other.evaluate(IN_CHARGE) is False
    page.close()
    other.evaluate(TAKE_OVER)
    other.evaluate(f"async () => {{ while (!(await ({IN_CHARGE})())) await new Promise(requestAnimationFrame); }}")
    assert other.evaluate(IN_CHARGE) is True


def test_a_new_worker_takes_over_at_once_otherwise(page: Page) -> None:
    page.goto("/helse/oppe")
    page.evaluate(NEW_VERSION)
    page.evaluate(f"async () => {{ while (!(await ({IN_CHARGE})())) await new Promise(requestAnimationFrame); }}")
    assert page.evaluate(IN_CHARGE) is True
