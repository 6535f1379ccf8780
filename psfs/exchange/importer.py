"""Reading a file of scores into the database: all of it, or nothing and every reason why."""

from __future__ import annotations

import contextlib
import gc
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import click
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.exc import DBAPIError

from psfs import clock
from psfs.extensions import begin_write, db

from . import words
from .history import people
from .parse import Reading, read
from .plan import plan_person
from .receiving import receiver
from .rows import Rows, account, service_named
from .stored import known_among, load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from psfs.domain.scoring import Scale
    from psfs.models import User

    from .history import PersonLines
    from .plan import PersonPlan

BATCH = 300  # persons that are held in memory and written together


@dataclass(slots=True)
class Counts:
    """What an import came to."""

    lines: int = 0
    people: int = 0
    forms: int = 0
    talks: int = 0
    struck: int = 0

    def add(self, plan: PersonPlan, *, new: bool) -> None:
        self.people += new
        self.forms += sum(form.stored is None for form in plan.forms)
        self.talks += sum(len(form.talks) for form in plan.forms)
        self.struck += plan.struck


def run(path: Path, scale: Scale, service: str | None = None, holder: str | None = None) -> int:
    """Import a file and say how it went (format and rules: docs/scores-format.md).

    Args:
        path: the file.
        scale: which way its scores run.
        service: the name of the service that new cases belong to (see ``receiving``).
        holder: the username of who holds new cases; nobody unless given.

    Returns:
        The exit code: 0 when everything is in, 1 when nothing was changed because of faults.

    Raises:
        Refusal: there is no such service or holder.
    """
    receives = receiver(service, holder)
    try:
        with path.open("rb") as file:
            reading = read(file, today=clock.today(), scale=scale)
    except OSError as error:
        click.echo(_("Fila kan ikkje lesast: %(why)s", why=error.strerror or error), err=True)
        return 1
    try:
        with _without_cycles():
            counts = bring_in(reading, scale, *receives)
    except DBAPIError:
        db.session.rollback()
        raise
    if reading.faults:
        return _refuse(reading)
    click.echo(summary(counts))
    return 0


@contextlib.contextmanager
def _without_cycles() -> Iterator[None]:
    """Do not look for cycles among the many small objects of an import: there are none, and it costs a fourth."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _refuse(reading: Reading) -> int:
    for fault in sorted(reading.faults, key=lambda one: one.line):
        click.echo(words.sentence(fault), err=True)
    count = len(reading.faults)
    click.echo(
        ngettext("%(num)d feil. Ingenting er lese inn.", "%(num)d feil. Ingenting er lese inn.", count), err=True
    )
    return 1


def summary(counts: Counts) -> str:
    """What an import came to, in words."""
    if not counts.talks:
        told = _("Alt i fila er lese inn frå før. Ingenting er endra.") if counts.lines else _("Fila har ingen linjer.")
    else:
        told = _(
            "Lese inn. Nye samtalar: %(talks)d. Nye skjema: %(forms)d. Nye personar: %(people)d.",
            talks=counts.talks,
            forms=counts.forms,
            people=counts.people,
        )
    if counts.struck:
        told += " " + _("Samtalar som er strokne i programmet, er framleis strokne: %(count)d.", count=counts.struck)
    return told


def bring_in(
    reading: Reading,
    scale: Scale,
    service: str,
    holder: User | None,
    *,
    keep: bool = True,
    note: Callable[[Counts], None] | None = None,
) -> Counts:
    """Plan every person and write while nothing is wrong; commit at the end, or roll all of it back.

    ``keep``: False to see what would come of it, and write nothing. ``note`` is called when all is written, to log in
    the same transaction whatever else is to be known of it.
    """
    counts = Counts(lines=len(reading.lines))
    if keep and not reading.faults:
        begin_write()
        _roomy_cache()
    importer = account()
    rows: Rows | None = None
    # Asked before anything is written: a database plans badly for a table that has grown since it last looked.
    known_refs = known_among({line.person_ref for line in reading.lines})
    for some in _batches(people(reading.lines, reading.faults)):
        known = load([one.ref for one in some if one.ref in known_refs], importer.id if importer else None)
        for person in some:
            stored = known.get(person.ref)
            plan = plan_person(person, stored, scale, reading.faults, whole=not reading.unplaced)
            if not reading.faults and plan.changes:
                counts.add(plan, new=stored is None)
                if keep:
                    rows = rows or Rows(scale, service_named(service), holder)
                    rows.add(person, stored, plan)
            else:
                counts.struck += plan.struck
        if rows and not reading.faults:
            rows.write()
    if reading.faults or not keep:
        db.session.rollback()
    else:
        if note:
            note(counts)
        db.session.commit()
    return counts


def _roomy_cache() -> None:
    """Let SQLite keep 64 MB of pages until the commit.

    New ids fall all over its indexes. A page that does not fit is written in the middle of the transaction, and from
    then on nobody else can read.
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -65536")


def _batches(whole: Iterable[PersonLines]) -> Iterator[list[PersonLines]]:
    source = iter(whole)
    while some := list(islice(source, BATCH)):
        yield some
