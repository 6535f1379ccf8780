"""Who is asked to take the baton, and what whoever holds it is called: as the ladder says on its level, unless the
coordinating unit has appointed them. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs.bti.ladder_views import Asked
from psfs.bti.ladders import level_of
from psfs.coordination.words import COORDINATORS
from psfs.domain.ladder_requests import PLAN_TAKES_OVER
from psfs.extensions import db
from psfs.language import current
from psfs.models import Case, Coordinator, Handover, User
from psfs.models.bti import OFFERED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from psfs.bti.queries_log import EntryView
    from psfs.models import LogEntry


@dataclass(frozen=True, slots=True)
class Baton:
    """``title``: of whoever holds it, in the reader's language, empty where the level has none; ``asked``: who has been
    asked to take it and has not answered."""

    title: str
    asked: Asked | None


def baton(case: Case) -> Baton:
    """The case's baton. One statement."""
    appointed = Coordinator.case_id == Case.id, Coordinator.until_on.is_(None), Coordinator.user_id == Case.holder_id
    kind = select(Coordinator.kind).where(*appointed).correlate(Case).scalar_subquery()
    query = (
        select(kind.label("kind"), User.name, Handover.as_coordinator, Handover.offered_at)
        .select_from(Case)
        .outerjoin(Handover, (Handover.case_id == Case.id) & (Handover.state == OFFERED))
        .outerjoin(User, User.id == Handover.to_id)
        .where(Case.id == case.id)
    )
    row = db.session.execute(query).one()
    asked = Asked(row.name, row.as_coordinator, row.offered_at) if row.name is not None else None
    return Baton(_title(case, row.kind or ""), asked)


def baton_by_log(case: Case, log: Iterable[LogEntry | EntryView]) -> Baton:
    """The same from the whole log: who was asked, if that is the last that was written of the baton. Closing the
    case withdrew the question, and ended the coordinator's time, unless a plan took over."""
    kind, asked = "", None
    told = (entry for entry in log if entry.kind in ("baton", "closed"))
    for entry in sorted(told, key=lambda entry: entry.recorded_at):
        details = entry.details or {}
        event, role = details.get("event"), str(details.get("as", ""))
        if entry.kind == "baton":
            offered = event == "offered"
            asked = Asked(str(details.get("to", "")), role, entry.recorded_at) if offered else None
            kind = role if event == "accepted" else kind
        else:
            asked, kind = None, kind if entry.outcome == PLAN_TAKES_OVER else ""
    return Baton(_title(case, kind), asked)


def _title(case: Case, kind: str) -> str:
    if kind in COORDINATORS:
        return str(COORDINATORS[kind])
    title = level_of(case).holder_title
    return title.in_language(current()) if title else ""
