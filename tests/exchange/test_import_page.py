"""Scores in from a page: a preview that writes nothing, then all of it or nothing."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from psfs.exchange import words
from psfs.exchange.parse import COLUMNS
from psfs.extensions import db
from psfs.models import AuditEntry, Case, Conversation, Person, Score
from tests.bti.support import change, form_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town

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
    data: dict[str, Any] = {"file": (io.BytesIO(raw), "skarar.csv"), "scale": "higher-is-better"}
    return str(browser.post(PLACE, data | given, status=status).text)


@pytest.mark.usefixtures("town")
def test_the_preview_writes_nothing_and_yes_writes_all(browser: Open) -> None:
    ke = browser("ke")
    page = look(ke, GOOD, service="Heimetenesta")
    assert re.search(r"Nye samtalar</dt><dd>2<", page)
    assert re.search(r"Sakene går til</dt><dd>Heimetenesta<", page)
    assert counts() == (0, 0)
    sent = form_of(page, "/stadfest")
    ke.post(f"{PLACE}/stadfest", sent)
    assert counts() == (1, 2)
    case = db.session.scalars(select(Case).join(Person).where(Person.import_ref == "T-1")).one()
    assert case.service.name == "Heimetenesta"
    ke.post(f"{PLACE}/stadfest", sent)  # a double tap
    assert counts() == (1, 2)
    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "scores_imported")).all()
    assert [entry.actor for entry in entries] == ["Ke Dikta", "Ke Dikta"]
    assert [json.loads(entry.data) for entry in entries] == [
        {"people": 1, "forms": 1, "conversations": 2},
        {"people": 0, "forms": 0, "conversations": 0},
    ]


@pytest.mark.usefixtures("town")
@pytest.mark.databases("sqlite", "postgres")
def test_two_taps_at_once_read_it_in_once(app: Flask, browser: Open) -> None:
    ke = [browser("ke"), browser("ke")]
    sent = [form_of(look(each, GOOD), "/stadfest") for each in ke]
    together = threading.Barrier(2)

    def confirm(place: int) -> int:
        with app.app_context():
            together.wait()
            data = sent[place] | {"csrf_token": ke[place].token}
            return ke[place].client.post(f"{PLACE}/stadfest", data=data).status_code

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(confirm, (0, 1))) == [303, 303]
    assert counts() == (1, 2)


@pytest.mark.usefixtures("town")
def test_who_holds_the_cases_is_chosen(browser: Open, town: Town) -> None:
    ke = browser("ke")
    page = look(ke, GOOD, holder="ola")
    assert re.search(r"Sakene går til</dt><dd>Heimetenesta<", page)
    assert re.search(r"Stafetten</dt><dd>Ola Dikta<", page)
    ke.post(f"{PLACE}/stadfest", form_of(page, "/stadfest"))
    case = db.session.scalars(select(Case).join(Person).where(Person.import_ref == "T-1")).one()
    assert (case.holder_id, case.service_id) == (town.users["ola"].id, town.home_care.id)
    assert "Ola Dikta høyrer ikkje til" in look(ke, BAD, 422, holder="ola", service=town.school.name)


@pytest.mark.usefixtures("town")
def test_scores_that_run_the_other_way_are_turned(browser: Open) -> None:
    ke = browser("ke")
    page = look(ke, GOOD, scale="lower-is-better")
    assert "Omvendt: 0 er «utan vanskar»" in page.partition("Ingenting er skrive enno.")[0]
    ke.post(f"{PLACE}/stadfest", form_of(page, "/stadfest"))
    assert sorted(db.session.scalars(select(Score.value))) == [5, 8]


@pytest.mark.usefixtures("town")
def test_every_fault_is_shown_before_anything_is_written(browser: Open) -> None:
    page = look(browser("ke"), BAD, 422)
    assert "birth_date må vere ein dato" in page
    assert "score må vere eit heilt tal" in page
    assert "Linje 4" in page
    assert "stadfest" not in page
    assert counts() == (0, 0)


@pytest.mark.usefixtures("town")
def test_however_many_faults_all_are_told_and_those_that_are_alike_together(browser: Open) -> None:
    lines = [f"T-{number},Testine Import,1950-01-02,1,2026-01-12,Kari,,4" for number in range(1500)]
    lines += [f"T-{number},Testine Import,1950-01-02,1,2026-01-12,Kari,Gå tur,{number}" for number in range(11, 1500)]
    page = unescape(look(browser("ke"), "\n".join([HEADER, *lines, ""]), 422))
    assert "2989 feil. Ingenting er lese inn." in page
    assert "Linje 2–1501: activity er tom." in page
    assert all(f"ikkje «{number}»." in page for number in range(11, 1500))


@pytest.mark.usefixtures("town")
def test_what_a_fault_says_is_never_cut(browser: Open) -> None:
    page = unescape(look(browser("ke"), "hei", 422))
    assert f"{','.join(COLUMNS)}." in page
    long = "Aktivitet " * 19
    assert f"«{long.strip()}  »" in unescape(look(browser("ke"), GOOD.replace("Gå tur", f"{long} "), 422))


@pytest.mark.usefixtures("town")
def test_the_page_says_which_columns_there_are_and_its_sample_can_be_read_in(browser: Open) -> None:
    ke = browser("ke")
    page = ke.get(PLACE).text
    assert all(f"<code>{name}</code>" in page for name in COLUMNS)
    assert set(words.COLUMNS) == set(COLUMNS)
    link = re.search(r'href="([^"]+eksempel.csv)"', page)
    assert link
    answer = ke.get(link[1])
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    page = look(ke, answer.data)
    assert re.search(r"Nye personar</dt><dd>1<", page)
    assert re.search(r"Nye samtalar</dt><dd>3<", page)
    for other in ("kari", "leader", "admin"):
        browser(other).get(link[1], status=404)


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
def test_nothing_is_read_in_but_what_was_seen(browser: Open, town: Town) -> None:
    ke = browser("ke")
    sent = form_of(look(ke, GOOD), "/stadfest")
    other = base64.urlsafe_b64encode(GOOD.replace(",2\n", ",3\n").encode()).decode()
    assert other != sent["content"]
    for wrong in (
        {"content": other},
        {"content": "x"},
        {"content": ""},
        {"content": "æ"},
        {"scale": "lower-is-better"},
        {"scale": "sidelengs"},
        {"service": town.school.name},
        {"holder": "ola"},
        {"seal": ""},
    ):
        assert "sjå over ho før" in ke.post(f"{PLACE}/stadfest", sent | wrong, status=422).text, wrong
    change(town.users["eva"], role="ke")
    browser("eva").post(f"{PLACE}/stadfest", sent, status=422)  # what somebody else has seen
    assert counts() == (0, 0)


@pytest.mark.usefixtures("town")
def test_what_has_changed_since_the_preview_is_told_and_nothing_written(browser: Open) -> None:
    ke = browser("ke")
    sent = form_of(look(ke, GOOD), "/stadfest")
    ke.post(f"{PLACE}/stadfest", form_of(look(ke, GOOD.replace(",2\n", ",3\n")), "/stadfest"))
    page = ke.post(f"{PLACE}/stadfest", sent, status=422).text
    assert "Samtalen 2026-01-12 er lagra frå før med eit anna innhald" in page
    assert counts() == (1, 2)


@pytest.mark.usefixtures("town")
def test_a_file_goes_all_the_way_or_is_refused_at_once(browser: Open) -> None:
    """The largest file that the preview takes can be said yes to as well."""
    ke = browser("ke")
    most = (512 - 8) * 1024 // 4 * 3
    padded = GOOD + "\n" * (most - len(GOOD.encode()))
    ke.post(f"{PLACE}/stadfest", form_of(look(ke, padded), "/stadfest"))
    assert counts() == (1, 2)
    assert "Fila er for stor: høgst 378 kB." in look(ke, padded + "\n", 422)
    file = (io.BytesIO(GOOD.encode() + b"\n" * 600_000), "skarar.csv")
    answer = ke.post(PLACE, {"file": file}, status=413)
    assert "for stort" in answer.text
    answer.request.input_stream.close()  # the client's own


@pytest.mark.usefixtures("town")
def test_a_file_that_brings_nothing_new_says_so_and_asks_nothing(browser: Open) -> None:
    ke = browser("ke")
    assert "Fila har ingen linjer." in look(ke, HEADER + "\n")
    ke.post(f"{PLACE}/stadfest", form_of(look(ke, GOOD), "/stadfest"))
    page = look(ke, GOOD)
    assert "Alt i fila er lese inn frå før. Ingenting er endra." in page
    assert "/stadfest" not in page


@pytest.mark.usefixtures("town")
def test_names_are_shown_as_text(browser: Open) -> None:
    page = look(browser("ke"), GOOD.replace("Gå tur,2", "<script>alert(1)</script>,12"), 422)
    assert "<script>alert" not in page
