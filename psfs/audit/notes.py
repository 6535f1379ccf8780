"""Heads of the chains noted outside the database: one JSON object a line.

The server's log has the same lines among others, so it can be checked against as it is.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from .chain import Head

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator
    from pathlib import Path

NEWEST = (
    "SELECT stream, seq, digest FROM audit_entry AS entry "
    "WHERE seq = (SELECT max(seq) FROM audit_entry WHERE stream = entry.stream) ORDER BY stream"
)


def line(head: Head) -> str:
    """One head as a line of text."""
    return json.dumps({"stream": head.stream, "seq": head.seq, "digest": head.digest})


def write(path: Path, heads: Iterable[Head]) -> int:
    """Write heads to a new file that only its owner reads; the number of them.

    Raises:
        OSError: the file exists, or cannot be written.
    """
    count = 0
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        for head in heads:
            file.write(line(head) + "\n")
            count += 1
    return count


def read(text: Iterable[str]) -> Iterator[Head]:
    """The heads in a file of heads or in the server's log; other lines are passed over."""
    for one in text:
        try:
            found = json.loads(one)
            yield Head(str(found["stream"]), int(found["seq"]), str(found["digest"]))
        except (ValueError, KeyError, TypeError):
            continue


def heads_of(copy: sqlite3.Connection) -> Iterator[Head]:
    """The heads in a copy of an SQLite database."""
    for stream, seq, digest in copy.execute(NEWEST):
        yield Head(stream, seq, digest)
