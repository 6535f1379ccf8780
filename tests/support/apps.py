"""Fixtures for tests that need the app with a real database: ``app``, ``town``, ``browser``."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from typing import TYPE_CHECKING

import pytest
from jinja2 import FileSystemBytecodeCache

from psfs import create_app, schema
from psfs.config import Config
from psfs.extensions import db
from tests.support.client import Browser
from tests.support.people import Town, make_town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask


_COMPILED = FileSystemBytecodeCache(tempfile.mkdtemp(prefix="psfs-templates-"))  # templates are compiled once a run


@contextlib.contextmanager
def running_app(url: str, folder: Path, *, migrated: bool = False, **env: str) -> Iterator[Flask]:
    """The app on a migrated database, within its context."""
    config = Config.from_environment(
        {"DATABASE_URL": url, "PSFS_INSTANCE": str(folder / "instance"), "SECRET_KEY": "only for tests", **env}
    )
    app = create_app(config)
    app.jinja_env.bytecode_cache = _COMPILED
    app.testing = False  # errors are answered as in real use
    with app.app_context():
        if not migrated:
            schema.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite database, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with running_app(f"sqlite:///{folder / 'psfs.sqlite3'}", folder):
        pass
    return folder / "psfs.sqlite3"


@pytest.fixture
def app(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The app on a new database (SQLite, or both kinds with the marker ``databases``)."""
    sqlite = database_url.startswith("sqlite:///")
    if sqlite:
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), database_url.removeprefix("sqlite:///"))
    with running_app(database_url, tmp_path, migrated=sqlite) as app:
        yield app


@pytest.fixture
def town(app: Flask) -> Town:
    """A small municipality: services, people of every role, one adult's and one child's case."""
    return make_town()


@pytest.fixture
def browser(app: Flask, town: Town) -> Callable[[str], Browser]:
    """``browser("kari")`` is a signed-in browser, ``browser("")`` an anonymous one."""

    def open_browser(name: str) -> Browser:
        started = Browser(app)
        return started.sign_in(town.users[name]) if name else started

    return open_browser
