"""The rounds behind the figures of the flow, one line each. Reads only."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import measures
from psfs.models import LevelStay
from psfs.overview.dates import days_between
from psfs.overview.filters import TOP_LEVEL
from psfs.overview.narrowing import Shape, day, narrowed
from psfs.overview.periods import Quarter, read_quarter
from psfs.overview.queries_flow import FIRST_LEVEL, begun, ended, of_cases
from psfs.overview.queries_lists import Listed, listed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Select

    from psfs.models import User
    from psfs.overview.filters import Filter, Scope

OPENED, MOVED, WAITING = "opna", "flytt", "ventar"
CLOSED = "avslutta"
IN_TIME, LATE = "i-tide", "for-seint"
INTERVALS = {f"{first}-{'' if last is None else last}": (first, last) for first, last in measures.INTERVALS}
"""The intervals by what stands in addresses."""
_COUNTS = {str(number): number for number in range(1, 21)}
"""How many quarters a list can go back over: five years at most."""
_LEVELS = {str(number): number for number in range(TOP_LEVEL + 1)}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rounds a list holds: as its address says it.

    Args:
        what: MOVED (ended in the period), OPENED (begun without a move in the period) or WAITING (undecided today).
        start: the level.
        to: where to, a level as text or CLOSED; empty: wherever.
        time: IN_TIME or LATE, of those on the first level; empty: both.
        interval: a key of INTERVALS, or empty.
        last: the last quarter of the period.
        count: how many quarters the period has.
    """

    what: str
    start: int | None
    to: str
    time: str
    interval: str
    last: Quarter
    count: int

    def address(self) -> dict[str, Any]:
        """The values for its address."""
        found = {
            "kva": "" if self.what == MOVED else self.what,
            "fra": self.start,
            "til": self.to,
            "frist": self.time,
            "dagar": self.interval,
            "kvartal": self.last.key,
            "tal": "" if self.count == 1 else self.count,
        }
        return {name: value for name, value in found.items() if value not in ("", None)}

    @property
    def first_day(self) -> date:
        """The first day of the period."""
        return self.last.back(self.count - 1).first


def read(args: Mapping[str, str], today: date) -> Asked:
    """What an address asks for; what makes no sense narrows nothing."""
    what, to, time, interval = (args.get(name, "") for name in ("kva", "til", "frist", "dagar"))
    return Asked(
        what if what in (OPENED, WAITING) else MOVED,
        _LEVELS.get(args.get("fra", "")),
        to if to in _LEVELS or to == CLOSED else "",
        time if time in (IN_TIME, LATE) else "",
        interval if interval in INTERVALS else "",
        read_quarter(args.get("kvartal", ""), today),
        _COUNTS.get(args.get("tal", ""), 1),
    )


def rounds(asked: Asked, filter_: Filter, scope: Scope, account: User, number: int = 1) -> Listed:
    """The rounds."""
    wanted, values = narrowed(filter_, scope, clock.today())
    values |= {"first": asked.first_day, "last": asked.last.last, "start": asked.start}
    values |= {"days": limits().level0_days, "latest": clock.today()}
    if asked.to in _LEVELS:
        values["to"] = _LEVELS[asked.to]
    if asked.interval:
        values["least"], most = INTERVALS[asked.interval]
        values["most"] = 10**6 if most is None else most
    conditions = frozenset(
        name
        for name, there in (
            (f"{OPENED} start" if asked.what == OPENED and asked.start is not None else asked.what, True),
            ("start", asked.start is not None),
            (CLOSED if asked.to == CLOSED else "to", asked.to != "" and asked.what == MOVED),
            (asked.time, asked.time != "" and asked.what != OPENED),
            ("interval", asked.interval != "" and asked.what == MOVED),
        )
        if there
    )
    query = _rounds(wanted, conditions)
    return listed(query, {name: value for name, value in values.items() if name in _told(query)}, account, number)


@functools.lru_cache(maxsize=256)
def _told(query: Select[*tuple[Any, ...]]) -> frozenset[str]:
    """The values that a statement asks for."""
    return frozenset(query.compile().params)


@functools.cache
def _rounds(wanted: Shape, conditions: frozenset[str]) -> Select[*tuple[Any, ...]]:
    query = select(
        LevelStay.id.label("row_id"),
        LevelStay.case_id,
        LevelStay.level,
        LevelStay.from_on,
        LevelStay.until_on,
        LevelStay.next_level.label("to_level"),
    )
    parts = _parts()
    return of_cases(query.where(*(part for name in sorted(conditions) for part in parts[name])), wanted)


@functools.cache
def _parts() -> dict[str, tuple[Any, ...]]:
    """The conditions by name. In time is as ``domain.stays.decided_in_time`` has it: on the last day it is."""
    took = days_between(LevelStay.from_on, LevelStay.until_on)
    so_far = days_between(LevelStay.from_on, func.coalesce(LevelStay.until_on, day("latest")))
    allowed = bindparam("days", type_=Integer())
    first_level = LevelStay.level == FIRST_LEVEL
    return {
        MOVED: ended(),
        OPENED: (*begun(), LevelStay.id.in_(_opened(one_level=False))),
        f"{OPENED} start": (LevelStay.id.in_(_opened(one_level=True)),),
        WAITING: (LevelStay.until_on.is_(None), first_level),
        "start": (LevelStay.level == bindparam("start", type_=Integer()),),
        "to": (LevelStay.next_level == bindparam("to", type_=Integer()),),
        CLOSED: (LevelStay.next_level.is_(None),),
        IN_TIME: (first_level, so_far <= allowed),
        LATE: (first_level, so_far > allowed),
        "interval": (took >= bindparam("least", type_=Integer()), took <= bindparam("most", type_=Integer())),
    }


def _opened(*, one_level: bool) -> Select[*tuple[Any, ...]]:
    """Rounds of the period that no move began: of those that a case began on a level on one day, what is left when
    each move there that day has taken one. ``one_level``: only on the level that the statement is told, to be quicker.
    """
    one, before = aliased(LevelStay), aliased(LevelStay)
    place = func.row_number().over(partition_by=(one.case_id, one.level, one.from_on), order_by=one.id)
    period = one.from_on >= day("first"), one.from_on <= day("last")
    start = bindparam("start", type_=Integer())
    numbered = select(one.id, one.case_id, one.level, one.from_on, place.label("place")).where(*period)
    rounds_ = (numbered.where(one.level == start) if one_level else numbered).subquery("rounds")
    there = before.next_level == start if one_level else before.next_level.is_not(None)
    arrived = (
        select(before.case_id, before.next_level, before.until_on, func.count().label("number"))
        .where(before.until_on >= day("first"), before.until_on <= day("last"), there)
        .group_by(before.case_id, before.next_level, before.until_on)
        .subquery("arrived")
    )
    same = and_(
        arrived.c.case_id == rounds_.c.case_id,
        arrived.c.next_level == rounds_.c.level,
        arrived.c.until_on == rounds_.c.from_on,
    )
    query = select(rounds_.c.id).select_from(rounds_).outerjoin(arrived, same)
    return query.where(rounds_.c.place > func.coalesce(arrived.c.number, 0))
