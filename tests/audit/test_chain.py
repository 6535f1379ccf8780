"""The chains: whoever edits, removes, reorders or cuts is found out, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from psfs import audit, clock
from psfs.audit import Fault, Head, chain, notes
from psfs.extensions import db

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

pytestmark = pytest.mark.databases("sqlite", "postgres")
LENGTH = 5


@pytest.fixture
def tamper(app: Flask) -> Callable[..., None]:
    """Two chains, and ``tamper(sql, …)``: what someone with the database's own tools and its owner's rights can do."""
    for stream in ("case:a", "case:b"):
        for number in range(1, LENGTH + 1):
            data = {"number": number}
            fields = {"stream": stream, "actor_id": None, "actor": "Kari Dikta", "kind": "change", "action": "test"}
            chain.append(at=clock.now(), data=data, **fields)  # type: ignore[arg-type]
            db.session.commit()
    db.session.remove()
    off = {
        "sqlite": ["DROP TRIGGER audit_entry_no_update", "DROP TRIGGER audit_entry_no_delete"],
        "postgresql": ["ALTER TABLE audit_entry DISABLE TRIGGER ALL"],
    }

    def run(*statements: str) -> None:
        with db.engine.begin() as connection:
            for statement in (*off[db.engine.dialect.name], *statements):
                connection.execute(text(statement))

    return run


def test_an_untouched_log_is_whole(tamper: Callable[..., None]) -> None:
    noted = list(audit.heads())
    assert [(head.stream, head.seq) for head in noted] == [("case:a", LENGTH), ("case:b", LENGTH)]
    assert audit.verify(noted) == (2 * LENGTH, [])


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE audit_entry SET data = '{}' WHERE stream = 'case:a' AND seq = 3", ("edited", 3)),
        ("UPDATE audit_entry SET actor = 'Ola Dikta' WHERE stream = 'case:a' AND seq = 1", ("edited", 1)),
        ("UPDATE audit_entry SET action = 'x' WHERE stream = 'case:a' AND seq = 5", ("edited", 5)),
        ("UPDATE audit_entry SET kind = 'reading' WHERE stream = 'case:a' AND seq = 2", ("edited", 2)),
        ("UPDATE audit_entry SET previous = digest WHERE stream = 'case:a' AND seq = 2", ("edited", 2)),
        ("DELETE FROM audit_entry WHERE stream = 'case:a' AND seq = 3", ("missing", 3)),
        ("DELETE FROM audit_entry WHERE stream = 'case:a' AND seq = 1", ("missing", 1)),
        ("DELETE FROM audit_entry WHERE stream = 'case:a' AND seq IN (2, 3)", ("missing", 2)),
    ],
)
def test_what_was_done_and_where(tamper: Callable[..., None], statement: str, fault: tuple[str, int]) -> None:
    tamper(statement)
    code, seq = fault
    _, faults = audit.verify()
    assert faults == [Fault("case:a", seq, code)]


def test_a_moved_moment_is_seen(tamper: Callable[..., None]) -> None:
    earlier = {
        "sqlite": "UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE stream = 'case:a' AND seq = 2",
        "postgresql": "UPDATE audit_entry SET at = at - interval '1 day' WHERE stream = 'case:a' AND seq = 2",
    }
    tamper(earlier[db.engine.dialect.name])
    assert audit.verify()[1] == [Fault("case:a", 2, "edited")]


def test_two_that_changed_places(tamper: Callable[..., None]) -> None:
    tamper(
        "UPDATE audit_entry SET seq = 99 WHERE stream = 'case:a' AND seq = 2",
        "UPDATE audit_entry SET seq = 2 WHERE stream = 'case:a' AND seq = 3",
        "UPDATE audit_entry SET seq = 3 WHERE stream = 'case:a' AND seq = 99",
    )
    faults = audit.verify()[1]
    assert {fault.stream for fault in faults} == {"case:a"}
    assert {fault.code for fault in faults} >= {"missing", "reordered"}


def test_an_entry_that_was_written_anew_with_its_digest(tamper: Callable[..., None]) -> None:
    row = db.session.execute(text("SELECT * FROM audit_entry WHERE stream = 'case:a' AND seq = 3")).one()
    entry = db.session.query(audit.chain.AuditEntry).filter_by(stream="case:a", seq=3).one()
    again = chain.digest(
        stream=entry.stream,
        seq=entry.seq,
        at=entry.at,
        actor_id=None,
        actor=entry.actor,
        kind=entry.kind,
        action=entry.action,
        data="{}",
        previous=entry.previous,
    )
    db.session.remove()
    noted = list(audit.heads())
    db.session.remove()
    tamper(f"UPDATE audit_entry SET data = '{{}}', digest = '{again}' WHERE id = {row.id}")  # noqa: S608
    assert audit.verify()[1] == [Fault("case:a", 4, "reordered")], "the next no longer fits"
    assert audit.verify([Head("case:a", 3, row.digest)])[1] == [
        Fault("case:a", 3, "edited"),
        Fault("case:a", 4, "reordered"),
    ]
    assert noted


def test_a_cut_tail_shows_against_what_was_noted(tamper: Callable[..., None]) -> None:
    noted = list(audit.heads())
    db.session.remove()
    tamper("DELETE FROM audit_entry WHERE stream = 'case:b' AND seq > 3")
    assert audit.verify() == (LENGTH + 3, [])
    assert audit.verify(noted) == (LENGTH + 3, [Fault("case:b", LENGTH, "cut_tail")])


def test_a_chain_that_is_gone_shows_against_what_was_noted(tamper: Callable[..., None]) -> None:
    noted = list(audit.heads())
    db.session.remove()
    tamper("DELETE FROM audit_entry WHERE stream = 'case:b'")
    assert audit.verify() == (LENGTH, [])
    assert audit.verify(noted) == (LENGTH, [Fault("case:b", LENGTH, "unknown_stream")])


def test_a_later_log_still_holds_what_was_noted_earlier(tamper: Callable[..., None]) -> None:
    noted = list(audit.heads())
    chain.append(
        stream="case:b", at=clock.now(), actor_id=None, actor="x", kind="change", action="more", data={"a": "æ\u2028"}
    )
    db.session.commit()
    assert audit.verify(noted) == (2 * LENGTH + 1, [])


def test_heads_are_written_and_read_again_and_the_servers_log_will_do(
    tamper: Callable[..., None], tmp_path: Path
) -> None:
    noted = list(audit.heads())
    file = tmp_path / "heads"
    assert notes.write(file, noted) == 2
    assert file.stat().st_mode & 0o077 == 0
    with file.open() as lines:
        assert list(notes.read(lines)) == noted
    log = [
        '{"message": "request", "route": "/"}',
        "not json at all",
        '{"message": "audit head", "name": "psfs.audit", ' + notes.line(noted[0])[1:],
        "[]",
        '{"stream": "x", "seq": "y", "digest": "z"}',
    ]
    assert list(notes.read(log)) == noted[:1]
