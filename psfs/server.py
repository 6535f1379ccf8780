"""Serving: bind, bring the database up to date, and become gunicorn."""

from __future__ import annotations

import logging
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from flask_babel import gettext as _
from gunicorn.glogging import Logger
from sqlalchemy import exists, select

from psfs import clock, create_app, schema, static_files
from psfs.accounts import demo as demo_accounts
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Case, User
from psfs.security import json_formatter

if TYPE_CHECKING:
    from gunicorn.config import Config as GunicornConfig

    from psfs.config import Config

THREADS = 8
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where gunicorn's workers tell that they live


def serve(*, host: str, port: int, workers: int, demo_if_empty: bool) -> NoReturn:
    """Serve until stopped. Port 0 takes any that is free.

    Raises:
        Refusal: ``address_taken``: the address cannot be bound.
    """
    listener = _bind(host, port)
    app = create_app()
    config: Config = app.extensions["psfs_config"]
    static_files.pack(config.static_dir, config.instance)
    with app.app_context():
        schema.upgrade()
        if demo_if_empty and is_empty():
            _fill()
        db.session.remove()
        db.engine.dispose()  # no connection crosses into another process
        bound = listener.getsockname()
        address = f"[{bound[0]}]:{bound[1]}" if ":" in bound[0] else f"{bound[0]}:{bound[1]}"
        click.echo(_("Programmet svarar på http://%(address)s (stopp med Ctrl+C).", address=address))
    sys.stdout.flush()
    os.environ["PSFS_LISTEN"] = address
    listener.set_inheritable(True)
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *_arguments(listener.fileno(), workers)])  # noqa: S606


def _fill() -> None:
    """Fill the database with a made-up municipality and mark it as such."""
    from psfs import demo  # only here: nobody else needs one

    click.echo(_("Databasen er tom: fyller han med ein oppdikta kommune."))
    logger = logging.getLogger("psfs")
    level = logger.level
    logger.setLevel(logging.WARNING)  # hundreds of audit heads that nobody will check against
    demo.fill(clock.today())
    demo_accounts.mark()
    logger.setLevel(level)


def is_empty() -> bool:
    """Whether nobody has used the database yet: no accounts and no cases."""
    return not db.session.scalar(select(exists(select(User.id)) | exists(select(Case.id))))


def _bind(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise Refusal("address_taken", host=host, port=port) from error


def _arguments(descriptor: int, workers: int) -> list[str]:
    options = [
        f"--bind=fd://{descriptor}",
        f"--workers={workers}",
        "--worker-class=gthread",
        f"--threads={THREADS}",
        "--log-level=warning",
        "--logger-class=psfs.server.JsonLog",
        "--graceful-timeout=8",
        "--no-control-socket",
        "--forwarded-allow-ips=",  # which proxies to trust is said once, in PSFS_PROXIES
    ]
    if os.access(SHARED_MEMORY, os.W_OK):
        options.append(f"--worker-tmp-dir={SHARED_MEMORY}")
    return [*options, "psfs:create_app()"]


class JsonLog(Logger):
    """Gunicorn's own log as JSON. It never says which address failed: that may hold what someone searched for."""

    def setup(self, cfg: GunicornConfig) -> None:
        super().setup(cfg)  # type: ignore[no-untyped-call]  # gunicorn carries no types
        for handler in self.error_log.handlers:
            handler.setFormatter(json_formatter())

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.error_log.error("worker error", exc_info=True)
