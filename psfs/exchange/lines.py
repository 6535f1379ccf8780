"""From bytes to records: physical lines, their numbers, and CSV records that may span several of them. Pure."""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

BLOCK = 1 << 16
LONGEST_LINE = 1 << 16  # bytes; eight fields of 200 letters are far from it
LONGEST_RECORD = 40  # physical lines; more means that a quotation mark was never closed
BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Record:
    """One record: the physical line it begins on (from 1), its fields, or what is wrong with it as a whole.

    ``fault``: "", "encoding" (fields hold U+FFFD where bytes were no UTF-8), "quotes" or "line_too_long"
    (both without fields). ``fault_line`` is where it shows.
    """

    line: int
    fields: tuple[str, ...]
    fault: str = ""
    fault_line: int = 0


class _TooManyLinesError(Exception):
    pass


class _TooLongError(Exception):
    pass


class _Source:
    """Gives a CSV reader its lines, remembers those of the record being read, and takes them back."""

    def __init__(self, file: BinaryIO) -> None:
        self._lines = _physical_lines(file)
        self._again: deque[bytes] = deque()
        self.record: list[bytes] = []
        self.number = 0  # of the last line given
        self.not_utf8 = 0  # the first such line of this record

    def begin(self) -> int:
        """Begin a record; the number of the line it will begin on."""
        self.record.clear()
        self.not_utf8 = 0
        return self.number + 1

    def give_back(self) -> None:
        """Read again everything after the first line of this record."""
        self._again.extendleft(reversed(self.record[1:]))
        self.number -= len(self.record) - 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.record) >= LONGEST_RECORD:
            raise _TooManyLinesError
        line = self._again.popleft() if self._again else next(self._lines)
        self.number += 1
        self.record.append(line)
        if len(line) > LONGEST_LINE:
            raise _TooLongError
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.not_utf8 = self.not_utf8 or self.number
            return line.decode(errors="replace")


def _physical_lines(file: BinaryIO) -> Iterator[bytes]:
    r"""Lines that end with ``\n``, ``\r\n`` or ``\r``; one that is far too long is cut, so that memory is bounded."""
    rest = b""
    while block := file.read(BLOCK):
        *whole, rest = (rest + block).splitlines(keepends=True)  # the last may go on in the next block
        yield from whole
        rest = rest[: LONGEST_LINE + 1]
    if rest:
        yield from rest.splitlines(keepends=True)


def records(file: BinaryIO, delimiter: str) -> Iterator[Record]:
    """All records after each other; empty lines are passed over but counted.

    A record that cannot be read as a whole costs its first line only: reading goes on at the next one.
    """
    source = _Source(file)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    while True:
        begins = source.begin()
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _TooManyLinesError):
            source.give_back()
            yield Record(begins, (), "quotes", begins)
            continue
        except _TooLongError:
            at = source.number
            source.give_back()
            if at == begins:
                yield Record(begins, (), "line_too_long", begins)
            else:
                yield Record(begins, (), "quotes", begins)
            continue
        if source.not_utf8:
            yield Record(begins, tuple(fields), "encoding", source.not_utf8)
        elif fields:
            yield Record(begins, tuple(fields))
