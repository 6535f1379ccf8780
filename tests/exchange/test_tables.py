"""Lists as files: opened again, they hold what was put in, and no cell is a formula."""

from __future__ import annotations

import csv
import resource
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from psfs.exchange.tables import Column, Table, write_csv, write_xlsx

if TYPE_CHECKING:
    from pathlib import Path

NASTY = ["=cmd()", "+1", "-2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "http://example.invalid", "007"]
NAMES = ["Åse Ærø", "נוח تجربة", "🙂🙂", "<script>alert(1)</script>", "x" * 200, 'Semi;kolon "sitat"\nny linje']
COLUMNS = (Column("Namn"), Column("Fødd", "date"), Column("Tal", "number"))


def table(texts: list[str]) -> Table:
    return Table("Liste: alt [1]", COLUMNS, [(text, date(1941, 5, 17), number) for number, text in enumerate(texts)])


def test_a_spreadsheet_holds_texts_dates_and_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(table(NAMES), path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    rows: list[Any] = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("Namn", "Fødd", "Tal")
    assert [row[0] for row in rows[1:]] == NAMES
    assert [row[2] for row in rows[1:]] == list(range(len(NAMES)))
    assert rows[1][1].date() == date(1941, 5, 17)
    assert sheet.freeze_panes == "A2"


@pytest.mark.parametrize("text", NASTY)
def test_no_cell_is_a_formula_or_a_link(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(table([text]), path)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    cell = sheet["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert cell.value == text.replace("\r", "\n")


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x7f", "\x85", "\ud800", "\ufeff", "\ufffe", "\uffff"])
def test_signs_that_no_cell_holds_are_replaced(tmp_path: Path, sign: str) -> None:
    write_xlsx(table([f"a{sign}b", f"{sign}=1"]), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    assert [sheet["A2"].value, sheet["A3"].value] == ["a\ufffdb", "\ufffd=1"]
    write_csv(table([f"a{sign}b", f"{sign}=1"]), tmp_path / "a.csv")
    assert [line.split(";")[0] for line in (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[1:]] == [
        "a\ufffdb",
        "\ufffd=1",
    ]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(1900, 2, 28)])
def test_a_day_that_spreadsheets_count_wrongly_is_text(tmp_path: Path, day: date) -> None:
    rows = [("Åse", day, 1), ("Ola", date(1900, 3, 1), 2), ("Kari", date(9999, 12, 31), 3)]
    write_xlsx(Table("Liste", COLUMNS, rows), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    values: list[Any] = [sheet[f"B{number}"].value for number in (2, 3, 4)]
    assert [values[0], values[1].date(), values[2].date()] == [day.isoformat(), date(1900, 3, 1), date(9999, 12, 31)]


def test_numbers_are_numbers_and_nothing_is_an_empty_cell(tmp_path: Path) -> None:
    rows = [("", None, 0), ("Åse", None, -1.5), (None, None, float("nan"))]
    write_xlsx(Table("Liste", COLUMNS, rows), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert sheet is not None
    found = list(sheet.iter_rows(min_row=2, values_only=True))
    assert found == [(None, None, 0), ("Åse", None, -1.5), (None, None, "nan")]


@pytest.mark.parametrize("text", [text for text in NASTY if text[0] in "=+-@\t\r"])
def test_csv_is_harmless_too(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    write_csv(table([text]), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert rows[1][0] == "'" + text
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_csv_holds_what_was_put_in(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(table(NAMES), path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=";"))
    assert [row[0] for row in rows[1:]] == NAMES
    assert rows[1][1:] == ["1941-05-17", "0"]


def test_20_000_rows_take_neither_long_nor_much(tmp_path: Path) -> None:
    rows = [(f"Testine Tenkt {number}", date(1941, 5, 17), number) for number in range(20_000)]
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    write_xlsx(Table("Mange", COLUMNS, rows), tmp_path / "a.xlsx")
    assert time.monotonic() - began < 10
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 300
    book = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True)
    assert sum(1 for _row in book.active.iter_rows()) == 20_001  # type: ignore[union-attr]
