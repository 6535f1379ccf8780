"""By keyboard alone, with the focus in sight at every stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.walking import find_case, heading

if TYPE_CHECKING:
    from playwright.sync_api import Page, StorageState

    from tests.browser.conftest import NewContext

MOST_STOPS = 60
# Where the focus is, and how it shows: on the element itself, or, for what is drawn by its neighbour, on that one.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return { what: "", visible: true };
  const picker = element.matches(":is([type=date], [type=time]):focus-within:not(:focus)");  // the browser draws it
  if (picker) return { what: "picker", visible: true };
  const around = element.matches("[type=radio], [type=checkbox]") && element.closest(".ds-field");
  const drawn = [element, around, element.parentElement.querySelector(".scale-digit")].filter(Boolean);
  const marked = drawn.some((one) => {
    const style = getComputedStyle(one);
    return style.opacity > 0 && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  });
  const box = element.getBoundingClientRect();
  const inWindow = box.bottom > 0 && box.top < innerHeight;
  const words = element.getAttribute("aria-label") || element.textContent.trim() || element.name || element.id;
  return { what: `${element.tagName} ${element.id} ${words.slice(0, 40)}`, visible: marked && inWindow };
}"""


@pytest.fixture
def page(new_context: NewContext, kari: StorageState) -> Page:
    """A tablet where Kari is signed in."""
    return new_context("tablet", storage_state=kari).new_page()


def press(page: Page, key: str) -> str:
    """Press a key; wherever the focus is then, it can be seen. Gives what has it."""
    page.keyboard.press(key)
    stop = page.evaluate(FOCUSED)
    assert stop["visible"], stop["what"]
    return str(stop["what"])


def tab_to(page: Page, selector: str) -> None:
    """Go on with Tab until what ``selector`` names has the focus."""
    for _ in range(MOST_STOPS):
        if page.locator(f":is({selector}):focus").count():
            return
        press(page, "Tab")
    raise AssertionError(f"Tab never comes to {selector}")


def start(page: Page, name: str, below: str) -> str:
    address = find_case(page, name)
    page.goto(address + below)
    return address


def test_a_conversation(page: Page) -> None:
    """Arrows choose without leading on; Enter on what is chosen goes to the next; Space and Enter press buttons."""
    start(page, "Ingeborg Tenkt", "/samtalar/ny")
    panel = page.locator(".talk-panel:visible")
    tab_to(page, ".scale-grid input")
    for number, score in enumerate((5, 6, 7), 1):
        expect(panel).to_have_attribute("data-number", str(number))
        expect(panel.locator("input:focus")).to_have_count(1)
        press(page, "Space")
        for _ in range(score):
            press(page, "ArrowRight")
        expect(panel.locator("input:checked")).to_have_value(str(score))
        page.keyboard.press("Enter")
        expect(page.locator(f".talk-panel[data-number='{number}']")).to_be_hidden()
        expect(page.locator("form.talk-locked")).to_have_count(0)

    expect(panel).to_have_attribute("data-number", "4")
    press(page, "Space")
    press(page, "ArrowLeft")  # from 0 round to «Ikkje spurt»: one group
    press(page, "ArrowRight")
    press(page, "ArrowRight")
    tab_to(page, "[data-onward]")
    page.keyboard.press("Space")
    expect(page.locator(".talk-review .review-answer")).to_have_text(["5", "6", "7", "1"])

    tab_to(page, "textarea[name=remark]")
    page.keyboard.type("Det går framover.")
    tab_to(page, "button[data-save]")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Samtalen er lagra.")
    expect(page.locator(".summary-top")).to_contain_text("Det går framover.")


def test_the_persons_view(page: Page) -> None:
    start(page, "Margit Fiktheim", "/samtalar/ny")
    tab_to(page, "[data-show-person]")
    page.keyboard.press("Enter")
    expect(page.locator("body.person-view")).to_be_visible()
    press(page, "Space")
    press(page, "ArrowRight")
    tab_to(page, "[data-person-skip]")
    page.keyboard.press("Enter")
    expect(page.locator(".talk-panel:visible")).to_have_attribute("data-number", "2")
    tab_to(page, "[data-person-close]")
    page.keyboard.press("Space")
    expect(page.locator("body.person-view")).to_have_count(0)


def test_a_step_of_the_ladder(page: Page) -> None:
    start(page, "Sigrid Fantasidal", "/stige")
    done = page.locator(".step-done").count()
    tab_to(page, "textarea[name=reason]")
    page.keyboard.type("Gjekk fint.")
    tab_to(page, "button[value=done]")
    page.keyboard.press("Enter")
    expect(page.locator(".step-done")).to_have_count(done + 1)
    expect(page.locator(".steps")).to_contain_text("Gjekk fint.")


def test_the_skip_link_comes_first_and_leads_to_the_content(page: Page) -> None:
    start(page, "Åse Eksempelvik", "")
    press(page, "Tab")
    skip = page.locator(".ds-skip-link")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    press(page, "Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_the_error_summary_takes_the_focus_and_leads_to_each_field(page: Page) -> None:
    page.goto("/personar/ny")
    page.get_by_role("button", name="Opprett sak").press("Enter")
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    targets = [str(link.get_attribute("href")) for link in summary.get_by_role("link").all()]
    assert "#name" in targets
    for place, target in enumerate(targets):
        summary.focus()
        for _ in range(place + 1):
            press(page, "Tab")
        page.keyboard.press("Enter")
        expect(page.locator(target)).to_be_focused()


def test_the_summary_of_a_conversation_leads_to_the_scale_that_lacks_an_answer(page: Page) -> None:
    start(page, "Sverre Oppdiktdal", "/samtalar/ny")
    for _ in range(3):
        tab_to(page, "[data-onward]")
        page.keyboard.press("Enter")
    tab_to(page, "button[data-save]")
    page.keyboard.press("Enter")
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    expect(links).to_have_count(3)
    target = str(links.nth(1).get_attribute("href"))
    press(page, "Tab")
    press(page, "Tab")
    page.keyboard.press("Enter")
    expect(page.locator(target)).to_be_focused()
    expect(page.locator(target)).to_be_visible()


def test_no_page_keeps_the_focus(page: Page) -> None:
    """Tab leads round: every stop shows, and after the last comes the first again."""
    address = start(page, "Gunvor Påfunn", "")
    for below in ("", "/samtalar/ny", "/stige", "/stafettlogg", "/person"):
        page.goto(address + below)
        first = press(page, "Tab")
        stops = [first]
        while len(stops) < 200:
            stop = press(page, "Tab")
            if stop in ("", first):
                break
            stops.append(stop)
        assert 8 < len(stops) < 200, (below, stops[-3:])


def test_the_menu_opens_and_closes(page: Page) -> None:
    page.goto("/")
    tab_to(page, ".menu > summary")
    page.keyboard.press("Enter")
    press(page, "Tab")
    expect(page.locator(".menu-item").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".menu > summary")).to_be_focused()
    expect(page.locator(".menu-panel")).to_be_hidden()
    expect(heading(page)).to_have_text("Arbeidsliste")
