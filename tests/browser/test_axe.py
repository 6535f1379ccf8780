"""Every page, as axe-core, a finger, a narrow screen and a reader with large text meet it.

Each page is opened once and looked at in every way: findings are gathered first, and each test asks for its own kind.
"""

from __future__ import annotations

import re
import sqlite3
import uuid
from collections import defaultdict
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from psfs import create_app
from psfs.config import Config
from tests.browser.crawling import OFTEN, crawl, kind_of
from tests.browser.handing_in import hand_in_one_beside_another_and_one_that_is_refused
from tests.browser.looking import in_light_and_dark, larger_text, look
from tests.browser.walking import digit, find_case, heading, sign_in
from tests.support.browser import PHONE, TABLET

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import StorageState

    from tests.browser.conftest import NewContext
    from tests.support.server import RunningApp

NARROW = {"width": 320, "height": 700}
STARTS: dict[str, list[str]] = {
    "kari": ["/", "/mottekne", "/sok?q=dikt", "/sok?q=xyxy"],
    "leiar": ["/", "/mottekne"],
    "ke": ["/"],
    "admin": ["/"],
    "": ["/logg-inn", "/eingongskode", "/frakopla", "/frakopla/nb", "/frakopla/en", "/finst-ikkje"],
}
# A closed case, one at level 2, and one with a team: pages that the others do not lead to.
FIRST = ["Olav Dømestad", "Torstein Prøvestad", "Åse Eksempelvik"]
ON_PHONE = {"/", "/logg-inn", "/sok", "/saker/*", "/saker/*/stige", "/saker/*/stafettlogg", "/saker/*/samtalar/ny",
            "/saker/*/skjema/*", "/personar/ny"}  # fmt: skip
NO_PAGES = {"/helse", "/helse/oppe", "/manifest.webmanifest", "/sw.js", "/eining/*/tilstand"}
NO_PAGES |= {"/uttrekk/meldingar", "/uttrekk/planar", "/uttrekk/saker", "/uttrekk/arbeidsliste", "/uttrekk/kpr/fil"}
NO_PAGES |= {
    "/uttrekk/rundar",
    "/uttrekk/team",
    "/uttrekk/samtalar",
    "/uttrekk/utvikling",
    "/les-inn-skarar/eksempel.csv",
}
NO_PAGES |= {"/saker/*/fhir.json", "/saker/*/mote/*/kalender.ics"}

