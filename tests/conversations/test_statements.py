"""How many statements a page of this room sends: at most twelve, however much there is on the form."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from psfs import clock
from tests.conversations.pages import open_page
from tests.conversations.rows import make_conversation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conversations.conftest import Worked
    from tests.support.people import Town

MOST = 12
Browsers = Any


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "page",
    [
        "/samtalar/ny",
        "/skjema/nytt",
        "{form}",
        "{form}/aktivitetar",
        "{form}/avslutt",
        "{talk}",
        "{talk}/stryk",
        "{score}",
    ],
)
def test_a_page_is_read_in_few(browser: Browsers, town: Town, worked: Worked, page: str) -> None:
    for number in range(20):
        answers: dict[Any, int | None] = dict.fromkeys(worked.ids.values(), 5)
        make_conversation(worked.form, town.users["kari"], date(2026, 6, 1) + timedelta(days=number), answers)
    parts = {"form": f"/skjema/{worked.form.id}", "talk": f"/samtalar/{worked.talks[0].id}"}
    parts["score"] = f"{parts['talk']}/skar/{worked.ids['Strikke']}/rett"
    address = worked.case_address + page.format(**parts)
    kari = browser("kari")
    kari.get(address)  # the first look at a case writes a row that later ones change
    with statements() as seen:
        kari.get(address)
    assert len(seen) <= MOST, "\n".join(seen)


def test_saving_takes_no_more_with_a_long_history(browser: Browsers, town: Town, worked: Worked) -> None:
    kari = browser("kari")

    def save(days_ago: int) -> int:
        day = (clock.today() - timedelta(days=days_ago)).isoformat()
        sent = open_page(kari, worked.new, held_on=day) | worked.answers(1, 2, 3, 4)
        with statements() as seen:
            kari.post(worked.new, sent)
        return len(seen)

    short = save(1)
    for number in range(20):
        answers: dict[Any, int | None] = dict.fromkeys(worked.ids.values(), 5)
        make_conversation(worked.form, town.users["kari"], date(2026, 6, 1) + timedelta(days=number), answers)
    assert save(0) == short
