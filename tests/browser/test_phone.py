"""What a telephone shows first: not its filters, but what waits."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image

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


def shades(box: Locator) -> tuple[bool, bool]:
    """Whether the left and the right edge of a box that scrolls are shaded; what it holds is left out."""
    box.evaluate("box => { box.firstElementChild.style.visibility = 'hidden' }")
    picture = Image.open(io.BytesIO(box.screenshot())).convert("L")
    middle = picture.getpixel((picture.width // 2, picture.height // 2))
    edges = (picture.getpixel((x, picture.height // 2)) for x in (2, picture.width - 3))
    left, right = (abs(edge - middle) > 20 for edge in edges)
    return left, right


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_wide_table_shows_by_a_shade_that_there_is_more(new_context: NewContext, scheme: str) -> None:
    page = new_context("phone", scheme=scheme).new_page()
    sign_in(page, "ke")
    page.goto("/oversyn/team")
    box = page.locator(".scroll-box").first
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert shades(box) == (False, True)
    box.evaluate("box => { box.scrollLeft = 40 }")
    assert shades(box) == (True, True)
    box.evaluate("box => { box.scrollLeft = box.scrollWidth }")
    assert shades(box) == (True, False)
    page.set_viewport_size({"width": 1280, "height": 800})
    assert shades(box) == (False, False)


def test_a_run_chart_opens_with_its_newest_months_in_view(new_context: NewContext) -> None:
    page = new_context("phone", javascript=False).new_page()
    sign_in(page, "ke")
    page.goto("/oversyn/utvikling")
    newest = page.locator(".run-chart circle").last
    assert 0 < place(newest)["x"] < 390


@pytest.mark.parametrize("width", [390, 360, 320])
def test_the_longest_menu_takes_two_lines_and_every_link_is_a_finger_wide(new_context: NewContext, width: int) -> None:
    page = new_context("phone", javascript=False).new_page()
    page.set_viewport_size({"width": width, "height": 844})
    sign_in(page, "ke")
    links = page.locator(".site-nav a")
    assert links.count() == 7
    lines = {place(one)["y"] for one in links.all()}
    assert len(lines) == 2
    assert all(place(one)["height"] >= FINGER and place(one)["width"] >= FINGER for one in links.all())
    assert all(place(one)["x"] >= 0 for one in links.all())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
