"""Every change to a clinical row is in the log, in the same transaction, with who and from what to what."""

from __future__ import annotations

import json
import uuid
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from psfs import audit, clock
from psfs.audit.bulk import insert_rows
from psfs.audit.recorder import BulkWriteError
from psfs.extensions import begin_write, db
from psfs.models import Audited, AuditEntry, Case, ListSighting, LogEntry, Person, RelatedPerson, Service, User

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.people import Town

pytestmark = pytest.mark.databases("sqlite", "postgres")
ACTOR = audit.Actor(uuid.UUID(int=7), "Kari Dikta", "case:test", "testing")


def entries(stream: str = "case:test") -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.stream == stream).order_by(AuditEntry.seq)))


def changes(stream: str = "case:test") -> list[dict[str, Any]]:
    return [change for entry in entries(stream) for change in json.loads(entry.data).get("changes", [])]


def person(**fields: Any) -> Person:
    return Person(**{"name": "Testine Tenkt", "birth_date": date(1941, 5, 17), "created_at": clock.now(), **fields})


def test_insert_update_and_delete_are_logged_with_old_and_new(app: Flask) -> None:
    with audit.acting(ACTOR):
        one = person()
        db.session.add(one)
        db.session.commit()
        one.name, one.phone = "Testine Ny", "900 00 001"
        db.session.commit()
        db.session.delete(one)
        db.session.commit()
    made, changed, removed = changes()
    assert (made["op"], made["table"], made["id"]) == ("insert", "person", str(one.id))
    assert "old" not in made
    assert made["new"]["name"] == "Testine Tenkt"
    assert (made["new"]["id"], made["new"]["language"], made["new"]["shielded"]) == (str(one.id), "nn", False)
    assert changed["old"] == {"name": "Testine Tenkt", "phone": ""}
    assert changed["new"] == {"name": "Testine Ny", "phone": "900 00 001"}
    assert (removed["op"], removed["old"]["name"], removed["old"]["birth_date"]) == (
        "delete",
        "Testine Ny",
        "1941-05-17",
    )
    assert "new" not in removed
    first = entries()[0]
    assert (first.actor_id, first.actor, first.kind, first.action) == (ACTOR.id, "Kari Dikta", "change", "testing")


def test_one_transaction_is_one_link(app: Flask) -> None:
    with audit.acting(ACTOR):
        for name in ("Ein Dikta", "To Dikta"):
            db.session.add(person(name=name))
            db.session.flush()
        db.session.commit()
    assert len(entries()) == 1
    assert len(changes()) == 2


def test_the_old_value_is_known_also_when_the_session_had_forgotten_it(app: Flask) -> None:
    with audit.acting(ACTOR):
        one = person()
        db.session.add(one)
        db.session.commit()
        db.session.expire_all()
        one.name = "Testine Ny"
        db.session.commit()
        db.session.expire_all()
        db.session.delete(one)
        db.session.commit()
    assert changes()[1]["old"]["name"] == "Testine Tenkt"
    assert changes()[2]["old"]["name"] == "Testine Ny"


def test_what_is_set_through_a_relation_is_logged(town: Town) -> None:
    with audit.acting(ACTOR):
        town.users["kari"].service = town.school
        db.session.commit()
    (change,) = changes()
    assert change["old"] == {"service_id": str(town.home_care.id)}
    assert change["new"] == {"service_id": str(town.school.id)}


def test_secrets_are_marked_as_changed_and_not_shown(town: Town) -> None:
    with audit.acting(ACTOR):
        town.users["kari"].passphrase_hash = "$argon2id$secret"
        db.session.commit()
    assert changes()[0]["new"] == {"passphrase_hash": "·"}
    assert "argon2id" not in entries()[0].data


def test_nothing_is_logged_where_nothing_changed(app: Flask) -> None:
    with audit.acting(ACTOR):
        one = person()
        db.session.add(one)
        db.session.commit()
        one.name = str(one.name)
        db.session.commit()
    assert len(entries()) == 1


@pytest.mark.parametrize("op", ["insert", "update", "delete"])
def test_nobody_changes_anything_without_a_name(town: Town, op: str) -> None:
    if op == "insert":
        db.session.add(person())
    elif op == "update":
        town.adult.person.phone = "900 00 002"
    else:
        db.session.delete(town.adult.person)
    with pytest.raises(audit.MissingActorError):
        db.session.commit()
    db.session.rollback()
    assert db.session.scalar(select(Person.phone).where(Person.id == town.adult.person_id)) == ""


def test_reading_and_unclinical_rows_need_no_name(town: Town) -> None:
    assert db.session.scalars(select(Person)).all()
    db.session.commit()


