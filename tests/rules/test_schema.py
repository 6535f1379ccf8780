"""The migrated schema is the models', on both databases, up and down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from psfs import schema
from psfs.extensions import db
from psfs.schema import _alembic

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.people import Town

pytestmark = pytest.mark.databases("sqlite", "postgres")


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        return list(compare_metadata(context, db.metadata))


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}


def test_the_migrated_schema_is_the_models(app: Flask) -> None:
    assert differences() == []
    assert tables() == set(db.metadata.tables)


def test_checks_and_indexes_are_there_too(app: Flask) -> None:
    """What the comparison does not look at: conditions of checks, and of indexes that hold for some rows."""
    found = inspect(db.engine)
    for name, table in db.metadata.tables.items():
        checks = {check["name"] for check in found.get_check_constraints(name)}
        wanted = {str(one.name) for one in table.constraints if type(one).__name__ == "CheckConstraint" and one.name}
        assert wanted <= checks, name
        indexes = {index["name"]: index for index in found.get_indexes(name)}
        for index in table.indexes:
            assert index.name in indexes, name
            assert bool(indexes[index.name]["unique"]) == bool(index.unique), index.name


def test_migrating_again_changes_nothing(app: Flask, town: Town) -> None:
    schema.upgrade()
    assert differences() == []
    assert db.session.execute(text("SELECT count(*) FROM person")).scalar() == 2


def test_down_and_up_again(app: Flask) -> None:
    db.session.remove()
    command.downgrade(_alembic(), "base")
    assert tables() == set()
    schema.upgrade()
    assert differences() == []
