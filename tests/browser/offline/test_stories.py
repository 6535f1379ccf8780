"""Visits from the nurse's side, with the server's process stopped, started again, or answering wrongly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.offline import visit
from tests.browser.offline.visit import (
    SIGN,
    WAITS,
    conversations,
    dies,
    hold,
    made_ready,
    names,
    open_talk,
    opened_ready,
    rows,
    score,
    unlock,
    unlock_here,
)
from tests.support.between import LOST, Line
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.chromium import ChromiumTablet
    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

    Serve = Callable[..., RunningApp]

IPAD = """Object.defineProperty(navigator, "userAgent", { value: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)" });
Object.defineProperty(navigator, "maxTouchPoints", { value: 5 });"""  # as one says in desktop mode
pytestmark = pytest.mark.usefixtures("nothing_readable")


def test_a_visit_from_a_cold_start_without_network_to_one_conversation_on_the_server(
    engine: str, own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    tablet = new_tablet(engine, tmp_path / engine, server.url)
    made_ready(tablet)
    server.stop(hard=True)

    dies(tablet)
    unlock(tablet)
    activities = open_talk(tablet)
    scores = [(3 * number + 1) % 11 for number in range(activities)]
    half = activities // 2
    for number in range(half):
        score(tablet, number, scores[number])
    dies(tablet)  # in the midst of it
    unlock(tablet)
    assert "Kladd" in tablet.text()
    open_talk(tablet)
    assert visit.chosen(tablet) == scores[:half]
    for number in range(half, activities):
        score(tablet, number, scores[number])
    tablet.tap(visit.SAVE)
    tablet.waits_for("h1", "Lagra på eininga")
    dies(tablet)
    unlock(tablet)
    tablet.waits_for(WAITS)
    tablet.js("document.querySelectorAll('[data-people] .offline-row')[0].click();")
    tablet.waits_for("[data-draft]", "Du har alt lagra ein samtale med denne personen")
    tablet.tap("[data-to-list]")
    tablet.waits_for(WAITS)
    tablet.waits_for(SIGN, "Utan nett. Éin samtale ventar på å bli send.")

    server.start()
    visit.sign_in(tablet)
    tablet.waits_for(SIGN, "Ingenting ventar. Alt var sendt")
    after = conversations(server)
    assert [values for key, values in after.items() if key not in before] == [scores]
    tablet.tap("[data-renew]", "Lista er endra")
    tablet.waits_for(SIGN, "Ingenting ventar. Alt var sendt")
    assert tablet.count("[data-renew]") == 0


def test_whatever_the_line_does_each_conversation_is_there_once_or_waits(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        line.next("/samtalar", LOST)
        hold(tablet, 0, value=1)
        until(lambda: len(conversations(server)) == len(before) + 1, "the server has it, and nobody has heard")
        tablet.waits_for(SIGN, "Éin samtale ventar")
        tablet.tap("[data-send]")
        tablet.waits_for(SIGN, "Ingenting ventar")

        line.next("/samtalar", 500, 401)
        hold(tablet, 1, value=2)
        tablet.waits_for(SIGN, "Tenaren svarar ikkje som han skal.")
        tablet.tap("[data-send]")
        tablet.waits_for(SIGN, "Logg inn som den same")
        assert tablet.count("[data-sign-in]") == 1
        tablet.tap("[data-send]")
        tablet.waits_for(SIGN, "Ingenting ventar")

        line.next("/samtalar", 413)
        hold(tablet, 2, value=3)
        tablet.waits_for(SIGN, "Éin samtale treng ei hand.")
        tablet.waits_for(WAITS, "Samtalen er for stor")
        line.next("/samtalar", 409)
        tablet.tap("[data-send]")
        tablet.waits_for(WAITS, "Tenaren har ein annan samtale")
        tablet.new_tab()
        tablet.open("/frakopla")
        unlock_here(tablet)
        tablet.tap("[data-send]")
        tablet.waits_for(SIGN, "Ingenting ventar")
    new = [set(values) for key, values in conversations(server).items() if key not in before]
    assert new == [{1}, {2}, {3}]


def test_another_account_neither_reads_nor_sends_and_signing_out_keeps_what_waits(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        line.next("/samtalar", *[500] * 9)
        hold(tablet, 0, value=4)
        tablet.tap("[data-lock]")
        assert "Samtale" not in tablet.js("return document.getElementById('app').textContent + document.title;")
        tablet.open("/")
        tablet.waits_for(SIGN, "Éin samtale ventar")
        sign_out(tablet)
        tablet.waits_for("dialog", "Éin samtale eller kladd ligg på eininga og er ikkje send.")
        tablet.tap("dialog button", "Logg ut likevel")
        tablet.sees("Du er logga ut")
        tablet.waits_for("[data-left]", "På denne eininga ventar éin samtale på å bli send.")

        visit.sign_in(tablet, "ola")
        while line.untouched:
            line.rule_for("/samtalar")
        assert tablet.count(SIGN) == 0
        sign_out(tablet)
        tablet.sees("Du er logga ut")
        assert conversations(server) == before

        visit.sign_in(tablet, "kari")
        tablet.waits_for(SIGN, "Ingenting ventar. Alt var sendt")
        new = [set(values) for key, values in conversations(server).items() if key not in before]
        assert new == [{4}]
        sign_out(tablet)
        tablet.sees("Du er logga ut")
        assert tablet.count("[data-left]:not([hidden])") == 0
        kept = "return (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith('psfs'));"
        assert tablet.js(kept) == []


def sign_out(tablet: Tablet) -> None:
    """Sign out from the menu."""
    tablet.tap("[data-menu] summary")
    tablet.tap("[data-sign-out] button")


def test_who_asks_to_take_along_before_the_device_is_ready_has_it_done_when_it_is(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet: ChromiumTablet = new_tablet("chromium", tmp_path / "tablet", server.url)  # type: ignore[assignment]
    tablet.context.add_init_script(IPAD)
    visit.sign_in(tablet)
    tablet.tap("[data-take]", "Ta med dei som står for tur")
    tablet.waits_for("[data-wanted]", "blir dei du valde, tekne med")
    assert tablet.js("return document.getElementById('on-name').value;") == "Nettlesar på iPad"
    tablet.fill("#on-name", "Det raude nettbrettet")
    tablet.fill("#on-1", visit.PHRASE)
    tablet.fill("#on-2", visit.PHRASE)
    tablet.tap("#device button", "Ta eininga i bruk")
    tablet.sees("med på eininga.")
    tablet.waits_for("#device-says:focus", "Eininga er klar")
    tablet.waits_for(SIGN, "med på eininga. Ingenting ventar.")
    assert rows(server, "SELECT name FROM device") == [("Det raude nettbrettet",)]
    assert tablet.js("return document.querySelectorAll('[data-people] li').length;") > 0
    assert tablet.js("return location.search;") == ""
    tablet.tap("[data-people] button", "Legg frå deg")
    tablet.waits_for("#device-says:focus", "Saka er teken bort frå eininga.")
    tablet.open("/eining")
    tablet.waits_for("[data-people] li")
    assert "Eininga er klar" not in tablet.js("return document.querySelector('main').textContent;")


def test_what_is_missing_is_told_and_the_answers_stay_in_view(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet = new_tablet("chromium", tmp_path / "tablet", server.url)
    made_ready(tablet)
    server.stop()
    unlock(tablet)
    activities = open_talk(tablet)
    tablet.tap("button", "Éin om gongen")
    score(tablet, 0, 7)
    while not tablet.js("return document.querySelector('[data-onward]').hidden;"):
        tablet.tap("[data-onward]")
    for _again in range(2):
        tablet.tap(visit.SAVE)
        tablet.waits_for(".ds-error-summary", "Vel eit tal")
        assert tablet.count(".ds-error-summary") == 1
        assert tablet.js("return document.querySelectorAll('[data-review] li').length;") == activities
    tablet.js("document.querySelector('[data-needs-words]').value = 'other';")
    tablet.tap(visit.SAVE)
    tablet.waits_for(".ds-error-summary", "Skriv ei grunngjeving.")
    tablet.js("document.querySelector('[data-needs-words]').value = '';")
    tablet.js("document.querySelector('[name=remark]').value = 'Ho er fødd 010170-00027.';")
    tablet.tap(visit.SAVE)
    tablet.waits_for(".ds-error-summary", "Dette ser ut som eit fødselsnummer. Det skal ikkje lagrast her.")
    tablet.js("document.querySelector('[name=remark]').value = '';")
    tablet.tap("[data-to-list]")
    tablet.waits_for(SIGN, "Éin samtale er begynt og ligg som kladd.")
    tablet.tap("[data-lock]")
    server.start()
    tablet.open("/")
    tablet.waits_for("h1", "Arbeidsliste")
    tablet.waits_for(SIGN, "Éin samtale er begynt og ligg som kladd.")
    tablet.tap("[data-drafts]", "Opne kladden")
    unlock_here(tablet)


def test_signing_out_without_network_erases_nothing(own_server: Serve, new_tablet: NewTablet, tmp_path: Path) -> None:
    server = own_server()
    tablet = new_tablet("chromium", tmp_path / "tablet", server.url)
    made_ready(tablet)
    server.stop()
    sign_out(tablet)
    tablet.sees("Ikkje sendt: tenaren svarar ikkje")
    unlock(tablet)
    assert names(tablet), "whoever could not leave has the people along still"


def test_a_revoked_device_loses_what_it_had_along_hands_in_and_erases_itself(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    tablet = new_tablet("chromium", tmp_path / "tablet", server.url)
    made_ready(tablet)
    server.stop()
    unlock(tablet)
    hold(tablet, 0, value=6)
    tablet.tap("[data-lock]")  # an open one would send at once
    tablet.waits_for("[name=phrase]")
    server.start()
    office = new_tablet("chromium", tmp_path / "office", server.url)
    visit.sign_in(office)
    office.open("/konto/einingar")
    office.tap("button", "Sperr eininga")
    office.sees("Sperra")

    tablet.open("/")
    tablet.waits_for(SIGN, "Eininga er sperra. Lås opp med frasen")
    tablet.open("/frakopla")
    tablet.waits_for("[name=phrase]")
    tablet.fill("[name=phrase]", visit.PHRASE)
    tablet.tap("button", "Lås opp")

    def handed_in() -> bool:
        return [set(values) for key, values in conversations(server).items() if key not in before] == [{6}]

    until(handed_in, "what it held is handed in")
    tablet.waits_for("h1", "Alt er sletta frå eininga")
    tablet.sees("Ingenting ventar på å bli sendt herifrå")
    assert tablet.count(SIGN) == 0
    assert "får ikkje tak i tenaren" not in tablet.text()
    assert tablet.count("[name=phrase]") == 0
    assert rows(server, "SELECT server_key FROM device WHERE revoked_at IS NOT NULL") == [(None,)]
