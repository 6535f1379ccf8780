"""Who has looked: at the case itself, and at lists that its person was named in."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from psfs import audit, clock
from psfs.audit.recorder import record_list_reading
from psfs.cases import queries_readings as queries
from psfs.cases import words
from psfs.extensions import db
from tests.support.pages import parse
from tests.support.pages import words as text_of
from tests.support.statements import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)  # in Norway


def show(town: Town, name: str, at: datetime, monkeypatch: pytest.MonkeyPatch, view: str = "worklist.home") -> None:
    """Let somebody see the adult's name in a list at that moment."""
    monkeypatch.setattr(clock, "now", lambda: at)
    account = town.users[name]
    record_list_reading(actor_id=account.id, actor=account.name, view=view, case_ids=[town.adult.id])
    db.session.commit()


def rows(page: str) -> list[str]:
    """The text of each row of the page's list."""
    lists = [each for each in parse(page).iter() if each.get("class") == "row-list"]
    return [text_of(row) for each in lists for row in each]


def test_who_has_looked_in_plain_words(browser: Callable[[str], Browser], town: Town) -> None:
    kari = browser("kari")
    kari.get(f"/saker/{town.adult.id}")
    browser("eva").get("/sok?q=tenkt+17.05.1941")
    page = kari.get(f"/saker/{town.adult.id}/innsyn").text
    for text in ("Framsida til saka", "Fekk vite at personen er kjend", "Eva Dikta", "Skulen", "har stafetten"):
        assert text in page, text
    assert "cases.show" not in page


def test_readings_come_page_by_page(browser: Callable[[str], Browser], town: Town) -> None:
    kari = browser("kari")
    for _ in range(5):
        kari.get(f"/saker/{town.adult.id}")
    first = queries.readings(town.adult.id, limit=3)
    assert (len(first.rows), first.older) == (3, first.rows[-1].seq)
    second = queries.readings(town.adult.id, first.older, limit=3)
    assert (len(second.rows), second.older) == (2, None)
    assert {row.seq for row in first.rows}.isdisjoint(row.seq for row in second.rows)
    assert len(queries.readings(town.adult.id).rows) == 5
    for odd in ("x", "-1", "0", "9" * 30):
        kari.get(f"/saker/{town.adult.id}/innsyn?for={odd}")
        kari.get(f"/saker/{town.adult.id}/innsyn?vis=lister&for={odd}")


def test_a_name_in_lists_shows_on_its_case(browser: Callable[[str], Browser], town: Town) -> None:
    """The real ways: a worklist, a search, and the check before a new person is made."""
    kari, leader = browser("kari"), browser("leader")
    town.child.level_since = clock.today() - timedelta(days=30)
    with audit.acting(audit.Actor(None, "test")):
        db.session.commit()
    address = f"/saker/{town.child.id}/innsyn"
    assert "Ingen har sett namnet i lister" in kari.get(address + "?vis=lister").text
    leader.get("/")
    kari.get("/sok?q=liten")
    kari.get("/sok?q=liten")
    same = {"id": str(uuid.uuid4()), "name": "Prøve Liten", "birth_date": "03.02.2015", "ladder": "", "level": "0"}
    leader.post("/personar/ny", {**same, "service_id": str(town.home_care.id), "language": "nn"}, status=409)
    found = rows(kari.get(address + "?vis=lister").text)
    assert len(found) == 2
    assert "Leader Dikta, Heimetenesta På arbeidslista I sjekken av om ein ny person fanst frå før" in found[0]
    assert "Kari Dikta, Heimetenesta I eit søk, 2 gonger" in found[1]
    assert not [row for row in rows(kari.get(address).text) if "arbeidslista" in row], "openings stand for themselves"
    assert rows(kari.get(f"/saker/{town.adult.id}/innsyn?vis=lister").text) == [], "another's list"