Findings = dict[str, list[str]]


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The kinds of pages that were looked at."""
    return set()


@pytest.fixture(scope="module", params=list(STARTS))
def findings(request: pytest.FixtureRequest, chromium: Browser, live_server: RunningApp, seen: set[str]) -> Findings:
    """What is wrong with the pages of one account, by what kind of wrong it is."""
    context = chromium.new_context(
        base_url=live_server.url, viewport=TABLET, locale="nn-NO", reduced_motion="reduce", service_workers="block"
    )
    page = context.new_page()
    if request.param:
        sign_in(page, request.param)
    starts = STARTS[request.param]
    if request.param == "kari":
        first = [find_case(page, name) for name in FIRST]
        hand_in_one_beside_another_and_one_that_is_refused(page, first[1])
        unreported = find_case(page, "Ingeborg Tenkt")
        starts = [
            *first,
            f"{unreported}/meld-ke",
            search_for_a_stranger(live_server),
            strike_a_note(live_server),
            *starts,
        ]
    found: Findings = defaultdict(list)
    often = OFTEN if request.param == "kari" else {}
    for kind in crawl(page, starts, often=often, unknown_too=not request.param):
        seen.add(kind.partition("?")[0])
        for what, texts in look_closely(page, kind).items():
            found[what] += [f"{request.param} {page.url}: {text}" for text in texts]
    context.close()
    return found


def search_for_a_stranger(server: RunningApp) -> str:
    """The search for a child that Kari has no access to; who knows name and birth date, is told whom to ask."""
    with closing(sqlite3.connect(server.instance / "psfs.sqlite3")) as database:
        (born,) = database.execute("SELECT birth_date FROM person WHERE name = 'Emma Tenktvik'").fetchone()
    return f"/sok?q=Emma+Tenktvik+{born}"


def strike_a_note(server: RunningApp) -> str:
    """The page for striking a note: the entries that the crawl may put right are not all such that can be struck."""
    with closing(sqlite3.connect(server.instance / "psfs.sqlite3")) as database:
        query = """SELECT log_entry.case_id, log_entry.id FROM log_entry
            JOIN case_file ON case_file.id = log_entry.case_id AND case_file.closed_on IS NULL
            JOIN user_account ON user_account.id = case_file.holder_id AND user_account.username = 'kari'
            WHERE log_entry.kind = 'note' ORDER BY log_entry.id"""
        case_id, entry_id = map(uuid.UUID, database.execute(query).fetchone())
    return f"/saker/{case_id}/stafettlogg/{entry_id}/stryk"


def look_closely(page: Page, kind: str) -> Findings:
    found = {"axe": in_light_and_dark(page), "targets": look(page, "smallTargets")}
    page.set_viewport_size(NARROW)
    found["narrow"] = look(page, "sideways")
    page.set_viewport_size(PHONE)
    if kind in ON_PHONE:
        found["axe"] += [f"phone: {one}" for one in look(page, "axeFinds")]
        found["targets"] += [f"phone: {one}" for one in look(page, "smallTargets")]
    page.set_viewport_size(TABLET)
    larger_text(page, 200)
    found["large"] = look(page, "sideways") + look(page, "collisions")
    larger_text(page, 100)
    return found


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("axe", id="axe finds nothing in light and dark"),
        pytest.param("targets", id="what is tapped is 44 px or more"),
        pytest.param("narrow", id="320 px is enough"),
        pytest.param("large", id="text twice as large has room"),
    ],
)
def test_every_page(findings: Findings, kind: str) -> None:
    assert findings[kind] == []


def test_no_page_was_forgotten(
    findings: Findings, seen: set[str], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """With the last account, every address that answers with a page has been looked at."""
    if request.node.callspec.params["findings"] == list(STARTS)[-1]:
        assert pages_of_the_program(tmp_path) - seen == set()


def pages_of_the_program(folder: Path) -> set[str]:
    config = Config.from_environment({"PSFS_INSTANCE": str(folder), "SECRET_KEY": "only for tests"})
    rules = [rule for rule in create_app(config).url_map.iter_rules() if "GET" in (rule.methods or ())]
    kinds = {re.sub(r"<[^>]+>", "*", rule.rule) for rule in rules}
    return {kind for kind in kinds if not kind.endswith(".pdf") and not kind.startswith("/static")} - NO_PAGES


@pytest.fixture
def talk(new_context: NewContext, kari: StorageState) -> Page:
    """A conversation with Gunvor, not begun."""
    page = new_context("tablet", storage_state=kari).new_page()
    page.goto(f"{find_case(page, 'Gunvor Påfunn')}/samtalar/ny")
    return page


def expect_nothing(page: Page) -> None:
    assert {kind: texts for kind, texts in look_closely(page, kind_of(page.url)).items() if texts} == {}


def test_a_conversation_on_its_way(talk: Page) -> None:
    """One chosen and one not asked, all on one sheet, the check before saving, the menu open."""
    digit(talk.locator(".talk-panel:visible"), 4).click()
    expect(talk.locator(".talk-panel:visible")).to_have_attribute("data-number", "2")
    talk.locator(".talk-panel:visible .scale-choice-wide").click()
    expect_nothing(talk)
    for details in talk.locator(".talk-panel:visible summary").all():
        details.click()
    expect_nothing(talk)
    talk.get_by_role("button", name="Alle på eitt ark").click()
    expect_nothing(talk)
    talk.get_by_role("button", name="Éin om gongen").click()
    for _ in range(4):
        talk.get_by_role("button", name="Neste").click()
    talk.get_by_text("Legg til ein aktivitet").click()
    talk.locator(".menu > summary").click()
    expect_nothing(talk)


@pytest.mark.parametrize(
    "below", ["/samtalar/ny", "/skjema/nytt", "/samtykke/nytt", "/tiltak/nytt", "/avslutt", "/notat"]
)
def test_what_is_wrong_is_said_to_everybody(talk: Page, below: str) -> None:
    """An empty form comes back with an error summary, and errors at the fields."""
    talk.goto(re.sub(r"/samtalar/ny$", below, talk.url))
    with talk.expect_response(lambda answer: answer.request.method == "POST") as answer:
        talk.locator("main form").last.evaluate("form => form.submit()")
    assert answer.value.status == 422
    expect(talk.locator("#error-summary")).to_be_visible()
    expect_nothing(talk)


def test_notices(talk: Page) -> None:
    """What is said above the page: that there is no network, and that something was saved."""
    talk.context.set_offline(True)
    for _ in range(4):
        talk.get_by_role("button", name="Neste").click()
    talk.get_by_role("button", name="Lagre samtalen").click()
    expect(talk.get_by_role("alert")).to_contain_text("Ikkje sendt")
    assert look(talk, "axeFinds") == []
    talk.context.set_offline(False)
    expect(heading(talk)).to_contain_text("Gunvor")
