"""What waits round the meetings of the teams: the next one, and minutes that are begun and not closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import DateTime, and_, cast, exists, null, or_, select
from sqlalchemy.orm import aliased

from psfs.bti.queries_stays import on_level_since
from psfs.cases.relations import KE_LEVEL, READER, may_stand, related, standing_columns, with_consent
from psfs.models import Case, Meeting, Person, User
from psfs.worklist.statements_rows import row

if TYPE_CHECKING:
    from psfs.domain.permissions import Relation


def meeting_columns() -> tuple[Any, ...]:
    """For each case, when its team last met, the first meeting that is planned and has no minutes, and when the case
    came to its level."""
    met, coming = aliased(Meeting), aliased(Meeting)
    held = select(met.held_on).where(met.case_id == Case.id, met.state == "held").order_by(met.held_on.desc()).limit(1)
    first = select(coming.planned_on).where(coming.case_id == Case.id, coming.state == "planned")
    return (
        held.correlate(Case).scalar_subquery().label("met_on"),
        first.order_by(coming.planned_on).limit(1).correlate(Case).scalar_subquery().label("meets_on"),
        on_level_since().label("on_level_since"),
    )


def may_meet(due: Any) -> Any:
    """Narrows to cases whose team may have a meeting due."""
    planned = exists().where(Meeting.case_id == Case.id, Meeting.state == "planned", Meeting.planned_on <= due)
    return and_(Case.closed_on.is_(None), or_(Case.level >= KE_LEVEL, planned.correlate(Case)))


def open_minutes(meets: frozenset[Relation]) -> list[Any]:
    """Minutes that are begun and not closed, in open cases where the reader's relation is one of ``meets``: the
    writer's own, who can close them, and for the holder those of others."""
    moment = cast(null(), DateTime())
    found = []
    for kind, mine in (
        ("referat", Meeting.writer_id == READER),
        ("andres", and_(Case.holder_id == READER, Meeting.writer_id != READER)),
    ):
        standing = standing_columns(meets)
        query = row(kind, Meeting.id, Case.id, Person.name, moment, Meeting.held_on, User.name, null(), standing)
        query = (
            query.select_from(Meeting)
            .join(Case, Case.id == Meeting.case_id)
            .join(Person, Person.id == Case.person_id)
            .join(User, User.id == Meeting.writer_id)
            .where(Meeting.state == "held", Meeting.closed_at.is_(None), Case.closed_on.is_(None), mine)
            .where(related(meets), may_stand(meets))
        )
        found.append(with_consent(query))
    return found
