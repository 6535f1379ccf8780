"""The figures that go out, and how they are written."""

from __future__ import annotations

import csv
import json
import os
import stat
import subprocess
import uuid
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from psfs import audit, clock
from psfs.exchange import exporter, importer
from psfs.extensions import db
from psfs.models import Activity, AuditEntry, Case, Conversation, Form, ListSighting, Person, Score
from tests.exchange.support import EXAMPLE, HIGHER, bring_in, exported
from tests.support.server import PSFS, ROOT, environment

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.people import Town

pytestmark = pytest.mark.databases("sqlite", "postgres")
OUT = Path(__file__).with_name("worked_example_out.csv")
SETTER = audit.Actor(None, "test")


def line(ref: str, day: str = "2026-01-01", score: object = 5, form: int = 1, activity: str = "Gå") -> str:
    return f"{ref},Prøve Testesen,1950-01-01,{form},{activity},{day},{score},Kari"


def test_the_worked_example(app: Flask, tmp_path: Path) -> None:
    importer.run(EXAMPLE, HIGHER)
    assert exporter.run(tmp_path / "out.csv") == 0
    assert (tmp_path / "out.csv").read_bytes() == OUT.read_bytes()


def test_to_standard_output(app: Flask, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    importer.run(EXAMPLE, HIGHER)
    capsysbinary.readouterr()
    assert exporter.run(None) == 0
    assert capsysbinary.readouterr().out == OUT.read_bytes()


def test_nothing_to_export_is_a_header(app: Flask, tmp_path: Path) -> None:
    assert exported(tmp_path) == []


def test_lines_are_sorted_by_code_point_then_by_number(app: Flask, tmp_path: Path) -> None:
    refs = ["b", "a", "B", "Å", "10", "9", "a b", "ab", "ä", "P\U0001f600", "P\uff21", "-"]
    rows = [line(ref, day, form=form) for ref in refs for form in (10, 9) for day in ("2026-02-01", "2026-01-01")]
    assert bring_in(tmp_path, *rows) == 0
    told = [row.split(",")[:4] for row in exported(tmp_path)]
    assert told == [
        ["'-" if ref == "-" else ref, form, str(number), day]
        for ref in sorted(refs)
        for form in ("9", "10")
        for number, day in ((1, "2026-01-01"), (2, "2026-02-01"))
    ]


@pytest.mark.parametrize("ref", ["=cmd()", "+1", "-1", "@SUM(1)"])
def test_no_text_is_taken_for_a_formula_and_numbers_stay_numbers(app: Flask, tmp_path: Path, ref: str) -> None:
    bring_in(tmp_path, line(ref, score=5), line(ref, "2026-02-01", score=2))
    last = next(csv.reader(exported(tmp_path)[1:]))
    assert last == ["'" + ref, "1", "2", "2026-02-01", "1", "2", "2.0000", *["1", "-3.0000", "worsened"] * 2]


def test_a_reference_with_separators_is_quoted(app: Flask, tmp_path: Path) -> None:
    bring_in(tmp_path, line('"a,""b"""'))
    assert next(csv.reader(exported(tmp_path)))[0] == 'a,"b"'


@pytest.mark.parametrize("start", ["\t", "\r", "=", "+", "-", "@"])
def test_what_a_spreadsheet_would_run_is_made_harmless(app: Flask, start: str) -> None:
    assert exporter.harmless(start + "1") == "'" + start + "1"
    assert exporter.harmless("a" + start) == "a" + start


def test_empty_where_there_is_no_figure(app: Flask, tmp_path: Path) -> None:
    bring_in(
        tmp_path,
        line("A", "2026-01-01", ""),
        line("A", "2026-02-01", 0),
        line("A", "2026-03-01", ""),
        line("A", "2026-03-01", 7, activity="Bade"),
    )
    assert exported(tmp_path) == [
        "A,1,1,2026-01-01,0,0,,0,,not_comparable,0,,not_comparable",
        "A,1,2,2026-02-01,1,0,0.0000,0,,not_comparable,0,,not_comparable",
        "A,1,3,2026-03-01,1,7,7.0000,0,,not_comparable,0,,not_comparable",
    ]


def test_thirds_and_sixths_are_rounded_away_from_zero_and_flagged_exactly(app: Flask, tmp_path: Path) -> None:
    before, now = (4, 3, 3), (6, 5, 5)
    rows = [line("A", "2026-01-01", score, activity=str(n)) for n, score in enumerate(before)]
    rows += [line("A", "2026-02-01", score, activity=str(n)) for n, score in enumerate(now)]
    rows += [line("A", "2026-03-01", score, activity=str(n)) for n, score in enumerate((4, 3, 4))]
    bring_in(tmp_path, *rows)
    assert exported(tmp_path) == [
        "A,1,1,2026-01-01,3,10,3.3333,0,,not_comparable,0,,not_comparable",
        "A,1,2,2026-02-01,3,16,5.3333,3,2.0000,improved,3,2.0000,improved",
        "A,1,3,2026-03-01,3,11,3.6667,3,-1.6667,none,3,0.3333,none",
    ]


def test_struck_conversations_are_left_out_and_numbers_close_up(app: Flask, tmp_path: Path) -> None:
    importer.run(EXAMPLE, HIGHER)
    with audit.acting(SETTER):
        talk = db.session.scalars(select(Conversation).where(Conversation.held_on == date(2026, 3, 3))).one()
        talk.struck_at = clock.now()
        db.session.commit()
    assert exported(tmp_path) == [
        "P1,1,1,2026-01-12,3,10,3.3333,0,,not_comparable,0,,not_comparable",
        "P1,1,2,2026-05-10,4,23,5.7500,3,3.0000,improved,3,3.0000,improved",
    ]


def talk_of(case: Case, number: int, score: int, *, closed: bool = False) -> None:
    """A form with one conversation, as if made in the program."""
    form_id, activity_id, talk_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    day, now, by = date(2026, 1, 1), clock.now(), case.opened_by_id
    form = {"scale": "higher-is-better", "scale_version": "psfs-nn-1", "created_by_id": by, "created_at": now}
    talk = {"performed_by": "Kari", "respondent": "person", "recorded_at": now, "recorded_by_id": by}
    closed_on = day if closed else None
    with audit.acting(SETTER):
        db.session.add(Form(id=form_id, case_id=case.id, number=number, opened_on=day, closed_on=closed_on, **form))
        db.session.flush()
        db.session.add(Activity(id=activity_id, form_id=form_id, position=1, text="Gå", created_at=now))
        db.session.add(Conversation(id=talk_id, form_id=form_id, held_on=day, **talk))
        db.session.flush()
        db.session.add(Score(conversation_id=talk_id, activity_id=activity_id, value=score))
        db.session.commit()


def test_persons_from_the_program_have_their_own_id(app: Flask, town: Town, tmp_path: Path) -> None:
    talk_of(town.adult, 1, 4)
    assert exported(tmp_path) == [
        f"{town.adult.person_id},1,1,2026-01-01,1,4,4.0000,0,,not_comparable,0,,not_comparable"
    ]


def test_forms_of_a_second_case_are_numbered_after_those_of_the_first(app: Flask, town: Town, tmp_path: Path) -> None:
    talk_of(town.adult, 1, 4, closed=True)
    talk_of(town.adult, 2, 5)
    with audit.acting(SETTER):
        second = Case(
            person_id=town.adult.person_id,
            ladder="children",
            level=1,
            level_since=date(2026, 1, 1),
            opened_on=date(2026, 1, 1),
            service_id=town.adult.service_id,
            opened_by_id=town.adult.opened_by_id,
            created_at=clock.now(),
        )
        db.session.add(second)
        db.session.commit()
    talk_of(second, 1, 6)
    assert [row.split(",")[1:6] for row in exported(tmp_path)] == [
        ["1", "1", "2026-01-01", "1", "4"],
        ["2", "1", "2026-01-01", "1", "5"],
        ["3", "1", "2026-01-01", "1", "6"],
    ]


def test_that_it_was_read_is_logged_before_it_is_read(app: Flask, town: Town, tmp_path: Path) -> None:
    importer.run(EXAMPLE, HIGHER)
    exported(tmp_path)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.kind == "reading")).one()
    case_id = db.session.scalar(select(Case.id).join(Person).where(Person.import_ref == "P1"))
    assert (entry.action, json.loads(entry.data)) == ("scores export", {"cases": [str(case_id)]})
    assert [row.case_id for row in db.session.scalars(select(ListSighting))] == [case_id]
    assert audit.verify()[1] == []


