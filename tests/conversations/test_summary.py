"""The worked example on the page, and the form in plain words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from psfs import audit, clock
from psfs.conversations import words
from psfs.conversations.queries_form import form_view
from psfs.extensions import db
from tests.conversations.pages import said, table
from tests.conversations.rows import make_conversation, make_form
from tests.documents import reading
from tests.support.people import TESTER

if TYPE_CHECKING:
    from datetime import date

    from flask import Flask

    from tests.conversations.conftest import Worked
    from tests.support.people import Town

Browsers = Any


def test_the_worked_example_stands_on_the_page(browser: Browsers, worked: Worked) -> None:
    page = browser("kari").get(worked.summary)
    rows = {row[0]: row[1:] for row in table(page.text)}
    assert rows["Aktivitet"] == ["12.01.2026", "03.03.2026", "10.05.2026"]
    assert rows["Gå til butikken"] == ["2", "4", "7 ↑ +3, meir enn målefeil"]
    assert rows["Lage middag"] == ["3", "ikkje spurt", "6"]
    assert rows["Strikke"] == ["5", "6", "6"]
    assert rows["Bade"] == ["ikkje på skjemaet då", "1", "4 ↑ +3, meir enn målefeil"]
    assert rows["Totalskår"] == ["10", "11 (3 av 4)", "23"]
    assert rows["Gjennomsnitt"] == ["3,3", "3,7 (3 av 4)", "5,8"]
    previous, first = rows["Endring sidan førre"], rows["Endring sidan første"]
    assert previous[1] == "+1,5 Tel med: Gå til butikken +2, Strikke +1"
    assert previous[2] == "+2,0 Betydeleg betring Tel med: Gå til butikken +3, Strikke 0, Bade +3"
    assert first[2] == "+3,0 Betydeleg betring Tel med: Gå til butikken +5, Lage middag +3, Strikke +1"


def test_in_english_with_english_decimals(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    kari.post("/sprak/en")
    rows = [row for row in table(kari.get(worked.summary).text) if "3.3" in row]
    assert rows
    assert rows[0][1:] == ["3.3", rows[0][2], "5.8"]


def test_in_plain_words(app: Flask, worked: Worked) -> None:
    assert words.sentences(form_view(worked.form.id)) == [
        "I samtalen 10. mai 2026 var gjennomsnittet 5,8 av 10.",
        "Sidan samtalen før, 3. mars 2026, har det gått 2,0 poeng fram. Det er ei betydeleg betring.",
        "Her tel dei 3 aktivitetane som vart skåra begge gongene: Gå til butikken, Strikke, Bade.",
        "Sidan den første samtalen, 12. januar 2026, har det gått 3,0 poeng fram. Det er ei betydeleg betring.",
        "Her tel dei 3 aktivitetane som vart skåra begge gongene: Gå til butikken, Lage middag, Strikke.",
    ]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (5, 7, "2,0 poeng fram. Det er ei betydeleg betring."),
        (5, 3, "2,0 poeng tilbake. Det er ei betydeleg forverring."),
        (5, 6, "1,0 poeng fram. Det er for lite"),
        (5, 4, "1,0 poeng tilbake. Det er for lite"),
        (5, 5, "er det uendra."),
        (None, 5, "ingen aktivitet vart skåra begge gongene"),
        (5, None, "ingen av aktivitetane skåra"),
    ],
)
def test_each_kind_of_change_has_its_words(
    app: Flask, town: Town, before: int | None, now: int | None, expected: str
) -> None:
    form = make_form(town.adult, town.users["kari"], "Lese")
    activity = form_view(form.id).activities[0].id
    make_conversation(form, town.users["kari"], _day(1), {activity: before})
    make_conversation(form, town.users["kari"], _day(2), {activity: now})
    assert expected in " ".join(words.sentences(form_view(form.id)))


def test_everything_at_ten_gives_a_hint(browser: Browsers, town: Town) -> None:
    form = make_form(town.adult, town.users["kari"], "Lese")
    activity = form_view(form.id).activities[0].id
    make_conversation(form, town.users["kari"], _day(1), {activity: 10})
    page = browser("kari").get(f"/saker/{town.adult.id}/skjema/{form.id}")
    assert "Alt er på 10" in said(page.text)


def test_small_children_get_a_quiet_hint(browser: Browsers, town: Town) -> None:
    kari = browser("kari")
    assert "passar dårleg" not in said(kari.get(f"/saker/{town.child.id}/skjema/nytt").text)
    assert words.suits_poorly(town.child.person, _day(1).replace(year=2020))


def test_names_and_remarks_stay_text(browser: Browsers, town: Town) -> None:
    form = make_form(town.adult, town.users["kari"], "<img src=x onerror=alert(1)>")
    kari = browser("kari")
    for page in (
        kari.get(f"/saker/{town.adult.id}/samtalar/ny"),
        kari.get(f"/saker/{town.adult.id}/skjema/{form.id}"),
        kari.get(f"/saker/{town.adult.id}/skjema/{form.id}/aktivitetar"),
    ):
        assert "<img" not in page.text
        assert "&lt;img src=x" in page.text


def _day(number: int) -> date:
    from datetime import date

    return date(2026, 1, number)


def test_a_closed_case_invites_to_no_conversation(browser: Browsers, town: Town, worked: Worked) -> None:
    with audit.acting(TESTER):
        worked.talks[2].next_due = clock.today() + timedelta(days=9)
        db.session.commit()
    kari = browser("kari")
    assert "Neste samtale:" in said(kari.get(worked.summary).text)
    with audit.acting(TESTER):
        town.adult.closed_on, town.adult.close_reason = clock.today(), "moved"
        db.session.commit()
    page = said(kari.get(worked.summary).text)
    assert "Neste samtale:" not in page
    assert "ingen ny samtale er avtalt" in page
    paper = reading.flat(kari.get(f"{worked.summary}/oppsummering.pdf").data)
    assert "ingen ny samtale er avtalt" in paper
