"""With JavaScript off everything still works; only slower."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.walking import digit, find_case, heading, in_case, pdf, sign_in, sign_out


@pytest.fixture
def page(new_context: NewContext) -> Page:
    return new_context("tablet", javascript=False).new_page()


def test_sign_in_search_conversation_pdf_and_sign_out(page: Page) -> None:
    name = "Ingeborg Tenkt"
    sign_in(page)
    find_case(page, name)
    page.get_by_role("link", name="Ny samtale").click()

    panels = page.locator(".talk-panel:not(.talk-new)")
    expect(panels).to_have_count(4)
    expect(page.locator("[data-needs-script]:visible")).to_have_count(0)
    expect(page.get_by_role("button", name="Neste")).to_be_hidden()
    for number, score in enumerate((6, 5, 9)):
        digit(panels.nth(number), score).click()
    page.get_by_label("Kva nytte opplever personen?").fill("Eg søv betre.")
    page.get_by_role("button", name="Lagre samtalen").click()

    summary = page.locator("#error-summary")
    expect(summary.get_by_role("link")).to_have_count(1)
    for number, score in enumerate((6, 5, 9)):
        expect(panels.nth(number).locator("input:checked")).to_have_value(str(score))
    expect(panels.nth(3).locator("input:checked")).to_have_count(0)
    expect(page.get_by_label("Kva nytte opplever personen?")).to_have_value("Eg søv betre.")

    digit(panels.nth(3), 8).click()
    page.get_by_role("button", name="Lagre samtalen").click()
    expect(page.locator("main")).to_contain_text("Samtalen er lagra.")
    expect(page.locator(".summary-top")).to_contain_text("var gjennomsnittet 7,0 av 10")

    href = page.get_by_role("link", name="Skriv ut oppsummering").get_attribute("href")
    assert href
    assert pdf(page, href).startswith(b"%PDF")
    in_case(page, name)
    sign_out(page)


def test_a_step_of_the_ladder(page: Page) -> None:
    sign_in(page)
    find_case(page, "Kåre Prøvsen")
    page.get_by_role("link", name="Gå til steget").click()
    page.get_by_label("Merknad").fill("")
    page.get_by_role("button", name="Hopp over").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.get_by_label("Merknad").fill("Naboen har alt snakka med han.")
    page.get_by_role("button", name="Hopp over").click()
    expect(page.locator(".step-skipped")).to_contain_text("Naboen har alt snakka med han.")


def test_bad_input_keeps_what_was_typed(page: Page) -> None:
    sign_in(page)
    page.goto("/personar/ny")
    page.get_by_label("Namn").first.fill("Oline Prøvevik")
    page.get_by_label("Fødselsdato").fill("31.02.1950")
    page.get_by_label("Kva er uroa eller behovet?").fill("Har slutta å lese.")
    with page.expect_response("**/personar/ny") as answer:
        page.get_by_role("button", name="Opprett sak").click()
    assert answer.value.status == 422
    expect(page.locator("#error-summary")).to_be_visible()
    expect(page.get_by_label("Namn").first).to_have_value("Oline Prøvevik")
    expect(page.get_by_label("Fødselsdato")).to_have_value("31.02.1950")
    expect(page.get_by_label("Kva er uroa eller behovet?")).to_have_value("Har slutta å lese.")
    expect(heading(page)).to_have_text("Ny person")
