"""Teams by quarter and age band, as Senja counts them: those active in the quarter, and the new ones. Reads only."""

from __future__ import annotations

import functools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, cast, exists, func, literal, null, or_, select, union_all
from sqlalchemy import case as case_
from sqlalchemy.orm import aliased

from psfs import clock
from psfs.domain import age_bands
from psfs.extensions import db
from psfs.models import CareTeam, Case, Person
from psfs.overview.kept import Kept, kept
from psfs.overview.narrowing import Shape, conditions, day, narrowed
from psfs.overview.periods import as_of
from psfs.overview.queries_lists import Listed, listed

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from psfs.models import User
    from psfs.overview.filters import Filter, Scope
    from psfs.overview.periods import Quarter

QUARTERS = 8


@dataclass(frozen=True)
class Teams:
    """Cases with a team active in each quarter, and with one that began in it, by age band on its last day (today at
    the latest). A team that ended and was begun again in a quarter counts once."""

    quarters: tuple[Quarter, ...]
    active: Counter[tuple[Quarter, str]]
    new: Counter[tuple[Quarter, str]]

    def in_all(self, quarter: Quarter, *, new: bool) -> int:
        """All of them in the quarter, whatever the age."""
        return sum((self.new if new else self.active)[quarter, band] for band in age_bands.KEYS)


def teams(filter_: Filter, scope: Scope, last: Quarter) -> Kept[Teams]:
    """The quarters up to ``last``. One statement, where it is not kept."""
    today = clock.today()
    return kept(("teams", filter_, scope, last, today), lambda: _teams(filter_, scope, last, today))


def team_list(filter_: Filter, scope: Scope, quarter: Quarter, account: User, number: int = 1, *, new: bool) -> Listed:
    """The teams of a quarter; the filter's age band is that of its last day."""
    wanted, values = narrowed(filter_, scope, as_of(quarter, clock.today()))
    return listed(_list(wanted, new), {**values, "first": quarter.first, "last": quarter.last}, account, number)


def _teams(filter_: Filter, scope: Scope, last: Quarter, today: date) -> Teams:
    wanted, values = narrowed(filter_, scope, today)
    quarters = last.and_before(QUARTERS)
    for place, quarter in enumerate(quarters):
        values |= {f"first_{place}": quarter.first, f"last_{place}": quarter.last}
        for band in age_bands.BANDS[1:]:
            born = age_bands.latest_birth(band.first, as_of(quarter, today))
            values[f"born_{band.first}_{place}"] = born
    found = Teams(quarters, Counter(), Counter())
    for row in db.session.execute(_counted(wanted), values):
        found.active[quarters[row.place], row.band] += row.number
        found.new[quarters[row.place], row.band] += row.begun
    return found


@functools.cache
def _counted(wanted: Shape) -> Select[*tuple[Any, ...]]:
    return select(union_all(*(_of_quarter(wanted, place) for place in range(QUARTERS))).subquery())


def _of_quarter(wanted: Shape, place: int) -> Select[*tuple[Any, ...]]:
    first, last = day(f"first_{place}"), day(f"last_{place}")
    bands = [(Person.birth_date <= day(f"born_{band.first}_{place}"), band.key) for band in age_bands.BANDS[:0:-1]]
    band = case_(*bands, else_=age_bands.BANDS[0].key).label("band")
    one = (
        select(band, func.max(case_((CareTeam.started_on >= first, 1), else_=0)).label("begun"))
        .select_from(CareTeam)
        .join(Case, Case.id == CareTeam.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(_active(first, last), *conditions(wanted))
        .group_by(CareTeam.case_id, Person.birth_date)
        .subquery()
    )
    columns = literal(place, Integer()).label("place"), one.c.band
    return select(*columns, func.count().label("number"), func.sum(one.c.begun).label("begun")).group_by(one.c.band)


def _active(first: Any, last: Any, team: Any = CareTeam) -> ColumnElement[bool]:
    return and_(team.started_on <= last, or_(team.ended_on.is_(None), team.ended_on >= first))


def _followed(first: Any, last: Any) -> ColumnElement[bool]:
    """That the team ended and the case got another in the same quarter, which is the one that counts."""
    later = aliased(CareTeam)
    after = or_(
        later.started_on > CareTeam.started_on, and_(later.started_on == CareTeam.started_on, later.id > CareTeam.id)
    )
    return exists().where(later.case_id == CareTeam.case_id, _active(first, last, later), after).correlate(CareTeam)


@functools.cache
def _list(wanted: Shape, new: bool) -> Select[*tuple[Any, ...]]:
    query = select(
        CareTeam.id.label("row_id"),
        CareTeam.case_id,
        Case.level,
        CareTeam.started_on.label("from_on"),
        CareTeam.ended_on.label("until_on"),
        cast(null(), Integer()).label("to_level"),
    )
    query = query.join(Case, Case.id == CareTeam.case_id).join(Person, Person.id == Case.person_id)
    period = day("first"), day("last")
    query = query.where(_active(*period), ~_followed(*period), *conditions(wanted))
    return query.where(CareTeam.started_on >= day("first")) if new else query
