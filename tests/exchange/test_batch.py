"""Many chains in one transaction."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from psfs import audit, clock
from psfs.audit.bulk import Batch
from psfs.audit.chain import ALL_STREAMS, append_many
from psfs.extensions import begin_write, db
from psfs.models import Service

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.databases("sqlite", "postgres")
ACTOR = audit.Actor(None, "test", action="test")


def append(streams: list[str]) -> None:
    entries = {stream: {"of": stream} for stream in streams}
    append_many(entries, at=clock.now(), actor_id=None, actor="test", kind="change", action="test")


@pytest.mark.databases("postgres")
def test_more_chains_than_a_database_has_locks(app: Flask) -> None:
    streams = [f"case:{uuid.uuid4()}" for _ in range(8000)]
    for _turn in range(2):
        begin_write()
        append(streams)
        db.session.commit()
    assert audit.verify() == (16000, [])


def test_chains_of_many_and_of_one_go_on_from_each_other(app: Flask) -> None:
    for turn in range(2):
        begin_write()
        append(["case:a", "case:b"])
        db.session.commit()
        audit.record_reading(case_id=uuid.UUID(int=turn), actor_id=uuid.uuid4(), actor="test", view="page")
        db.session.commit()
    append([f"case:{uuid.UUID(int=0)}"])
    db.session.commit()
    assert audit.verify() == (7, [])


@pytest.mark.databases("postgres")
def test_others_wait_for_known_chains_and_not_for_new_ones(app: Flask) -> None:
    free = select(func.pg_try_advisory_xact_lock_shared(*ALL_STREAMS))
    begin_write()
    append(["case:a"])
    with db.engine.connect() as other:
        assert other.scalar(free) is True
    db.session.commit()
    begin_write()
    append(["case:a"])
    with db.engine.connect() as other:
        assert other.scalar(free) is False
        db.session.commit()
        assert other.scalar(free) is True


def test_a_batch_writes_rows_and_their_values_or_neither(app: Flask) -> None:
    service_id = uuid.uuid4()
    begin_write()
    batch = Batch(ACTOR)
    batch.insert("system", Service, {"id": service_id, "name": "Prøvetenesta"})
    batch.write()
    batch.update("system", Service, service_id, {"phone": ("", "52 00 00 00")})
    batch.update("system", Service, service_id, {})
    batch.write()
    db.session.rollback()
    assert db.session.get(Service, service_id) is None
    assert audit.verify() == (0, [])
    begin_write()
    batch.insert("system", Service, {"id": service_id, "name": "Prøvetenesta"})
    batch.write()
    batch.update("system", Service, service_id, {"phone": ("", "52 00 00 00")})
    batch.write()
    db.session.commit()
    service = db.session.get_one(Service, service_id)
    assert (service.name, service.phone, service.active, service.external) == (
        "Prøvetenesta",
        "52 00 00 00",
        True,
        False,
    )
    assert audit.verify() == (2, [])
