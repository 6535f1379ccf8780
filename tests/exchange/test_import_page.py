"""Scores in from a page: a preview that writes nothing, then all of it or nothing."""

from __future__ import annotations

import base64
import io
import re
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from psfs.extensions import db
from psfs.models import AuditEntry, Case, Conversation, Person
from tests.bti.support import form_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser

    Open = Callable[[str], Browser]

HEADER = "person_ref,name,birth_date,form,conversation_date,performed_by,activity,score"
TALK = "T-1,Testine Import,1950-01-02,1,{day},Kari,Gå tur,{score}"
GOOD = "\n".join([HEADER, TALK.format(day="2026-01-12", score=2), TALK.format(day="2026-03-03", score=5), ""])
BAD = GOOD + "T-2,Prøve Feil,1950-13-02,1,2026-01-12,Kari,Strikke,11\n"
PLACE = "/les-inn-skarar"


def counts() -> tuple[int | None, int | None]:
    db.session.rollback()
    people = db.session.scalar(select(func.count()).select_from(Person).where(Person.import_ref.is_not(None)))
    return people, db.session.scalar(select(func.count()).select_from(Conversation))


def look(browser: Browser, content: str | bytes, status: int = 200, **given: str) -> str:
    raw = content if isinstance(content, bytes) else content.encode()
    data: dict[str, Any] = {"file": (io.BytesIO(raw), "skarar.csv"), "scale": "higher-is-better", "service": ""}
    return str(browser.post(PLACE, data | given, status=status).text)


@pytest.mark.usefixtures("town")
def test_the_preview_writes_nothing_and_yes_writes_all(browser: Open) -> None:
    ke = browser("ke")
    page = look(ke, GOOD, service="Heimetenesta")
    assert re.search(r"Nye samtalar</dt><dd>2<", page)
    assert counts() == (0, 0)
    sent = form_of(page, "/stadfest")
    ke.post(f"{PLACE}/stadfest", sent)
    assert counts() == (1, 2)
    case = db.session.scalars(select(Case).join(Person).where(Person.import_ref == "T-1")).one()
    assert case.service.name == "Heimetenesta"
    ke.post(f"{PLACE}/stadfest", sent)  # a double tap
    assert counts() == (1, 2)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "scores_imported")).first()
    assert entry is not None
    assert (entry.actor, "Testine" in entry.data) == ("Ke Dikta", False)


@pytest.mark.usefixtures("town")
def test_every_fault_is_shown_before_anything_is_written(browser: Open) -> None:
    page = look(browser("ke"), BAD, 422)
    assert "birth_date må vere ein dato" in page
    assert "score må vere eit heilt tal" in page
    assert "Linje 4" in page
    assert "stadfest" not in page
    assert counts() == (0, 0)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "tom eller øydelagd"),
        (GOOD.encode("utf-16"), "UTF-16"),
        (GOOD.replace("Gå", "G\xe5").encode("latin-1"), "UTF-8"),
        (b"hei", "Den første linja"),
    ],
)
def test_a_file_that_is_none_is_told_so(browser: Open, content: bytes, said: str) -> None:
    assert said in look(browser("ke"), content, 422)
    assert counts() == (0, 0)


@pytest.mark.usefixtures("town")
def test_which_way_the_scale_runs_must_be_said(browser: Open) -> None:
    assert "Vel kva veg skalaen går." in look(browser("ke"), GOOD, 422, scale="")


@pytest.mark.usefixtures("town")
def test_a_confirmation_that_was_tampered_with_is_checked_like_any_file(browser: Open) -> None:
    ke = browser("ke")
    sent = form_of(look(ke, GOOD), "/stadfest")
    faulty = base64.b64encode(BAD.encode()).decode()
    assert "score må vere" in ke.post(f"{PLACE}/stadfest", sent | {"content": faulty}, status=422).text
    for wrong in ({"content": "x"}, {"content": ""}, {"scale": "sidelengs"}, {"service": "Finst ikkje"}):
        ke.post(f"{PLACE}/stadfest", sent | wrong, status=422)
    assert counts() == (0, 0)


@pytest.mark.usefixtures("town")
def test_names_are_shown_as_text(browser: Open) -> None:
    page = look(browser("ke"), GOOD.replace("Gå tur,2", "<script>alert(1)</script>,12"), 422)
    assert "<script>alert" not in page
