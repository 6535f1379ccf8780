"""What happens while a conversation is under way: no room, two windows, a session that ends, a new version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.offline import visit
from tests.browser.offline.visit import (
    SIGN,
    WAITS,
    conversations,
    hold,
    made_ready,
    open_talk,
    opened_ready,
    score,
    unlock,
    unlock_here,
)
from tests.support.between import HANGS, LOST, Line
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.chromium import ChromiumTablet
    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

    Serve = Callable[..., RunningApp]

ROOM_LEFT = 40_000  # bytes: for a handful of taps
MANY = 80  # taps
LESS_PATIENCE = "const whole = AbortSignal.timeout; AbortSignal.timeout = () => whole.call(AbortSignal, 700);"
NEW = "return Boolean((await navigator.serviceWorker.getRegistration()).waiting);"
CACHES = "return (await caches.keys()).filter((name) => name.startsWith('psfs-'));"
pytestmark = pytest.mark.usefixtures("nothing_readable")


def new_ones(server: RunningApp, before: dict[str, list[object]]) -> list[set[object]]:
    """The scores of each conversation that has come since."""
    return [set(values) for key, values in conversations(server).items() if key not in before]


def test_no_room_is_told_nothing_leaves_the_screen_and_two_windows_send_once(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    """In Chromium alone: WebKit's library has nothing that makes its quota small."""
    server = own_server()
    before = conversations(server)
    tablet: ChromiumTablet = new_tablet("chromium", tmp_path / "tablet", server.url)  # type: ignore[assignment]
    made_ready(tablet)
    server.stop(hard=True)
    visit.dies(tablet)
    tablet.open("/")
    with tablet.room_for(settled_use(tablet) + ROOM_LEFT):
        unlock_here(tablet)
        activities = open_talk(tablet)
        tapped = fill_until_full(tablet, activities)
        assert visit.chosen(tablet) == tapped
        tablet.tap(visit.SAVE)
        tablet.waits_for("[data-draft][data-trouble]", "Alt står framleis på skjermen")
        assert visit.chosen(tablet) == tapped
        assert tablet.count("h1", "Lagra på eininga") == 0
    tablet.tap(visit.SAVE)
    tablet.waits_for("h1", "Lagra på eininga")

    tablet.new_tab()
    unlock(tablet)
    tablet.waits_for(WAITS)
    open_talk(tablet, 1)
    score(tablet, 0, 1)
    tablet.in_tab(0)
    tablet.tap("#app button", "Til lista")
    open_talk(tablet, 1)  # the draft from the other window
    assert visit.chosen(tablet) == [1]
    for activity in range(activities_shown(tablet)):
        score(tablet, activity, 2)
    tablet.in_tab(1)
    tap(tablet, 0, 9)
    tablet.waits_for("[data-draft][data-trouble]", "endra i eit anna vindauge")
    tablet.in_tab(0)
    tablet.tap(visit.SAVE)
    tablet.waits_for("h1", "Lagra på eininga")

    server.start()
    visit.sign_in(tablet)
    for tab in (0, 1):
        tablet.in_tab(tab)
        tablet.js("dispatchEvent(new Event('online'));")  # both send, neither waits for the other
    until(lambda: len(conversations(server)) == len(before) + 2, "both conversations are there")
    for tab in (0, 1):
        tablet.in_tab(tab)
        tablet.js("dispatchEvent(new Event('online'));")
        tablet.waits_for(SIGN, "Ingenting ventar")
    sent = [values for key, values in conversations(server).items() if key not in before]
    assert sent[0] == tapped
    assert set(sent[1]) == {2}
    assert len(sent) == 2


