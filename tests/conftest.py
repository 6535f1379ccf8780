"""Databases for every test: SQLite in a file of its own, and a real PostgreSQL.

A test that takes ``database_url`` runs on SQLite;
``@pytest.mark.databases("sqlite", "postgres")`` runs it on both.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support import postgres
from tests.support.apps import app, browser, migrated_sqlite, town

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["app", "browser", "migrated_sqlite", "town"]  # fixtures for every folder
KINDS = ("sqlite", "postgres")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give ``database_url`` one value for each kind that the test's marker names."""
    if "database_url" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("databases")
    kinds = marker.args if marker else KINDS[:1]
    if not kinds or set(kinds) - set(KINDS):
        raise pytest.UsageError(f"{metafunc.definition.nodeid}: databases must be among {KINDS}")
    metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> Iterator[postgres.PostgresServer]:
    """One server for the whole run, started when a test first asks; parallel workers share it.

    It lies directly in the folder for temporary files: pytest's own folders are closed to the
    user that PostgreSQL runs as when root starts it, and too deep for a socket.
    """
    with postgres.running(Path(tempfile.gettempdir()) / f"psfs-pg-{testrun_uid}") as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: postgres.PostgresServer) -> Iterator[str]:
    """A new, empty PostgreSQL database for this test."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A new SQLite database for this test; the file is made by whoever connects first."""
    return f"sqlite:///{tmp_path / 'psfs.sqlite3'}"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A new, empty database of each kind in turn (see the marker ``databases``)."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url
