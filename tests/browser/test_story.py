"""The main job from end to end, on a tablet, on a phone and at a desk."""

from __future__ import annotations

import io
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.walking import (
    digit,
    find_case,
    heading,
    in_case,
    pdf,
    save,
    score_one_by_one,
    sign_in,
    sign_out,
)
from tests.support.browser import screenshot_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import NewContext
    from tests.support.server import RunningApp

PERSON = "Borghild Eventyrli"
MOST_TAPS = 7
# Kept by the tab from page to page. A key that presses a button counts as a tap.
COUNT_TAPS = """
  const count = () => sessionStorage.setItem("taps", Number(sessionStorage.getItem("taps")) + 1);
  addEventListener("pointerdown", count, true);
  addEventListener("keydown", count, true);
"""


def taps(page: Page) -> int:
    return int(page.evaluate("Number(sessionStorage.getItem('taps'))"))


@pytest.mark.parametrize("size", ["tablet", "phone", "desktop"])
def test_from_sign_in_to_the_printed_summary(
    size: str,
    own_server: Callable[..., RunningApp],
    new_context: NewContext,
    screenshot: Callable[[Page, str], None],
) -> None:
    context = new_context(size, base_url=own_server().url)
    context.add_init_script(COUNT_TAPS)
    page = context.new_page()
    take = screenshot if size == "tablet" else lambda page, name: None

    sign_in(page)
    expect(heading(page)).to_have_text("Arbeidsliste")
    take(page, "worklist")
    open_from_the_worklist(page)
    add_a_fifth_activity(page)
    hold_a_conversation(page, context, take)
    read_the_summary(page, take)
    correct_a_score(page)
    finish_the_level(page, take)
    print_the_summary(page, take)
    leave_nothing_behind(page)


def open_from_the_worklist(page: Page) -> None:
    rows = page.get_by_role("list", name="Det som ventar").get_by_role("link")
    assert rows.count() > 5
    rows.filter(has_text=PERSON).filter(has_text="Evaluering").click()
    in_case(page, PERSON)


def add_a_fifth_activity(page: Page) -> None:
    page.get_by_role("link", name="Sjå alle samtalane").click()
    page.get_by_role("link", name="Endre aktivitetar").click()
    page.get_by_label("Ny aktivitet").fill("Gå ut med avfallet")
    page.get_by_role("button", name="Legg til").click()
    expect(page.locator(".activity-row")).to_have_count(5)
    in_case(page, PERSON)


def hold_a_conversation(page: Page, context: BrowserContext, take: Callable[[Page, str], None]) -> None:
    """From the case page until it is saved: five activities, and no more than seven taps."""
    page.evaluate("sessionStorage.removeItem('taps')")
    page.get_by_role("link", name="Ny samtale").click()
    expect(page.locator(".talk-script")).to_contain_text("Når me møttest sist")
    expect(page.locator(".talk-script li")).to_have_count(4)  # the one that is new was not spoken of
    expect(page.locator(".talk-panel:visible input:checked")).to_have_count(0)
    take(page, "conversation")
    score_one_by_one(page, [7, 6, 7, 3, 2])
    save(page)
    assert taps(page) <= MOST_TAPS


def read_the_summary(page: Page, take: Callable[[Page, str], None]) -> None:
    """5, 3, 6, 1 became 7, 6, 7, 3: just enough to be flagged. The new activity counts in the average alone."""
    words = page.locator(".summary-top")
    expect(words).to_contain_text("var gjennomsnittet 5,0 av 10")
    expect(words).to_contain_text("Det er ei betydeleg betring")
    expect(words.locator(".change")).to_contain_text("+2,0")
    expect(words.locator(".change")).to_contain_text("Betydeleg betring")
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name="Gjennomsnitt")).to_contain_text("5,0")
    expect(table.get_by_role("row", name="Endring sidan førre")).to_contain_text("Dusje +3")
    expect(page.locator("figure.chart svg, .chart svg").first).to_be_visible()
    page.locator("#flashes").evaluate("box => box.remove()")
    take(page, "summary")


def correct_a_score(page: Page) -> None:
    page.get_by_role("table").first.get_by_role("columnheader").last.get_by_role("link").click()
    page.get_by_role("row", name="Dusje").get_by_role("link", name="Rett").click()
    digit(page.locator("fieldset.scale"), 7).click()
    page.get_by_label("Kvifor rettar du?").fill("Trykte feil.")
    page.get_by_role("button", name="Lagre rettinga").click()
    expect(page.locator("main")).to_contain_text("frå 6 til 7")
    page.locator("a.back").click()
    expect(page.locator(".summary-top .change")).to_contain_text("+2,3")
    expect(page.locator(".summary-top .change")).to_contain_text("Betydeleg betring")
    in_case(page, PERSON)


