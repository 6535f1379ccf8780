"""From the file to its lines, or to everything that is wrong with it. Pure: no database, no words for people.

One line of the file is one activity in one conversation. Texts are compared and kept in Unicode's composed form; a
line break inside a quoted text becomes a space.
"""

from __future__ import annotations

import csv
import re
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from psfs.domain.activities import check_date
from psfs.domain.errors import Refusal
from psfs.domain.identity_number import looks_like_identity_number
from psfs.domain.scoring import Scale, to_higher_is_better

from .lines import BOM, UTF16, records

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from .lines import Record

TEXTS = ("person_ref", "name", "activity", "performed_by")
COLUMNS = ("person_ref", "name", "birth_date", "form", "activity", "conversation_date", "score", "performed_by")
REQUIRED = frozenset(COLUMNS) - {"score", "performed_by"}
DELIMITERS = ",;"
LONGEST_TEXT = 200
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FORM = re.compile(r"[1-9][0-9]{0,8}")
_SCORE = re.compile(r"[0-9]|10")
_MADE_UP = re.compile(r"\w*\d[^\W\d]+\d\w*")  # letters among the digits: a key that a machine made, no number
_BREAKS = re.compile(r"[\r\n]+")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: the physical line, a stable code, and what its sentence needs (see ``words``)."""

    line: int
    code: str
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One activity in one conversation; a part that was faulty is None, and then ``sound`` is False.

    ``score`` is on our scale, higher is better; None on a sound line is "not asked".
    """

    number: int
    person_ref: str
    name: str | None
    birth_date: date | None
    form: int | None
    activity: str | None
    held_on: date | None
    score: int | None
    performed_by: str | None
    sound: bool


@dataclass(slots=True)
class Reading:
    """What a file holds. ``unplaced``: some line's person could not be made out, so the rest may be incomplete."""

    lines: list[Line]
    faults: list[Fault]
    unplaced: bool = False


def read(file: BinaryIO, *, today: date, scale: Scale) -> Reading:
    """Read a whole file.

    Args:
        file: open for reading bytes, at its start, and able to seek.
        today: no date may lie after it.
        scale: which way the file's scores run; they are turned to ours.
    """
    reading = Reading([], [])
    start = file.read(1 << 16)
    if start.startswith(UTF16):
        reading.faults.append(Fault(1, "utf16"))
        return reading
    file.seek(len(BOM) if start.startswith(BOM) else 0)
    all_records = records(file, _delimiter(start.removeprefix(BOM)))
    header = next(all_records, None)
    if header is None:
        reading.faults.append(Fault(1, "empty"))
        return reading
    columns = _columns(header, reading.faults)
    if columns:
        parser = _Parser(columns, len(header.fields), today, scale, reading)
        for record in all_records:
            parser.take(record)
    return reading


def _delimiter(start: bytes) -> str:
    """Comma or semicolon: whichever finds more of the columns in the first line that holds anything."""
    line = next((line for line in start.decode(errors="replace").splitlines() if line), "")

    def known(delimiter: str) -> int:
        return len(set(next(csv.reader([line], delimiter=delimiter), [])) & set(COLUMNS))

    return max(DELIMITERS, key=known)


def _columns(header: Record, faults: list[Fault]) -> dict[str, int]:
    """Where each known column stands; empty when the first line is no header at all."""
    if header.fault:
        faults.append(Fault(header.fault_line, header.fault))
    if not header.fields:
        return {}
    places: dict[str, int] = {}
    unknown: list[Fault] = []
    for place, name in enumerate(header.fields):
        if name not in COLUMNS:
            unknown.append(Fault(header.line, "unknown_column", {"value": name}))
        elif name in places:
            unknown.append(Fault(header.line, "duplicate_column", {"value": name}))
        else:
            places[name] = place
    if not places:
        faults.append(Fault(header.line, "no_header", {"columns": ",".join(COLUMNS)}))
        return {}
    faults += unknown
    faults += [Fault(header.line, "missing_column", {"value": name}) for name in COLUMNS if name not in places]
    return places


