"""Lists out: what stands in the file, who may take it, and that it is logged with everybody in it."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING

import openpyxl
import pytest
from sqlalchemy import select

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import AuditEntry, Coordinator, IndividualPlan, ListSighting, NeedReport
from tests.bti.support import change
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

TODAY = clock.today()


@pytest.fixture
def lists(town: Town) -> None:
    """One of each list's rows, for the adult."""
    moment = clock.now()
    change(town.adult, reported_to_ke_on=TODAY)
    with audit.acting(TESTER):
        db.session.add_all(
            [
                NeedReport(
                    case_id=town.adult.id,
                    reported_on=TODAY,
                    recorded_at=moment,
                    changed_at=moment,
                    reported_by_id=town.users["kari"].id,
                    need="=cmd()",
                    basis="consent",
                    state="decided",
                    coordinator=True,
                    decided_on=TODAY,
                ),
                Coordinator(
                    case_id=town.adult.id,
                    user_id=town.users["kari"].id,
                    kind="coordinator",
                    from_on=date(2026, 1, 2),
                    until_on=date(2026, 2, 3),
                ),
                Coordinator(
                    case_id=town.adult.id, user_id=town.users["ola"].id, kind="coordinator", from_on=date(2026, 2, 3)
                ),
                IndividualPlan(
                    case_id=town.adult.id,
                    state="has",
                    since=TODAY,
                    began_on=date(2026, 3, 4),
                    next_revision=TODAY + timedelta(days=90),
                    recorded_at=moment,
                ),
            ]
        )
        db.session.commit()


def rows(browser: Browser, address: str) -> list[list[str]]:
    answer = browser.get(address)
    assert answer.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))


def newest(view: str) -> tuple[AuditEntry, set[object]]:
    db.session.rollback()
    query = select(AuditEntry).where(AuditEntry.action == view).order_by(AuditEntry.id.desc()).limit(1)
    entry = db.session.scalars(query).one()
    named = select(ListSighting.case_id).where(ListSighting.entry_id == entry.id)
    return entry, set(db.session.scalars(named))


@pytest.mark.parametrize(
    ("address", "view"),
    [
        ("/uttrekk/meldingar", "exchange.needs"),
        ("/uttrekk/planar", "exchange.plans"),
        ("/uttrekk/kpr/fil", "exchange.registered_file"),
    ],
)
def test_each_list_names_the_person_and_is_logged(
    browser: Open, town: Town, lists: None, address: str, view: str
) -> None:
    found = rows(browser("ke"), f"{address}?format=csv")
    assert [row[0] for row in found[1:]] == ["Testine Tenkt"]
    entry, named = newest(view)
    assert (entry.actor, entry.kind, named) == ("Ke Dikta", "reading", {town.adult.id})
    book = openpyxl.load_workbook(io.BytesIO(browser("ke").get(address).data))
    assert book.active is not None
    assert book.active["A2"].value == "Testine Tenkt"


def test_what_kpr_is_told(browser: Open, lists: None) -> None:
    header, row = rows(browser("ke"), "/uttrekk/kpr/fil?format=csv")
    told = dict(zip(header, row, strict=True))
    assert (told["Har koordinator"], told["Koordinator frå"], told["Koordinator til"]) == ("Ja", "2026-02-03", "")
    assert (told["Har individuell plan"], told["Plan frå"]) == ("Ja", "2026-03-04")
    assert told["Avgjord av KE"] == TODAY.isoformat()
    page = browser("ke").get("/uttrekk/kpr").text
    assert "03.02.2026" in page


def test_a_coordinator_who_has_ended_is_told_of_as_such(browser: Open, town: Town, lists: None) -> None:
    now = db.session.scalars(select(Coordinator).where(Coordinator.until_on.is_(None))).one()
    change(now, until_on=date(2026, 4, 5))
    header, row = rows(browser("ke"), "/uttrekk/kpr/fil?format=csv")
    told = dict(zip(header, row, strict=True))
    assert (told["Har koordinator"], told["Koordinator til"]) == ("Nei", "2026-04-05")


def test_a_person_with_two_cases_stands_once(browser: Open, town: Town, lists: None) -> None:
    change(town.child, person_id=town.adult.person_id, service_id=town.school.id, reported_to_ke_on=TODAY)
    plan = {"state": "ended", "since": TODAY, "began_on": date(2020, 1, 2), "recorded_at": clock.now()}
    change(IndividualPlan(case_id=town.child.id, **plan))
    begun = Coordinator(case_id=town.child.id, user_id=town.users["kari"].id, kind="coordinator")
    change(begun, from_on=date(2026, 5, 6), until_on=date(2026, 5, 7))
    header, row = rows(browser("ke"), "/uttrekk/kpr/fil?format=csv")
    told = dict(zip(header, row, strict=True))
    assert (told["Har koordinator"], told["Koordinator frå"], told["Koordinator til"]) == ("Ja", "2026-02-03", "")
    assert (told["Har individuell plan"], told["Plan frå"], told["Plan til"]) == ("Ja", "2026-03-04", "")
    assert set(told["Teneste"].split(", ")) == {"Heimetenesta", "Skulen"}
    assert newest("exchange.registered_file")[1] == {town.adult.id, town.child.id}


