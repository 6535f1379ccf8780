"""A list as a spreadsheet or as CSV: real dates and numbers, and no cell that a program takes for a formula."""

from __future__ import annotations

import csv
import math
import re
import tempfile
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from flask import make_response

from psfs import clock
from psfs.exchange.exporter import harmless

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from flask import Response

FORMATS = ("xlsx", "csv")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767
"""Characters that a cell of a spreadsheet holds (Excel's own limit)."""
FIRST_DAY = date(1900, 3, 1)
"""Before it spreadsheets disagree on which day a number is (Excel has a 29 February 1900): such days are text."""
_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_BREAKS = re.compile("\r\n?")
WIDTHS = {"text": 28, "number": 10, "date": 12}
OPTIONS = {
    "constant_memory": True,  # a row is written when the next one comes, however many there are
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is called, and what it holds (text, number or date)."""

    name: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Table:
    """A list. ``rows``: as many values as there are columns; None is an empty cell."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Out:
    """A table, and the cases whose persons it names."""

    table: Table
    case_ids: frozenset[uuid.UUID]


def answer(table: Table, form: str, name: str) -> Response:
    """The list as a file. ``form``: one of ``FORMATS``; ``name``: without day and ending, never a person's."""
    with tempfile.TemporaryDirectory(prefix="psfs-") as folder:
        path = Path(folder) / "list"
        (write_xlsx if form == "xlsx" else write_csv)(table, path)
        response = make_response(path.read_bytes())
    response.headers["Content-Type"] = XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{clock.today():%Y-%m-%d}.{form}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def write_xlsx(table: Table, path: Path) -> None:
    """Write a spreadsheet, row by row."""
    with tempfile.TemporaryDirectory(prefix="psfs-") as folder:
        book = xlsxwriter.Workbook(str(path), {**OPTIONS, "tmpdir": folder})
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet(_sheet_name(table.title))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, WIDTHS[column.kind])
            sheet.write_string(0, place, column.name, bold)
        for number, row in enumerate(table.rows, 1):
            for place, value in enumerate(row):
                if value is None or value == "":
                    continue
                if isinstance(value, date) and value >= FIRST_DAY:
                    sheet.write_datetime(number, place, datetime.combine(value, time()), day)
                elif isinstance(value, int | float) and math.isfinite(value):
                    sheet.write_number(number, place, value)
                else:
                    sheet.write_string(number, place, _BREAKS.sub("\n", _seen(value))[:LONGEST_CELL])
        book.close()


def write_csv(table: Table, path: Path) -> None:
    """Write UTF-8 with a mark that tells so, and semicolons, as spreadsheets in Norway read it."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([column.name for column in table.columns])
        for row in table.rows:
            writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return harmless(_seen(value)) if isinstance(value, str) else str(value)


def _seen(value: Any) -> str:
    """The value as text, without signs that a cell cannot hold or that hide what it begins with."""
    return _UNHELD.sub("\N{REPLACEMENT CHARACTER}", str(value))


def _sheet_name(title: str) -> str:
    """A sheet's name has at most 31 characters and none of seven."""
    return "".join("-" if letter in "[]:*?/\\" else letter for letter in title)[:31]
