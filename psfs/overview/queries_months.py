"""The lists behind the months of the run charts: what was counted, one line each. Reads only."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, bindparam, cast, not_, null, select

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import measures
from psfs.domain.measures import Measure
from psfs.models import Case, LevelStay, Meeting
from psfs.overview import queries_measures
from psfs.overview.dates import days_between
from psfs.overview.kept import kept
from psfs.overview.narrowing import Shape, conditions, day, narrowed
from psfs.overview.periods import Month, whole_months
from psfs.overview.queries_lists import Listed, listed, listed_by_id
from psfs.overview.queries_talks import talk_list

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Select

    from psfs.models import User
    from psfs.overview.filters import Filter, Scope

GOOD, OTHER = "ja", "nei"
"""What counts as it should, and the rest."""
_TALKS = {"": "forfall", GOOD: "i-tide", OTHER: "over"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of a measure's month: ``which`` is GOOD, OTHER, or empty for all of it."""

    measure: Measure
    month: Month
    which: str

    def address(self, **instead: str) -> dict[str, str]:
        """The values for its address, some of them changed."""
        found = {"maal": self.measure.value, "manad": self.month.key, "kva": self.which, **instead}
        return {name: value for name, value in found.items() if value}


def read(args: Mapping[str, str], today: date) -> Asked:
    """What an address asks for; the first measure, the newest month and all of it where it makes no sense."""
    months = [Month(first) for first in whole_months(today, measures.MONTHS)]
    measure, month, which = (args.get(name, "") for name in ("maal", "manad", "kva"))
    return Asked(
        next((each for each in Measure if each.value == measure), Measure.DECIDED),
        next((each for each in months if each.key == month), months[-1]),
        which if which in (GOOD, OTHER) else "",
    )


def month_list(asked: Asked, filter_: Filter, scope: Scope, account: User, number: int = 1) -> Listed:
    """The rounds, conversations, cases or meetings that were counted in the month."""
    match asked.measure:
        case Measure.FOLLOWED_UP:
            return talk_list(_TALKS[asked.which], filter_, scope, asked.month, account, number)
        case Measure.CONSENTED | Measure.COORDINATED:
            return _standing(asked, filter_, scope, account, number)
        case Measure.DECIDED:
            days = limits().level0_days
            back = timedelta(days=days)
            told: dict[str, Any] = {"first": asked.month.first - back, "last": asked.month.last - back}
            told |= {"days": days} if asked.which else {}
            query = _rounds
        case _:
            told = {"first": asked.month.first, "last": asked.month.last, "today": clock.today()}
            query = _meetings
    wanted, values = narrowed(filter_, scope, clock.today())
    return listed(query(wanted, asked.which), {**values, **told}, account, number)


def _standing(asked: Asked, filter_: Filter, scope: Scope, account: User, number: int) -> Listed:
    key = ("month list", asked, filter_.service_id, scope, limits(), clock.today())
    return listed_by_id(kept(key, lambda: _in_order(asked, filter_, scope)).value, _stays(), {}, account, number)


def _in_order(asked: Asked, filter_: Filter, scope: Scope) -> bytes:
    """The ids of the rounds that lasted on the month's last day, in the order of ``listed``."""
    ends = (asked.month.last,)
    values = {"first": ends[0], "last": ends[0]}
    if asked.measure == Measure.CONSENTED:
        level, had = measures.CONSENT_LEVEL, queries_measures.consented_bits(ends, limits(), values)
    else:
        level, had = measures.COORDINATOR_LEVEL, queries_measures.coordinated_bits(ends, values)
    service_id = filter_.service_id if scope.everything else scope.service_id
    found = [
        each
        for each in queries_measures.rounds_standing(values)
        if each.level >= level
        and measures.days_within(ends, each.from_on, each.until_on)
        and (each.service_id == service_id or (service_id is None and scope.everything))
        and asked.which in ("", GOOD if had.get(each.case_id) else OTHER)
    ]
    found.sort(key=lambda each: (-each.level, each.from_on, each.stay_id))
    return b"".join(each.stay_id.bytes for each in found)


@functools.cache
def _rounds(wanted: Shape, which: str) -> Select[*tuple[Any, ...]]:
    """Rounds on the first level that began in the period: as many days before the month as they may take."""
    took = days_between(LevelStay.from_on, LevelStay.until_on)
    good = and_(LevelStay.until_on.is_not(None), took <= bindparam("days", type_=Integer()))
    query = _stays().join(Case, Case.id == LevelStay.case_id).where(LevelStay.level == 0, *conditions(wanted))
    return _of(query.where(LevelStay.from_on >= day("first"), LevelStay.from_on <= day("last")), good, which)


@functools.cache
def _stays() -> Select[*tuple[Any, ...]]:
    return select(
        LevelStay.id.label("row_id"),
        LevelStay.case_id,
        LevelStay.level,
        LevelStay.from_on,
        LevelStay.until_on,
        LevelStay.next_level.label("to_level"),
    )


@functools.cache
def _meetings(wanted: Shape, which: str) -> Select[*tuple[Any, ...]]:
    """Meetings by the day they count for; held as planned is as ``measures.met`` has it."""
    planned = queries_measures.meeting_day()
    away = days_between(planned, Meeting.held_on)
    good = and_(Meeting.state == "held", away >= -measures.MEETING_DAYS, away <= measures.MEETING_DAYS)
    query = select(
        Meeting.id.label("row_id"),
        Meeting.case_id,
        Case.level,
        planned.label("from_on"),
        Meeting.held_on.label("until_on"),
        cast(null(), Integer()).label("to_level"),
    )
    query = query.join(Case, Case.id == Meeting.case_id).where(*queries_measures.meeting_counts(), *conditions(wanted))
    return _of(query, good, which)


def _of(query: Select[*tuple[Any, ...]], good: Any, which: str) -> Select[*tuple[Any, ...]]:
    """The query narrowed to what counts as it should, or to the rest; ``good`` is never unknown."""
    return query if not which else query.where(good if which == GOOD else not_(good))