class _Parser:
    """Turns records into lines and faults, one at a time."""

    def __init__(self, columns: dict[str, int], width: int, today: date, scale: Scale, reading: Reading) -> None:
        self._columns = columns
        self._width = width
        self._today = today
        self._scale = scale
        self._reading = reading
        self._sound: dict[str, dict[str, str]] = {name: {} for name in TEXTS}  # checked once, one copy in memory
        self._dates: dict[str, date | None] = {}

    def take(self, record: Record) -> None:
        """Add the record's line, or what is wrong with it."""
        reading = self._reading
        if record.fault:
            reading.faults.append(Fault(record.fault_line, record.fault))
        if len(record.fields) != self._width:
            reading.unplaced = True
            if not record.fault:
                reading.faults.append(
                    Fault(record.line, "column_count", {"count": len(record.fields), "expected": self._width})
                )
            return
        if not any(record.fields):
            reading.faults.append(Fault(record.line, "blank"))
            return
        faults: list[Fault] = []
        line = self._line(record, faults)
        if not record.fault:
            reading.faults += faults
        if line is None:
            reading.unplaced = True
        else:
            reading.lines.append(line)

    def _line(self, record: Record, faults: list[Fault]) -> Line | None:
        values = {name: record.fields[place] for name, place in self._columns.items()}

        def complain(code: str, **about: object) -> None:
            faults.append(Fault(record.line, code, about))

        texts = {name: self._text(name, values[name], complain) for name in TEXTS if name in values}
        for name, value in values.items():
            if not value and name in REQUIRED:
                complain("missing", column=name)
        born = self._date("birth_date", values, complain)
        if born is not None and born > self._today:
            complain("birth_date_in_future", day=born)
            born = None
        held_on = self._date("conversation_date", values, complain)
        if held_on is not None:
            try:
                check_date(held_on, today=self._today, birth_date=born)
            except Refusal as refusal:
                complain(refusal.code, **refusal.values)
                held_on = None
        form = self._form(values.get("form", ""), complain)
        score = self._score(values.get("score", ""), complain)
        if not texts.get("person_ref"):
            return None
        sound = not faults and not record.fault
        if record.fault:  # what could not be decoded says nothing about names
            texts.update(name=None, activity=None, performed_by=None)
        return Line(
            record.line,
            texts["person_ref"] or "",
            texts.get("name"),
            born,
            form,
            texts.get("activity"),
            held_on,
            score,
            texts.get("performed_by"),
            sound,
        )

    def _text(self, column: str, value: str, complain: Callable[..., None]) -> str | None:
        """The text as it is kept; None if it is empty where it must not be, or faulty."""
        sound = self._sound[column]
        kept = sound.get(value)
        if kept is None:
            kept = _kept(column, value)
            if fault := _text_fault(kept):
                complain(fault, column=column, value=value, count=len(kept), most=LONGEST_TEXT)
                return None
            sound[value] = kept
        return kept if kept or column not in REQUIRED else None

    def _date(self, column: str, values: dict[str, str], complain: Callable[..., None]) -> date | None:
        value = values.get(column, "")
        if not value:
            return None
        if value not in self._dates:
            try:
                self._dates[value] = date.fromisoformat(value) if _DATE.fullmatch(value) else None
            except ValueError:
                self._dates[value] = None
        if self._dates[value] is None:
            complain("not_a_date", column=column, value=value)
        return self._dates[value]

    def _form(self, value: str, complain: Callable[..., None]) -> int | None:
        if not value:
            return None
        if not _FORM.fullmatch(value):
            complain("form_number", value=value)
            return None
        return int(value)

    def _score(self, value: str, complain: Callable[..., None]) -> int | None:
        if not value:
            return None
        if not _SCORE.fullmatch(value):
            complain("score", value=value)
            return None
        return to_higher_is_better(int(value), self._scale)


def _kept(column: str, value: str) -> str:
    """The text as it is kept. The caller's own key is theirs to the letter."""
    return value if column == "person_ref" else unicodedata.normalize("NFC", _BREAKS.sub(" ", value))


def _text_fault(text: str) -> str:
    if _UNSEEN.search(text):
        return "unseen_character"
    if text != text.strip():
        return "edge_space"
    if len(text) > LONGEST_TEXT:
        return "too_long"
    return "identity_number" if looks_like_identity_number(_MADE_UP.sub("x", text)) and not _is_uuid(text) else ""


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
