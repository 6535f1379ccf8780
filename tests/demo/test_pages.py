"""The pages can tell every one of the made-up stories."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from psfs import clock, demo
from psfs.extensions import db
from psfs.models import Case, Form, User
from psfs.worklist.queries import worklist
from tests.support.apps import running_app
from tests.support.client import Browser


@pytest.fixture(scope="module")
def demo_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("pages")
    with running_app(f"sqlite:///{folder / 'demo.sqlite3'}", folder) as app:
        demo.fill(clock.today())
        yield app


def reader(case: Case) -> User:
    """Someone who sees the case: who holds it, else the leader of its service."""
    if case.holder is not None:
        return case.holder
    return db.session.scalars(select(User).where(User.service_id == case.service_id, User.role == "leader")).one()


@pytest.mark.parametrize(
    "page", ["", "/stige", "/stafettlogg", "/samtykke", "/tiltak", "/team", "/innsyn", "/mote", "/aktorkart"]
)
def test_every_case_opens(demo_app: Flask, page: str) -> None:
    addresses = [(reader(case), f"/saker/{case.id}{page}") for case in db.session.scalars(select(Case))]
    browsers = {account.id: Browser(demo_app).sign_in(account) for account, _address in addresses}
    for account, address in addresses:
        browsers[account.id].get(address)


def test_every_form_opens(demo_app: Flask) -> None:
    forms = [(reader(db.session.get_one(Case, form.case_id)), form) for form in db.session.scalars(select(Form))]
    addresses = [(account, f"/saker/{form.case_id}/skjema/{form.id}") for account, form in forms]
    browsers = {account.id: Browser(demo_app).sign_in(account) for account, _address in addresses}
    for account, address in addresses:
        browsers[account.id].get(address)


@pytest.mark.parametrize("username", ["kari", "ola", "leiar", "ke"])
def test_every_offered_account_gets_home(demo_app: Flask, username: str) -> None:
    account = db.session.scalars(select(User).where(User.username == username)).one()
    Browser(demo_app).sign_in(account).get("/")


def test_karis_list_has_every_kind_that_is_hers(app: Flask) -> None:
    demo.fill(clock.today())  # untouched: what has been looked at is no news
    lists = {
        name: worklist(db.session.scalars(select(User).where(User.username == name)).one())
        for name in ("kari", "leiar", "ke")
    }
    mine = {"stafett", "endring", "avklaring", "samtale", "evaluering", "tiltak", "samtykke", "mote", "svar"}
    assert set(lists["kari"].counts) == mine
    assert 12 <= len(lists["kari"].items) <= 20
    assert lists["leiar"].counts["naudopning"] == 1
    assert set(lists["ke"].counts) >= {"naudopning", "koordinator", "melding", "plan"}
