"""Names in lists: the index is written with the entry, and whoever meddles with it is found out, and where."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, text

from psfs import audit
from psfs.audit import Fault
from psfs.audit.recorder import record_list_reading
from psfs.extensions import db
from psfs.models import AuditEntry, ListSighting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask

pytestmark = pytest.mark.databases("sqlite", "postgres")
KARI, OLA = uuid.UUID(int=7), uuid.UUID(int=8)
ONE, TWO, THREE = (uuid.UUID(int=number) for number in (101, 102, 103))


def show(reader: uuid.UUID, *case_ids: uuid.UUID) -> None:
    record_list_reading(actor_id=reader, actor="Kari Dikta", view="worklist.home", case_ids=case_ids)
    db.session.commit()


def index() -> set[tuple[str, int, uuid.UUID]]:
    """The index, by the stream and number of its entries."""
    query = select(AuditEntry.stream, AuditEntry.seq, ListSighting.case_id).join(
        ListSighting, ListSighting.entry_id == AuditEntry.id
    )
    found = {(row.stream, row.seq, row.case_id) for row in db.session.execute(query)}
    db.session.rollback()
    return found


def test_each_case_of_a_list_is_in_the_index(app: Flask) -> None:
    show(KARI, ONE, TWO, ONE)
    show(OLA, TWO)
    show(KARI, THREE)
    kari, ola = f"lists:{KARI}", f"lists:{OLA}"
    assert index() == {(kari, 1, ONE), (kari, 1, TWO), (ola, 1, TWO), (kari, 2, THREE)}
    first = db.session.scalars(select(AuditEntry).where(AuditEntry.stream == kari).order_by(AuditEntry.seq)).first()
    assert first is not None
    assert json.loads(first.data) == {"cases": [str(ONE), str(TWO)]}
    assert audit.verify() == (3, [])


def test_what_is_rolled_back_is_in_neither(app: Flask) -> None:
    record_list_reading(actor_id=KARI, actor="Kari Dikta", view="worklist.home", case_ids=[ONE])
    db.session.rollback()
    show(OLA, TWO)
    assert index() == {(f"lists:{OLA}", 1, TWO)}
    assert len(db.session.scalars(select(ListSighting)).all()) == 1


def test_a_list_of_very_many_is_whole(app: Flask) -> None:
    many = [uuid.UUID(int=number) for number in range(1, 5001)]
    show(KARI, *many)
    assert len(index()) == len(many)
    assert audit.verify() == (1, [])


@pytest.fixture
def tamper(app: Flask) -> Callable[[Iterable[str]], list[Fault]]:
    """Three lists, and ``tamper([sql, …])``: what someone with the owner's rights did, and what is then found."""
    show(KARI, ONE, TWO)
    audit.record_reading(case_id=ONE, actor_id=KARI, actor="Kari Dikta", view="cases.show")
    db.session.commit()
    show(OLA, TWO)
    show(KARI, TWO, THREE)
    assert audit.verify() == (4, [])
    off = {
        "sqlite": ["DROP TRIGGER list_sighting_no_update", "DROP TRIGGER list_sighting_no_delete"],
        "postgresql": ["ALTER TABLE list_sighting DISABLE TRIGGER ALL"],
    }

    def run(statements: Iterable[str]) -> list[Fault]:
        with db.engine.begin() as connection:
            for statement in (*off[db.engine.dialect.name], *statements):
                connection.execute(text(statement.format(**{name: sql(value) for name, value in names.items()})))
        return audit.verify()[1]

    def sql(value: uuid.UUID | int) -> str:
        if isinstance(value, int):
            return str(value)
        return f"'{value.hex}'"

    ids = list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))
    db.session.remove()
    names: dict[str, uuid.UUID | int] = {"one": ONE, "two": TWO, "three": THREE}
    names |= dict(zip(("first", "own", "olas", "last"), ids, strict=True))
    return run


def test_a_missing_row(tamper: Callable[[Iterable[str]], list[Fault]]) -> None:
    found = tamper(["DELETE FROM list_sighting WHERE entry_id = {first} AND case_id = {two}"])
    assert found == [Fault(f"lists:{KARI}", 1, "index_missing", str(TWO))]


def test_every_row_of_an_entry_gone(tamper: Callable[[Iterable[str]], list[Fault]]) -> None:
    found = tamper(["DELETE FROM list_sighting WHERE entry_id = {last}"])
    assert found == [Fault(f"lists:{KARI}", 2, "index_missing", str(each)) for each in (TWO, THREE)]


def test_all_of_it_gone(tamper: Callable[[Iterable[str]], list[Fault]]) -> None:
    assert {fault.code for fault in tamper(["DELETE FROM list_sighting"])} == {"index_missing"}


