"""Who waits for whom: two cases never, one case always, and the chain is right whatever happens at once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from psfs import audit
from psfs.extensions import begin_write, db
from psfs.models import AuditEntry

if TYPE_CHECKING:
    from flask import Flask

READER = uuid.UUID(int=7)
WORKERS, EACH = 4, 10


def read(case: int) -> None:
    audit.record_reading(case_id=uuid.UUID(int=case), actor_id=READER, actor="Kari Dikta", view="test")


@pytest.mark.databases("postgres")
def test_readings_of_two_cases_do_not_wait_for_one_another(app: Flask) -> None:
    read(1)  # and the transaction stays open
    with app.app_context():
        db.session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        read(2)
        db.session.commit()
        db.session.execute(text("SET LOCAL lock_timeout = '200ms'"))
        with pytest.raises(OperationalError):  # the same case: that is what the lock is for
            read(1)
        db.session.rollback()
        db.session.remove()
    db.session.commit()
    assert audit.verify(()) == (2, [])


@pytest.mark.databases("sqlite", "postgres")
def test_one_case_is_chained_right_whoever_writes_at_once(app: Flask) -> None:
    def work(worker: int) -> None:
        with app.app_context():
            for turn in range(EACH):
                begin_write()
                read(1)
                read(2 + (worker + turn) % 2)
                db.session.commit()
            db.session.remove()

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(work, range(WORKERS)))
    count, faults = audit.verify()
    assert (count, faults) == (2 * WORKERS * EACH, [])
    sequence = select(AuditEntry.seq).where(AuditEntry.stream == f"case:{uuid.UUID(int=1)}").order_by(AuditEntry.seq)
    assert list(db.session.scalars(sequence)) == list(range(1, WORKERS * EACH + 1))
