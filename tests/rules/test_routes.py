"""Every route, found in the map: it states its permission, refuses a missing token and answers as the table says.

A new route is covered without a line here. One that cannot be (an address with a new kind of part, a view without a
permission, one that is open to all) fails until it is said here what it is.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from psfs.accounts.current import OPEN
from psfs.domain.permissions import CASE_ACTIONS, Action, Role, allowed
from psfs.extensions import db
from tests.rules.world import NOWHERE, STANDS, World, make_world
from tests.support.apps import running_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from werkzeug.routing import Rule

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

READING = {"GET", "HEAD", "OPTIONS"}
# Open without signing in, and why.
OPEN_VIEWS = {
    "accounts.sign_in": "the way in",
    "accounts.check_sign_in": "the way in",
    "accounts.use_code": "the way in for a new account",
    "accounts.demo_sign_in": "the way into a demonstration; 404 anywhere else",
    "accounts.set_language": "the sign-in page speaks the reader's language",
    "pwa.manifest": "installing comes before signing in",
    "pwa.worker": "the same file for everybody",
    "pwa.offline": "the same page for everybody",
    "pwa.offline_nb": "the same page for everybody",
    "pwa.offline_en": "the same page for everybody",
    "pwa.health": "for a supervisor",
    "pwa.reached": "a page asks it without cookies",
    "offline.state": "a device asks how it stands, whoever is signed in; it is told nothing of anybody",
}
# Addresses of something that is not a case but belongs to one: who may see it, of those whose role could.
ALSO_BOUND = {
    "worklist.emergency": {("leader", "none"), ("leader", "ke"), ("ke", "none"), ("ke", "ke"), ("ke", "foreign")},
    **{
        f"offline.{name}": {("leader", "none"), ("leader", "ke")}  # kari sent it; the leader's service has the case
        for name in ("show_received", "keep_received", "put_away")
    },
    "worklist.acknowledge": {("leader", "none"), ("leader", "ke"), ("ke", "none"), ("ke", "ke"), ("ke", "foreign")},
    "overview.remove_note": {("leader", "none"), ("leader", "ke"), ("ke", "none"), ("ke", "ke"), ("ke", "foreign")},
}
COMBINATIONS = [
    *(("ola", kind) for kind in STANDS),
    *(("leader", kind) for kind in ("none", "ke", "foreign")),
    *(("ke", kind) for kind in ("none", "ke", "foreign")),
    ("admin", "ke"),
]
ROLES = {"ola": Role.STAFF, "leader": Role.LEADER, "ke": Role.KE, "admin": Role.ADMIN}


@pytest.fixture
def world(town: Town) -> World:
    return make_world(town)


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, str(rule.endpoint)))


def permission(app: Flask, rule: Rule) -> object:
    return getattr(app.view_functions[rule.endpoint], "permission", None)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def may(app: Flask, world: World, rule: Rule, name: str, kind: str) -> bool:
    """What the table says."""
    action = permission(app, rule)
    assert isinstance(action, Action)
    bound = ALSO_BOUND.get(rule.endpoint)
    if bound is not None and (name, kind) not in bound:
        return False
    return allowed(ROLES[name], action, world.relations(name, kind) if action in CASE_ACTIONS else ())


def test_every_route_states_its_permission(app: Flask) -> None:
    stated = {rule.endpoint: permission(app, rule) for rule in rules(app)}
    assert [endpoint for endpoint, action in stated.items() if action is None] == []
    assert {endpoint for endpoint, action in stated.items() if action == OPEN} == set(OPEN_VIEWS)


def test_what_concerns_a_case_lies_under_the_case(app: Flask) -> None:
    """An action on a case without a case in the address could not be checked; nor one beside it."""
    wrong = [
        rule.rule
        for rule in rules(app)
        if (permission(app, rule) in CASE_ACTIONS) != rule.rule.startswith("/saker/<uuid:case_id>")
    ]
    assert wrong == []


def test_there_is_one_way_to_write_each_kind_of_address(app: Flask) -> None:
    """Ids are UUIDs by the converter: anything else is the 404 of what does not exist."""
    loose = [
        rule.rule
        for rule in rules(app)
        for name, converter in rule._converters.items()
        if type(converter).__name__ != "UUIDConverter" and (rule.endpoint, name) != ("accounts.set_language", "code")
    ]
    assert loose == []


def test_every_open_view_answers_without_signing_in(app: Flask, browser: Open, world: World) -> None:
    for rule in rules(app):
        if rule.endpoint in OPEN_VIEWS and "GET" in methods(rule):
            browser("").get(world.address(rule))


def test_everything_else_asks_for_signing_in(app: Flask, browser: Open, world: World) -> None:
    visitor = browser("")
    for rule in rules(app):
        if rule.endpoint in OPEN_VIEWS:
            continue
        for method in methods(rule):
            answer = visitor._send(method, world.address(rule))
            expected = 303 if method in READING else 401
            assert answer.status_code == expected, (method, rule.rule)
            assert "Tenkt" not in answer.text


def test_every_mutating_route_refuses_a_missing_token(app: Flask, browser: Open, world: World) -> None:
    visitors = {name: browser(name) for name in ("kari", "admin", "")}
    accepted = []
    for rule in rules(app):
        for method in set(methods(rule)) - READING:
            for name, visitor in visitors.items():
                if not name and rule.endpoint not in OPEN_VIEWS:
                    continue
                for data in ({}, {"csrf_token": "made up"}):
                    answer = visitor._send(method, world.address(rule), data=data)
                    if answer.status_code != 400:
                        accepted.append((method, rule.rule, name, answer.status_code))
    assert accepted == []


def test_no_route_changes_anything_by_reading(app: Flask) -> None:
    assert {method for rule in rules(app) for method in methods(rule)} <= {"GET", "POST"}


@pytest.mark.parametrize(("name", "kind"), COMBINATIONS)
def test_who_is_let_in_and_who_gets_the_404_of_what_does_not_exist(
    app: Flask, browser: Open, world: World, name: str, kind: str
) -> None:
    visitor = browser(name)
    visitor.get("/konto")
    wrong = []
    for rule in rules(app):
        if rule.endpoint in OPEN_VIEWS:
            continue
        expected = may(app, world, rule, name, kind)
        for method in methods(rule):
            if expected and (method not in READING or not readable(rule, name, kind)):
                continue  # what is allowed and changes something: see the next test
            address = world.address(rule, kind)
            data = {"csrf_token": visitor.token}
            answer = visitor._send(method, address, data=None if method in READING else data)
            denied = answer.status_code == 404
            if denied == expected or (expected and answer.status_code >= 400):
                wrong.append((method, rule.rule, answer.status_code, "allowed" if expected else "denied"))
            assert expected or f"{kind.title()} Tenkt" not in answer.text
    assert wrong == []


def readable(rule: Rule, name: str, kind: str) -> bool:
    """Whether it is worth the time: a document is made for the holder, the leader and KE, not for every relation."""
    return not rule.rule.endswith(".pdf") or (name, kind) in {("ola", "holder"), ("leader", "none"), ("ke", "ke")}


@pytest.fixture
def kept(tmp_path: Path, sqlite_url: str) -> Iterator[tuple[Flask, Callable[[], None]]]:
    """The app and ``back()``: the database as it was."""
    with running_app(sqlite_url, tmp_path) as app:
        file = Path(sqlite_url.removeprefix("sqlite:///"))

        def back() -> None:
            db.session.remove()
            db.engine.dispose()
            copy = file.with_suffix(".copy")
            shutil.copy(*((copy, file) if copy.exists() else (file, copy)))

        yield app, back


def test_whoever_may_change_something_is_not_told_that_it_does_not_exist(
    kept: tuple[Flask, Callable[[], None]],
) -> None:
    """An empty form is refused for what is in it, never with the 404 or with an error of ours."""
    from tests.support.client import Browser
    from tests.support.people import make_town

    app, back = kept
    town = make_town()
    world = make_world(town)
    back()
    wrong, seen = [], 0
    for rule in rules(app):
        if rule.endpoint in OPEN_VIEWS or "POST" not in methods(rule):
            continue
        able = [(name, kind) for name, kind in COMBINATIONS if may(app, world, rule, name, kind)]
        assert able, f"nobody may {rule.rule}"
        name, kind = able[0]
        visitor = Browser(app).sign_in(town.users[name])
        visitor.get("/konto")
        answer = visitor._send("POST", world.address(rule, kind), data={"csrf_token": visitor.token})
        seen += 1
        if answer.status_code not in {200, 303, 409, 422} and (rule.endpoint, answer.status_code) not in ODD:
            wrong.append((rule.rule, name, kind, answer.status_code))
        back()
    assert wrong == [], wrong
    assert seen > 20


# Which form is recorded in stands in a hidden field, so an empty post names none.
# The device in the address is not that account's.
ODD = {("conversations.record", 404), ("offline.revoke_of", 404)}


def test_what_belongs_to_another_case_is_not_reached_through_ones_own(app: Flask, browser: Open, world: World) -> None:
    visitor = browser("ola")
    visitor.get("/konto")
    wrong = []
    for rule in rules(app):
        parts = rule.arguments - {"case_id"}
        if "case_id" not in rule.arguments or not parts or not may(app, world, rule, "ola", "holder"):
            continue
        for part in parts:
            for other in (world.objects["foreign"][part], world.objects["none"][part], NOWHERE):
                address = world.address(rule, "holder", **{part: other})
                for method in methods(rule):
                    data = None if method in READING else {"csrf_token": visitor.token}
                    answer = visitor._send(method, address, data=data)
                    if answer.status_code != 404:
                        wrong.append((method, rule.rule, part, answer.status_code))
    assert wrong == []


def test_an_id_that_is_none_is_the_same_404(app: Flask, browser: Open, world: World) -> None:
    visitor = browser("ola")
    own = str(world.objects["holder"]["case_id"])
    for rule in rules(app):
        if "case_id" in rule.arguments and "GET" in methods(rule):
            answer = visitor._send("GET", world.address(rule).replace(own, "1"))
            assert answer.status_code == 404, rule.rule
