"""Alembic's environment: the app's engine and the models' metadata."""

from __future__ import annotations

from alembic import context
from flask import current_app

from psfs.extensions import db

target_metadata = db.metadata


def run_migrations_online() -> None:
    """Run on the app's own connection, one transaction for each migration."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            transaction_per_migration=True,
            **current_app.extensions["migrate"].configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations_online()
