"""The battery is empty after each tap, one of every kind: all of it stands there when the tablet is back.

That each score of a conversation is kept is tried in both engines in ``test_device``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.offline.visit import HOW_MANY, PANELS, dies, made_ready, open_talk, score, unlock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

STANDS = "return [...new FormData(document.getElementById('conversation'))].map(([name, value]) => [name, value]);"
SET = """const field = document.querySelector(args[0]);
field.value = args[1];
field.dispatchEvent(new Event("input", { bubbles: true }));"""
NOT_ASKED = f"{PANELS}[args[0]].querySelector(\"input[value='not_asked']\").click();"
TYPED = {
    "[name=remark]": "Ho vil øve på trappa først",
    "[name^='text-']": "Rusle til postkassen",
    "[name=next_due]": "2031-05-04",
}
pytestmark = pytest.mark.usefixtures("nothing_readable")


def test_whatever_was_tapped_last_is_there_after_an_empty_battery(
    own_server: Callable[..., RunningApp], new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet = new_tablet("chromium", tmp_path / "tablet", server.url)
    made_ready(tablet)
    server.stop(hard=True)
    unlock(tablet)
    open_talk(tablet)
    last = int(tablet.js(HOW_MANY)) - 1
    taps: list[Callable[[], object]] = [
        lambda: score(tablet, 0, 10),
        lambda: touched(tablet, NOT_ASKED, last),
        *(lambda css=css, text=text: touched(tablet, SET, css, text) for css, text in TYPED.items()),  # type: ignore[misc]
    ]
    for number, tap in enumerate(taps):
        tap()
        stands = tablet.js(STANDS)
        dies(tablet)
        unlock(tablet)
        open_talk(tablet)
        assert tablet.js(STANDS) == stands, f"after tap {number + 1}"
    values = [value for _, value in tablet.js(STANDS)]
    assert {"10", "not_asked", *TYPED.values()} <= set(values)


def touched(tablet: Tablet, script: str, *values: Any) -> None:
    """Touch something, and wait until the page says that the draft is kept."""
    tablet.js("document.querySelector('[data-draft]').textContent = '';")
    tablet.js(script, *values)
    tablet.waits_for("[data-draft]", "Kladden er lagra")
