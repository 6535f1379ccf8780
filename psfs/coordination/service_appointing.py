"""Appointing a coordinator: asked by the coordinating unit, and coordinator only from the day of accepting (B7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psfs.bti import service_baton
from psfs.coordination.service import last_decided
from psfs.domain import reports
from psfs.domain.errors import Refusal

if TYPE_CHECKING:
    import uuid

    from psfs.models import Case, NeedReport, User

KINDS = ("coordinator", "childrens_coordinator")


def kinds(case: Case) -> tuple[str, ...]:
    """What somebody can be appointed as in the case: a children's coordinator only where it is a child's."""
    return KINDS if case.ladder == "children" else KINDS[:1]


def kinds_left(case: Case, last: NeedReport | None) -> tuple[str, ...]:
    """Those of ``kinds`` that the unit has not decided against; ``last``: the report that it decided last."""
    answers = {name: getattr(last, name) for name in KINDS} if last is not None else None
    return tuple(kind for kind in kinds(case) if reports.may_appoint(kind, answers))


def appoint(
    case: Case, by: User, offer_id: uuid.UUID, to_id: uuid.UUID, kind: str, *, reason: str, persons_view: str
) -> None:
    """Ask somebody to be coordinator. Until they accept, the baton stays where it is.

    Raises as ``service_baton.offer``; Refusal("needs_persons_view") where nobody has said what the person wishes,
    ("appointment_decided_against") where the unit last decided that there is to be none.
    """
    last = last_decided(case.id)
    if kind not in kinds(case):
        raise Refusal("unknown_choice")
    if last is not None and kind not in kinds_left(case, last):
        raise Refusal("appointment_decided_against", day=f"{last.decided_on:%d.%m.%Y}")
    if not persons_view:
        raise Refusal("needs_persons_view")
    service_baton.offer(case, by, offer_id, to_id, reason=reason, persons_view=persons_view, as_coordinator=kind)
