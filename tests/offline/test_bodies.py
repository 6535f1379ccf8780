"""The bodies that tablets have frozen: what was sent in 2026 is read in every later version."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pytest

from psfs.conversations import bodies
from psfs.domain.activities import Answer, RetireReason

VERSION_1 = Path(__file__).with_name("version_1.json")
"""As a tablet froze it in November 2026. It is never changed: such a body may lie in a drawer."""


def test_a_body_of_version_1_is_read_as_it_was_meant() -> None:
    body = bodies.read(VERSION_1.read_bytes())
    first, second, new = (UUID(int=number) for number in (11, 12, 13))
    assert body.held_on == date(2026, 11, 25)
    assert body.answers == {
        first: Answer(7),
        second: Answer(not_asked=True, reason="trøytt"),
        new: Answer(0),
    }
    assert [(one.id, one.text) for one in body.added] == [(new, "Gå på kafé 😀")]
    assert body.retired[second].reason is RetireReason.OTHER
    assert body.made_at == datetime(2026, 11, 25, 12, 15, tzinfo=UTC)
    assert body.next_due is None
    assert (body.respondent, body.remark, body.performed_by) == ("with_help", "Betre no\nenn før", "")


@pytest.mark.parametrize("without", sorted(json.loads(VERSION_1.read_text(encoding="utf-8"))))
def test_a_field_that_is_not_there_is_named(without: str) -> None:
    body = json.loads(VERSION_1.read_text(encoding="utf-8"))
    del body[without]
    with pytest.raises(bodies.MalformedError) as refused:
        bodies.read(json.dumps(body).encode())
    assert refused.value.where == [without]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"v":1,"v":1}',
        b'{"v":1.0}',
        b'{"v":true}',
        b"[" * 100_000,
        b'{"v":1' + b"0" * 400 + b"}",
        b"\xff{}",
        b'{"v":1,"\\ud800":1}',
    ],
)
def test_what_two_readers_could_read_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(bodies.MalformedError):
        bodies.read(raw)


@pytest.mark.parametrize("reason", [[], {}, ["other"], None, 1])
def test_a_reason_of_another_kind_is_refused_and_is_no_fault_of_the_server(reason: object) -> None:
    body = json.loads(VERSION_1.read_text(encoding="utf-8"))
    key = str(UUID(int=12))
    body["retired"][key]["reason"] = reason
    with pytest.raises(bodies.MalformedError) as refused:
        bodies.read(json.dumps(body).encode())
    assert refused.value.where == [f"retired.{key}.reason"]
