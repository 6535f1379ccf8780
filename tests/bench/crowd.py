"""Many at once: several browsers read while several save, against two workers and one database."""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import TYPE_CHECKING

from tests.bench.pages import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.town import Town

READERS, WRITERS = 3, 3
LOCKED = "database is locked"


def together(port: int, town: Town, log: Path, seconds: float) -> Counter[str]:
    """Read and save at once for so long. How many of each: read, saved, refused (409), failed, locked."""
    begins_at = log.stat().st_size
    count: Counter[str] = Counter()
    desks = [Desk(port, town, turn=place) for place in range(READERS + WRITERS)]
    for desk in desks:
        desk.sign_in()
    ends = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_read if place < READERS else _save, args=(desk, count, ends))
        for place, desk in enumerate(desks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with log.open(encoding="utf-8", errors="replace") as file:
        file.seek(begins_at)
        count["locked"] += sum(LOCKED in line for line in file)
    return count


def _read(desk: Desk, count: Counter[str], ends: float) -> None:
    while time.monotonic() < ends:
        for address in ("/", f"/saker/{desk.case()[0]}"):
            _note(count, "read", desk.client.get(address).status)
        desk.turn += 1


def _save(desk: Desk, count: Counter[str], ends: float) -> None:
    """Each writer keeps to cases of its own: two who save the same conversation are told so, which is no fault."""
    while time.monotonic() < ends:
        page = desk.client.get(f"/saker/{desk.case()[0]}/samtalar/ny")
        _note(count, "read", page.status)
        if page.status == 200:
            try:
                desk.save(page)
                count["saved"] += 1
            except RuntimeError:
                count["failed"] += 1
        desk.turn += READERS + WRITERS


def _note(count: Counter[str], what: str, status: int) -> None:
    count[what if status == 200 else "failed"] += 1
