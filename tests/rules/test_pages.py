"""Every page as each role sees it, and every template as it lies in the repository."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import template_rendered
from sqlalchemy import select

from psfs.extensions import db
from psfs.models import Activity, Person
from tests.rules.test_routes import COMBINATIONS, OPEN_VIEWS, may, methods, rules
from tests.rules.world import World, make_world
from tests.support.pages import check_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

TEMPLATES = Path(__file__).resolve().parents[2] / "psfs" / "templates"
# Tried on the source, where a page may hold what no test has drawn; comments are no part of a page.
NEVER = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "an inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "htmx code": re.compile(r"hx-on|\bjs:|javascript:", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "another host": re.compile(r"(?:src|href|action)\s*=\s*[\"']\s*(?:https?:)?//", re.IGNORECASE),
}


@pytest.fixture
def world(town: Town) -> World:
    return make_world(town)


@pytest.mark.parametrize("what", NEVER)
def test_no_template_holds(what: str) -> None:
    found = {}
    for path in TEMPLATES.rglob("*.html"):
        source = re.sub(r"\{#.*?#\}|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if hits := NEVER[what].findall(source):
            found[str(path.relative_to(TEMPLATES))] = hits[:3]
    assert found == {}


@pytest.mark.parametrize("language", ["nn", "nb", "en"])
@pytest.mark.parametrize("name", ["ola", "leader", "ke", "admin"])
def test_every_page_is_whole_for_every_role(app: Flask, browser: Open, world: World, name: str, language: str) -> None:
    from psfs.accounts import service

    service_account = world.town.users[name]
    from psfs import audit

    with audit.acting(audit.Actor(None, "test")):
        service.choose_language(service_account, language)
    visitor = browser(name)
    kinds = [kind for other, kind in COMBINATIONS if other == name]
    told = {*db.session.scalars(select(Person.name)), *db.session.scalars(select(Activity.text))}
    for rule in rules(app):
        if rule.endpoint in OPEN_VIEWS or "GET" not in methods(rule) or rule.rule.endswith(".pdf"):
            continue
        for kind in kinds if "case_id" in rule.arguments else kinds[:1]:
            if not may(app, world, rule, name, kind):
                continue
            answer = visitor._send("GET", world.address(rule, kind))
            assert answer.status_code in {200, 303}, (rule.rule, answer.status_code)
            assert answer.headers["Cache-Control"] == "no-store", rule.rule
            if answer.status_code == 200 and answer.mimetype == "text/html":
                page = answer.text
                assert f'<html lang="{language}"' in page, rule.rule
                title = unescape(page.partition("<title>")[2].partition("</title>")[0])
                assert not [each for each in told if each in title], (rule.rule, title)
                try:
                    check_page(page)
                except AssertionError as error:
                    raise AssertionError(f"{rule.rule}: {error}") from None
            if language != "nn" and kind == kinds[0]:
                break  # the words differ, the relations do not


def test_every_page_that_is_open(app: Flask, browser: Open, world: World) -> None:
    for rule in rules(app):
        if rule.endpoint in OPEN_VIEWS and "GET" in methods(rule):
            browser("").get(world.address(rule))


def test_every_page_template_is_drawn_by_some_test_here(app: Flask, browser: Open, world: World) -> None:
    """A template that no reading of a page draws is drawn only after something was sent: it is named here."""
    after_sending = {
        "accounts/code_made.html",
        "accounts/send.html",
        "cases/duplicates.html",
    }
    drawn: set[str] = set()

    def note(_app: Flask, template: object, **_more: object) -> None:
        drawn.add(str(getattr(template, "name", "")))

    template_rendered.connect(note, app)
    for name, kind in COMBINATIONS:
        visitor = browser(name)
        for rule in rules(app):
            if "GET" in methods(rule) and not rule.rule.endswith(".pdf"):
                open_view = rule.endpoint in OPEN_VIEWS
                if open_view or may(app, world, rule, name, kind):
                    (browser("") if open_view else visitor)._send("GET", world.address(rule, kind))
    pages = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.glob("*/*.html")
        if re.search(r"\{% extends|<!doctype", path.read_text(), re.IGNORECASE)
        and path.parent.name not in {"components", "documents"}
    }
    missing = {name for name in pages - drawn - after_sending if not Path(name).name.startswith("_")}
    assert missing == set()
