"""What a step about the coordinating unit rests on: the need that was reported, and the decision. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from psfs.bti.ladder_views import Told
from psfs.domain.reports import DECIDED, WITHDRAWN
from psfs.extensions import db
from psfs.models import NeedReport

if TYPE_CHECKING:
    from psfs.bti.ladder_views import StepView
    from psfs.models import Case


def told(case: Case, step: StepView | None) -> Told | None:
    """The case's last report that was not withdrawn, from whatever level it was sent, where the step sees to reporting
    or says that the unit has decided. One statement, none for other steps."""
    if step is None or not (step.ke_decides or "reported_to_ke" in step.provides):
        return None
    query = select(NeedReport).where(NeedReport.case_id == case.id, NeedReport.state != WITHDRAWN)
    query = query.options(joinedload(NeedReport.reported_by), joinedload(NeedReport.decided_by))
    row = db.session.scalar(query.order_by(NeedReport.recorded_at.desc()).limit(1))
    if row is None:
        return None
    by = row.decided_by.name if row.state == DECIDED and row.decided_by else ""
    decided_on = row.decided_on if row.state == DECIDED else None
    return Told(row.id, row.reported_on, row.reported_by.name, decided_on, by)
