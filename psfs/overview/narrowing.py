"""The filter and the scope, said in SQL. The conditions are made once; what differs are the values."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Integer, String, Uuid, bindparam, exists

from psfs.domain import age_bands
from psfs.models import CareTeam, Case, Coordinator, IndividualPlan, Person

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement

    from psfs.overview.filters import Filter, Scope

Shape = frozenset[str]
"""Which conditions a statement has."""


def day(name: str) -> Any:
    """A day that a statement is told."""
    return bindparam(name, type_=Date())


def narrowed(filter_: Filter, scope: Scope, today: date) -> tuple[Shape, dict[str, Any]]:
    """Which conditions the filter and the scope ask for, and their values; ages are as of ``today``."""
    found: dict[str, Any] = {"ladder": filter_.ladder, "level": filter_.level, "service_id": filter_.service_id}
    if filter_.band:
        found["born_after"], found["born_by"] = age_bands.born_between(filter_.band, today)
    given = {name: value for name, value in found.items() if value not in ("", None)}
    if not scope.everything:
        given["scope"] = scope.service_id  # none: nobody's
    return frozenset(given.keys() | ({filter_.has} if filter_.has else set())), given


@functools.cache
def conditions(wanted: Shape) -> tuple[ColumnElement[bool], ...]:
    """What must hold of a case, and of its person: see ``needs_person``."""
    return tuple(_conditions()[name] for name in sorted(wanted))


def needs_person(wanted: Shape) -> bool:
    """Whether the conditions ask about the person."""
    return not wanted.isdisjoint({"born_after", "born_by"})


@functools.cache
def has_parts() -> dict[str, ColumnElement[bool]]:
    """That a case has a team, a coordinator who accepted, a plan, today; asked case by case."""
    return {
        "team": exists().where(CareTeam.case_id == Case.id, CareTeam.ended_on.is_(None)).correlate(Case),
        "koordinator": exists().where(Coordinator.case_id == Case.id, Coordinator.until_on.is_(None)).correlate(Case),
        "plan": exists().where(IndividualPlan.case_id == Case.id, IndividualPlan.state == "has").correlate(Case),
    }


@functools.cache
def _conditions() -> dict[str, ColumnElement[bool]]:
    has = has_parts()
    return {
        "scope": Case.service_id == bindparam("scope", type_=Uuid()),
        "ladder": Case.ladder == bindparam("ladder", type_=String()),
        "level": Case.level == bindparam("level", type_=Integer()),
        "service_id": Case.service_id == bindparam("service_id", type_=Uuid()),
        "born_after": Person.birth_date > day("born_after"),
        "born_by": Person.birth_date <= day("born_by"),
        **has,
        **{f"utan-{name}": ~part for name, part in has.items()},
    }
