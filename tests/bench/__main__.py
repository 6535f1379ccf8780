"""Measures the program: ``python -m tests.bench`` (``make bench``).

Two sizes are served at once, each from its own database, and every round asks both for everything: what makes the
machine slower for a while makes everything slower alike, so the ratios hold though the milliseconds do not.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import warnings
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from psfs import clock
from tests.bench import crowd, files, report, stack, town, weight
from tests.bench.client import Client
from tests.bench.pages import Desk
from tests.bench.server import WORKERS, serving
from tests.support import server

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL, LARGE = 200, 20_000
ROUNDS, QUICK_ROUNDS = 60, 6
CROWD_SECONDS, QUICK_CROWD_SECONDS = 10.0, 3.0
MOST_SECONDS = 900.0  # of rounds, for each kind of database; what is measured by then counts
WARM_UP_ROUNDS = 12  # at most


def main() -> None:
    """Measure and print."""
    options = _options()
    sizes = [SMALL] if options.quick else sorted({SMALL, options.people})
    with tempfile.TemporaryDirectory(prefix="psfs-bench-") as name:
        for kind in (options.only,) if options.only else ("sqlite", "postgres"):
            _measure(kind, Path(name), sizes, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measure how quick the program is.")
    parser.add_argument("--quick", action="store_true", help=f"{SMALL} people only, and few rounds")
    parser.add_argument("--people", type=int, default=LARGE, help=f"the large size ({LARGE})")
    parser.add_argument("--rounds", type=int, help=f"how many ({ROUNDS}, quick {QUICK_ROUNDS})")
    parser.add_argument("--only", choices=("sqlite", "postgres"), help="one kind of database")
    options = parser.parse_args()
    options.rounds = options.rounds or (QUICK_ROUNDS if options.quick else ROUNDS)
    return options


def _measure(kind: str, folder: Path, sizes: list[int], options: argparse.Namespace) -> None:
    with ExitStack() as open_things:
        desks: dict[int, Desk] = {}
        logs: dict[int, Path] = {}
        new_url = open_things.enter_context(_databases(kind, folder))
        for size in sizes:
            instance = folder / f"{kind}-{size}"
            instance.mkdir()
            url = new_url(instance)
            server.psfs("migrate", env=server.environment(instance, url))
            started = time.monotonic()
            made = town.fill(_as_sqlalchemy(url), size, clock.today())
            stack.make_table(_as_sqlalchemy(url))
            print(
                f"{kind}: {size} personar, {made.rows['conversation']} samtalar, {made.rows['score']} skårar, "
                f"{made.rows['audit_entry']} spor på {time.monotonic() - started:.1f} s",
                flush=True,
            )
            port, logs[size] = open_things.enter_context(serving(instance, url))
            desks[size] = Desk(port, made)
        largest = desks[max(sizes)]
        pages, first_visit = _weights(largest)
        for desk in desks.values():
            _warm_up(desk, 1 if options.quick else 2)
        figures = {size: report.Figures() for size in sizes}
        ends = time.monotonic() + MOST_SECONDS
        for turn in range(options.rounds):
            for size in sizes if turn % 2 else reversed(sizes):
                desks[size].client.close()  # the next round may meet the other worker
                figures[size].add(desks[size].round())
            if time.monotonic() > ends:
                print(f"stoppa etter {turn + 1} rundar")
                break
        seconds = QUICK_CROWD_SECONDS if options.quick else CROWD_SECONDS
        file = files.spreadsheet(largest)
        count = crowd.together(largest.port, largest.town, logs[max(sizes)], seconds)
    print()
    print("\n".join(report.table(figures)))
    print(
        f"samstundes i {seconds:.0f} s, {WORKERS} prosessar: {count['read']} lesne, {count['saved']} lagra, "
        f"{count['failed']} feila"
    )
    print("\n".join(report.verdicts(figures, first_visit, pages, file, count["failed"], count["locked"])))
    print(flush=True)


@contextmanager
def _databases(kind: str, folder: Path) -> Iterator:
    """A function that gives the address of a new database, for a program whose things lie in a folder."""
    if kind == "sqlite":
        yield lambda instance: f"sqlite:///{instance / 'psfs.sqlite3'}"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says that nobody is signed in on a desktop
        from tests.support import postgres
    # Beside the folder, not in it: PostgreSQL runs as a user who may not look into it when root starts it.
    data = Path(tempfile.gettempdir()) / f"psfs-bench-pg-{os.getpid()}"
    with postgres.running(data, durable=True) as running:
        yield lambda _instance: running.url(running.create())


def _as_sqlalchemy(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def _weights(desk: Desk) -> tuple[dict[str, int], int]:
    """What the first visit weighs, and each page after it, in bytes."""
    browser = Client(desk.port)
    cache = weight.Cache(browser)
    first = cache.visit("/")
    desk.sign_in()
    browser.cookies = desk.client.cookies
    case_id, form_id = desk.case()
    pages = {
        "worklist": "/",
        "search": "/sok?q=pr%C3%B8",
        "case_page": f"/saker/{case_id}",
        "summary_page": f"/saker/{case_id}/skjema/{form_id}",
        "new_page": f"/saker/{case_id}/samtalar/ny",
    }
    return {name: cache.visit(address) for name, address in pages.items()}, first


def _warm_up(desk: Desk, times: int) -> None:
    """Ask until each worker has answered everything so often: templates read, connections open, fonts loaded."""
    seen: dict[tuple[str, str], int] = {}
    for _try in range(WARM_UP_ROUNDS):
        desk.client.close()
        for name, answer in desk.round():
            seen[name, answer.process] = seen.get((name, answer.process), 0) + 1
        processes = {process for _name, process in seen}
        if len(processes) == WORKERS and min(seen.values()) >= times:
            break
    desk.turn = 0


if __name__ == "__main__":
    print(f"{clock.today()}, {os.cpu_count()} kjernar\n")
    main()
