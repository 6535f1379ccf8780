"""The lock's own page: what counts as a try, what is said after one, and the way on when the phrase is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.offline import visit
from tests.browser.offline.visit import made_ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.chromium import ChromiumTablet
    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

    Serve = Callable[..., RunningApp]

SAYS = "[data-says]"
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
