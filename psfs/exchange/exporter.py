"""Writing the figures of every conversation to a file, by the code that the pages use."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
import tempfile
from collections import defaultdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask_babel import gettext as _
from sqlalchemy import exists, select

from psfs.audit.recorder import record_list_reading
from psfs.conversations.queries import figures_for_forms
from psfs.domain.scoring import rounded
from psfs.extensions import begin_write, db
from psfs.models import Case, Conversation, Form, Person

from .rows import ACCOUNT

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Sequence
    from fractions import Fraction
    from typing import BinaryIO, TextIO

    from psfs.domain.scoring import Change, RoundResult

COLUMNS = (
    "person_ref",
    "form",
    "conversation",
    "conversation_date",
    "scored",
    "total",
    "average",
    "compared_previous",
    "change_previous",
    "flag_previous",
    "compared_first",
    "change_first",
    "flag_first",
)
PROGRAM = "psfs"
PLACES = 4
FORMULA = ("=", "+", "-", "@", "\t", "\r")
BATCH = 500  # persons that are read together
Row = tuple[object, ...]


def run(path: Path | None, by: str = PROGRAM) -> int:
    """Export to a file, or to standard output (columns: docs/scores-format.md).

    The file is complete or not there at all: it is written beside its place and moved into it at the end.

    Args:
        path: where to; None is standard output.
        by: who asked for it, as the log of who has looked names them.

    Returns:
        The exit code: 0, or 1 when the file could not be written.
    """
    if path is None:
        sys.stdout.flush()
        with _utf8(sys.stdout.buffer) as out:
            write(out, by)
        return 0
    try:
        count = _to_file(path, by)
    except OSError as error:
        click.echo(_("Fila kan ikkje skrivast: %(why)s", why=error.strerror or error), err=True)
        return 1
    click.echo(_("Skrivne samtalar: %(count)d.", count=count))
    return 0


def write(out: TextIO, by: str) -> int:
    """Write the whole export and give the number of conversations."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in lines(by):
        writer.writerow(row)
        count += 1
    return count


@contextlib.contextmanager
def _utf8(file: BinaryIO) -> Iterator[TextIO]:
    """Text into a file of bytes, whatever the machine's own encoding; the file stays open."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    try:
        yield text
        text.flush()
    finally:
        text.detach()


def lines(by: str) -> Iterator[Row]:
    """One row for each conversation that is not struck, sorted by ``person_ref`` (by code point), form, conversation.

    Persons are read some hundred at a time, each time in a transaction of its own, so that nobody who saves waits for
    an export; all lines of a person are of one moment.
    """
    found = _cases()
    _note_reading([case_id for _person_id, _ref, case_id in found], by)
    people = sorted({(ref or str(person_id), person_id) for person_id, ref, _case_id in found})
    del found
    source = iter(people)
    while some := list(islice(source, BATCH)):
        forms = _forms([person_id for _ref, person_id in some])
        figures = figures_for_forms([form_id for own in forms.values() for _number, form_id in own])
        db.session.rollback()
        for ref, person_id in some:
            for number, form_id in forms[person_id]:
                for place, result in enumerate(figures[form_id], 1):
                    yield _row(harmless(ref), number, place, result)


def harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(FORMULA) else text


def _cases() -> Sequence[Any]:
    """Person, key and case of every case with a conversation that counts."""
    query = select(Person.id, Person.import_ref, Case.id).join(Case, Case.person_id == Person.id)
    talked = exists().where(Form.case_id == Case.id, Conversation.form_id == Form.id, Conversation.struck_at.is_(None))
    return db.session.execute(query.where(talked)).all()


def _note_reading(case_ids: list[uuid.UUID], by: str) -> None:
    """Log that all of it is about to be read, before any of it is."""
    if not case_ids:
        db.session.rollback()
        return
    begin_write()
    record_list_reading(actor_id=ACCOUNT, actor=by, view="scores export", case_ids=case_ids)
    db.session.commit()


def _forms(person_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[tuple[int, uuid.UUID]]]:
    """Each person's forms by number. Those of a second case go on counting where the case before it ended."""
    columns = (Case.person_id, Case.id, Form.number, Form.id)
    query = select(*columns).join(Form, Form.case_id == Case.id).where(Case.person_id.in_(person_ids))
    found: dict[uuid.UUID, list[tuple[int, uuid.UUID]]] = defaultdict(list)
    case, before = None, 0
    for person_id, case_id, number, form_id in db.session.execute(
        query.order_by(Case.person_id, Case.created_at, Case.id, Form.number)
    ):
        own = found[person_id]
        if case_id != case:
            case, before = case_id, own[-1][0] if own else 0
        own.append((before + number, form_id))
    return found


def _row(ref: str, form: int, place: int, result: RoundResult[uuid.UUID]) -> Row:
    return (
        ref,
        form,
        place,
        result.round.held_on.isoformat(),
        result.scored,
        result.total,
        _figure(result.average),
        *_change(result.since_previous),
        *_change(result.since_first),
    )


def _change(change: Change[uuid.UUID]) -> Row:
    return change.compared, _figure(change.value), change.flag.value


def _figure(value: Fraction | None) -> str:
    return "" if value is None else str(rounded(value, PLACES))


def _to_file(path: Path, by: str) -> int:
    """Write beside the file and move into place; what was there stays until then."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(descriptor, "wb") as file:
            with _utf8(file) as out:
                count = write(out, by)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    return count
