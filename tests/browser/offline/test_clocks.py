"""A tablet whose clock is wrong. The server is stopped while it is; what staff confirmed is what stands in the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from psfs import clock
from tests.browser.offline.visit import SIGN, conversations, hold, made_ready, rows, unlock_here

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.chromium import ChromiumTablet
    from tests.support.server import RunningApp

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
SENT = """SELECT c.held_on, i.made_at, i.skew_seconds, i.state FROM received_item i
    JOIN conversation c ON c.id = i.conversation_id ORDER BY c.recorded_at"""
pytestmark = pytest.mark.usefixtures("nothing_readable")


def last_change() -> datetime:
    """When Norway last changed between summer and winter time: the first moment of the new one, in UTC."""
    moment = clock.now().replace(minute=0, second=0, microsecond=0)
    while clock.local(moment).utcoffset() == clock.local(moment - timedelta(hours=1)).utcoffset():
        moment -= timedelta(hours=1)
    return moment


def told_that_it_is(tablet: ChromiumTablet, moment: datetime) -> None:
    """The tablet's clock is set to that; the program is opened anew and unlocked."""
    tablet.context.clock.set_system_time(moment)
    tablet.open("/frakopla")
    unlock_here(tablet)


def test_a_clock_that_is_wrong_decides_neither_the_day_nor_the_order(
    own_server: Callable[..., RunningApp], new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet: ChromiumTablet = new_tablet("chromium", tmp_path / "tablet", server.url)  # type: ignore[assignment]
    made_ready(tablet)
    server.stop(hard=True)
    now = clock.now()
    today = clock.today().isoformat()
    tablet.context.clock.install(time=now)

    for value, wrong in ((1, DAY), (2, -DAY)):  # the second was made two days before the first, says the tablet
        told_that_it_is(tablet, now + wrong)
        hold(tablet, 0, value=value, held_on=today)
    change = last_change()
    for value, moment in ((3, change - MINUTE), (4, change + MINUTE)):
        told_that_it_is(tablet, moment)
        hold(tablet, 1, value=value)

    told_that_it_is(tablet, now - DAY)
    server.start()
    tablet.open("/")
    tablet.waits_for(SIGN, "Ingenting ventar")
    changed = clock.local(change).date().isoformat()
    found = rows(server, SENT)
    assert [held_on for held_on, *_ in found] == [today, today, changed, changed], "in the order they were saved"
    assert {state for *_, state in found} == {"saved"}
    made = [datetime.fromisoformat(made_at).replace(tzinfo=UTC) for _, made_at, *_ in found]
    wanted = [now + DAY, now - DAY, change - MINUTE, change + MINUTE]
    assert all(timedelta(0) <= at - about < 2 * MINUTE for at, about in zip(made, wanted, strict=True)), made
    assert all(abs(skew - DAY.total_seconds()) < 120 for _, _, skew, _ in found)
    new = list(conversations(server).values())[-4:]
    assert [set(values) for values in new] == [{1}, {2}, {3}, {4}]
