"""How cases move between levels, and how long they stay, from the rounds kept beside the log. Reads only.

A case that goes back and forth has one round each time: each move counts once, and nothing here counts cases.
"""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import measures
from psfs.domain.stays import Stay, decided_in_time
from psfs.extensions import db
from psfs.models import Case, LevelStay, Person
from psfs.overview.dates import days_between, month_of
from psfs.overview.kept import Kept, kept
from psfs.overview.narrowing import Shape, conditions, day, narrowed, needs_person
from psfs.overview.periods import Quarter, quarter_of_month

if TYPE_CHECKING:
    from sqlalchemy import Select

    from psfs.overview.filters import Filter, Scope

QUARTERS = 4
"""How many quarters are shown together."""
FIRST_LEVEL = 0


@dataclass(frozen=True)
class Level:
    """The rounds on a level that ended in the period. ``intervals``: how many took so long, by ``INTERVALS``."""

    number: int
    rounds: int
    median: Fraction | None
    intervals: Counter[tuple[int, int | None]]


@dataclass(frozen=True)
class Flow:
    """``moves``: by quarter, from and to (None: closed), ``opened``: by quarter and level, reopened ones among them.

    ``in_time``, ``late``: rounds on the first level that ended in the period; ``waiting``, ``overdue``: lasting ones.
    """

    quarters: tuple[Quarter, ...]
    moves: Counter[tuple[Quarter, int, int | None]]
    opened: Counter[tuple[Quarter, int]]
    levels: tuple[Level, ...]
    in_time: int
    late: int
    waiting: int
    overdue: int

    @property
    def ways(self) -> list[tuple[int, int | None]]:
        """The moves that there were, from and to: by level, closing last."""
        return sorted(
            {(from_, to) for _q, from_, to in self.moves}, key=lambda way: (way[0], way[1] is None, way[1] or 0)
        )

    def moved_in_all(self, start: int, to: int | None) -> int:
        """Such moves in the whole period."""
        return sum(self.moves[quarter, start, to] for quarter in self.quarters)

    def opened_in_all(self, level: int) -> int:
        """Cases opened on the level in the whole period."""
        return sum(self.opened[quarter, level] for quarter in self.quarters)

    @property
    def beginnings(self) -> list[int]:
        """The levels on which cases were opened."""
        return sorted({level for (_q, level), count in self.opened.items() if count})


def flow(filter_: Filter, scope: Scope, last: Quarter) -> Kept[Flow]:
    """The quarters up to ``last``; the filter's age band is today's. Four statements, where it is not kept."""
    in_force, today = limits(), clock.today()
    return kept(("flow", filter_, scope, last, in_force, today), lambda: _flow(filter_, scope, last))


def _flow(filter_: Filter, scope: Scope, last: Quarter) -> Flow:
    today, in_force = clock.today(), limits()
    quarters = last.and_before(QUARTERS)
    wanted, values = narrowed(filter_, scope, today)
    values |= {"first": quarters[0].first, "last": last.last}
    moves: Counter[tuple[Quarter, int, int | None]] = Counter()
    opened: Counter[tuple[Quarter, int]] = Counter()
    for row in db.session.execute(_moves(wanted), values):
        moves[quarter_of_month(row.month), row.level, row.next_level] += row.number
    for row in db.session.execute(_begun(wanted), values):
        opened[quarter_of_month(row.month), row.level] += row.number
    for (quarter, _from, to), number in moves.items():
        if to is not None:  # each move begins a round on the same day: what is left was opened
            opened[quarter, to] -= number
    days: dict[int, Counter[int]] = defaultdict(Counter)
    for row in db.session.execute(_rounds(wanted), values):
        days[row.level][row.days] += row.number
    first = days.get(FIRST_LEVEL, Counter())
    in_time = sum(number for each, number in first.items() if measures.decided(each, in_force))
    waiting: Counter[bool | None] = Counter()
    for row in db.session.execute(_waiting(wanted), values):
        waiting[decided_in_time(Stay(FIRST_LEVEL, row.from_on), in_force, today)] += row.number
    levels = tuple(_level(number, counts) for number, counts in sorted(days.items()))
    return Flow(quarters, moves, opened, levels, in_time, first.total() - in_time, waiting[None], waiting[False])


def _level(number: int, counts: Counter[int]) -> Level:
    intervals: Counter[tuple[int, int | None]] = Counter()
    for days, count in counts.items():
        intervals[measures.interval_of(days)] += count
    return Level(number, counts.total(), measures.median_days(counts), intervals)


def of_cases(query: Select[*tuple[Any, ...]], wanted: Shape) -> Select[*tuple[Any, ...]]:
    """The query on rounds, for the cases that are asked about; cases are looked up only where something is asked."""
    if not wanted:
        return query
    query = query.join(Case, Case.id == LevelStay.case_id)
    if needs_person(wanted):
        query = query.join(Person, Person.id == Case.person_id)
    return query.where(*conditions(wanted))


def ended() -> tuple[Any, ...]:
    """That a round ended in the period."""
    return LevelStay.until_on >= day("first"), LevelStay.until_on <= day("last")


def begun() -> tuple[Any, ...]:
    """That a round began in the period."""
    return LevelStay.from_on >= day("first"), LevelStay.from_on <= day("last")


@functools.cache
def _moves(wanted: Shape) -> Select[*tuple[Any, ...]]:
    month = month_of(LevelStay.until_on).label("month")
    query = select(month, LevelStay.level, LevelStay.next_level, func.count().label("number")).where(*ended())
    return of_cases(query, wanted).group_by(month, LevelStay.level, LevelStay.next_level)


@functools.cache
def _begun(wanted: Shape) -> Select[*tuple[Any, ...]]:
    month = month_of(LevelStay.from_on).label("month")
    query = select(month, LevelStay.level, func.count().label("number")).where(*begun())
    return of_cases(query, wanted).group_by(month, LevelStay.level)


@functools.cache
def _rounds(wanted: Shape) -> Select[*tuple[Any, ...]]:
    days = days_between(LevelStay.from_on, LevelStay.until_on).label("days")
    query = select(LevelStay.level, days, func.count().label("number")).where(*ended())
    return of_cases(query, wanted).group_by(LevelStay.level, days)


@functools.cache
def _waiting(wanted: Shape) -> Select[*tuple[Any, ...]]:
    query = select(LevelStay.from_on, func.count().label("number"))
    query = query.where(LevelStay.until_on.is_(None), LevelStay.level == FIRST_LEVEL)
    return of_cases(query, wanted).group_by(LevelStay.from_on)