def test_an_extra_row(tamper: Callable[[Iterable[str]], list[Fault]]) -> None:
    found = tamper(["INSERT INTO list_sighting (case_id, entry_id) VALUES ({three}, {olas})"])
    assert found == [Fault(f"lists:{OLA}", 1, "index_extra", str(THREE))]


def test_a_row_that_was_turned_to_another_case(tamper: Callable[[Iterable[str]], list[Fault]]) -> None:
    found = tamper(["UPDATE list_sighting SET case_id = {three} WHERE entry_id = {olas}"])
    assert found == [
        Fault(f"lists:{OLA}", 1, "index_missing", str(TWO)),
        Fault(f"lists:{OLA}", 1, "index_extra", str(THREE)),
    ]


def test_a_row_that_was_turned_to_another_reader(tamper: Callable[[Iterable[str]], list[Fault]]) -> None:
    found = tamper(["UPDATE list_sighting SET entry_id = {olas} WHERE entry_id = {first} AND case_id = {one}"])
    assert found == [
        Fault(f"lists:{KARI}", 1, "index_missing", str(ONE)),
        Fault(f"lists:{OLA}", 1, "index_extra", str(ONE)),
    ]


@pytest.mark.parametrize("entry", ["{own}", "0", "-5", "99999"])
def test_a_row_of_no_list(tamper: Callable[[Iterable[str]], list[Fault]], entry: str) -> None:
    """Of an entry that is none, or that tells of one case alone."""
    (found,) = tamper([f"INSERT INTO list_sighting (case_id, entry_id) VALUES ({{one}}, {entry})"])  # noqa: S608
    assert (found.stream, found.code, found.about) == ("list_sighting", "index_lost", str(ONE))


def test_the_index_of_an_entry_that_was_removed(tamper: Callable[[Iterable[str]], list[Fault]]) -> None:
    off = {"sqlite": "DROP TRIGGER audit_entry_no_delete", "postgresql": "ALTER TABLE audit_entry DISABLE TRIGGER ALL"}
    found = tamper([off[db.engine.dialect.name], "DELETE FROM audit_entry WHERE id = {first}"])
    assert (found[0].stream, found[0].seq, found[0].code) == (f"lists:{KARI}", 1, "missing")
    assert [(fault.code, fault.about) for fault in found[1:]] == [("index_lost", str(ONE)), ("index_lost", str(TWO))]


@pytest.mark.parametrize("data", ["not json", "[]", "7"])
def test_an_entry_that_was_edited_no_longer_fits_its_index(
    tamper: Callable[[Iterable[str]], list[Fault]], data: str
) -> None:
    off = {"sqlite": "DROP TRIGGER audit_entry_no_update", "postgresql": "ALTER TABLE audit_entry DISABLE TRIGGER ALL"}
    edit = f"UPDATE audit_entry SET data = '{data}' WHERE id = {{olas}}"  # noqa: S608
    found = tamper([off[db.engine.dialect.name], edit])
    assert [(fault.stream, fault.seq, fault.code) for fault in found] == [
        (f"lists:{OLA}", 1, "edited"),
        (f"lists:{OLA}", 1, "index_extra"),
    ]


@pytest.mark.databases("postgres")  # SQLite always sees one moment
def test_what_is_written_while_the_log_is_read_is_no_fault(app: Flask) -> None:
    """The walk sees one moment: a list shown after it began is neither missing nor too much."""
    show(KARI, ONE)
    audit.verifying._hold_one_moment()
    assert len(db.session.scalars(select(AuditEntry)).all()) == 1
    with db.engine.connect() as other:
        other.execute(insert(ListSighting), {"case_id": TWO, "entry_id": 99})
        other.commit()
    assert list(audit.lists.faults()) == []


def test_what_a_program_of_an_earlier_version_left_out_is_written_in(
    tamper: Callable[[Iterable[str]], list[Fault]],
) -> None:
    before = index()
    missing = tamper(["DELETE FROM list_sighting WHERE entry_id = {first} OR case_id = {three}"])
    assert len(missing) == 3
    assert audit.fill_index() == missing
    assert index() == before
    assert audit.verify() == (5, [])  # with the entry that tells of it
    assert audit.fill_index() == []
    assert audit.verify() == (5, [])


def test_filling_in_takes_nothing_away_and_believes_no_edited_entry(
    tamper: Callable[[Iterable[str]], list[Fault]], app: Flask
) -> None:
    trigger = {
        "sqlite": "DROP TRIGGER audit_entry_no_update",
        "postgresql": "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
    }
    found = tamper(
        [
            trigger[db.engine.dialect.name],
            "INSERT INTO list_sighting (case_id, entry_id) VALUES ({three}, {olas})",
            """UPDATE audit_entry SET data = '{{"cases":["7"]}}' WHERE id = {last}""",
        ]
    )
    assert audit.fill_index() == []
    assert audit.verify() == (4, found)
