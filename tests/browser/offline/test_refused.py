"""A conversation that the server cannot read: all of it is shown, and it can be typed in by hand and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.offline import visit
from tests.browser.offline.visit import SIGN, WAITS, hold, open_talk, opened_ready, unlock_here
from tests.support.between import Line
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

    Serve = Callable[..., RunningApp]

FIELD = """const field = document.querySelectorAll(args[0])[args[1]];
field.value = args[2];
field.dispatchEvent(new Event("input", { bubbles: true }));"""
NEW = "document.querySelector('.talk-new').querySelector(`input[value='${args[0]}']`).click();"
ENDS = f"return {visit.PANELS}[args[0]].querySelector('.scale-activity').textContent;"
REMOVE = "[data-remove]"
pytestmark = pytest.mark.usefixtures("nothing_readable")


def hold_with_everything(tablet: Tablet) -> tuple[str, str]:
    """A conversation with one of each: a new activity, one that ends, one not asked; what ends, and whose it is."""
    activities = open_talk(tablet)
    name = str(tablet.js("return document.getElementById('heading').textContent;")).removeprefix("Samtale med ")
    for activity in range(1, activities):
        visit.score(tablet, activity, 6)
    ends = str(tablet.js(ENDS, 0)).strip()
    for css, place, text in (
        ("[name^='retire-']:not([name^='retire-note-'])", 0, "other"),
        ("[name^='retire-note-']", 0, "Ho har flytta dit det er heis"),
        ("[name^='text-']", 0, "Rusle til postkassen"),
        ("[name=remark]", 0, "Ho søv betre no"),
        ("[name=held_on]", 0, "2026-11-02"),
        ("[name=next_due]", 0, "2031-05-04"),
        ("[name=respondent]", 0, "with_help"),
    ):
        tablet.js(FIELD, css, place, text)
    tablet.js(NEW, 2)
    tablet.tap(visit.SAVE)
    tablet.waits_for("h1", "Lagra på eininga")
    tablet.tap("#app button", "Til lista")
    return ends, name


def test_one_that_the_server_cannot_read_is_shown_whole_and_removed_once_it_is_typed_in(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        line.next("/samtalar", 422)
        initials = tablet.js(
            "return (await (await import(args[0])).vaults())[0].initials;", visit.module(tablet, "vault")
        )
        ends, name = hold_with_everything(tablet)
        tablet.waits_for(WAITS, "Tenaren kan ikkje lese samtalen")

        tablet.open("/eining")
        tablet.tap("[data-back-all]")  # what was taken along is gone
        tablet.sees("er tekne bort frå eininga")
        tablet.waits_for("[data-unlock]", "Lås opp")
        tablet.tap("[data-unlock]")
        unlock_here(tablet)
        tablet.waits_for(WAITS, name)
        tablet.tap(WAITS)
        tablet.waits_for("h1", name)
        shown = tablet.js("return document.getElementById('app').textContent.replace(/\\s+/g, ' ');")
        for said in (
            "2. november 2026",
            f"Halden av{initials}",
            "Personen med hjelp",
            "Rusle til postkassen (ny): 2",
            f"{ends}: avslutta: Anna. Ho har flytta dit det er heis",
            ": 6",
            "Ho søv betre no",
            "4. mai 2031",
        ):
            assert said in shown, said

        tablet.tap(f"{REMOVE} summary")
        tablet.tap(f"{REMOVE} button", "Ja, alt er skrive inn")
        tablet.waits_for("h1", "Personane du har med")
        tablet.waits_for(SIGN, "Ingenting ventar")
        assert tablet.js("return (await (await import(args[0])).waiting()).item;", visit.module(tablet, "records")) == 0


@pytest.mark.parametrize("status", [409, 413])
def test_one_that_the_server_will_never_take_can_be_removed_once_it_is_typed_in(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path, status: int
) -> None:
    server = own_server()
    before = visit.conversations(server)
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        line.next("/samtalar", status)
        hold(tablet, 0, value=4)
        tablet.waits_for(WAITS, "Treng ei hand")
        tablet.tap(WAITS)
        tablet.waits_for("[data-answers] li", ": 4")
        tablet.tap(f"{REMOVE} summary")
        tablet.tap(f"{REMOVE} button", "Ja, alt er skrive inn")
        tablet.waits_for("h1", "Personane du har med")
        tablet.waits_for(SIGN, "Ingenting ventar")
    assert visit.conversations(server) == before


def test_what_is_not_refused_cannot_be_removed(own_server: Serve, new_tablet: NewTablet, tmp_path: Path) -> None:
    server = own_server()
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        line.next("/samtalar", 404)
        hold(tablet, 0, value=4)
        tablet.waits_for(WAITS, "Tenaren tok ikkje imot samtalen")
        server.stop()
        hold(tablet, 1, value=5)
        for row in range(2):
            tablet.js(f"document.querySelectorAll('{WAITS}')[args[0]].click();", row)
            tablet.waits_for("[data-state]")
            assert tablet.js(f"return document.querySelector('#app {REMOVE}');") is None
            tablet.tap("[data-to-list]")
            tablet.waits_for(WAITS)


def test_a_draft_and_one_that_waits_are_opened_as_the_case_is_when_it_is_gone(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        line.next("/samtalar", 409)
        open_talk(tablet, 0)
        visit.score(tablet, 0, 3)
        tablet.tap("[data-to-list]")
        tablet.waits_for("h1", "Personane du har med")
        hold(tablet, 1, value=4)
        tablet.waits_for(WAITS, "Tenaren har ein annan samtale")
        tablet.open("/eining")
        tablet.tap("[data-back-all]")
        tablet.sees("er tekne bort frå eininga")
        tablet.open("/frakopla")
        unlock_here(tablet)
        until(lambda: openings(server) == [1, 1], "those of the cases are told")
        open_talk(tablet, 0)
        tablet.tap("[data-to-list]")
        tablet.waits_for(WAITS)
        tablet.tap(WAITS)
        tablet.waits_for("[data-state]")
        tablet.js("dispatchEvent(new Event('online'));")
        until(lambda: openings(server) == [2, 2], "and those of what is left of them", seconds=15)


def openings(server: RunningApp) -> list[int]:
    """How many times each case was opened on a device."""
    return [number for (number,) in visit.rows(server, "SELECT count(*) FROM device_opening GROUP BY case_id")]
