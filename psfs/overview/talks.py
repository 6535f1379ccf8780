"""Conversations in a row, said in SQL: which comes first in its form, which follows, and when that was due."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, bindparam, case, func, or_, select

from psfs.models import Case, Conversation, Form
from psfs.overview.dates import days_after
from psfs.overview.narrowing import day

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Select, Subquery

    from psfs.domain.due import Limits


@functools.cache
def talks(*, of_period: bool = False) -> Subquery:
    """Conversations that are not struck, in the order of P10: all of them, or (``of_period``) the whole forms of those
    that were held or followed by a due day in the period, which is quicker for a short one.

    ``place``: its number in the form, from 1; ``earlier_id``: the one before it; ``following``: when the next was held;
    ``due``: when that was due (``due.conversation_due``); ``in_time``: 1 where it was held by then, else 0.

    The statement is told ``follow_up_days``, and for a period ``first``, ``last`` and the same days so much earlier.
    """
    order = Conversation.held_on, Conversation.recorded_at, Conversation.id
    row = {"partition_by": Conversation.form_id, "order_by": order}
    one = select(
        Conversation.id,
        Conversation.form_id,
        Conversation.held_on,
        due_on().label("due"),
        func.row_number().over(**row).label("place"),  # type: ignore[arg-type]
        func.lag(Conversation.id).over(**row).label("earlier_id"),  # type: ignore[arg-type]
        func.lead(Conversation.held_on).over(**row).label("following"),  # type: ignore[arg-type]
    ).where(Conversation.struck_at.is_(None))
    found = (one.where(Conversation.form_id.in_(_forms())) if of_period else one).subquery("one")
    in_time = case((found.c.following <= found.c.due, 1), else_=0).label("in_time")
    return select(*found.c, in_time).subquery("talk")


def due_on() -> ColumnElement[Any]:
    """When the next conversation was due (``due.conversation_due``)."""
    by_limit = days_after(Conversation.held_on, bindparam("follow_up_days", type_=Integer()))
    return func.coalesce(Conversation.next_due, by_limit)


def period(first: date, last: date, in_force: Limits) -> dict[str, Any]:
    """The values that ``talks`` is told for a period."""
    limit = timedelta(days=in_force.follow_up_days)
    return {
        "first": first,
        "last": last,
        "first_held": first - limit,
        "last_held": last - limit,
        "follow_up_days": in_force.follow_up_days,
    }


def _forms() -> Select[*tuple[Any, ...]]:
    held = and_(Conversation.held_on >= day("first"), Conversation.held_on <= day("last"))
    agreed = and_(Conversation.next_due >= day("first"), Conversation.next_due <= day("last"))
    by_limit = and_(Conversation.held_on >= day("first_held"), Conversation.held_on <= day("last_held"))
    return select(Conversation.form_id).where(or_(held, agreed, by_limit))


def expected(talk: Subquery) -> ColumnElement[bool]:
    """That another was to follow: one did, or neither the form nor the case was closed by the day it was due.

    For a query on ``talks`` with its form and case.
    """
    form_open = or_(Form.closed_on.is_(None), Form.closed_on > talk.c.due)
    case_open = or_(Case.closed_on.is_(None), Case.closed_on > talk.c.due)
    return or_(talk.c.following.is_not(None), and_(form_open, case_open))


def with_case(query: Select[*tuple[Any, ...]], talk: Subquery) -> Select[*tuple[Any, ...]]:
    """A query on ``talks``, with the form and the case."""
    return query.select_from(talk).join(Form, Form.id == talk.c.form_id).join(Case, Case.id == Form.case_id)