def test_a_day_of_one_reader_is_one_row_with_its_times(
    browser: Callable[[str], Browser], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock.now
    for minutes in (0, 90, 200):
        show(town, "kari", NOON + timedelta(minutes=minutes), monkeypatch)
    show(town, "kari", NOON + timedelta(minutes=100), monkeypatch, "cases.search")
    show(town, "ola", NOON + timedelta(minutes=30), monkeypatch)
    show(town, "kari", NOON + timedelta(days=1), monkeypatch)
    monkeypatch.setattr(clock, "now", real)
    found = rows(browser("kari").get(f"/saker/{town.adult.id}/innsyn?vis=lister").text)
    assert found == [
        "Kari Dikta, Heimetenesta På arbeidslista 25.11.2026 12:00",
        "Ola Dikta, Heimetenesta På arbeidslista 24.11.2026 12:30",
        "Kari Dikta, Heimetenesta På arbeidslista, 3 gonger I eit søk 24.11.2026 "
        "12:00 På arbeidslista 13:30 På arbeidslista 13:40 I eit søk 15:20 På arbeidslista",
    ]


def test_the_day_is_the_norwegian_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    show(town, "kari", datetime(2026, 11, 24, 22, 59, tzinfo=UTC), monkeypatch)
    show(town, "kari", datetime(2026, 11, 24, 23, 1, tzinfo=UTC), monkeypatch)
    assert [fold.on for fold in queries.days_in_lists(town.adult.id).rows] == [date(2026, 11, 25), date(2026, 11, 24)]


def test_an_export_says_who_took_it(browser: Callable[[str], Browser], town: Town) -> None:
    record_list_reading(
        actor_id=uuid.uuid4(), actor="psfs (drift)", view="scores export", case_ids=[town.adult.id, town.child.id]
    )
    db.session.commit()
    (row,) = rows(browser("kari").get(f"/saker/{town.child.id}/innsyn?vis=lister").text)
    assert "psfs (drift) Skårane vart henta ut til ei fil" in row


def walked(case_id: uuid.UUID, limit: int) -> list[queries.Folds]:
    pages = [queries.days_in_lists(case_id, limit=limit)]
    while (older := pages[-1].older) is not None:
        pages.append(queries.days_in_lists(case_id, older, limit))
        assert len(pages) < 100
    return pages


@pytest.mark.databases("sqlite", "postgres")
def test_pages_end_with_whole_days(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(7):
        for hour in range(3):
            for name in ("kari", "ola"):
                show(town, name, NOON + timedelta(days=day, hours=hour), monkeypatch)
    pages = walked(town.adult.id, 3)
    assert [[fold.on.day for fold in page.rows] for page in pages] == [
        [30, 30, 29, 29],
        [28, 28, 27, 27],
        [26, 26, 25, 25],
        [24, 24],
    ]
    assert {len(fold.times) for page in pages for fold in page.rows} == {3}
    assert [len(page.rows) for page in walked(town.adult.id, 100)] == [14]


@pytest.mark.parametrize(("most", "sizes"), [(4, [3, 3, 3]), (3, [3, 3, 3]), (2, [2, 1, 2, 1, 2, 1]), (100, [9])])
def test_more_than_a_page_folds_is_all_there(
    town: Town, monkeypatch: pytest.MonkeyPatch, most: int, sizes: list[int]
) -> None:
    """Whole days as long as one fits; a day of too many is shared out, and nothing is left out or twice."""
    for day in range(3):
        for hour in range(3):
            show(town, "kari", NOON + timedelta(days=day, hours=hour), monkeypatch)
    monkeypatch.setattr(queries, "MOST", most)
    pages = walked(town.adult.id, 50)
    assert [sum(len(fold.times) for fold in page.rows) for page in pages] == sizes
    assert len({each.at for page in pages for fold in page.rows for each in fold.times}) == 9


def test_clocks_that_do_not_agree_leave_nothing_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Around midnight two servers may write a moment of yesterday after one of today."""
    midnight = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    for seconds in (-3, 2, -1, 1, -2, 3):
        show(town, "kari", midnight + timedelta(seconds=seconds), monkeypatch)
    pages = walked(town.adult.id, 1)
    assert sorted(each.at for page in pages for fold in page.rows for each in fold.times) == [
        midnight + timedelta(seconds=seconds) for seconds in (-3, -2, -1, 1, 2, 3)
    ]


def test_older_ones_are_a_link_away(
    browser: Callable[[str], Browser], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(60):
        show(town, "ola", NOON - timedelta(days=day), monkeypatch)
    monkeypatch.undo()
    # Keys run as time does: the newest first means the last written first.
    kari, seen = browser("kari"), []
    address = f"/saker/{town.adult.id}/innsyn?vis=lister"
    for _page in range(2):
        page = kari.get(address).text
        seen += rows(page)
        link = re.search(r'href="([^"]+)">Vis eldre', page)
        address = link[1].replace("&amp;", "&") if link else ""
    assert (len(seen), len(set(seen)), address) == (60, 60, "")


@pytest.mark.parametrize("address", ["innsyn", "innsyn?vis=lister", "innsyn.pdf"])
def test_few_statements(
    browser: Callable[[str], Browser], town: Town, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    for day in range(60):
        show(town, "ola", NOON + timedelta(days=day), monkeypatch)
    monkeypatch.undo()
    kari = browser("kari")
    with counted() as sent:
        kari.get(f"/saker/{town.adult.id}/{address}")
    assert len(sent) <= 12, sent


def test_every_list_has_words_of_its_own() -> None:
    said = [words.in_list(code) for code in words.LISTS]
    assert len(set(said)) == len(said)
    assert words.in_list("no such list") not in said


def test_to_be_told_of_another_case_is_a_reading_of_it(browser: Callable[[str], Browser], town: Town) -> None:
    """Whoever would open a second case on a ladder learns that there is one, and which service has it."""
    kari = browser("kari")
    data = {"service_id": str(town.home_care.id), "ladder": "children", "level": "0", "reason": ""}
    made = kari.post(f"/saker/{town.adult.id}/ny-sak", {**data, "id": str(uuid.uuid4())}).location
    kari.post(f"/saker/{town.adult.id}/ny-sak", {**data, "id": str(uuid.uuid4())}, status=422)
    (row,) = rows(kari.get(f"{made}/innsyn").text)[1:]
    assert "Fekk vite at personen har ei sak her" in row


def test_by_day_nothing_is_lost_and_reasons_stand_by_themselves() -> None:
    def look(hour: int, who: str = "Kari", what: str = "Saka", why: str = "", day: int = 2) -> queries.Reading:
        at = datetime(2026, 3, day, hour, tzinfo=UTC)
        return queries.Reading(hour, at, who, "Heimetenesta", what, "har stafetten", why)

    rows = [look(8), look(9, what="Stigen"), look(9, "Ola"), look(10), look(11, why="Fall"), look(8, day=3)]
    days = queries.by_day(rows)
    assert sum(day.times.total() for day in days) == len(rows)
    assert [(day.who, day.why, day.first.hour, day.last.hour, dict(day.times)) for day in days] == [
        ("Kari", "", 8, 10, {"Saka": 2, "Stigen": 1}),
        ("Ola", "", 9, 9, {"Saka": 1}),
        ("Kari", "Fall", 11, 11, {"Saka": 1}),
        ("Kari", "", 8, 8, {"Saka": 1}),
    ]
