"""Whoever is shown somebody's name is in the log of that person's case: every page is asked for and read for names.

A new page is covered without a line here. One that names people only when it is asked something, or only after
something was sent, needs its question in ``ASKED`` or ``SENT``; so does nothing else.
"""

from __future__ import annotations

import io
import uuid
from collections import defaultdict
from typing import TYPE_CHECKING

import openpyxl
import pytest
from sqlalchemy import func, select

from psfs import audit, clock
from psfs.cases import words
from psfs.exchange.tables import XLSX
from psfs.extensions import db
from psfs.models import AuditEntry, Case, IndividualPlan, ListSighting, Person
from tests.documents import reading
from tests.rules.test_routes import READING, methods, rules
from tests.rules.world import World, make_world
from tests.support.client import Browser
from tests.worklist.rows import add_intervention, days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.support.people import Town

# Whose case each reader asks for, and the pages on which they are shown several people.
SEVERAL = {"worklist.home", "cases.search", "cases.own", "cases.new"}
UNIT = {"coordination.queue", "coordination.register", "overview.cases", "exchange.waiting", "exchange.needs"}
UNIT |= {"exchange.open_cases", "exchange.plans", "exchange.registered", "exchange.registered_file"}
TALKS = {"overview.talk_list", "exchange.talks"}
READERS: dict[str, tuple[str, set[str]]] = {
    "kari": ("holder", SEVERAL),
    "ola": ("team", SEVERAL),
    "leader": ("none", {*SEVERAL - {"cases.own"}, *TALKS, "overview.cases", "exchange.waiting", "exchange.open_cases"}),
    "ke": ("ke", {*SEVERAL - {"cases.new", "cases.own"}, *UNIT}),
    "eva": ("foreign", set()),
    "other_leader": ("foreign", set()),
    "admin": ("none", set()),
}
ASKED = {"cases.search": ("?q=tenkt", "?q=tenkt+02.01.1950", "?q=17.05.1941", "?q=liten+03.02.2015")}
NOBODY = {"name": "Ukjend Tenkt", "birth_date": "02.01.1950", "level": "0", "language": "nn"}
SENT = {"cases.new": (NOBODY, {**NOBODY, "birth_date": "17.05.1941"})}
PRINTED_FOR = "kari"
"""Documents take their time: they are made for one reader."""


@pytest.fixture
def world(town: Town) -> World:
    """Everybody's case, with something that waits in each."""
    world = make_world(town)
    with audit.acting(audit.Actor(None, "test")):
        town.adult.reported_to_ke_on = days(-3)
        wanted = {"state": "wanted", "since": days(-3), "recorded_at": clock.now()}
        db.session.add(IndividualPlan(case_id=town.adult.id, **wanted))
        for case in db.session.scalars(select(Case)):
            add_intervention(case, town.users["kari"], deadline=days(-1))
        db.session.commit()
    return world


def persons() -> dict[str, set[str]]:
    """Everybody's cases, by name."""
    found = defaultdict(set)
    for row in db.session.execute(select(Person.name, Case.id).join(Case, Case.person_id == Person.id)):
        found[row.name].add(str(row.id))
    return found


def newest() -> int:
    return db.session.scalar(select(func.max(AuditEntry.id))) or 0


def noted(reader_id: uuid.UUID, after: int) -> set[str]:
    """The cases that the log says the reader has seen anything of since that entry."""
    own = select(AuditEntry).where(AuditEntry.id > after, AuditEntry.kind == "reading")
    own = own.where(AuditEntry.actor_id == reader_id)
    streams = {entry.stream.removeprefix("case:") for entry in db.session.scalars(own)}
    lists = select(ListSighting.case_id).where(ListSighting.entry_id.in_(own.with_only_columns(AuditEntry.id)))
    return streams | {str(case_id) for case_id in db.session.scalars(lists)}


def text_of(answer: TestResponse) -> str:
    if answer.mimetype == XLSX:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
        return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    return reading.flat(answer.data) if answer.mimetype == "application/pdf" else answer.text


def requests(app: Flask, world: World, name: str) -> Iterator[tuple[str, str, str, dict[str, str] | None]]:
    """Endpoint, method, address and what is sent, for every way to ask for something; reading comes first."""
    kind, service = READERS[name][0], str(world.town.users[name].service_id or world.town.home_care.id)
    for rule in sorted(rules(app), key=lambda rule: "GET" not in methods(rule)):
        address = world.address(rule, kind)
        for method in methods(rule):
            if method not in READING:
                for sent in ({}, *SENT.get(rule.endpoint, ())):
                    yield (
                        rule.endpoint,
                        method,
                        address,
                        {"id": str(uuid.uuid4()), "service_id": service, **sent},
                    )
            elif not rule.rule.endswith(".pdf") or name == PRINTED_FOR:
                for question in ("", *ASKED.get(rule.endpoint, ())):
                    yield rule.endpoint, method, address + question, None


@pytest.mark.parametrize("name", READERS)
def test_every_name_on_every_page_is_a_reading_of_its_case(app: Flask, world: World, name: str) -> None:
    account = world.town.users[name]
    unnoted, several = [], set()
    for endpoint, method, address, sent in requests(app, world, name):
        visitor = Browser(app).sign_in(account)  # anew, so that nothing was noted within the hour
        if sent is not None:
            visitor.get("/konto")
            sent["csrf_token"] = visitor.token
        before = newest()
        shown = text_of(visitor._send(method, address, data=sent))
        known = persons()  # those that the pages before made too
        named = {person for person in known if person in shown}
        if len(named) > 1:
            several.add(endpoint)
        seen = noted(account.id, before)
        unnoted += [(method, address, person) for person in named if not known[person] & seen]
    assert unnoted == []
    assert several == READERS[name][1], "the pages that name several people"
    in_lists, alone = actions()
    assert in_lists - words.LISTS.keys() == set(), "without words for people"
    assert alone - words.VIEWS.keys() == set(), "without words for people"


def actions() -> tuple[set[str], set[str]]:
    """What the log calls every reading: in lists, and of one case."""
    query = select(AuditEntry.stream, AuditEntry.action).where(AuditEntry.kind == "reading")
    found: tuple[set[str], set[str]] = (set(), set())
    for row in db.session.execute(query):
        found[not row.stream.startswith("lists:")].add(row.action)
    return found
