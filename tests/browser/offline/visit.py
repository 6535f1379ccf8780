"""A visit without network, in the steps a nurse takes; and what the server has of it in the end."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

PHRASE = "Kråkeføtene på ruta"
CONTROLLED = "return Boolean(navigator.serviceWorker?.controller);"
ROW = ".offline-row"
SAVE = "[data-save]"
WAITS = "[data-waiting] .offline-row"
SIGN = "[data-sign-text]"
PANELS = "document.querySelectorAll('.talk-panel:not(.talk-new)')"
HOW_MANY = f"return {PANELS}.length;"
CHOOSE = f"{PANELS}[args[0]].querySelector(`input[value='${{args[1]}}']`).click();"
SHORT = 6  # letters: what is shorter stands in many a program


def sign_in(tablet: Tablet, name: str = "kari") -> None:
    """Sign in as a demo account, and wait for the service worker."""
    tablet.open("/logg-inn")
    tablet.waits_for_script(CONTROLLED, "the service worker looks after the page")
    tablet.tap("button", name.title())
    tablet.waits_for("h1", "Arbeidsliste")


def turn_on(tablet: Tablet) -> None:
    """Make the device ready for use without network."""
    tablet.open("/eining")
    tablet.waits_for("#on-1")
    tablet.fill("#on-1", PHRASE)
    tablet.fill("#on-2", PHRASE)
    tablet.tap("#device button", "Ta eininga i bruk")
    tablet.sees("Eininga er klar")


def take_along(tablet: Tablet) -> None:
    """Take along those whose turn it is."""
    tablet.open("/")
    tablet.tap("[data-take]", "Ta med dei som står for tur")
    tablet.sees("med på eininga.")
    tablet.sees("personar er med på eininga")


def made_ready(tablet: Tablet, name: str = "kari") -> None:
    """Sign in, turn on, take along."""
    sign_in(tablet, name)
    turn_on(tablet)
    take_along(tablet)


def unlock(tablet: Tablet) -> None:
    """From whatever page one asked for without network to the list of people."""
    tablet.open("/")
    unlock_here(tablet)


def unlock_here(tablet: Tablet) -> None:
    """Unlock on the page that is open."""
    tablet.waits_for("[name=phrase]")
    tablet.fill("[name=phrase]", PHRASE)
    tablet.tap("button", "Lås opp")
    tablet.waits_for("h1", "Personane du har med")


def opened_ready(tablet: Tablet) -> None:
    """Made ready, and unlocked on the page for use without network."""
    made_ready(tablet)
    tablet.open("/frakopla")
    unlock_here(tablet)


def dies(tablet: Tablet) -> None:
    """An empty battery, and the tablet started again."""
    tablet.kill()
    tablet.start()


def open_talk(tablet: Tablet, row: int = 0) -> int:
    """Open somebody's conversation, all on one sheet; gives how many activities there are."""
    tablet.js(f"document.querySelectorAll('[data-people] {ROW}')[args[0]].click();", row)
    tablet.waits_for("h1", "Samtale med")
    tablet.tap("button", "Alle på eitt ark")
    return int(tablet.js(HOW_MANY))


def score(tablet: Tablet, activity: int, value: int) -> None:
    """Tap a score, and wait until the page says that the draft is kept."""
    tablet.js("document.querySelector('[data-draft]').textContent = '';")
    tablet.js(CHOOSE, activity, value)
    tablet.waits_for("[data-draft]", "Kladden er lagra")


def chosen(tablet: Tablet) -> list[int]:
    """The scores that stand on the page."""
    script = "return [...document.querySelectorAll('.scale input:checked')].map((field) => Number(field.value));"
    found: list[int] = tablet.js(script)
    return found


def hold(tablet: Tablet, row: int = 0, *, value: int = 5, held_on: str = "") -> None:
    """A whole conversation, every activity with the same score, saved on the device; ``held_on`` sets the day."""
    for activity in range(open_talk(tablet, row)):
        score(tablet, activity, value)
    if held_on:
        tablet.tap("#about summary")
        tablet.fill("[name=held_on]", held_on)
    tablet.tap(SAVE)
    tablet.waits_for("h1", "Lagra på eininga")
    tablet.tap("#app button", "Til lista")
    tablet.waits_for("h1", "Personane du har med")


def names(tablet: Tablet) -> list[str]:
    """Who is on the list."""
    script = f"return [...document.querySelectorAll('[data-people] {ROW} .row-title')].map((each) => each.textContent);"
    found: list[str] = tablet.js(script)
    return found


def module(tablet: Tablet, name: str) -> str:
    """The address of one of the page's own modules."""
    icon = str(tablet.js("return new URL(document.querySelector('link[rel=icon]').href).pathname;"))
    return icon.replace("icons/icon.svg", f"js/offline/{name}.js")


def conversations(server: RunningApp) -> dict[str, list[Any]]:
    """Every conversation on the server: its scores, in the activities' order."""
    query = """SELECT hex(c.id), s.value FROM conversation c JOIN score s ON s.conversation_id = c.id
        JOIN activity a ON a.id = s.activity_id ORDER BY c.recorded_at, c.id, a.position"""
    found: dict[str, list[Any]] = {}
    for key, value in rows(server, query):
        found.setdefault(key, []).append(value)
    return found


def rows(server: RunningApp, query: str) -> list[Any]:
    """What the server's database answers."""
    return rows_in(server.instance, query)


def rows_in(instance: Path, query: str) -> list[Any]:
    """What the database in that folder answers."""
    (file,) = instance.glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as database:
        return database.execute(query).fetchall()


def people_and_activities(instance: Path) -> list[str]:
    """What must lie nowhere in the clear: everybody's name, and every activity that is more than a word."""
    query = "SELECT name FROM person UNION SELECT text FROM activity"
    return [text for (text,) in rows_in(instance, query) if len(text) > SHORT]


def end_sessions(server: RunningApp) -> None:
    """Everybody's session is over, as when it has lasted its time."""
    (file,) = server.instance.glob("*.sqlite3")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("DELETE FROM web_session")