def finish_the_level(page: Page, take: Callable[[Page, str], None]) -> None:
    """One step done; the deciding step is refused, says what is missing, and leads to where it is mended."""
    page.get_by_role("link", name="Gå til steget").click()
    take(page, "ladder")
    page.get_by_label("Merknad").fill("Borghild dusjar sjølv no.")
    page.get_by_role("button", name="Utført").click()
    expect(page.locator(".step-done")).to_have_count(4)

    page.get_by_label("Opp til nivå 2").check()
    page.get_by_role("button", name="Lagre avgjerda").click()
    refused = page.locator("#error-summary")
    expect(refused).to_be_focused()
    expect(refused).to_contain_text("Ei teneste til, med samtykke")
    expect(page.get_by_label("Opp til nivå 2")).to_be_checked()
    page.locator("main").get_by_role("link", name="Registrer samtykke for tenesta").first.click()

    page.get_by_label("Kva gjeld samtykket?").select_option(label="Fysio- og ergoterapi")
    page.get_by_label("Personen sjølv").check()
    page.get_by_label("Munnleg").check()
    page.get_by_role("button", name="Lagre").click()
    expect(page.get_by_text("Samtykket er lagra.")).to_be_visible()
    page.get_by_label("Opp til nivå 2").check()  # back where it was missing
    page.get_by_role("button", name="Lagre avgjerda").click()
    expect(heading(page)).to_contain_text("Samarbeid to")
    expect(page.locator(".rung-here")).to_contain_text("Her er saka no")
    page.get_by_role("link", name="Stafettlogg").click()
    expect(page.locator(".timeline")).to_contain_text("saka gjekk frå nivå 1 til nivå 2: Samarbeid to")
    in_case(page, PERSON)


def print_the_summary(page: Page, take: Callable[[Page, str], None]) -> None:
    href = page.get_by_role("link", name="Oppsummering (PDF)").get_attribute("href")
    assert href
    document = pdf(page, href)
    assert document.startswith(b"%PDF")
    text = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(document)).pages)
    assert PERSON in text
    assert "+2,3" in text
    if take.__name__ == "take":
        picture_of_the_print(pdf(page, f"{href}?stor=1"))


def picture_of_the_print(document: bytes) -> None:
    folder, program = screenshot_folder(), shutil.which("pdftoppm")
    if folder and program:
        command = [program, "-png", "-r", "60", "-singlefile", "-", str(folder / "print")]
        subprocess.run(command, input=document, check=True)


def leave_nothing_behind(page: Page) -> None:
    """After signing out, the browser's own way back shows nothing of a person."""
    sign_out(page)
    for _ in range(2):
        page.go_back()
        expect(heading(page)).to_have_text("Logg inn")
        assert PERSON not in page.content()


def test_a_new_person_and_the_first_conversation(new_context: NewContext) -> None:
    page = new_context("tablet").new_page()
    sign_in(page)
    page.get_by_role("navigation", name="Hovudmeny").get_by_role("link", name="Ny person").click()
    page.get_by_label("Namn", exact=False).first.fill("Gjertrud Oppfunnevik")
    page.get_by_label("Fødselsdato").fill("17.05.1941")
    page.get_by_label("Kva er uroa eller behovet?").fill("Dottera ringde: mor går ikkje ut lenger.")
    page.get_by_role("button", name="Opprett sak").click()
    expect(heading(page)).to_have_text("Gjertrud Oppfunnevik")

    page.get_by_role("link", name="Start skjema").click()
    page.get_by_label("Aktivitet 1").fill("Gå til postkassa")
    page.get_by_label("Aktivitet 2").fill("Leggje kabal med venninnene")
    page.get_by_role("group", name="Vanlege aktivitetar").get_by_role("button").first.click()
    suggested = page.get_by_label("Aktivitet 3").input_value()
    assert suggested
    expect(page.get_by_label("Aktivitet 3")).to_be_focused()
    page.get_by_role("button", name="Start, og gå til skåring").click()

    expect(page.locator(".talk-script")).to_contain_text("Du har nemnt desse aktivitetane")
    expect(page.locator(".talk-script li")).to_have_text(["Gå til postkassa", "Leggje kabal med venninnene", suggested])
    score_one_by_one(page, [3, 8, 5])
    page.get_by_label("Kva nytte opplever personen?").fill("Eg saknar kortlaget.")
    save(page)
    words = page.locator(".summary-top")
    expect(words).to_contain_text("var gjennomsnittet 5,3 av 10")
    expect(words).to_contain_text("Eg saknar kortlaget.")
    expect(words.locator(".change")).to_have_count(0)
    assert find_case(page, "Oppfunnevik")
    expect(page.locator("main")).to_contain_text("Gjennomsnittet var 5,3.")
