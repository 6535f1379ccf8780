"""How this room says no: what hinders it, or that somebody else came first."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, TypeVar

from psfs import clock
from psfs.domain.activities import check_date
from psfs.domain.errors import Refusal
from psfs.domain.ladder import CaseState, Ladder, Missing, Request, may
from psfs.extensions import db

if TYPE_CHECKING:
    from datetime import date

    from psfs.models import Case

Row = TypeVar("Row")


class Hindered(Refusal):
    """The ladder's rules say no. ``missing`` names everything that hinders it; the code is the first one's."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__(missing[0].code, **missing[0].values)
        self.missing = missing


class Changed(Refusal):
    """Somebody changed it meanwhile, or the id is taken by something else: answered with 409."""


def require(ladder: Ladder, state: CaseState | None, request: Request) -> None:
    """Raise Hindered unless the ladder allows the request."""
    decision = may(ladder, state, request)
    if not decision.allowed:
        raise Hindered(decision.missing)


def require_open(case: Case) -> None:
    """Raise Refusal("case_closed") for a closed case: it is read-only (B5)."""
    if case.closed_on is not None:
        raise Refusal("case_closed")


def require_date(case: Case, on: date) -> None:
    """Raise Refusal for a day ahead or before birth."""
    check_date(on, today=clock.today(), birth_date=case.person.birth_date)


def repeated(model: type[Row], row_id: uuid.UUID, case: Case, **content: Any) -> bool:
    """Whether exactly this has been saved already, as after a double tap.

    Raises:
        Changed: the id stands on something with other content.
    """
    row: Any = db.session.get(model, row_id)
    if row is None:
        return False
    if row.case_id != case.id or any(getattr(row, name) != value for name, value in content.items()):
        raise Changed("id_taken")
    return True
