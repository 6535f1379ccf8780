"""KE's morning, a team's first meeting, and a leader's monthly look: from sign-in to done."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from psfs import clock
from tests.browser.looking import look
from tests.browser.test_keyboard import press, tab_to
from tests.browser.walking import find_case, heading, pdf, sign_in
from tests.documents import reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import NewContext
    from tests.support.server import RunningApp

SIZES = ["tablet", "desktop"]
SOON = clock.today() + timedelta(days=14)


@pytest.fixture(params=SIZES)
def someone(
    request: pytest.FixtureRequest, own_server: Callable[..., RunningApp], new_context: NewContext
) -> Callable[[str], Page]:
    """``someone("ke")`` is signed in, on a browser of their own, in the demo municipality as it is on the first day."""
    url = own_server().url

    def sign(name: str) -> Page:
        page = new_context(request.param, base_url=url).new_page()
        sign_in(page, name)
        return page

    return sign


def expect_said(page: Page, text: str) -> None:
    expect(page.locator("main")).to_contain_text(text)
    assert look(page, "axeFinds") == []


def test_kes_morning(someone: Callable[[str], Page]) -> None:
    """Something is reported; KE asks, decides and appoints; the coordinator says yes."""
    kari = someone("kari")
    case = find_case(kari, "Torstein Prøvestad")
    kari.goto("/?slag=svar")
    kari.get_by_role("link", name="Torstein Prøvestad").click()
    kari.get_by_role("link", name="Svar KE").click()
    kari.get_by_label("Svar").fill("Ei helg i månaden ville vere nok.")
    kari.get_by_role("button", name="Send svaret").click()
    expect_said(kari, "Svaret er sendt til KE.")

    ke = someone("ke")
    ke.get_by_role("link", name="Torstein Prøvestad").filter(has_text="Melding til KE").click()
    expect_said(ke, "Ei helg i månaden ville vere nok.")
    ke.get_by_role("link", name="Avgjer").click()
    ke.get_by_role("group", name="Skal personen ha koordinator?").get_by_label("Ja").check()
    ke.get_by_role("group", name="Skal personen ha individuell plan?").get_by_label("Nei").check()
    ke.get_by_label("Grunngjeving").fill("Fire tenester over tid.")
    ke.get_by_role("button", name="Lagre avgjerda").click()
    expect_said(ke, "Avgjerda er lagra")
    ke.get_by_role("link", name="Vel koordinator").click()
    ke.get_by_role("row", name=re.compile("Kari Tenkt")).get_by_role("link", name="Vel").click()
    expect(ke.get_by_label("Kven skal spørjast?").locator("option:checked")).to_contain_text("Kari Tenkt")
    ke.get_by_label("Kva ønskjer personen sjølv?").fill("Torstein vil ha Kari.")
    ke.get_by_label("Kvifor akkurat denne?").fill("Ho kjenner han.")
    ke.get_by_role("button", name="Spør om å vere koordinator").click()
    expect_said(ke, "Kari Tenkt er spurd")

    kari.goto("/?slag=stafett")
    kari.get_by_role("link", name="Torstein Prøvestad").click()
    kari.get_by_label("Ja, det vil eg").check()
    kari.get_by_role("button", name=re.compile("Send|Svar")).click()
    expect(heading(kari)).to_have_text("Torstein Prøvestad")
    kari.goto(f"{case}/stafettlogg")
    expect_said(kari, "Kari Tenkt er koordinator.")
    ke.goto("/meldingar?status=decided")
    expect_said(ke, "Torstein Prøvestad")


def test_a_teams_first_meeting(someone: Callable[[str], Page]) -> None:
    """A team begins, a meeting is planned and held, what is agreed becomes a measure, and the picture is printed."""
    page = someone("kari")
    case = find_case(page, "Torstein Prøvestad")
    page.get_by_role("link", name="Team", exact=True).click()
    page.get_by_role("link", name="Start oppfølgingsteam").click()
    page.get_by_role("button", name="Start teamet").click()
    expect_said(page, "Oppfølgingsteamet er i gang")
    page.get_by_role("link", name="Legg til ein som ikkje er kollega").click()
    page.get_by_label("Pårørande eller verje").check()
    page.get_by_label("Kva pårørande?").select_option(label="Eldbjørg Prøvestad, ektefelle")
    page.get_by_label("Kva gjer dei for personen?").fill("Er heime saman med Torstein")
    page.get_by_role("button", name="Legg til").click()
    expect_said(page, "Er heime saman med Torstein")
    page.get_by_role("link", name="Aktørkart").click()
    expect_said(page, "Eldbjørg Prøvestad")
    assert "Eldbjørg Prøvestad" in reading.flat(pdf(page, f"{case}/aktorkart.pdf"))

    page.goto(f"{case}/mote")
    page.get_by_role("link", name="Planlegg møte").click()
    expect(page.get_by_label("Kva skal me snakke om?")).to_have_value(re.compile("^Kva er viktig for deg"))
    page.get_by_label("Dag").fill(clock.today().isoformat())
    page.get_by_label("Klokka").fill("10:30")
    page.locator("#place").fill("Heime i stova")
    page.get_by_label("Eldbjørg Prøvestad").check()
    page.get_by_role("button", name="Lagre møtet").click()
    expect_said(page, "Møtet er planlagt.")
    invitation = page.get_by_role("link", name="Innkalling (PDF)").get_attribute("href") or ""
    assert "Eldbjørg Prøvestad" in reading.flat(pdf(page, invitation))
    file = page.get_by_role("link", name="Legg i kalenderen").get_attribute("href") or ""
    (event,) = Calendar.from_ical(page.request.get(file).body()).walk("VEVENT")
    assert event["location"] == "Heime i stova"

    page.get_by_role("link", name="Skriv referat").click()
    page.get_by_label("Referat", exact=False).last.fill("Me snakka om trappa og om ei fri helg.")
    page.get_by_role("group", name="Er neste møte avtalt?").get_by_label("Ja").check()
    page.get_by_label("Neste møte").last.fill(SOON.isoformat())
    page.get_by_role("button", name="Avslutt referatet").click()
    expect_said(page, "Referatet er avslutta og står i stafettloggen.")
    page.get_by_role("link", name="Ny avtale").click()
    page.get_by_label("Kva er avtalt?").fill("Søkje om avlasting")
    page.get_by_label("Frist").fill(SOON.isoformat())
    page.get_by_role("button", name="Lagre avtalen").click()
    expect_said(page, "Søkje om avlasting")
    page.goto(f"{case}/tiltak")
    expect_said(page, "Søkje om avlasting")
    page.goto(f"{case}/mote")
    expect(page.get_by_role("list", name="Komande møte").get_by_role("listitem")).to_have_count(1)


def test_a_leaders_monthly_look(someone: Callable[[str], Page]) -> None:
    """From the figures to the list behind one of them, and a note on what was changed."""
    page = someone("leiar")
    page.get_by_role("link", name="Oversyn").click()
    expect(heading(page)).to_have_text("Oversyn")
    assert look(page, "axeFinds") == []
    figure = page.locator("main table a").first
    many = int(re.findall(r"\d+", figure.inner_text())[0])
    figure.click()
    expect(page.locator("main tbody tr, main .row-list > li")).to_have_count(many)
    assert look(page, "axeFinds") == []
    page.goto("/oversyn/utvikling")
    assert look(page, "axeFinds") == []
    page.get_by_label("Kva endra de?").fill("Fast tid til avklaring kvar måndag")
    page.get_by_role("button", name="Lagre notatet").click()
    expect_said(page, "Fast tid til avklaring kvar måndag")


def test_a_meeting_by_keyboard_alone(own_server: Callable[..., RunningApp], new_context: NewContext) -> None:
    page = new_context("desktop", base_url=own_server().url).new_page()
    sign_in(page)
    case = find_case(page, "Torstein Prøvestad")
    page.goto(f"{case}/mote/nytt")
    tab_to(page, "#planned_on")
    page.keyboard.type(f"{clock.today():%m%d%Y}")  # the order of the browser's own language
    tab_to(page, "#place")
    page.keyboard.type("Heime")
    tab_to(page, "#agenda")
    tab_to(page, "#invited input, input[name=invited]")
    press(page, "Tab")
    tab_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Møtet er planlagt.")
