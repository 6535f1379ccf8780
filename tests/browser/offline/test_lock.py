"""The lock's own page: what counts as a try, what is said after one, and the way on when the phrase is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.offline import visit
from tests.browser.offline.visit import SIGN, hold, made_ready, open_talk, opened_ready, score, unlock, unlock_here
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.chromium import ChromiumTablet
    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

    Serve = Callable[..., RunningApp]

LIES = "SELECT count(*) FROM taking WHERE given_back_at IS NULL"
SAYS = "[data-says]"
ONE_TRY_LEFT = """const { got, write } = await import(args[0]);
await write(["vaults"], async (vaults) => {
  for (const row of await got(vaults.getAll())) await got(vaults.put({ ...row, tries: 9 }));
});"""
TRIES = "return (await (await import(args[0])).vaults())[0].tries;"
pytestmark = pytest.mark.usefixtures("nothing_readable")


def try_with(tablet: Tablet, phrase: str) -> None:
    """Try to unlock."""
    tablet.fill("[name=phrase]", phrase)
    tablet.tap("button", "Lås opp")


def tries(tablet: Tablet) -> int:
    """How many tries are counted."""
    return int(tablet.js(TRIES, visit.module(tablet, "vault")))


def test_what_is_too_short_is_no_try_and_after_a_wait_the_tries_left_stand_there(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet: ChromiumTablet = new_tablet("chromium", tmp_path / "tablet", server.url)  # type: ignore[assignment]
    made_ready(tablet)
    tablet.context.clock.install()
    tablet.open("/frakopla")
    tablet.waits_for("[name=phrase]")
    for short in ("", "Kråkefø"):
        try_with(tablet, short)
        tablet.waits_for(SAYS, "Frasen har minst åtte teikn. Dette tel ikkje som eit forsøk.")
    assert tries(tablet) == 0

    for left in (9, 8, 7):
        try_with(tablet, "Ein heilt annan frase")
        tablet.waits_for(SAYS, f"Frasen er feil. Du har {left} forsøk att.")
    tablet.waits_for(SAYS, "Prøv igjen om 1 sekund.")
    tablet.context.clock.run_for(1500)
    tablet.waits_for("button:enabled", "Lås opp")
    assert tablet.js("return document.querySelector(args[0]).textContent;", SAYS) == (
        "Frasen er feil. Du har 7 forsøk att."
    )


def test_a_locked_device_tells_what_waits_and_whether_anything_was_begun(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet = new_tablet("chromium", tmp_path / "tablet", server.url)
    made_ready(tablet)
    server.stop()
    unlock(tablet)
    hold(tablet, 0)
    tablet.tap("[data-lock]")
    tablet.waits_for(SIGN, "Utan nett. Éin samtale ventar på å bli send.")
    note = "return document.querySelector('[data-note]').textContent;"
    assert tablet.js(note) == "Eininga er låst."
    assert tablet.count("[data-send]") == 0, "to send takes a key"
    server.start()
    tablet.js("dispatchEvent(new Event('online'));")
    tablet.waits_for(SIGN, "På nett. Éin samtale ventar på å bli send.")

    server.stop()
    unlock_here(tablet)
    open_talk(tablet, 1)
    score(tablet, 0, 3)
    tablet.tap("[data-lock]")
    tablet.waits_for("[data-note]", "Eininga er låst. Det du hadde begynt på, ligg som kladd.")
    tablet.waits_for(SIGN, "Éin samtale er begynt og ligg som kladd.")


def test_when_the_phrase_is_gone_a_new_one_opens_what_was_begun(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet = new_tablet("chromium", tmp_path / "tablet", server.url)
    opened_ready(tablet)
    open_talk(tablet)
    score(tablet, 0, 3)
    tablet.tap("[data-lock]")
    tablet.waits_for("[name=phrase]")
    tablet.js(ONE_TRY_LEFT, visit.module(tablet, "db"))
    try_with(tablet, "Ein heilt annan frase")
    tablet.waits_for("[data-no-phrase]", "med ein ny frase kan du opne kladdane")

    tablet.tap("[data-no-phrase] a", "Vel ein ny frase")
    tablet.waits_for("[data-phrase-gone]", "Vel ein ny, så kan du låse opp utan nett igjen.")
    tablet.fill("#change-1", visit.PHRASE)
    tablet.fill("#change-2", visit.PHRASE)
    tablet.tap("[data-change] button", "Byt frase")
    tablet.sees("Frasen er bytt.")
    until(lambda: visit.rows(server, LIES) == [(0,)], "the server knows that nothing lies there")
    assert tablet.count("[data-phrase-gone]") == 0
    tablet.open("/frakopla")
    unlock_here(tablet)
    tablet.waits_for(".row-detail", "ligg her til du lagrar eller slettar kladden")
    open_talk(tablet)
    assert visit.chosen(tablet) == [3]
