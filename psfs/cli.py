"""The ``psfs`` command: one line per verb, the work lives in the rooms."""

from __future__ import annotations

import functools
import getpass
import logging
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import DBAPIError

from psfs.config import ConfigError
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Role
from psfs.domain.scoring import Scale

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.audit import Actor

FILE = click.Path(path_type=Path, dir_okay=False)


class Commands(click.Group):
    """Turns what can go wrong into one line and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            from psfs.messages import message

            raise click.ClickException(message(refusal)) from None
        except ConfigError as error:
            raise click.ClickException(str(error)) from None
        except DBAPIError as error:
            raise click.ClickException(f"database: {error.orig}") from None


def in_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Run a command with the program's settings and database."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        from psfs import create_app
        from psfs.extensions import db

        app = create_app()
        logging.getLogger("psfs").setLevel(logging.WARNING)
        with app.app_context():
            try:
                return command(*args, **kwargs)
            finally:
                db.session.remove()
                db.engine.dispose()

    return run


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """«Kva er viktig for deg?» og BTI i eitt program."""


@main.command(help="Lag databasen i DATABASE_URL, eller oppgrader han.")
@in_app
def migrate() -> None:
    from psfs import schema

    schema.upgrade()
    click.echo(_("Databasen er klar."))


@main.command(help="Start programmet. Databasen blir laga eller oppgradert først.")
@click.option("--demo-if-empty", is_flag=True, help="Fyll ein tom database med ein oppdikta kommune.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adressa programmet lyttar på.")
@click.option("--port", envvar="PORT", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--workers", envvar="PSFS_WORKERS", type=click.IntRange(1), default=2, show_default=True)
def serve(demo_if_empty: bool, host: str, port: int, workers: int) -> None:
    from psfs import server

    server.serve(host=host, port=port, workers=workers, demo_if_empty=demo_if_empty)


@main.command(help="Kopier SQLite-databasen til FILE, med kjedehovuda i loggen ved sida av.")
@click.argument("file", type=FILE)
@in_app
def backup(file: Path) -> None:
    from psfs import backup as copying

    heads, count = copying.back_up(file)
    click.echo(_("Kopien ligg i %(file)s, og %(count)d kjedehovud i %(heads)s.", file=file, count=count, heads=heads))


@main.group()
def user() -> None:
    """Kontoar for tilsette."""


@user.command("add", help="Lag ein konto. Svaret er ein eingongskode som berre blir vist no.")
@click.argument("username")
@click.option("--name", required=True, help="Fullt namn.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--service", help="Namnet på tenesta; må vere med for staff og leader.")
@click.option("--new-service", is_flag=True, help="Lag tenesta om ho ikkje finst.")
@click.option("--phone", default="")
@in_app
def user_add(username: str, name: str, role: str, service: str | None, new_service: bool, phone: str) -> None:
    from psfs.accounts import organisation
    from psfs.accounts import service as accounts

    place = organisation.service_named(_actor(), service, make=new_service) if service else None
    code = accounts.add_user(
        _actor(), id=uuid.uuid4(), username=username, name=name, role=Role(role), service_id=place, phone=phone
    )
    _show_code(code)


@user.command("reset", help="Lag ein ny eingongskode. Den gamle passfrasen sluttar å gjelde.")
@click.argument("username")
@in_app
def user_reset(username: str) -> None:
    from psfs.accounts import service as accounts

    _show_code(accounts.reset_user(_actor(), accounts.user_named(username).id))


@user.command("disable", help="Steng ein konto. Øktene blir avslutta med det same.")
@click.argument("username")
@in_app
def user_disable(username: str) -> None:
    from psfs.accounts import service as accounts

    accounts.disable_user(_actor(), accounts.user_named(username).id)
    click.echo(_("Kontoen er stengd."))


@user.command("list", help="Vis kontoane: brukarnamn, rolle, teneste, tilstand, namn.")
@in_app
def user_list() -> None:
    from psfs.accounts import queries

    for account in queries.accounts():
        click.echo("\t".join((account.username, account.role, account.service, account.state, account.name)))


@main.group()
def log() -> None:
    """Loggen over endringar og innsyn."""


@log.command("verify", help="Gå gjennom alle kjedene. Kode 1 om noko er endra, fjerna, bytt om eller kutta.")
@click.option(
    "--heads", type=click.File(encoding="utf-8"), help="Kjedehovud noterte utanfor databasen (eller tenarloggen)."
)
@in_app
def log_verify(heads: TextIO | None) -> None:
    from psfs import audit

    count, faults = audit.verify(audit.notes.read(heads) if heads else ())
    for fault in faults:
        where = (fault.code, fault.stream, str(fault.seq), fault.about)
        click.echo("\t".join(filter(None, where)))
    if faults:
        raise click.ClickException(_("%(faults)d feil i %(count)d oppføringar.", faults=len(faults), count=count))
    click.echo(_("Loggen er heil: %(count)d oppføringar.", count=count))


@log.command(
    "index", help="Skriv inn det som manglar i registeret over namn i lister, til dømes etter ei oppgradering."
)
@in_app
def log_index() -> None:
    from psfs import audit

    missing = audit.fill_index()
    for fault in missing:
        click.echo("\t".join((fault.stream, str(fault.seq), fault.about)))
    click.echo(ngettext("%(num)d rad er skriven inn.", "%(num)d rader er skrivne inn.", len(missing)))


@log.command("heads", help="Skriv ut hovudet i kvar kjede, til å gøyme utanfor databasen.")
@in_app
def log_heads() -> None:
    from psfs import audit

    for head in audit.heads():
        click.echo(audit.notes.line(head))


@main.group()
def scores() -> None:
    """Skårar inn og ut som CSV."""


@scores.command("import", help="Les inn FILE (CSV, UTF-8). Alt eller ingenting.")
@click.argument("file", type=FILE)
@click.option("--scale", type=click.Choice([scale.value for scale in Scale]), default=Scale.HIGHER_IS_BETTER.value)
@click.option("--service", metavar="NAME", help="Tenesta som får sakene til nye personar.")
@click.option("--holder", metavar="USERNAME", help="Den tilsette som får stafetten i dei.")
@in_app
def scores_import(file: Path, scale: str, service: str | None, holder: str | None) -> None:
    from psfs.exchange import importer

    sys.exit(importer.run(file, Scale(scale), service, holder))


@scores.command("export", help="Skriv ut samtalane med snitt og endring, til FILE eller skjermen.")
@click.argument("file", type=FILE, required=False)
@in_app
def scores_export(file: Path | None) -> None:
    from psfs.exchange import exporter

    sys.exit(exporter.run(file, _actor().name))


def _actor() -> Actor:
    """Who sits at the keyboard, as the log names them."""
    from psfs import audit

    return audit.Actor(None, f"psfs ({getpass.getuser()})")


def _show_code(code: str | None) -> None:
    click.echo(_("Eingongskode (blir berre vist no): %(code)s", code=code))
