"""The measures of a case. Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs import clock
from psfs.bti import words
from psfs.domain import due
from psfs.extensions import db
from psfs.models import Intervention

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class InterventionView:
    """One measure as the list shows it. ``due`` is when it waits for an evaluation, if it does."""

    id: uuid.UUID
    what: str
    goal: str
    responsible: str
    service: str
    level: int
    started_on: date
    deadline: date | None
    due: date | None
    overdue: bool
    ended: bool
    ended_on: date | None
    result: str
    evaluation: str
    evaluated_on: date | None


def evaluation_due(measure: Intervention) -> date | None:
    """The day the measure waits for its evaluation: the agreed day, else its deadline; None when there is nothing to
    wait for. An evaluation on or after that day answers it."""
    day = measure.evaluate_on or measure.deadline
    if measure.ended_on is not None or day is None:
        return None
    return None if measure.evaluated_on is not None and measure.evaluated_on >= day else day


def interventions_of(case_id: uuid.UUID) -> list[InterventionView]:
    """All measures, those that wait longest first. One statement."""
    query = select(Intervention).where(Intervention.case_id == case_id).options(joinedload(Intervention.service))
    rows: Sequence[Intervention] = db.session.scalars(query.order_by(Intervention.recorded_at.desc())).all()
    return [_view(row) for row in sorted(rows, key=lambda row: evaluation_due(row) or date.max)]


def intervention_of(case_id: uuid.UUID, intervention_id: uuid.UUID) -> Intervention | None:
    """One measure of this case, or None."""
    row = db.session.get(Intervention, intervention_id)
    return row if row is not None and row.case_id == case_id else None


def _view(row: Intervention) -> InterventionView:
    waits = evaluation_due(row)
    return InterventionView(
        id=row.id,
        what=row.what,
        goal=row.goal,
        responsible=row.responsible,
        service=row.service.name if row.service else "",
        level=row.level,
        started_on=row.started_on,
        deadline=row.deadline,
        due=waits,
        overdue=waits is not None and due.is_overdue(waits, clock.today()),
        ended=row.ended_on is not None,
        ended_on=row.ended_on,
        result=str(words.RESULTS.get(row.result or "", "")),
        evaluation=row.evaluation,
        evaluated_on=row.evaluated_on,
    )
