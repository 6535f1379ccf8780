"""What a telephone shows first: not its filters, but what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.walking import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import NewContext

FINGER = 44


def place(locator: Locator) -> dict[str, float]:
    """Where something is on the screen."""
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


def test_the_filters_of_the_worklist_take_one_row_and_the_chosen_one_is_in_view(new_context: NewContext) -> None:
    page = new_context("phone", javascript=False).new_page()
    sign_in(page)
    filters = page.locator(".filters a")
    assert filters.count() > 6
    assert len({place(one)["y"] for one in filters.all()}) == 1
    assert all(place(one)["height"] >= FINGER for one in filters.all())
    filters.last.focus()
    assert 0 <= place(filters.last)["x"] <= 390 - FINGER, "the row scrolls to what has the focus"
    last = filters.last.inner_text()
    filters.last.click()
    chosen = page.locator(".filters [aria-current]")
    assert chosen.inner_text() == last
    assert place(chosen)["x"] + place(chosen)["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
