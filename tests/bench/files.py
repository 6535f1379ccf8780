"""The rounds of five years as a spreadsheet: how long it takes, and the most memory that its process uses."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl

if TYPE_CHECKING:
    from tests.bench.pages import Desk

ADDRESS = "/uttrekk/rundar?format=xlsx&tal=20"
RESET_PEAK = "5"
"""Written to ``clear_refs``, the kernel begins counting the highest use of memory anew (proc(5))."""


@dataclass(frozen=True)
class Taken:
    """A file that was taken out. ``peak`` is the whole process, in bytes, the program itself included."""

    rows: int
    seconds: float
    peak: int


def spreadsheet(desk: Desk) -> Taken:
    """Take the file out as the coordinating unit does.

    Raises:
        RuntimeError: the answer is not the spreadsheet of this process.
    """
    process = desk.unit_get("/oversyn").process  # the connection is kept, and with it the process
    Path(f"/proc/{process}/clear_refs").write_text(RESET_PEAK, encoding="ascii")
    answer = desk.unit_get(ADDRESS)
    if answer.process != process:
        raise RuntimeError("another process made the file")
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.body), read_only=True).worksheets[0]
    return Taken(sum(1 for _row in sheet.iter_rows()) - 1, answer.seconds, peak * 1024)
