"""The one door: who gets in, what it leaves in the log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from psfs.cases import door
from psfs.extensions import db
from psfs.models import AuditEntry
from tests.support.client import TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town

pytestmark = pytest.mark.databases("sqlite", "postgres")


def readings() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.kind == "reading").order_by(AuditEntry.id)))


def test_who_takes_part_gets_in_and_is_logged(browser: Callable[[str], Browser], town: Town) -> None:
    browser("kari").get(f"/saker/{town.adult.id}")
    (entry,) = readings()
    assert (entry.actor_id, entry.action, entry.stream) == (
        town.users["kari"].id,
        "cases.show",
        f"case:{town.adult.id}",
    )


@pytest.mark.parametrize("name", ["ola", "eva", "other_leader", "ke", "admin"])
def test_others_get_the_answer_for_what_does_not_exist(
    browser: Callable[[str], Browser], town: Town, name: str
) -> None:
    outsider = browser(name)
    foreign = outsider.get(f"/saker/{town.adult.id}", status=404)
    unknown = outsider.get("/saker/00000000-0000-4000-8000-000000000000", status=404)
    malformed = outsider.get("/saker/nope", status=404)
    # Form tokens tell the time and are equally long; everything else is the same.
    pages = {TOKEN.sub("", page.text).split("X-CSRFToken")[0] for page in (foreign, unknown, malformed)}
    assert len(pages) == 1
    assert len({len(page.text) for page in (foreign, unknown, malformed)}) == 1
    assert readings() == []


def test_the_leader_of_the_service_gets_in(browser: Callable[[str], Browser], town: Town) -> None:
    browser("leader").get(f"/saker/{town.adult.id}")
    assert len(readings()) == 1


def test_without_signing_in_the_page_asks_for_it(browser: Callable[[str], Browser], town: Town) -> None:
    answer = browser("").get(f"/saker/{town.adult.id}", status=303)
    assert answer.location.startswith("/logg-inn?next=")


def test_a_page_shown_again_is_a_reading_too(browser: Callable[[str], Browser], town: Town) -> None:
    kari = browser("kari")
    kari.get("/konto")
    refused = kari.post(f"/saker/{town.adult.id}/person", {"name": "", "language": "en"}, status=422)
    assert "Testine" in refused.text
    (entry,) = readings()
    assert (entry.action, entry.actor_id) == ("cases.person", town.users["kari"].id)
    db.session.expire_all()
    assert town.adult.person.language == "nn"


def test_what_is_saved_and_shown_on_no_page_is_no_reading(browser: Callable[[str], Browser], town: Town) -> None:
    browser("kari").post(f"/saker/{town.adult.id}/kontaktperson", {"contact_id": ""})
    assert readings() == []


@pytest.mark.databases("postgres")
def test_a_first_look_does_not_wait_for_one_who_saves(
    app: Flask, browser: Callable[[str], Browser], town: Town
) -> None:
    kari, address = browser("kari"), f"/saker/{town.adult.id}"

    def look() -> None:
        with app.app_context():
            kari.get(address)

    db.session.execute(door.LOCK, {"wanted": town.adult.id})
    with ThreadPoolExecutor(1) as one:
        looking = one.submit(look)
        wait([looking], timeout=5)
        assert looking.done()
        db.session.rollback()
        looking.result()
