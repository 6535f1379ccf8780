"""What can be seen to be wrong with a page: by axe-core, by measuring targets, by looking for sideways scrolling."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

SCRIPT = Path(__file__).with_name("looking.js").read_text(encoding="utf-8")
# With other colours only these can change their mind.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]


def look(page: Page, what: str, *arguments: object) -> list[str]:
    """Call one of the functions of looking.js on the page as it stands."""
    if not page.evaluate("'looking' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(SCRIPT)
    found: list[str] = page.evaluate(f"(given) => looking.{what}(...given)", list(arguments))
    return found


def in_light_and_dark(page: Page) -> list[str]:
    """axe-core's findings in light (all its rules, best practices too), and what other colours add in dark."""
    found = look(page, "axeFinds")
    page.emulate_media(color_scheme="dark")
    look(page, "drawn")
    found += [f"dark: {one}" for one in look(page, "axeFinds", COLOUR_RULES)]
    page.emulate_media(color_scheme="light")
    look(page, "drawn")
    return found


def larger_text(page: Page, percent: int) -> None:
    """As a reader who has asked the browser for larger text."""
    page.evaluate("size => { document.documentElement.style.fontSize = size; }", f"{percent}%")
    look(page, "drawn")
