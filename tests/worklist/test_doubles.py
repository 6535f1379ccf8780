"""A shielded person who is recorded a second time by somebody who could not be told of the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import AuditEntry, Case
from psfs.worklist import queries
from tests.support.people import TESTER, make_case
from tests.worklist.rows import add_consent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from psfs.worklist.queries import Item
    from tests.support.client import Browser
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")


@pytest.fixture(autouse=True)
def acting(town: Town) -> Iterator[None]:
    with audit.acting(TESTER):
        yield


@pytest.fixture
def twice(acting: None, town: Town) -> Case:
    """Kari's shielded Testine Tenkt, recorded again at the school by eva; the second case."""
    town.adult.person.shielded = True
    return again(town)


def again(town: Town, name: str = "Tenkt, Testine", born: date | None = None, **fields: object) -> Case:
    born = born or town.adult.person.birth_date
    return make_case(town.users["eva"], town.school, name, born, "adults", level=1, **fields)


def doubles(town: Town, name: str) -> list[Item]:
    db.session.commit()
    return [item for item in queries.worklist(town.users[name]).items if item.kind == "dobbel"]


@both
def test_those_who_may_know_of_the_shielded_person_are_told(town: Town, twice: Case) -> None:
    told = {name: doubles(town, name) for name in town.users if name != "admin"}
    assert {name for name, items in told.items() if items} == {"kari", "leader"}
    for name in ("kari", "leader"):
        (item,) = told[name]
        assert (item.case_id, item.name, item.on) == (town.adult.id, "Testine Tenkt", clock.today())
        assert (item.detail, item.endpoint) == ("Skulen, 52 00 00 02", "cases.show")
        assert item.args == {"case_id": town.adult.id}


@both
def test_whoever_made_the_second_case_learns_nothing(town: Town, twice: Case) -> None:
    twice.person.shielded = True  # to shield one's own case is no way to ask whether there is another
    assert [doubles(town, name) for name in ("eva", "other_leader", "kari", "leader")] == [[], [], [], []]


@pytest.mark.parametrize("end", ["first", "second", "shield"])
def test_the_row_goes_when_a_case_is_closed_or_nobody_is_shielded(town: Town, twice: Case, end: str) -> None:
    if end == "shield":
        town.adult.person.shielded = False
    else:
        (town.adult if end == "first" else twice).closed_on = clock.today()
    assert doubles(town, "kari") + doubles(town, "leader") == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("TESTINE TENKT", True),
        ("Testine Oppdikta Tenkt", True),
        ("Testine", True),
        ("Testine Tvilling", False),
        ("Oppdikta Tenkt", False),
        ("Testina Tenkt", False),
    ],
)
def test_the_shorter_name_stands_whole_in_the_longer(town: Town, name: str, told: bool) -> None:
    town.adult.person.shielded = True
    again(town, name)
    assert bool(doubles(town, "kari")) == told


def test_another_birth_date_is_another_person(town: Town) -> None:
    town.adult.person.shielded = True
    again(town, born=clock.today())
    assert doubles(town, "kari") == []


def test_one_person_with_two_cases_is_no_double(town: Town) -> None:
    town.adult.person.shielded = True
    make_case(
        town.users["kari"], town.home_care, "Nokon Annan", clock.today(), "children"
    ).person_id = town.adult.person_id
    assert doubles(town, "kari") == []


def test_several_cases_at_once_are_one_row_each_service(town: Town, twice: Case) -> None:
    again(town, "Testine Tenkt")
    assert [item.detail for item in doubles(town, "leader")] == ["Skulen, 52 00 00 02"]


def test_a_holder_from_elsewhere_is_told_only_with_consent(town: Town) -> None:
    town.adult.person.shielded = True
    town.adult.holder_id = town.users["eva"].id
    make_case(town.users["ola"], town.home_care, "Testine Tenkt", town.adult.person.birth_date, "adults")
    assert doubles(town, "eva") == []
    add_consent(town.adult, town.users["kari"], None, service_id=town.school.id)
    assert [item.detail for item in doubles(town, "eva")] == ["Heimetenesta, 52 00 00 01"]


def test_the_row_on_the_page_and_no_trace_of_it_on_the_second_case(
    browser: Callable[[str], Browser], town: Town, twice: Case
) -> None:
    db.session.commit()
    page = browser("leader").get("/?slag=dobbel").text
    assert "Det kan vere to saker om same person. Spør Skulen, 52 00 00 02" in page
    assert str(twice.id) not in page
    lists = db.session.query(AuditEntry).filter(AuditEntry.stream.startswith("lists:")).all()
    assert [str(town.adult.id) in entry.data for entry in lists] == [True]
    assert str(twice.id) not in "".join(entry.data for entry in lists)