def test_who_the_unit_has_not_been_told_of_is_not_named(browser: Open, town: Town, lists: None) -> None:
    change(town.adult, reported_to_ke_on=None)
    assert len(rows(browser("ke"), "/uttrekk/kpr/fil?format=csv")) == 1
    page = browser("ke").get("/uttrekk/kpr").text
    assert "Testine" not in page
    assert "<li>Heimetenesta: 1 sak</li>" in page


def test_what_people_typed_is_no_formula(browser: Open, lists: None) -> None:
    assert rows(browser("ke"), "/uttrekk/meldingar?format=csv")[1][3] == "'=cmd()"


def test_the_worklist_of_the_reader(browser: Open, town: Town) -> None:
    change(town.adult, level_since=TODAY - timedelta(days=200), opened_on=TODAY - timedelta(days=200))
    found = rows(browser("leader"), "/uttrekk/arbeidsliste?format=csv")
    assert ["Testine Tenkt", "Evaluering"] in [row[:2] for row in found]
    assert newest("exchange.waiting")[1] == {town.adult.id}


def test_the_page_shows_some_and_the_file_all(
    browser: Open, lists: None, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with audit.acting(TESTER):
        row = {"state": "wanted", "since": TODAY, "recorded_at": clock.now()}
        db.session.add(IndividualPlan(case_id=town.child.id, **row))
        db.session.commit()
    change(town.child, reported_to_ke_on=TODAY)
    monkeypatch.setattr("psfs.exchange.routes.MOST", 1)
    page = browser("ke").get("/uttrekk/kpr").text
    assert "Prøve Liten" in page
    assert "Testine Tenkt" not in page
    assert "dei 1 første av 2" in page
    assert newest("exchange.registered")[1] == {town.child.id}
    assert len(rows(browser("ke"), "/uttrekk/kpr/fil?format=csv")) == 3


def test_where_a_case_must_not_be_named_nothing_tells_whose_it_is(browser: Open, town: Town) -> None:
    change(town.adult, reported_to_ke_on=TODAY)
    found = {row[0]: row for row in rows(browser("ke"), "/uttrekk/saker?format=csv")[1:]}
    assert found["Testine Tenkt"][1] == "Heimetenesta"
    assert found["Ei sak"][1:3] == ["Heimetenesta", "Barn, unge og familiar"], "as on the page"
    assert found["Ei sak"][4:6] == ["", ""]
    assert newest("exchange.open_cases")[1] == {town.adult.id}


@pytest.mark.parametrize("name", ["kari", "leader", "admin"])
def test_ke_alone_takes_out_the_units_lists(browser: Open, name: str) -> None:
    for address in ("/uttrekk/meldingar", "/uttrekk/planar", "/uttrekk/kpr", "/uttrekk/kpr/fil", "/les-inn-skarar"):
        browser(name).get(address, status=404)


def test_a_file_that_names_nobody_is_logged_too(browser: Open, town: Town) -> None:
    assert rows(browser("ke"), "/uttrekk/planar?format=csv")[1:] == []
    entry, named = newest("exchange.plans")
    assert (entry.actor, named) == ("Ke Dikta", set())


def test_the_page_offers_what_the_reader_may_take(browser: Open) -> None:
    assert "Til KPR og IPLOS" in browser("ke").get("/uttrekk").text
    page = browser("leader").get("/uttrekk").text
    assert "Arbeidslista mi" in page
    assert "KPR" not in page
    browser("kari").get("/uttrekk", status=404)


def test_open_cases_are_narrowed_as_in_the_overview(browser: Open, town: Town) -> None:
    found = rows(browser("leader"), "/uttrekk/saker?format=csv")
    assert sorted(row[0] for row in found[1:]) == ["Prøve Liten", "Testine Tenkt"]
    assert newest("exchange.open_cases")[1] == {town.adult.id, town.child.id}
    (only,) = rows(browser("leader"), "/uttrekk/saker?format=csv&niva=1")[1:]
    assert (only[0], only[1], only[3]) == ("Testine Tenkt", "Heimetenesta", "1")
    assert "Tenkt" not in str(rows(browser("ke"), "/uttrekk/saker?format=csv"))  # not reported to KE
    assert len(rows(browser("other_leader"), "/uttrekk/saker?format=csv")) == 1
