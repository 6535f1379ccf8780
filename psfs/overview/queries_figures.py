"""How many open cases there are of each kind. One statement counts them all, so that every sum agrees. Reads only."""

from __future__ import annotations

import functools
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, case, func, select

from psfs import clock
from psfs.domain import age_bands
from psfs.extensions import db
from psfs.models import CareTeam, Case, Coordinator, IndividualPlan, Person, Service
from psfs.overview.filters import PARTS, TOP_LEVEL, Filter, Scope
from psfs.overview.narrowing import Shape, conditions, day, narrowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Select

LEVELS = tuple(range(TOP_LEVEL + 1))
"""Named one by one, so that the open cases are found through the index of levels."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Open cases that are alike: ``count`` of them. ``parts``: what they have, of ``PARTS``."""

    ladder: str
    level: int
    service_id: uuid.UUID
    band: str
    parts: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Figures:
    """The sums of the cells: every figure of the page. A rung is a ladder's key and a level."""

    total: int
    rungs: Counter[tuple[str, int]]
    bands: Counter[str]
    services: Counter[uuid.UUID]
    parts: Counter[str]
    rung_bands: Counter[tuple[str, int, str]]
    rung_parts: Counter[tuple[str, int, str]]
    service_levels: Counter[tuple[uuid.UUID, int]]

    @property
    def ladders(self) -> list[str]:
        """The ladders that have open cases, by key."""
        return sorted({key for key, _level in self.rungs})

    @property
    def levels(self) -> list[int]:
        """The levels that have open cases."""
        return sorted({level for _key, level in self.rungs})


def figures(filter_: Filter, scope: Scope) -> Figures:
    """The figures of the open cases that the filter leaves. One statement."""
    return summed(cells(filter_, scope))


def cells(filter_: Filter, scope: Scope) -> list[Cell]:
    """The open cases that the filter leaves, counted by everything that the page tells."""
    today = clock.today()
    wanted, values = narrowed(filter_, scope, today)
    rows = db.session.execute(_counted(wanted), {**values, **band_days(today)})
    return [
        Cell(
            row[0],
            row[1],
            row[2],
            row[3],
            tuple(name for name, has in zip(PARTS, row[4:7], strict=True) if has),
            row[7],
        )
        for row in rows
    ]


def summed(found: Iterable[Cell]) -> Figures:
    """The sums of the cells."""
    total = 0
    counts: tuple[Counter[Any], ...] = tuple(Counter() for _ in range(7))
    rungs, bands, services, parts, rung_bands, rung_parts, service_levels = counts
    for each in found:
        total += each.count
        rungs[each.ladder, each.level] += each.count
        bands[each.band] += each.count
        services[each.service_id] += each.count
        rung_bands[each.ladder, each.level, each.band] += each.count
        service_levels[each.service_id, each.level] += each.count
        for part in each.parts:
            parts[part] += each.count
            rung_parts[each.ladder, each.level, part] += each.count
    return Figures(total, *counts)


def services(scope: Scope) -> dict[uuid.UUID, str]:
    """The services that can be asked about, by name."""
    query = select(Service.id, Service.name).order_by(Service.name)
    if not scope.everything:
        query = query.where(Service.id == scope.service_id)
    return {row.id: row.name for row in db.session.execute(query)}


def band_days(today: Any) -> dict[str, Any]:
    """The values that ``band_column`` is told."""
    return {f"born_{band.first}": age_bands.latest_birth(band.first, today) for band in age_bands.BANDS[1:]}


@functools.cache
def band_column() -> ColumnElement[str]:
    """The band of a case's person, by the days of ``band_days``."""
    oldest_first = reversed(age_bands.BANDS[1:])
    young = age_bands.BANDS[0].key
    return case(*((Person.birth_date <= day(f"born_{band.first}"), band.key) for band in oldest_first), else_=young)


def is_open() -> tuple[ColumnElement[bool], ...]:
    """That a case is open."""
    return Case.closed_on.is_(None), Case.level.in_(bindparam("levels", LEVELS, expanding=True))


@functools.cache
def _counted(wanted: Shape) -> Select[*tuple[Any, ...]]:
    """A case has at most one team, one coordinator and one plan at a time: joining them counts nothing twice."""
    columns: Sequence[Any] = (
        Case.ladder,
        Case.level,
        Case.service_id,
        band_column().label("band"),
        CareTeam.id.is_not(None).label("team"),
        Coordinator.id.is_not(None).label("coordinator"),
        IndividualPlan.id.is_not(None).label("plan"),
    )
    return (
        select(*columns, func.count())
        .select_from(Case)
        .join(Person, Person.id == Case.person_id)
        .outerjoin(CareTeam, and_(CareTeam.case_id == Case.id, CareTeam.ended_on.is_(None)))
        .outerjoin(Coordinator, and_(Coordinator.case_id == Case.id, Coordinator.until_on.is_(None)))
        .outerjoin(IndividualPlan, and_(IndividualPlan.case_id == Case.id, IndividualPlan.state == "has"))
        .where(*is_open(), *conditions(wanted))
        .group_by(*columns)
    )
