"""Conversations in a row, said in SQL: which comes first in its form, which follows, and when that was due. No reads."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, bindparam, case, func, or_, select

from psfs.models import Case, Conversation, Form
from psfs.overview.dates import days_after

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Subquery


@functools.cache
def talks() -> Subquery:
    """Every conversation that is not struck, in the order of P10.

    ``place``: its number in the form, from 1; ``earlier_id``: the one before it; ``following``: when the next was held;
    ``due``: when that was due (``due.conversation_due``); ``in_time``: 1 where it was held by then, else 0.

    The statement is told ``follow_up_days``.
    """
    order = Conversation.held_on, Conversation.recorded_at, Conversation.id
    row = {"partition_by": Conversation.form_id, "order_by": order}
    agreed = days_after(Conversation.held_on, bindparam("follow_up_days", type_=Integer()))
    one = (
        select(
            Conversation.id,
            Conversation.form_id,
            Conversation.held_on,
            func.coalesce(Conversation.next_due, agreed).label("due"),
            func.row_number().over(**row).label("place"),  # type: ignore[arg-type]
            func.lag(Conversation.id).over(**row).label("earlier_id"),  # type: ignore[arg-type]
            func.lead(Conversation.held_on).over(**row).label("following"),  # type: ignore[arg-type]
        )
        .where(Conversation.struck_at.is_(None))
        .subquery("one")
    )
    in_time = case((one.c.following <= one.c.due, 1), else_=0).label("in_time")
    return select(*one.c, in_time).subquery("talk")


def expected() -> ColumnElement[bool]:
    """That another was to follow: one did, or neither the form nor the case was closed by the day it was due.

    For a query on ``talks`` with its form and case.
    """
    talk = talks()
    form_open = or_(Form.closed_on.is_(None), Form.closed_on > talk.c.due)
    case_open = or_(Case.closed_on.is_(None), Case.closed_on > talk.c.due)
    return or_(talk.c.following.is_not(None), and_(form_open, case_open))


def with_case(query: Any) -> Any:
    """A query on ``talks``, with the form and the case."""
    return query.select_from(talks()).join(Form, Form.id == talks().c.form_id).join(Case, Case.id == Form.case_id)
