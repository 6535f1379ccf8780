"""Who may have a document, what it leaves in the log, and what is answered when it is not ready."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from psfs import audit, clock, create_app
from psfs.bti.log import write
from psfs.config import Config
from psfs.documents.renderer import renderer
from psfs.extensions import db
from psfs.models import AuditEntry, EmergencyOpening
from tests.documents.conftest import Worked
from tests.support.apps import running_app
from tests.support.client import Browser
from tests.support.people import TESTER, Town, make_town

OF_A_FORM = ("oppsummering.pdf", "oppsummering.pdf?stor=1", "papir.pdf")
OF_A_CASE = ("stafettlogg.pdf", "innsyn.pdf", "alt.pdf")


def readings() -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.kind == "reading").order_by(AuditEntry.id)
    return list(db.session.scalars(query))


@pytest.mark.parametrize("name", ["ola", "eva", "other_leader", "ke", "admin"])
def test_others_get_the_answer_for_what_does_not_exist(
    browser: Callable[[str], Browser], town: Town, worked: Worked, name: str
) -> None:
    outsider = browser(name)
    for document in OF_A_FORM:
        outsider.get(f"{worked.address}/{document}", status=404)
    for document in OF_A_CASE:
        outsider.get(f"/saker/{town.adult.id}/{document}", status=404)
    assert readings() == []


def test_an_emergency_opens_the_case_but_prints_nothing(
    browser: Callable[[str], Browser], town: Town, worked: Worked
) -> None:
    with audit.acting(TESTER):
        opening = EmergencyOpening(
            case_id=town.adult.id,
            user_id=town.users["eva"].id,
            service_id=town.home_care.id,
            reason="Fann henne på golvet",
            opened_at=clock.now(),
            until=clock.now() + timedelta(hours=1),
        )
        db.session.add(opening)
        db.session.commit()
    eva = browser("eva")
    eva.get(f"/saker/{town.adult.id}")
    for address in (*(f"{worked.address}/{name}" for name in OF_A_FORM), f"/saker/{town.adult.id}/alt.pdf"):
        eva.get(address, status=404)


def test_a_form_of_another_case_is_unknown(browser: Callable[[str], Browser], town: Town, worked: Worked) -> None:
    kari = browser("kari")
    for document in OF_A_FORM:
        kari.get(f"/saker/{town.child.id}/skjema/{worked.form.id}/{document}", status=404)
        kari.get(f"/saker/{town.adult.id}/skjema/{uuid.uuid4()}/{document}", status=404)
        kari.get(f"/saker/{uuid.uuid4()}/skjema/{worked.form.id}/{document}", status=404)


def test_without_signing_in_there_is_no_document(browser: Callable[[str], Browser], worked: Worked) -> None:
    browser("").get(f"{worked.address}/oppsummering.pdf", status=303)
    browser("").get("/papirskjema.pdf", status=303)


def test_printing_is_a_reading(browser: Callable[[str], Browser], town: Town, worked: Worked) -> None:
    kari = browser("kari")
    kari.get(f"{worked.address}/oppsummering.pdf")
    kari.get(f"{worked.address}/papir.pdf")
    for document in OF_A_CASE:
        kari.get(f"/saker/{town.adult.id}/{document}")
    assert readings() == [
        "documents.summary",
        "documents.paper",
        "documents.log",
        "documents.readings",
        "documents.everything",
    ]


def test_nobody_keeps_it_and_the_name_says_nothing_of_the_person(
    browser: Callable[[str], Browser], worked: Worked
) -> None:
    headers = browser("kari").get(f"{worked.address}/oppsummering.pdf").headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Disposition"] == f'inline; filename="oppsummering-{clock.today()}.pdf"'
    assert headers["Content-Type"] == "application/pdf"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "script-src 'none'" in headers["Content-Security-Policy"]
    assert "default-src" not in headers["Content-Security-Policy"], "Chromium's viewer would be left without styles"


def test_a_document_that_is_not_ready_in_time_is_answered_with_a_page(sqlite_url: str, tmp_path: Path) -> None:
    with running_app(sqlite_url, tmp_path, PSFS_RENDER_SECONDS="0.02") as app:
        town = make_town()
        answer = Browser(app).sign_in(town.users["kari"]).get("/papirskjema.pdf", status=503)
        assert "Dokumentet vart ikkje ferdig, prøv igjen" in answer.text
        assert answer.mimetype == "text/html"
        assert "Content-Disposition" not in answer.headers


def test_the_next_document_is_made_after_one_that_was_stopped(sqlite_url: str, tmp_path: Path) -> None:
    with running_app(sqlite_url, tmp_path, PSFS_RENDER_SECONDS="0.02") as app:
        Browser(app).sign_in(make_town().users["kari"]).get("/papirskjema.pdf", status=503)
    with running_app(f"sqlite:///{tmp_path / 'other.sqlite3'}", tmp_path) as app:
        assert Browser(app).sign_in(make_town().users["kari"]).get("/papirskjema.pdf").data.startswith(b"%PDF-1.7")


def test_no_transaction_is_open_while_a_document_is_laid_out(app: Flask, town: Town) -> None:
    """An open reading would keep every writer waiting on SQLite."""
    with audit.acting(TESTER):
        for number in range(300):
            write(town.adult, town.users["kari"], "note", text=f"Notat {number}")
        db.session.commit()
    kari, address = Browser(app).sign_in(town.users["kari"]), f"/saker/{town.adult.id}/stafettlogg.pdf"
    kari.get("/papirskjema.pdf")  # the worker is warm
    db.session.remove()
    press, pool = renderer(app.extensions["psfs_config"].static_dir), db.engine.pool
    with ThreadPoolExecutor(1) as threads:
        printing = threads.submit(kari.client.get, address)
        while not press.busy:
            assert not printing.done()
        assert pool.checkedout() == 0  # type: ignore[attr-defined]
        assert printing.result().status_code == 200


def test_a_server_has_a_worker_ready_before_the_first_document(tmp_path: Path, sqlite_url: str) -> None:
    env = {"DATABASE_URL": sqlite_url, "PSFS_INSTANCE": str(tmp_path), "SECRET_KEY": "only for tests"}
    config = Config.from_environment({**env, "PSFS_LISTEN": "127.0.0.1:1"})
    press = renderer(config.static_dir)
    press.close()
    create_app(Config.from_environment(env))
    assert press.pid is None, "a command starts none"
    create_app(config)
    for thread in threading.enumerate():
        if thread.name == "document worker":
            thread.join()
    assert press.pid
