"""The figures in a table, held against what is to be reached."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.files import Taken
    from tests.bench.pages import Step

NAMES = {
    "bare_page": "berr Flask-rute",
    "bare_row": "berr varig innsetjing",
    "sign_in": "innlogging",
    "first_worklist": "arbeidsliste, fyrste gong",
    "worklist": "arbeidsliste",
    "search": "søk på namn",
    "search_birth_date": "søk på fødselsdato",
    "case_page": "saka",
    "summary_page": "skjemaet",
    "new_page": "ny samtale",
    "save": "lagre samtale",
    "summary_pdf": "oppsummering, PDF",
    "overview": "oversynet",
    "overview_cases": "oversynet, ei liste",
    "overview_flow": "oversynet, flyt",
    "overview_teams": "oversynet, team",
    "overview_talks": "oversynet, samtalar",
    "overview_learning": "oversynet, utvikling",
}
OVERVIEW = [name for name in NAMES if name.startswith("overview")]
MOST_OF_CASE = 3
BARE = {"bare_page", "bare_row"}
MOST_STATEMENTS, MOST_GROWTH = 12, 1.3
MOST_OF_BARE, MOST_OF_ROW = 8, 3
MOST_PDF_SECONDS = 0.5
MOST_FILE_SECONDS, MOST_FILE_BYTES = 10, 300 * 1024 * 1024
MOST_FIRST_VISIT, MOST_PAGE = 120 * 1024, 15 * 1024
NO_PAGES = BARE | {"sign_in", "save", "summary_pdf"}


@dataclass
class Figures:
    """What was measured at one size: seconds, statements and bytes of each thing, in order."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wire: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, steps: list[Step]) -> None:
        """Take in one round."""
        for name, answer in steps:
            self.seconds[name].append(answer.seconds)
            self.statements[name] = max(self.statements[name], answer.statements)
            self.wire[name] = max(self.wire[name], answer.wire)

    def p50(self, name: str) -> float:
        return median(self.seconds[name])

    def p95(self, name: str) -> float:
        return quantiles(self.seconds[name], n=20, method="inclusive")[-1]


def table(sizes: dict[int, Figures]) -> list[str]:
    """One line for each thing: milliseconds at each size, the growth, times the bare route, statements."""
    smallest, largest = min(sizes), max(sizes)
    head = "".join(f"{f'{size} p50':>12}{'p95':>8}" for size in sizes)
    lines = [f"{'ms':<26}{head}{'vekst':>8}{'× rute':>8}{'SQL':>5}{'KB':>7}"]
    for name, words in NAMES.items():
        cells = "".join(f"{each.p50(name) * 1000:>12.1f}{each.p95(name) * 1000:>8.1f}" for each in sizes.values())
        growth = sizes[largest].p50(name) / sizes[smallest].p50(name)
        times = sizes[largest].p50(name) / sizes[largest].p50("bare_page")
        statements = "" if name in BARE else str(max(each.statements[name] for each in sizes.values()))
        wire = max(each.wire[name] for each in sizes.values()) / 1024
        grown = f"{growth:.2f}" if len(sizes) > 1 else "–"
        lines.append(f"{words:<26}{cells}{grown:>8}{times:>8.1f}{statements:>5}{wire:>7.1f}")
    return lines


def verdicts(
    sizes: dict[int, Figures], first_visit: int, pages: dict[str, int], file: Taken, failed: int, locked: int
) -> list[str]:
    """One line for each thing to be reached."""
    small, large = sizes[min(sizes)], sizes[max(sizes)]
    lines = []

    def say(reached: bool, words: str) -> None:
        lines.append(f"{'nådd' if reached else 'ikkje nådd':<12}{words}")

    if len(sizes) > 1:
        for name in NAMES.keys() - BARE - {*OVERVIEW}:
            growth = large.p50(name) / small.p50(name)
            if growth > MOST_GROWTH:
                say(False, f"{NAMES[name]}: {growth:.2f} × seg sjølv ved {min(sizes)} personar (høgst {MOST_GROWTH})")
        worst = max(large.p50(name) / small.p50(name) for name in NAMES.keys() - BARE - {*OVERVIEW})
        say(worst <= MOST_GROWTH, f"inga side over {MOST_GROWTH} × seg sjølv ved {min(sizes)} personar: {worst:.2f}")
    most = {name: max(each.statements[name] for each in sizes.values()) for name in NAMES.keys() - BARE - {*OVERVIEW}}
    heavy = [f"{NAMES[name]} {count}" for name, count in most.items() if count > MOST_STATEMENTS]
    say(not heavy, f"høgst {MOST_STATEMENTS} SQL-setningar: {', '.join(heavy) or max(most.values())}")
    allowed = MOST_OF_ROW * large.p50("bare_row") + large.p50("bare_page")
    say(
        large.p50("save") <= allowed,
        f"lagre: {large.p50('save') * 1000:.1f} ms mot {MOST_OF_ROW} × varig innsetjing + rute = {allowed * 1000:.1f}",
    )
    times = large.p50("worklist") / large.p50("bare_page")
    say(times <= MOST_OF_BARE, f"arbeidsliste: {times:.1f} × berr rute (høgst {MOST_OF_BARE})")
    for name in OVERVIEW:
        ratio = large.p95(name) / large.p95("case_page")
        say(ratio <= MOST_OF_CASE, f"{NAMES[name]}: p95 {ratio:.1f} × saka (høgst {MOST_OF_CASE})")
    pdf = large.p50("summary_pdf")
    say(pdf <= MOST_PDF_SECONDS, f"PDF: {pdf:.2f} s (høgst {MOST_PDF_SECONDS})")
    quick = file.seconds <= MOST_FILE_SECONDS and file.peak <= MOST_FILE_BYTES
    say(
        quick,
        f"rekneark med {file.rows} rader: {file.seconds:.1f} s (høgst {MOST_FILE_SECONDS}), prosessen på det meste "
        f"{file.peak / 2**20:.0f} MB (høgst {MOST_FILE_BYTES // 2**20})",
    )
    say(not failed and not locked, f"lese og lagre samstundes: {failed} feila, «database is locked» {locked} gonger")
    say(first_visit <= MOST_FIRST_VISIT, f"første vitjing: {first_visit / 1024:.1f} KB (høgst 120)")
    heaviest = max(pages, key=lambda name: pages[name])
    say(
        pages[heaviest] <= MOST_PAGE,
        f"seinare sider: {NAMES[heaviest]} {pages[heaviest] / 1024:.1f} KB er den tyngste (høgst 15)",
    )
    return lines
