"""What gunicorn serves while measuring: the program, and beside it two bare routes to measure it against.

Each answer tells which process gave it and how many SQL statements it took. Only here: the program itself says neither.
"""

from __future__ import annotations

import os
import threading
import uuid
from typing import TYPE_CHECKING, Any

from flask import Flask, render_template_string
from sqlalchemy import Column, Connection, MetaData, String, Table, Uuid, create_engine, event, insert

from psfs.extensions import IMMEDIATE, db, engine_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Engine

BARE = "/_bench"
STATEMENTS, PROCESS = "X-Bench-Statements", "X-Bench-Process"
TABLE = Table("bench_row", MetaData(), Column("id", Uuid, primary_key=True), Column("text", String(200)))
TEMPLATE = """<!DOCTYPE html>
<html lang="nn">
  <head><meta charset="utf-8"><title>{{ title }}</title></head>
  <body>
    <h1>{{ title }}</h1>
    <ul>{% for number in numbers %}<li><a href="/{{ number }}">{{ number }}</a></li>{% endfor %}</ul>
  </body>
</html>
"""
_counted = threading.local()


def make_table(url: str) -> None:
    """The table of the bare insert, in the database that is measured."""
    engine = create_engine(url)
    TABLE.create(engine)
    engine.dispose()


def bare_app(url: str) -> Flask:
    """Flask with nothing on it: a page from a small template, and one durable row, stored as the program does it."""
    app = Flask("bare", static_folder=None)
    engine = create_engine(url, **engine_options(url))

    @app.get(f"{BARE}/page")
    def page() -> str:
        return render_template_string(TEMPLATE, title="Berre ei side", numbers=range(10))

    @app.post(f"{BARE}/row")
    def row() -> tuple[str, int]:
        with engine.connect().execution_options(**{IMMEDIATE: True}) as connection, connection.begin():
            connection.execute(insert(TABLE), {"id": uuid.uuid4(), "text": "ei oppdikta rad"})
        return "", 204

    return app


def application() -> Callable[..., Iterable[bytes]]:
    """The WSGI entry point: ``gunicorn "tests.bench.stack:application()"``."""
    from wsgi import app  # makes the program, as in service

    with app.app_context():
        _count(db.engine)
    bare = bare_app(app.config["SQLALCHEMY_DATABASE_URI"])

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        _counted.number = 0

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            told = [(STATEMENTS, str(_counted.number)), (PROCESS, str(os.getpid()))]
            return start_response(status, [*headers, *told], *rest)

        chosen = bare if environ["PATH_INFO"].startswith(BARE) else app
        return chosen(environ, start)

    return serve


def _count(engine: Engine) -> None:
    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Connection, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            _counted.number = getattr(_counted, "number", 0) + 1