def test_a_file_is_complete_or_what_it_was(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    importer.run(EXAMPLE, HIGHER)
    target = tmp_path / "figures.csv"
    target.write_text("old")
    db.session.connection().exec_driver_sql("ALTER TABLE score RENAME TO away")
    db.session.commit()
    with pytest.raises(DBAPIError, match="score"):
        exporter.run(target)
    assert target.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir() if "figures" in one.name] == ["figures.csv"]


def test_a_folder_that_is_not_there(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exporter.run(tmp_path / "none" / "out.csv") == 1
    assert "Fila kan ikkje skrivast" in capsys.readouterr().err


def test_others_cannot_read_the_file(app: Flask, tmp_path: Path) -> None:
    exported(tmp_path)
    assert stat.S_IMODE(os.stat(tmp_path / "out.csv").st_mode) == 0o600


@pytest.mark.databases("sqlite")
def test_by_the_command(sqlite_url: str, tmp_path: Path) -> None:
    """As people use it: a process for each, and UTF-8 out whatever the machine's own encoding."""
    env = environment(tmp_path / "command", sqlite_url, PYTHONIOENCODING="ascii:replace")
    bad = tmp_path / "bad.csv"
    bad.write_bytes(EXAMPLE.read_bytes().replace(b",7,", b",11,"))

    def psfs(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([PSFS, *arguments], cwd=ROOT, env=env, capture_output=True, check=False)

    assert psfs("migrate").returncode == 0
    refused = psfs("scores", "import", bad)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert [one[:8] for one in refused.stderr.splitlines()] == [b"Linje 8:", b"1 feil. "]
    assert psfs("scores", "import", EXAMPLE).returncode == 0
    assert psfs("scores", "export").stdout == OUT.read_bytes()
    assert psfs("scores", "export", tmp_path / "out.csv").stdout == b"Skrivne samtalar: 3.\n"
    assert (tmp_path / "out.csv").read_bytes() == OUT.read_bytes()


def test_the_examples_of_the_guide(app: Flask, tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "scores-format.md").read_text(encoding="utf-8")
    given, expected = (block.split("```")[0] for block in guide.split("```csv\n")[1:])
    assert bring_in(tmp_path, *given.splitlines()[1:]) == 0
    assert exported(tmp_path) == expected.splitlines()[1:]
