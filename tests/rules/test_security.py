"""Headers, sizes, error pages, and a log that says nothing of people."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from psfs.accounts.current import open_to_all
from psfs.extensions import db
from psfs.security import HEADERS, json_formatter
from tests.rules.test_routes import methods, rules
from tests.rules.world import World, make_world
from tests.support.apps import running_app
from tests.support.client import Browser

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask

    from tests.support.people import Town

    Open = Callable[[str], Browser]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the server would write, as it would write it."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(json_formatter())
    logger = logging.getLogger("psfs")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


def test_every_answer_has_the_headers(app: Flask, browser: Open, town: Town) -> None:
    kari = browser("kari")
    addresses = ["/konto", "/finst-ikkje", "/logg-inn", "/sw.js", f"/saker/{town.adult.id}"]
    for address in addresses:
        answer = kari._send("GET", address)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (address, name)
        assert "Strict-Transport-Security" not in answer.headers


def test_the_content_policy_allows_nothing_unsafe() -> None:
    policy = dict(part.strip().split(" ", 1) for part in HEADERS["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in str(policy)
    assert HEADERS["Referrer-Policy"] == "same-origin"


def test_https_is_promised_where_it_is_used(tmp_path: Path, sqlite_url: str) -> None:
    with running_app(sqlite_url, tmp_path, PSFS_HTTPS="1") as app:
        answer = app.test_client().get("/logg-inn", base_url="https://kommune.example")
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_signed_in_pages_are_kept_nowhere(browser: Open, town: Town) -> None:
    kari = browser("kari")
    for address in ("/konto", "/frakopla", "/sw.js", "/finst-ikkje", "/helse", "/helse/oppe"):
        assert kari._send("GET", address).headers["Cache-Control"] == "no-store", address
    assert browser("")._send("GET", "/sw.js").headers["Cache-Control"] == "no-cache"


def test_static_files_are_kept_for_ever_and_only_they(app: Flask, browser: Open, town: Town) -> None:
    prefix = app.config["STATIC_PREFIX"]
    with browser("")._send("GET", prefix + "css/app.css") as answer:
        assert "immutable" in answer.headers["Cache-Control"]
    for escape in ("../config.py", "%2e%2e/config.py", "css/../../config.py", "/etc/passwd"):
        assert browser("")._send("GET", prefix + escape).status_code == 404


def test_too_much_at_once_is_refused(browser: Open, town: Town) -> None:
    kari = browser("kari")
    kari.get("/konto")
    page = kari.post(f"/saker/{town.adult.id}/notat", {"text": "x" * 600_000}, status=413)
    assert "for stort" in page.text
    assert kari._send("POST", "/logg-inn", data=b"x" * 600_000, content_type="text/plain").status_code in {400, 413}


@pytest.mark.parametrize(("address", "method", "status"), [("/nope", "GET", 404), ("/sok", "POST", 405)])
def test_errors_have_a_page_and_for_htmx_a_notice(
    browser: Open, town: Town, address: str, method: str, status: int
) -> None:
    kari = browser("kari")
    kari.get("/konto")
    data = {"csrf_token": kari.token} if method == "POST" else None
    page = kari._send(method, address, data=data)
    assert page.status_code == status
    kari._seen(page, status)
    notice = kari._send(method, address, data=data, headers={"HX-Request": "true"})
    assert notice.status_code == status
    assert "<html" not in notice.text
    assert 'role="alert"' in notice.text
    assert notice.headers["HX-Retarget"] == "#flashes"


@pytest.fixture
def broken(app: Flask) -> None:
    """A view that fails with a name and a score in its words, as a fault of ours might."""

    @open_to_all
    def fail() -> str:
        raise ValueError("Testine Tenkt scored 7")

    app._got_first_request = False  # as if the view had been there from the start
    app.add_url_rule("/broken", "broken", fail)
    app._got_first_request = True


def test_an_error_of_ours_says_an_id_and_the_log_has_it(
    app: Flask, browser: Open, town: Town, broken: None, log: io.StringIO
) -> None:
    page = browser("kari").get("/broken", status=500)
    found = re.search(r"Feilnummer: (\w{8})", page.text)
    assert found is not None
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (error,) = [line for line in lines if line["message"] == "error"]
    assert (error["error_id"], error["error"]) == (found[1], "ValueError")
    assert "test_security.py" in str(error["where"])
    for shown in (page.text, log.getvalue()):
        assert "Testine" not in shown
        assert "scored" not in shown
        assert "Traceback" not in shown


def test_words_of_an_exception_are_never_logged(log: io.StringIO) -> None:
    try:
        raise ValueError("Testine Tenkt scored 7")
    except ValueError:
        logging.getLogger("psfs.any").exception("it failed")
    (line,) = [json.loads(line) for line in log.getvalue().splitlines()]
    assert "Testine" not in str(line)
    assert "ValueError" in line["exc_info"]


def test_a_databases_complaint_does_not_hold_the_values(app: Flask, town: Town) -> None:
    with pytest.raises(DBAPIError) as raised:
        db.session.execute(text("SELECT :name FROM nowhere"), {"name": "Testine Tenkt"})
    assert "Testine" not in str(raised.value)


def test_the_log_of_a_whole_day_names_nobody(
    app: Flask, browser: Open, town: Town, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every route read and written by everyone, with things typed that must not be found again."""
    world: World = make_world(town)
    secrets = {
        "name": "Hemmeleg Namnesen",
        "text": "Fortruleg tekst om helse",
        "passphrase": "hemmeleg passfrase her",
        "username": "hemmelegbrukar",
        "code": "HEMM-ELEG-KODE-AAAA",
        "q": "Hemmeleg Namnesen",
        "score": "7",
        "reason": "Fortruleg grunn",
    }
    for name in ("ola", "leader", "ke", "admin", ""):
        visitor = browser(name)
        visitor.get("/logg-inn" if not name else "/konto")
        for rule in rules(app):
            if rule.rule.endswith(".pdf"):
                continue
            address = world.address(rule)
            for method in methods(rule):
                if rule.endpoint in {"accounts.sign_out", "accounts.sign_out_everywhere", "accounts.disable_user"}:
                    continue
                data = {**secrets, "csrf_token": visitor.token} if method == "POST" else None
                visitor._send(method, address + "?q=Hemmeleg%20Namnesen", data=data)
    written = log.getvalue() + "".join(capfd.readouterr())
    assert len(written.splitlines()) > 200
    for line in log.getvalue().splitlines():
        json.loads(line)
    names = [person for kind in world.objects for person in (f"{kind.title()} Tenkt",)]
    names += [account.name for account in town.users.values()]
    for word in (*secrets.values(), *names, "Testine", "argon2", "Hemmeleg", "Fortruleg", "%20"):
        if word != "7":
            assert word not in written, word
    cookie = browser("kari").client.get_cookie("psfs")
    assert cookie is not None
    assert cookie.value not in written