def test_no_room_to_note_that_somebody_was_opened_is_told_on_the_list(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    tablet: ChromiumTablet = new_tablet("chromium", tmp_path / "tablet", server.url)  # type: ignore[assignment]
    made_ready(tablet)
    server.stop(hard=True)
    visit.dies(tablet)
    tablet.open("/")
    with tablet.room_for(settled_use(tablet) + ROOM_LEFT):
        unlock_here(tablet)
        fill_until_full(tablet, open_talk(tablet))
        tablet.tap("[data-to-list]")
        for _turn in range(MANY):
            tablet.waits_for("h1", "Personane du har med")
            tablet.tap("[data-people] .offline-row")
            until(lambda: tablet.count("h1", "Samtale med") or tablet.count("[data-list-says]"), "an answer", 15)
            if tablet.count("[data-list-says]"):
                break
            tablet.tap("[data-to-list]")
        tablet.waits_for("[data-list-says]", "Det er ikkje plass på eininga, og samtalen er ikkje opna.")
        assert visit.names(tablet)
    open_talk(tablet)


def settled_use(tablet: Tablet) -> int:
    """How many bytes the device uses, once it has opened what the dead browser left: that takes room of its own."""
    tablet.waits_for("[name=phrase]")
    seen = [-1, -1]

    def stands() -> bool:
        seen.append(int(tablet.js("return (await navigator.storage.estimate()).usage;")))
        return seen[-1] == seen[-2] == seen[-3]

    until(stands, "the use of room stands still")
    return seen[-1]


def fill_until_full(tablet: Tablet, activities: int) -> list[int]:
    """Tap scores until the page says that there is no room; gives what stands on the screen then."""
    stands = [0] * activities
    for turn in range(MANY):
        activity = turn % activities
        stands[activity] = (turn * 3) % 11
        tap(tablet, activity, stands[activity])
        until(
            lambda: tablet.count("[data-draft]", "er ikkje lagra") or tablet.count("[data-draft]", "Kladden er lagra"),
            "an answer",
        )
        if turn >= activities and tablet.count("[data-draft][data-trouble]", "Det er ikkje plass på eininga"):
            return stands
    raise AssertionError(f"room for {MANY} taps")


def tap(tablet: Tablet, activity: int, value: int) -> None:
    """Tap a score, whatever comes of it."""
    tablet.js("document.querySelector('[data-draft]').textContent = '';")
    tablet.js(visit.CHOOSE, activity, value)


def activities_shown(tablet: Tablet) -> int:
    """How many activities the conversation on the screen has."""
    return int(tablet.js(visit.HOW_MANY))


def test_a_session_that_ends_in_the_midst_of_sending_waits_for_the_same_person(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        made_ready(tablet)
        server.stop()
        unlock(tablet)
        for row in (0, 1):
            hold(tablet, row, value=row + 1)
        server.start()
        line.next("/samtalar", LOST)
        tablet.tap("[data-send]")
        until(lambda: new_ones(server, before) == [{1}], "the server has the first, and nobody has heard")
        tablet.waits_for(SIGN, "Utan nett. 2 samtalar ventar")
        visit.end_sessions(server)
        tablet.tap("[data-send]")
        tablet.waits_for(SIGN, "2 samtalar ventar på å bli sende. Logg inn som den same")

        tablet.tap("[data-sign-in]")
        tablet.tap("button", "Ola")
        tablet.waits_for("h1", "Arbeidsliste")
        tablet.open("/frakopla")
        unlock_here(tablet)
        tablet.waits_for(SIGN, "Ein annan er logga inn. Berre den som heldt samtalane, kan sende dei.")
        tablet.waits_for(SIGN, "Den andre må først logge ut")
        assert tablet.count("[data-sign-in]") == 0, "it would lead to the other's pages"
        assert tablet.count("#sign a", "Til framsida") == 1
        tablet.tap("[data-send]")
        handed_in = [each for each in line.passed if each.endswith("/samtalar")]
        assert len(handed_in) == 1
        assert new_ones(server, before) == [{1}]

        visit.end_sessions(server)
        tablet.tap("[data-send]")
        tablet.waits_for(SIGN, "Logg inn som den same")
        tablet.tap("[data-sign-in]")
        tablet.tap("button", "Kari")
        tablet.waits_for("h1", "Arbeidsliste")
        tablet.waits_for(SIGN, "Ingenting ventar. Alt var sendt")
        assert new_ones(server, before) == [{1}, {2}], "the first is not there twice"

        visit.end_sessions(server)
        tablet.open("/frakopla")
        unlock_here(tablet)
        tablet.waits_for(SIGN, "Du er ikkje logga inn.")
        assert "blir resten sendt" not in tablet.text()


def test_a_new_version_waits_while_a_conversation_is_open(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        (old,) = tablet.js(CACHES)
        activities = open_talk(tablet)
        score(tablet, 0, 7)
        line.edit("/sw.js", f'VERSION = "{old.removeprefix("psfs-")}"', 'VERSION = "ny-utgave"')
        tablet.js("(await navigator.serviceWorker.getRegistration()).update();")
        tablet.waits_for_script(NEW, "the new version is there and waits")
        assert sorted(tablet.js(CACHES)) == sorted([old, "psfs-ny-utgave"]), "the page keeps what it began with"
        for activity in range(1, activities):
            score(tablet, activity, 7)
        tablet.new_tab()
        tablet.open("/")  # asks it to take over, in vain
        tablet.waits_for("h1", "Arbeidsliste")
        assert tablet.js(NEW)
        tablet.in_tab(0)
        tablet.tap(visit.SAVE)
        tablet.waits_for("h1", "Lagra på eininga")
        until(lambda: new_ones(server, before) == [{7}], "the conversation is sent")
        tablet.open("/")  # asks it to take over: the browser may let the old one go at once, or when it is closed
        tablet.close()
        tablet.start()
        tablet.open("/logg-inn")
        tablet.waits_for_script(
            "return (await caches.keys()).join() === 'psfs-ny-utgave';", "it took over, and what was old is gone"
        )
        assert not tablet.js(NEW)
        server.stop(hard=True)
        unlock(tablet)
        assert visit.names(tablet), "the new version shows the people without the server"


def test_one_that_the_server_fails_on_gives_way_and_a_draft_can_be_thrown_away(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        line.next("/samtalar", 500, 500, 500)
        hold(tablet, 0, value=1)
        tablet.waits_for(SIGN, "Éin samtale ventar")
        hold(tablet, 1, value=2)
        while line.untouched:
            tablet.tap("[data-send]")
            tablet.waits_for(SIGN)
        until(lambda: new_ones(server, before) == [{2}], "the one behind is there")
        tablet.waits_for(WAITS, "Tenaren får ikkje til å ta imot samtalen")
        score(tablet, open_talk(tablet, 2) - 1, 3)
        tablet.tap("[data-drop] summary")
        tablet.tap("[data-drop] button", "Ja, slett kladden")
        tablet.waits_for("h1", "Personane du har med")
        assert tablet.count("[data-people] .ds-tag", "Kladd") == 0
        tablet.open("/frakopla")
        unlock_here(tablet)
        tablet.waits_for(SIGN, "Ingenting ventar")
        assert tablet.count("[data-people] .ds-tag", "Kladd") == 0
    assert new_ones(server, before) == [{2}, {1}]


def test_one_that_the_server_is_silent_on_gives_way_and_is_not_told_as_no_network(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        opened_ready(tablet)
        tablet.js(LESS_PATIENCE)
        line.next("/samtalar", HANGS, HANGS, HANGS)
        hold(tablet, 0, value=1)
        tablet.waits_for(SIGN, "Tenaren svarar ikkje som han skal. Det blir prøvd igjen av seg sjølv.")
        tablet.waits_for(SIGN, "Éin samtale ventar")
        hold(tablet, 1, value=2)
        while line.untouched:
            tablet.tap("[data-send]")
            tablet.waits_for(SIGN)
        until(lambda: new_ones(server, before) == [{2}, {1}], "the one behind goes first, and then the other")
        tablet.waits_for(SIGN, "På nett. Ingenting ventar.")


def test_on_an_ordinary_page_too_one_that_the_server_fails_on_gives_way_with_growing_pauses(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    before = conversations(server)
    line = Line(server.url)
    with line.open():
        tablet: ChromiumTablet = new_tablet("chromium", tmp_path / "tablet", line.url)  # type: ignore[assignment]
        made_ready(tablet)
        server.stop()
        unlock(tablet)
        for row, value in ((0, 1), (0, 2), (1, 3)):
            hold(tablet, row, value=value)
        tablet.tap("[data-lock]")
        tablet.waits_for("[name=phrase]")
        server.start()
        tablet.context.clock.install()
        line.next("/tilstand", 503)
        line.next("/samtalar", 500, 500, 500)
        tablet.open("/")
        tablet.waits_for(SIGN, "3 samtalar ventar på å bli sende.")
        waited = [seconds_until(tablet, lambda left=left: line.untouched == left) for left in (2, 1, 0)]  # type: ignore[misc]
        until(lambda: new_ones(server, before) == [{3}], "another person's goes past it, the same person's does not")
        line.next("/samtalar", 500, 500)
        waited += [seconds_until(tablet, lambda left=left: line.untouched == left) for left in (1, 0)]  # type: ignore[misc]
        assert waited[0] < 25 < waited[3] < waited[4], "the pauses grow"
        seconds_until(tablet, lambda: len(new_ones(server, before)) == 3)
    assert new_ones(server, before) == [{3}, {1}, {2}]


def seconds_until(tablet: ChromiumTablet, there: Callable[[], bool]) -> int:
    """Let the tablet's clock go, a second at a time, until it is so; gives how many seconds that took."""
    seconds = 0

    def is_there() -> bool:
        nonlocal seconds
        tablet.context.clock.run_for(1000)
        seconds += 1
        return there()

    until(is_there, "it is so")
    return seconds


def test_who_turns_it_on_while_another_signs_in_is_told_and_nothing_is_made(
    own_server: Serve, new_tablet: NewTablet, tmp_path: Path
) -> None:
    server = own_server()
    line = Line(server.url)
    with line.open():
        tablet = new_tablet("chromium", tmp_path / "tablet", line.url)
        visit.sign_in(tablet)
        kari = account_of(tablet)
        tablet.open("/eining")
        tablet.new_tab()
        visit.end_sessions(server)
        visit.sign_in(tablet, "ola")
        ola = account_of(tablet)
        tablet.in_tab(0)
        turned_on_in_vain(tablet)
        assert visit.rows(server, "SELECT * FROM device") == []

        tablet.open("/eining")
        tablet.waits_for("#on-1")
        line.edit("/eining", ola, kari)  # the answer is another account's, as when the session changes at that moment
        turned_on_in_vain(tablet)


def account_of(tablet: Tablet) -> str:
    """Who the page is for."""
    return str(tablet.js("return document.querySelector('meta[name=account]').content;"))


def turned_on_in_vain(tablet: Tablet) -> None:
    """Ask for it on the page that is open: it says why not, and this browser keeps nothing."""
    tablet.waits_for("#on-1")
    tablet.fill("#on-1", visit.PHRASE)
    tablet.fill("#on-2", visit.PHRASE)
    tablet.tap("#device button", "Ta eininga i bruk")
    tablet.waits_for("[data-says]", "Ein annan er logga inn på denne eininga no.", seconds=15)
    assert tablet.js("return (await import(args[0])).vaults();", visit.module(tablet, "vault")) == []
