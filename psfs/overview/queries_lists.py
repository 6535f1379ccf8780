"""The lists behind the figures: a page of rows, named only where the reader may open the case. Reads only.

What cannot be named stands without the day and the age, and no list is ordered by name: both would tell who it is.
"""

from __future__ import annotations

import functools
import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Integer, bindparam, cast, func, null, select

from psfs import clock
from psfs.bti.queries_stays import on_level_since
from psfs.cases.relations import relation_columns, relations_of, who, with_consent
from psfs.domain import age_bands
from psfs.domain.permissions import Action, Role, allowed
from psfs.extensions import db
from psfs.models import Case, Person, Service
from psfs.overview.kept import kept
from psfs.overview.narrowing import Shape, conditions, has_parts, narrowed, needs_person
from psfs.overview.queries_figures import is_open

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sqlalchemy import Select

    from psfs.models import User
    from psfs.overview.filters import Filter, Scope

PAGE = 100
"""Rows on one page."""
LAST_PAGE = 10_000
EVERY = 0
"""Instead of the number of a page: all of the list at once, for a file."""
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list. ``name`` is empty where the reader has no access: then there is no way in, and no age band.

    ``from_on``, ``until_on``: the days that the list is about; ``level`` and ``to_level`` likewise. ``parts``: what the
    case has now, of ``filters.PARTS``.
    """

    case_id: uuid.UUID
    name: str
    service: str
    ladder: str
    level: int
    band: str
    from_on: date | None
    until_on: date | None
    to_level: int | None
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, and how many rows the whole list has."""

    rows: tuple[Row, ...]
    total: int
    number: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // PAGE))

    @property
    def more(self) -> bool:
        """Whether there is a page after this one."""
        return self.number < self.last

    @property
    def named(self) -> set[uuid.UUID]:
        """The cases whose persons are named on the page."""
        return {row.case_id for row in self.rows if row.name}


def open_cases(filter_: Filter, scope: Scope, account: User, number: int = 1) -> Listed:
    """The open cases that the filter leaves: the highest level first, those that have been there longest."""
    wanted, values = narrowed(filter_, scope, clock.today())
    return listed(_open_cases(wanted), values, account, number)


def listed(rows: Select[*tuple[Any, ...]], values: dict[str, Any], account: User, number: int) -> Listed:
    """One page of ``rows``. One statement, and one more for a page past the last.

    Args:
        rows: a select of ``case_id``, ``level``, ``from_on``, ``until_on``, ``to_level`` and ``row_id``. They come by
            level, the highest first, then by ``from_on``.
        values: what the select is told.
        account: who reads.
        number: of the page, from 1, or ``EVERY``.
    """
    size = PAGE * LAST_PAGE if number == EVERY else PAGE
    number = max(1, min(number, LAST_PAGE))
    told = {**values, **who(account), "size": size, "skip": (number - 1) * PAGE}
    found = db.session.execute(_page(rows), told).all()
    total = found[0].total if found else 0 if number == 1 else db.session.scalar(_total(rows), values) or 0
    return Listed(tuple(_row(row, account) for row in found), total, number)


def listed_kept(
    key: tuple[Hashable, ...],
    rows: Select[*tuple[Any, ...]],
    details: Select[*tuple[Any, ...]],
    values: dict[str, Any],
    account: User,
    number: int,
) -> Listed:
    """The same for rows that take long to find: which they are is kept for a while, not who they are about.

    Args:
        key: of what is kept.
        rows: as ``listed`` has them.
        details: the same columns, quickly found by ``row_id``.
        values: what both are told.
        account: who reads.
        number: of the page, from 1, or ``EVERY``.
    """
    if number == EVERY:
        return listed(rows, values, account, number)
    order = kept(key, lambda: b"".join(each.bytes for each in db.session.scalars(_all_in_order(rows), values))).value
    return listed_by_id(order, details, values, account, number)


def listed_by_id(
    order: bytes, details: Select[*tuple[Any, ...]], values: dict[str, Any], account: User, number: int
) -> Listed:
    """The same for rows that are found already: ``order`` holds their ids, one after the other, as ``listed`` has
    them."""
    number = max(EVERY, min(number, LAST_PAGE))
    pages = range(-(-len(order) // (PAGE * ID_BYTES))) if number == EVERY else (number - 1,)
    rows: list[Row] = []
    for page in pages:
        part = order[page * PAGE * ID_BYTES : (page + 1) * PAGE * ID_BYTES]
        ids = [uuid.UUID(bytes=part[place : place + ID_BYTES]) for place in range(0, len(part), ID_BYTES)]
        found = db.session.execute(_these(details), {**values, **who(account), "row_ids": ids}) if ids else ()
        rows += (_row(row, account) for row in found)
    return Listed(tuple(rows), len(order) // ID_BYTES, max(1, number))


def _row(row: Any, account: User) -> Row:
    named = allowed(Role(account.role), Action.VIEW, relations_of(row._mapping))
    return Row(
        row.case_id,
        row.name if named else "",
        row.service,
        row.ladder,
        row.level_then,
        age_bands.band_on(row.carrier_born, clock.today()) if named else "",
        row.from_on if named else None,
        row.until_on if named else None,
        row.to_level,
        tuple(name for name in has_parts() if getattr(row, f"has_{name}")),
    )


@functools.lru_cache(maxsize=64)
def _total(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return select(func.count()).select_from(rows.subquery())


@functools.lru_cache(maxsize=64)
def _page(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """How the reader stands to each case is looked up for the rows of the page alone."""
    part = rows.subquery("part")
    size, skip = bindparam("size", type_=Integer()), bindparam("skip", type_=Integer())
    total = func.count().over().label("total")
    return _named(select(part, total).order_by(*_order(part)).limit(size).offset(skip).subquery("picked"))


@functools.lru_cache(maxsize=64)
def _all_in_order(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    part = rows.subquery("part")
    return select(part.c.row_id).order_by(*_order(part))


@functools.lru_cache(maxsize=64)
def _these(rows: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    part = rows.subquery("part")
    wanted = part.c.row_id.in_(bindparam("row_ids", expanding=True))
    return _named(select(part).where(wanted).subquery("picked"))


def _order(part: Any) -> tuple[Any, ...]:
    return part.c.level.desc(), part.c.from_on, part.c.row_id


def _named(picked: Any) -> Select[*tuple[Any, ...]]:
    """The rows with whom they are about, and how the reader stands to them."""
    query = (
        select(
            picked.c.case_id,
            picked.c.level.label("level_then"),
            picked.c.from_on,
            picked.c.until_on,
            picked.c.to_level,
            *([picked.c.total] if "total" in picked.c else []),
            Person.name,
            Service.name.label("service"),
            Case.ladder,
            *(part.label(f"has_{name}") for name, part in has_parts().items()),
            *relation_columns(),
        )
        .select_from(picked)
        .join(Case, Case.id == picked.c.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(Service, Service.id == Case.service_id)
        .order_by(*_order(picked))
    )
    return with_consent(query)


@functools.cache
def _open_cases(wanted: Shape) -> Select[*tuple[Any, ...]]:
    query = select(
        Case.id.label("row_id"),
        Case.id.label("case_id"),
        Case.level,
        on_level_since().label("from_on"),
        cast(null(), Date()).label("until_on"),
        cast(null(), Integer()).label("to_level"),
    )
    if needs_person(wanted):
        query = query.join(Person, Person.id == Case.person_id)
    return query.where(*is_open(), *conditions(wanted))
