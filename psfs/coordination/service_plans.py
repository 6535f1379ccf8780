"""The register of individual plans: who has one, wants one, or does not want one. The plan itself lies elsewhere."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.bti import log
from psfs.bti.hindrance import Changed, require_date
from psfs.coordination.service import plan_of
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Case, IndividualPlan, User

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class PlanInput:
    """What is known of a plan. ``state``: wanted | has | declined | ended."""

    state: str
    since: date
    next_revision: date | None
    reference: str
    goals: str
    note: str

    def values(self) -> dict[str, Any]:
        """The columns that it fills."""
        return {name: getattr(self, name) for name in self.__slots__}


def keep(case: Case, by: User, version: int, given: PlanInput) -> None:
    """Write what is known into the register; also for a closed case, whose plan may live on.

    Args:
        version: of the row that the page was made from; 0 where there was none.

    Raises:
        Refusal: the day is ahead or before birth, or the next revision is not after it.
        psfs.bti.hindrance.Changed: somebody came first.
    """
    row, values = plan_of(case.id), given.values()
    same = row is not None and all(getattr(row, name) == value for name, value in values.items())
    if same:
        return
    if (row.version if row is not None else 0) != version:
        raise Changed("plan_changed")
    require_date(case, given.since)
    if given.next_revision is not None and given.next_revision <= given.since:
        raise Refusal("revision_too_early")
    before = row.state if row is not None else ""
    if row is None:
        row = IndividualPlan(id=uuid.uuid4(), case_id=case.id, recorded_at=clock.now(), **values)
        db.session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    if given.state == "has" and (before != "has" or row.began_on is None):
        row.began_on = given.since
    details = {
        "event": given.state if given.state != before else "changed",
        "reference": given.reference,
        "next": given.next_revision.isoformat() if given.next_revision else "",
    }
    log.write(case, by, "plan", decided_on=given.since, subject_id=row.id, text=given.note, details=details)
    db.session.commit()
