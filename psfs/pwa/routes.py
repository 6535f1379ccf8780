"""The manifest, the service worker, the page for when there is no network, and whether the server is well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Blueprint, current_app, render_template
from flask_babel import force_locale

from psfs.accounts.current import open_to_all
from psfs.conversations import blank
from psfs.domain.identity_number import PATTERN
from psfs.pwa import health as checks
from psfs.pwa import shell

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("pwa", __name__)


@bp.get("/manifest.webmanifest")
@open_to_all
def manifest() -> Response:
    """What a browser needs to install the program."""
    return _answer(json.dumps(shell.manifest(), ensure_ascii=False), "application/manifest+json")


@bp.get("/sw.js")
@open_to_all
def worker() -> Response:
    """The service worker. Served from the root, so that the whole program is its scope."""
    return _answer(shell.worker(), "text/javascript")


@bp.get("/frakopla")
@open_to_all
def offline() -> Response:
    """The program for when there is no network: the same for everybody, without a session."""
    return _offline("nn")


@bp.get("/frakopla/nb")
@open_to_all
def offline_nb() -> Response:
    """The same in bokmål."""
    return _offline("nb")


@bp.get("/frakopla/en")
@open_to_all
def offline_en() -> Response:
    """The same in English."""
    return _offline("en")


def _offline(language: str) -> Response:
    with force_locale(language):
        return _answer(render_template("pwa/offline.html", **blank.values(), identity_number=PATTERN), "text/html")


@bp.get("/helse")
@open_to_all
def health() -> Response:
    """For a supervisor: 200 while the database answers."""
    checks.ask_the_database()
    return _answer("ok\n", "text/plain")


@bp.get("/helse/oppe")
@open_to_all
def reached() -> Response:
    """For a page that asks whether it would reach the server: at once, whatever the database is waiting for."""
    return _answer("ok\n", "text/plain")


def _answer(text: str, mimetype: str) -> Response:
    response = current_app.response_class(text, mimetype=mimetype)
    response.headers["Cache-Control"] = "no-cache"
    return response
