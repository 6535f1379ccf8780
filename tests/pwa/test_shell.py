"""What makes the program installable, and that nothing with a person in it is ever kept."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from psfs.extensions import db
from psfs.pwa import shell
from tests.support.pages import check_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.client import Browser

    Open = Callable[[str], Browser]


def fetched(visitor: Browser, address: str) -> int:
    """The status of a static file, which is closed again."""
    with visitor._send("GET", address) as answer:
        return answer.status_code


def test_the_manifest(app: Flask, browser: Open) -> None:
    answer = browser("")._send("GET", "/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.text)
    assert (manifest["id"], manifest["start_url"], manifest["scope"]) == ("/", "/", "/")
    assert (manifest["lang"], manifest["display"]) == ("nn", "standalone")
    assert manifest["name"] == "Kva er viktig for deg?"
    purposes = {(icon["sizes"], icon.get("purpose", "any")) for icon in manifest["icons"]}
    assert purposes >= {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")}
    for icon in manifest["icons"]:
        assert fetched(browser(""), icon["src"]) == 200, icon["src"]
    assert [shortcut["url"] for shortcut in manifest["shortcuts"]] == ["/", "/sok", "/personar/ny"]


def test_the_shortcuts_lead_to_pages(browser: Open) -> None:
    kari = browser("kari")
    for shortcut in json.loads(kari._send("GET", "/manifest.webmanifest").text)["shortcuts"]:
        kari.get(shortcut["url"])


def kept(script: str) -> list[str]:
    found = re.search(r"^const FILES = (\[.*\]);$", script, re.MULTILINE)
    assert found is not None
    names: list[str] = json.loads(found[1])
    return names


def test_the_worker_is_served_from_the_root_and_asked_for_each_time(app: Flask, browser: Open) -> None:
    answer = browser("")._send("GET", "/sw.js")
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    script = answer.text
    assert "__" not in script
    assert f'"{app.config["STATIC_VERSION"]}"' in script
    assert f'"{app.config["STATIC_PREFIX"]}"' in script
    assert len(script.splitlines()) < 130


def test_the_worker_keeps_files_that_are_there_and_nothing_else(app: Flask, browser: Open) -> None:
    names = kept(browser("")._send("GET", "/sw.js").text)
    assert {"css/app.css", "js/app.js", "vendor/htmx/htmx.min.js"} <= set(names)
    assert "js/sw.js" not in names
    prefix = app.config["STATIC_PREFIX"]
    for name in names:
        assert fetched(browser(""), prefix + name) == 200, name


def test_a_first_visit_fetches_nothing_that_only_offline_recording_needs(app: Flask, browser: Open) -> None:
    script = browser("")._send("GET", "/sw.js").text
    assert not [name for name in kept(script) if name.startswith("js/offline/")]
    found = re.search(r"^const MORE = (\[.*?\]);", script, re.MULTILINE)
    assert found is not None
    more = json.loads(found[1])
    assert app.config["STATIC_PREFIX"] + "js/offline/vault.js" in more
    for address in more:
        assert fetched(browser(""), address) == 200, address


def test_all_that_a_page_loads_is_kept(app: Flask, browser: Open) -> None:
    """An installed program with no network shows the offline page whole."""
    page = browser("")._send("GET", "/frakopla").text
    prefix = app.config["STATIC_PREFIX"]
    loaded = set(re.findall(rf'(?:href|src)="{prefix}([^"#]+)', page))
    assert loaded
    assert loaded <= {*shell.kept_files(), *shell.offline_files()}


@pytest.mark.parametrize(("address", "language"), [("", "nn"), ("/nb", "nb"), ("/en", "en")])
def test_the_offline_page_is_the_same_for_everybody_and_leaves_no_session(
    browser: Open, address: str, language: str
) -> None:
    anonymous, kari = browser(""), browser("kari")
    kari.get("/konto")
    pages = [visitor._send("GET", f"/frakopla{address}") for visitor in (anonymous, kari)]
    assert f'<html lang="{language}"' in pages[0].text
    assert pages[0].text == pages[1].text
    assert "Set-Cookie" not in pages[0].headers
    assert "csrf" not in pages[0].text
    check_page(pages[0].text)


def test_the_servers_health(browser: Open) -> None:
    answer = browser("")._send("GET", "/helse")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers


def test_a_page_learns_that_it_reaches_the_server_without_a_word_from_the_database(app: Flask, browser: Open) -> None:
    """Even a new connection would wait for a locked database as long as the page waits for the server."""
    connections: list[object] = []
    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", lambda *opened: connections.append(opened))
    assert browser("")._send("HEAD", "/helse/oppe").status_code == 200
    assert connections == []
    assert browser("")._send("HEAD", "/helse").status_code == 200
    assert connections, "the other question does reach the database"


def test_pages_that_need_no_session_make_none(browser: Open) -> None:
    for address in ("/sw.js", "/manifest.webmanifest", "/frakopla", "/helse", "/helse/oppe"):
        assert "Set-Cookie" not in browser("")._send("GET", address).headers