def test_a_rollback_leaves_nothing(app: Flask) -> None:
    with audit.acting(ACTOR):
        db.session.add(person())
        db.session.flush()
        audit.record_reading(case_id=uuid.UUID(int=1), actor_id=uuid.UUID(int=7), actor="Kari Dikta", view="test")
        db.session.rollback()
        db.session.add(person(name="Ny Dikta"))
        db.session.commit()
    assert [change["new"]["name"] for change in changes()] == ["Ny Dikta"]
    assert entries(f"case:{uuid.UUID(int=1)}") == []
    assert len(db.session.scalars(select(Person)).all()) == 1


def test_a_failed_commit_leaves_neither_row_nor_entry(town: Town) -> None:
    with audit.acting(ACTOR):
        db.session.add(Service(name="Heimetenesta"))  # the name is taken
        with pytest.raises(DBAPIError):
            db.session.commit()
        db.session.rollback()
        db.session.add(person())
        db.session.commit()
    assert [change["table"] for change in changes()] == ["person"]


def test_a_savepoint_that_is_given_up_takes_only_its_own_with_it(app: Flask) -> None:
    with audit.acting(ACTOR):
        begin_write()
        db.session.add(person(name="Før Dikta"))
        db.session.flush()
        inner = db.session.begin_nested()
        db.session.add(person(name="Inni Dikta"))
        db.session.flush()
        inner.rollback()
        with db.session.begin_nested():
            db.session.add(person(name="Teke vare på Dikta"))
        db.session.add(person(name="Etter Dikta"))
        db.session.commit()
    names = [change["new"]["name"] for change in changes()]
    assert names == ["Før Dikta", "Teke vare på Dikta", "Etter Dikta"]
    assert len(entries()) == 1


