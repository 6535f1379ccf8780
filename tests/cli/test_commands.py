"""The ``psfs`` command: what each verb does, what it says, and with which code it ends."""

from __future__ import annotations

import getpass
import logging
import re
import socket
import sqlite3
import uuid
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, text

from psfs.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., Result]

CODE = re.compile(r"[2-9A-Z]{4}(-[2-9A-Z]{4}){3}")
KARI = ("user", "add", "kari", "--name", "Kari Dikta", "--role", "staff")


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """``run("user", "list", code=0)``: the command with a database of its own; the exit code is checked."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("PSFS_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("SECRET_KEY", "only for tests")

    def command(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    logger = logging.getLogger("psfs")
    level = logger.level
    yield command
    logger.setLevel(level)  # a command is quieter than the server


@pytest.fixture
def migrated(run: Run) -> Run:
    run("migrate")
    return run


@pytest.mark.databases("sqlite", "postgres")
def test_migrating_twice(run: Run) -> None:
    assert run("migrate").output == "Databasen er klar.\n"
    assert run("migrate").output == "Databasen er klar.\n"


def test_a_database_that_is_not_there_yet(run: Run) -> None:
    assert run("user", "list", code=1).output.startswith("Error: ")


@pytest.mark.databases("sqlite", "postgres")
def test_accounts(migrated: Run) -> None:
    assert "inga teneste" in migrated(*KARI, "--service", "Heimetenesta", code=1).output
    assert "Vel ei teneste" in migrated(*KARI, code=1).output
    added = migrated(*KARI, "--service", "Heimetenesta", "--new-service").output
    assert CODE.search(added)
    assert "kari" in migrated(*KARI, "--service", "Heimetenesta", code=1).output
    assert "Kari Dikta" in migrated("user", "list").output
    assert CODE.search(migrated("user", "reset", "KARI").output)
    migrated("user", "disable", "kari")
    migrated("user", "disable", "kari", code=1)
    assert "disabled" in migrated("user", "list").output
    assert "ingen konto" in migrated("user", "reset", "nobody", code=1).output
    migrated("user", "add", "x", "--name", "X", "--role", "king", code=2)


def test_the_last_administrator_stays(migrated: Run) -> None:
    migrated("user", "add", "admin", "--name", "Admin Dikta", "--role", "admin")
    assert "einaste administratoren" in migrated("user", "disable", "admin", code=1).output
    migrated("user", "add", "admin2", "--name", "Ny Dikta", "--role", "admin")
    migrated("user", "disable", "admin")


@pytest.mark.databases("sqlite", "postgres")
def test_the_log_is_verified_against_what_was_noted(migrated: Run, database_url: str, tmp_path: Path) -> None:
    migrated(*KARI, "--service", "Heimetenesta", "--new-service")
    noted = tmp_path / "heads"
    noted.write_text(migrated("log", "heads").output)
    migrated("user", "reset", "kari")
    assert "Loggen er heil" in migrated("log", "verify", "--heads", str(noted)).output
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        off = ("DROP TRIGGER audit_entry_no_delete", "ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        connection.execute(text(off[engine.dialect.name == "postgresql"]))
        connection.execute(text("DELETE FROM audit_entry WHERE stream = 'security' AND seq > 1"))
    engine.dispose()
    assert "Loggen er heil" in migrated("log", "verify").output
    cut = migrated("log", "verify", "--heads", str(noted), code=1).output
    assert "cut_tail\tsecurity\t3" in cut
    migrated("log", "verify", "--heads", str(tmp_path / "nowhere"), code=2)


def test_an_export_is_noted_with_who_took_it_and_a_forged_index_is_found_and_mended(
    migrated: Run, tmp_path: Path, database_url: str
) -> None:
    file = tmp_path / "scores.csv"
    file.write_text(
        "person_ref,name,birth_date,form,activity,conversation_date,score,performed_by\n"
        "P1,Testine Tenkt,1941-05-17,1,Strikke,2026-01-12,5,Kari Dikta\n"
    )
    migrated("scores", "import", str(file))
    migrated("scores", "export", str(tmp_path / "out.csv"))
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        (actor,) = connection.execute(text("SELECT actor FROM audit_entry WHERE action = 'scores export'")).one()
        (case_id,) = connection.execute(text("SELECT case_id FROM list_sighting")).one()
        assert actor == f"psfs ({getpass.getuser()})"
        off = ("DROP TRIGGER list_sighting_no_delete", "ALTER TABLE list_sighting DISABLE TRIGGER ALL")
        connection.execute(text(off[engine.dialect.name == "postgresql"]))
        connection.execute(text("DELETE FROM list_sighting"))
    engine.dispose()
    found = migrated("log", "verify", code=1).output
    assert re.search(rf"^index_missing\tlists:[-0-9a-f]+\t1\t{uuid.UUID(str(case_id))}$", found, re.MULTILINE)
    assert "1 rad er skriven inn." in migrated("log", "index").output
    assert "Loggen er heil" in migrated("log", "verify").output
    assert "0 rader er skrivne inn." in migrated("log", "index").output


def test_a_backup_is_whole_and_its_heads_fit(migrated: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrated(*KARI, "--service", "Heimetenesta", "--new-service")
    copy = tmp_path / "copy.sqlite3"
    assert str(copy) in migrated("backup", str(copy)).output
    heads = tmp_path / "copy.sqlite3.heads"
    assert (copy.stat().st_mode & 0o077, heads.stat().st_mode & 0o077) == (0, 0)
    migrated("user", "reset", "kari")
    assert "finst frå før" in migrated("backup", str(copy), code=1).output
    assert "Kan ikkje kopiere" in migrated("backup", str(tmp_path / "no" / "where"), code=1).output
    connection = sqlite3.connect(copy)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{copy}")
    assert "Loggen er heil" in migrated("log", "verify", "--heads", str(heads)).output
    assert "kari" in migrated("user", "list").output
    assert list(tmp_path.glob("*.part")) == []


@pytest.mark.databases("postgres")
def test_postgres_has_a_tool_of_its_own_for_that(migrated: Run, tmp_path: Path) -> None:
    assert "pg_dump" in migrated("backup", str(tmp_path / "copy"), code=1).output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://x"),
        ("PSFS_IDLE_MINUTES", "soon"),
        ("PSFS_IDLE_MINUTES", "-1"),
        ("PSFS_HTTPS", "maybe"),
    ],
)
def test_a_setting_that_makes_no_sense(run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert name in run("migrate", code=1).output


def test_an_address_that_is_taken(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in run("serve", "--port", str(port), code=1).output
    run("serve", "--port", "99999", code=2)


def test_scores_go_to_their_room(migrated: Run, tmp_path: Path) -> None:
    assert migrated("scores", "export").output.startswith("person_ref,form,conversation,")
    bad = tmp_path / "bad.csv"
    bad.write_text("nothing,like,it\n1,2,3\n")
    migrated("scores", "import", str(bad), code=1)
    migrated("scores", "import", str(tmp_path / "nowhere.csv"), code=1)


def test_help_for_every_verb(run: Run) -> None:
    for verbs in ((), ("user",), ("user", "add"), ("log",), ("log", "verify"), ("scores", "import"), ("serve",)):
        assert "Usage:" in run(*verbs, "--help").output
