"""Taking along with a finger that trembles, or on a line that is slow: it is done once, and the page stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.offline import visit
from tests.support.between import HANGS, Line
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.server import RunningApp

TAP = """const link = document.querySelector("[data-take]");
return link.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }));"""  # whether the link leads on
TAPS = f"const tap = () => {{ {TAP} }}; return [tap(), tap()];"
TAKINGS = "SELECT count(*) - count(DISTINCT case_id) FROM taking"
pytestmark = pytest.mark.usefixtures("nothing_readable")


def test_a_second_tap_neither_leaves_the_page_nor_takes_twice(
    own_server: Callable[..., RunningApp], new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        visit.sign_in(tablet)
        visit.turn_on(tablet)
        tablet.open("/")
        tablet.waits_for("[data-take]")
        assert tablet.js(TAPS) == [False, False]
        tablet.sees("med på eininga.")
        assert visit.rows(server, TAKINGS) == [(0,)]

        tablet.open("/")
        tablet.waits_for("[data-take]")
        line.next("/ta-med", HANGS)
        tablet.tap("[data-take]")
        until(lambda: line.untouched == 0, "it is under way")
        assert tablet.js(TAP) is False, "a tap while it is under way leads nowhere"
        tablet.waits_for("[data-take-says]", "Tek med")
