"""The installed program in a real browser: what it keeps, and what it shows without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEPT = """async () => {
  const names = await caches.keys();
  const caches_ = await Promise.all(names.map((name) => caches.open(name)));
  const requests = await Promise.all(caches_.map((cache) => cache.keys()));
  return requests.flat().map((request) => request.url);
}"""


def test_nothing_of_a_person_is_kept_and_there_is_a_page_without_a_network(page: Page) -> None:
    page.goto("/logg-inn")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.locator("button[name=username]").first.click()
    page.wait_for_url("**/")
    page.goto("/sok")
    page.goto("/")
    page.locator("main a.row").first.click()
    page.wait_for_url("**/saker/**")
    page.wait_for_load_state()
    kept = [urlsplit(url) for url in page.evaluate(KEPT)]
    assert {url.path for url in kept if not url.path.startswith("/static/")} == {"/frakopla"}
    assert len(kept) > 10
    assert not [url for url in kept if url.query]
    page.context.set_offline(True)
    page.goto("/konto")
    assert page.title().startswith("Utan nett")
    drawn = "getComputedStyle(document.querySelector('a.ds-button')).borderTopStyle"
    assert page.evaluate(drawn) != "none", "with its style sheets"
    page.context.set_offline(False)
    page.get_by_role("link", name="Prøv igjen").click()
    page.wait_for_url("**/")
    assert "Utan nett" not in page.title()
