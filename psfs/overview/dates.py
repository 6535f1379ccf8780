"""Reckoning with days in SQL, said alike for SQLite, which keeps them as text, and for PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class days_between(FunctionElement[int]):  # noqa: N801 -- written as a function in statements
    """Whole days from the first to the second."""

    type = Integer()
    inherit_cache = True


class days_after(FunctionElement[Any]):  # noqa: N801
    """The day so many days after the first."""

    type = Date()
    inherit_cache = True


class month_of(FunctionElement[str]):  # noqa: N801
    """The month of a day, as 2026-11."""

    type = String()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _days_between_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    start, end = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"CAST(julianday({end}) - julianday({start}) AS INTEGER)"


@compiles(days_between)
def _days_between(element: Any, compiler: Any, **kwargs: Any) -> str:
    start, end = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"({end} - {start})"


@compiles(days_after, "sqlite")
def _days_after_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    start, days = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"date({start}, {days} || ' days')"


@compiles(days_after)
def _days_after(element: Any, compiler: Any, **kwargs: Any) -> str:
    start, days = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"({start} + CAST({days} AS INTEGER))"


@compiles(month_of, "sqlite")
def _month_of_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"substr({compiler.process(element.clauses, **kwargs)}, 1, 7)"


@compiles(month_of)
def _month_of(element: Any, compiler: Any, **kwargs: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **kwargs)}, 'YYYY-MM')"
