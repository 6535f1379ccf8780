"""«Vis til brukar»: the tablet turned round shows the question, the activity and the scale, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.looking import in_light_and_dark, look
from tests.browser.walking import digit, find_case, heading, save

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, StorageState

    from tests.browser.conftest import NewContext

PEOPLE = {"tablet": "Margit Fiktheim", "phone": "Ingeborg Tenkt"}  # one conversation a day each
QUESTION = "Har du framleis vanskar med dette? I kor stor grad kan du utføra aktiviteten?"
ENDS = ["Kan ikkje utføra aktiviteten", "Kan utføra aktiviteten utan vanskar"]
SET = """(field, value) => {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""
SHOWN_TEXT = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    const box = parent.getBoundingClientRect();
    const drawn = box.width > 1 && box.height > 1;
    const seen = drawn && parent.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (text && seen && !parent.closest(".ds-sr-only, script, style, template")) texts.push(text);
  }
  return texts;
}"""


@pytest.fixture(params=["tablet", "phone"])
def talk(request: pytest.FixtureRequest, new_context: NewContext, kari: StorageState) -> Page:
    """A new conversation, not begun."""
    page = new_context(request.param, storage_state=kari).new_page()
    page.goto(f"{find_case(page, PEOPLE[request.param])}/samtalar/ny")
    return page


def turn_round(page: Page) -> None:
    page.get_by_role("button", name="Vis til brukar").click()
    expect(page.locator("body.person-view")).to_be_visible()


def panel(page: Page) -> Locator:
    return page.locator(".talk-panel:visible")


def shown(page: Page) -> list[str]:
    """All text that can be seen on the page."""
    texts: list[str] = page.evaluate(SHOWN_TEXT)
    return texts


def answer(page: Page, score: int) -> None:
    number = panel(page).get_attribute("data-number")
    digit(panel(page), score).click()
    expect(page.locator(f".talk-panel[data-number='{number}']")).to_be_hidden()
    expect(page.locator("form.talk-locked")).to_have_count(0)


def test_nothing_but_question_activity_and_scale(talk: Page) -> None:
    activities = talk.locator(".talk-script li").all_inner_texts()
    turn_round(talk)
    for number, activity in enumerate(activities, 1):
        expect(panel(talk).locator(".scale-activity")).to_have_text(activity)
        digits = [str(one) for one in range(11)]
        buttons = ["Tilbake"] * (number > 1) + ["Hopp over", "Avslutt visinga"]
        expected = [
            f"{number} av {len(activities)}",
            activity,
            QUESTION,
            "0",
            ENDS[0],
            "10",
            ENDS[1],
            *digits,
            *buttons,
        ]
        assert sorted(shown(talk)) == sorted(expected)
        assert talk.locator("img:visible, iframe:visible").count() == 0
        expect(panel(talk).locator("input:checked")).to_have_count(0)
        answer(talk, number)


def test_the_scale_fits_the_window_and_the_finger(talk: Page) -> None:
    turn_round(talk)
    window = talk.viewport_size
    assert window
    for one in panel(talk).locator(".scale-digit:visible").all():
        box = one.bounding_box()
        assert box
        assert box["width"] >= 44
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= window["height"]
    assert look(talk, "sideways") == []
    assert look(talk, "smallTargets") == []
    assert in_light_and_dark(talk) == []


def test_the_person_answers_and_staff_get_the_answers(talk: Page) -> None:
    turn_round(talk)
    for score in (2, 9, 0, 10):
        answer(talk, score)
    expect(talk.get_by_role("heading", name="Takk")).to_be_visible()
    expect(talk.locator("[data-person-thanks]")).to_be_focused()
    thanks = ["Tilbake", "Takk", "Då er det gjort. Gi nettbrettet tilbake.", "Ferdig – gi nettbrettet tilbake"]
    assert shown(talk) == thanks
    assert in_light_and_dark(talk) == []
    talk.get_by_role("button", name="Tilbake", exact=True).click()
    answer(talk, 4)  # the last answer, another one
    talk.get_by_role("button", name="Ferdig – gi nettbrettet tilbake").click()
    expect(talk.locator("body.person-view")).to_have_count(0)
    expect(heading(talk)).to_be_visible()
    expect(talk.locator(".talk-review .review-answer")).to_have_text(["2", "9", "0", "4"])
    save(talk)
    scores = talk.locator(".score-table tbody").first.locator("td:last-child")
    expect(scores.nth(1)).to_contain_text("9")


def test_escape_gives_the_tablet_back_with_what_was_answered(talk: Page) -> None:
    turn_round(talk)
    answer(talk, 3)
    talk.keyboard.press("Escape")
    expect(talk.locator("body.person-view")).to_have_count(0)
    expect(talk.get_by_role("button", name="Vis til brukar")).to_be_visible()
    expect(panel(talk)).to_have_attribute("data-number", "2")
    expect(panel(talk).locator(":focus")).to_have_count(1)
    talk.get_by_role("button", name="Tilbake").click()
    expect(panel(talk).locator("input:checked")).to_have_value("3")


def test_the_tablets_back_ends_the_view_and_not_the_conversation(talk: Page) -> None:
    address = talk.url
    turn_round(talk)
    answer(talk, 3)
    talk.go_back()
    expect(talk.locator("body.person-view")).to_have_count(0)
    assert talk.url == address
    expect(panel(talk)).to_have_attribute("data-number", "2")
    talk.get_by_role("button", name="Tilbake").click()
    expect(panel(talk).locator("input:checked")).to_have_value("3")
    length = talk.evaluate("history.length")
    for _again in range(3):
        turn_round(talk)
        talk.keyboard.press("Escape")
        expect(talk.locator("body.person-view")).to_have_count(0)
    assert talk.evaluate("history.length") == length, "one step in the history, however often it is turned round"


def test_the_focus_is_in_the_scale_and_stays_within_the_view(talk: Page) -> None:
    turn_round(talk)
    expect(panel(talk).locator("input:focus")).to_have_count(1)
    for _ in range(12):
        talk.keyboard.press("Tab")
        inside = talk.evaluate(
            "() => document.activeElement === document.body || document.activeElement.checkVisibility()"
            " && Boolean(document.activeElement.closest('#conversation'))"
        )
        assert inside, talk.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_skipping_and_going_back(talk: Page) -> None:
    turn_round(talk)
    talk.get_by_role("button", name="Hopp over").click()
    answer(talk, 6)
    talk.get_by_role("button", name="Tilbake").click()
    expect(panel(talk).locator("input:checked")).to_have_value("6")
    talk.get_by_role("button", name="Avslutt visinga").click()
    expect(panel(talk)).to_have_attribute("data-number", "1")


def test_what_staff_have_ended_is_not_asked_about_and_counts_as_answered(talk: Page) -> None:
    activities = talk.locator(".talk-script li").count()
    ends = panel(talk).locator("[name^='retire-']:not([name^='retire-note-'])")
    ends.evaluate(SET, "reached")
    turn_round(talk)
    for number in range(2, activities + 1):
        expect(panel(talk)).to_have_attribute("data-number", str(number))
        expect(talk.locator("[data-person-progress]")).to_have_text(f"{number - 1} av {activities - 1}")
        answer(talk, 5)
    talk.locator("[data-person-close]").click()
    expect(talk.locator("[data-check]")).to_be_focused()


def test_a_new_activity_is_changed_from_the_list_of_answers_also_where_it_is_folded_away(talk: Page) -> None:
    while talk.locator("[data-onward]").is_visible():
        talk.locator("[data-onward]").click()
    names = talk.locator("[data-names]").first
    names.evaluate(SET, "Rusle til postkassen")
    talk.evaluate("document.querySelectorAll('#conversation details').forEach((each) => { each.open = false; });")
    expect(names).to_be_hidden()
    talk.get_by_role("button", name="Endre: Rusle til postkassen").click()
    expect(names).to_be_focused()


def test_earlier_scores_are_hidden_even_when_staff_have_looked(talk: Page) -> None:
    earlier = panel(talk).get_by_text("Vis førre skår")
    assert not panel(talk).get_by_text("av 10, den").is_visible()
    earlier.click()
    expect(panel(talk).get_by_text("av 10, den")).to_be_visible()
    turn_round(talk)
    assert not any("av 10" in text for text in shown(talk))
    talk.keyboard.press("Escape")
    expect(panel(talk).get_by_text("av 10, den")).to_be_hidden()
