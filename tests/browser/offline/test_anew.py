"""Once a conversation is sent, the case on the device is as it now is: the next one begins where this one ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from psfs import clock
from tests.browser.offline import visit
from tests.browser.offline.visit import SIGN, open_talk, opened_ready, unlock
from tests.support.between import Line
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

    Serve = Callable[..., RunningApp]

ASKED = f"return [...{visit.PANELS}].map((each) => each.querySelector('.scale-activity').textContent.trim());"
FIELD = """const field = document.querySelector(args[0]);
field.value = args[1];
field.dispatchEvent(new Event("input", { bubbles: true }));"""
NEW = "document.querySelector('.talk-new').querySelector(`input[value='${args[0]}']`).click();"
LONG_DAY = "return (await import(args[0])).longDay(args[1]);"
TAKEN = "SELECT count(*) FROM audit_entry WHERE action = 'offline.take' AND kind = 'reading'"
LIES = "SELECT count(*), count(DISTINCT case_id) FROM taking WHERE given_back_at IS NULL"
UNTIL = "SELECT case_id, max(expires_at) FROM taking GROUP BY case_id ORDER BY case_id"
pytestmark = pytest.mark.usefixtures("nothing_readable")


def hold_with_a_new_one_and_one_that_ends(tablet: Tablet) -> tuple[list[str], str]:
    """A whole conversation of the first on the list; gives its activities as they stood, and the new one."""
    activities = open_talk(tablet)
    before: list[str] = tablet.js(ASKED)
    for activity in range(1, activities):
        visit.score(tablet, activity, 6)
    tablet.js(FIELD, "[name^='retire-']:not([name^='retire-note-'])", "reached")
    tablet.js(FIELD, "[name^='text-']", "Rusle til postkassen")
    tablet.js(NEW, 2)
    tablet.tap(visit.SAVE)
    tablet.waits_for("h1", "Lagra på eininga")
    return before, "Rusle til postkassen"


def begins_where_it_ended(tablet: Tablet, before: list[str], new: str) -> None:
    open_talk(tablet)
    assert tablet.js(ASKED) == [*before[1:], new]


def test_the_next_conversation_begins_with_the_activities_of_the_one_that_was_sent(
    engine: str, own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet = new_tablet(engine, tmp_path / engine, server.url)
    opened_ready(tablet)
    (taken,), expires = visit.rows(server, TAKEN), visit.rows(server, UNTIL)
    before, new = hold_with_a_new_one_and_one_that_ends(tablet)
    until(lambda: visit.rows(server, TAKEN) == [(taken[0] + 1,)], "taken along anew, and that is logged")
    tablet.waits_for(SIGN, "Ingenting ventar")
    tablet.tap("#app button", "Til lista")
    tablet.waits_for("h1", "Personane du har med")

    server.stop(hard=True)
    visit.dies(tablet)
    unlock(tablet)
    begins_where_it_ended(tablet, before, new)
    assert visit.rows(server, UNTIL) == expires, "its days are as they were"
    ((lie, cases),) = visit.rows(server, LIES)
    assert lie == cases


def test_what_is_saved_and_not_sent_yet_is_where_the_next_one_begins(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet = new_tablet("chromium", tmp_path / "tablet", server.url)
    opened_ready(tablet)
    server.stop(hard=True)
    before, new = hold_with_a_new_one_and_one_that_ends(tablet)
    visit.dies(tablet)
    unlock(tablet)
    today = tablet.js(LONG_DAY, visit.module(tablet, "../days"), clock.today().isoformat())
    tablet.waits_for("[data-people] .row-detail", f"Førre samtale {today}")
    begins_where_it_ended(tablet, before, new)


def test_what_was_sent_just_before_the_battery_went_is_made_anew_next_time(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        line.next("/ta-med", 503)
        before, new = hold_with_a_new_one_and_one_that_ends(tablet)
        until(lambda: line.untouched == 0, "the case was asked for in vain")
        visit.dies(tablet)
        visit.sign_in(tablet)
        tablet.waits_for(SIGN, "Ingenting ventar")
        until(lambda: line.passed.count(taking(line)) == 2, "asked for again")
        tablet.open("/frakopla")
        visit.unlock_here(tablet)
        begins_where_it_ended(tablet, before, new)


def taking(line: Line) -> str:
    """What the line calls taking along."""
    return next(each for each in line.passed if each.endswith("/ta-med"))
