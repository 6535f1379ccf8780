"""Creating and upgrading the schema."""

from __future__ import annotations

from alembic import command
from flask import current_app
from flask_migrate import Config as AlembicConfig

from psfs.extensions import db


def _alembic() -> AlembicConfig:
    config: AlembicConfig = current_app.extensions["migrate"].migrate.get_config()
    return config


def upgrade() -> None:
    """Bring the database of ``DATABASE_URL`` to the newest schema; does nothing when it is there already."""
    db.session.remove()
    command.upgrade(_alembic(), "head")