def test_the_head_is_noted_in_the_servers_log_once_it_stands(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", "psfs.audit"), audit.acting(ACTOR):
        db.session.add(person())
        db.session.flush()
        assert [record for record in caplog.records if record.name == "psfs.audit"] == []
        db.session.commit()
    (record,) = [record for record in caplog.records if record.name == "psfs.audit"]
    (head,) = audit.heads()
    noted = record.__dict__
    assert (noted["stream"], noted["seq"], noted["digest"]) == (head.stream, head.seq, head.digest)


# --- Rows that the session does not keep -----------------------------------------------------------------------------


def test_rows_that_go_straight_to_their_table_are_logged_as_the_sessions_own(app: Flask) -> None:
    fields = {"name": "Testine Tenkt", "birth_date": date(1941, 5, 17), "created_at": clock.now()}
    with audit.acting(ACTOR):
        db.session.add(Person(id=uuid.UUID(int=1), **fields))
        db.session.commit()
        insert_rows(Person, [{"id": uuid.UUID(int=2), **fields}, {"id": uuid.UUID(int=3), **fields}])
        insert_rows(RelatedPerson, [])
        db.session.commit()
    own, second, third = changes()
    for number, change in ((2, second), (3, third)):
        assert change.pop("id") == change["new"].pop("id") == str(uuid.UUID(int=number))
    assert own.pop("id") == own["new"].pop("id")
    assert own == second == third
    assert len(entries()) == 2
    stored = [(row.name, row.language, row.version) for row in db.session.scalars(select(Person))]
    assert stored == [("Testine Tenkt", "nn", 1)] * 3


def test_rows_without_a_name_are_refused(app: Flask) -> None:
    with pytest.raises(audit.MissingActorError):
        insert_rows(Person, [{"id": uuid.uuid4(), "name": "Testine Tenkt", "birth_date": date(1941, 5, 17)}])
    assert db.session.scalars(select(Person)).all() == []


def test_a_model_with_secrets_is_left_to_the_session(town: Town) -> None:
    with audit.acting(ACTOR), pytest.raises(TypeError):
        insert_rows(User, [{"id": uuid.uuid4(), "name": "Testine Tenkt"}])


def test_rows_that_are_rolled_back_leave_nothing(app: Flask) -> None:
    row = {"id": uuid.uuid4(), "name": "Testine Tenkt", "birth_date": date(1941, 5, 17), "created_at": clock.now()}
    with audit.acting(ACTOR):
        insert_rows(Person, [row])
        db.session.rollback()
        db.session.commit()
    assert entries() == []
    assert db.session.scalars(select(Person)).all() == []


# --- Past the log ----------------------------------------------------------------------------------------------------

GUARDED = sorted(
    (
        mapper.class_
        for mapper in db.Model.registry.mappers
        if issubclass(mapper.class_, (Audited, AuditEntry, ListSighting))
    ),
    key=lambda model: model.__name__,
)


def test_bulk_statements_are_refused_for_every_guarded_table(app: Flask) -> None:
    assert len(GUARDED) > 15
    for model in GUARDED:
        first = next(iter(model.__table__.columns)).key
        for target in (model, model.__table__):
            for statement in (update(target).values({first: None}), delete(target), insert(target)):
                with pytest.raises(BulkWriteError):
                    db.session.execute(statement)


def test_the_sessions_own_bulk_methods_are_refused(town: Town) -> None:
    values = {"id": town.adult.person_id, "name": "Endra Dikta"}
    for write in (
        lambda: db.session.bulk_save_objects([person()]),
        lambda: db.session.bulk_insert_mappings(Person, [values]),  # type: ignore[arg-type]
        lambda: db.session.bulk_update_mappings(Person, [values]),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            write()
    with pytest.raises(BulkWriteError):
        db.session.query(Person).update({"name": "Endra Dikta"})
    with pytest.raises(BulkWriteError):
        db.session.query(Person).delete()


@pytest.mark.parametrize(
    "statement", ["UPDATE person SET name = 'x'", "  delete FROM person", "WITH x AS (SELECT 1) SELECT 1"]
)
def test_statements_in_plain_text_are_refused(app: Flask, statement: str) -> None:
    with pytest.raises(BulkWriteError):
        db.session.execute(text(statement))
    assert db.session.execute(text("SELECT 1")).scalar() == 1


def test_the_log_itself_is_no_model_to_write(app: Flask) -> None:
    db.session.add(
        AuditEntry(
            stream="x", seq=1, at=clock.now(), actor="", kind="change", action="", data="", previous="", digest=""
        )
    )
    with pytest.raises(BulkWriteError):
        db.session.flush()
    db.session.rollback()
    db.session.add(ListSighting(case_id=uuid.UUID(int=1), entry_id=1))
    with pytest.raises(BulkWriteError):
        db.session.flush()


# --- The triggers ----------------------------------------------------------------------------------------------------


def filled(town: Town) -> None:
    with audit.acting(ACTOR):
        db.session.add(
            LogEntry(
                case_id=town.adult.id,
                kind="note",
                decided_on=clock.today(),
                recorded_at=clock.now(),
                recorded_by_id=town.users["kari"].id,
                recorded_by="Kari Dikta",
            )
        )
        audit.recorder.record_list_reading(
            actor_id=town.users["kari"].id, actor="Kari Dikta", view="worklist.home", case_ids=[town.adult.id]
        )
        db.session.commit()
    db.session.remove()


@pytest.mark.parametrize(("table", "key"), [("audit_entry", "id"), ("log_entry", "id"), ("list_sighting", "entry_id")])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET {key} = {key}", "DELETE FROM {}", "TRUNCATE {}", "TRUNCATE {} CASCADE"]
)
def test_the_database_refuses_to_change_its_logs(town: Town, table: str, key: str, statement: str) -> None:
    if "TRUNCATE" in statement and db.engine.dialect.name == "sqlite":
        statement = "DELETE FROM {} WHERE true"
    filled(town)
    with pytest.raises(DBAPIError, match="never edited|violates|cannot truncate"), db.engine.begin() as connection:
        connection.execute(text(statement.format(table, key=key)))


@pytest.mark.parametrize(
    ("table", "conflict"),
    [
        ("audit_entry", "(id) DO UPDATE SET actor = 'x'"),
        ("list_sighting", "(case_id, entry_id) DO UPDATE SET entry_id = 9"),
    ],
)
def test_replacing_an_entry_is_changing_it(town: Town, table: str, conflict: str) -> None:
    filled(town)
    verbs = {
        "sqlite": f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",  # noqa: S608
        "postgresql": f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT {conflict}",  # noqa: S608
    }
    with pytest.raises(DBAPIError, match="never edited"), db.engine.begin() as connection:
        connection.execute(text(verbs[db.engine.dialect.name]))


def test_nothing_done_to_a_case_reaches_its_log(town: Town) -> None:
    """No cascade: a row that the log speaks of cannot go, and the audit depends on nothing."""
    filled(town)
    with pytest.raises(DBAPIError), db.engine.begin() as connection:
        connection.execute(text("DELETE FROM case_file"))
    assert AuditEntry.__table__.foreign_keys == set()  # type: ignore[attr-defined]


def test_every_clinical_table_is_guarded(app: Flask) -> None:
    """What holds a person's data is logged; the rest is listed here, with why."""
    why = {
        "audit_entry": "the log",
        "list_sighting": "the log's index",
        "case_look": "when someone last looked: the readings are logged",
        "level_stay": "made from the log",
        "person_word": "made from the person's name",
        "sign_in_code": "security events",
        "throttle": "security events",
        "web_session": "security events",
    }
    unlogged = {
        mapper.class_.__tablename__ for mapper in db.Model.registry.mappers if not issubclass(mapper.class_, Audited)
    }
    assert unlogged == set(why)
    assert {Case, User, RelatedPerson} <= {mapper.class_ for mapper in db.Model.registry.mappers}
