"""Since when a case has stood on its level: not the same day as its present round, when that was begun anew there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case as case_
from sqlalchemy import exists, func, select
from sqlalchemy.orm import aliased

from psfs.extensions import db
from psfs.models import Case, LevelStay

if TYPE_CHECKING:
    from datetime import date


def on_level_since() -> Any:
    """For each case of a statement, the day it last came to its level: from another level, or opened again.

    The rounds on a level follow each other without a day between. ``Case.level_since`` is the day of the present round,
    and the same day while that is the first there.
    """
    stay, before = aliased(LevelStay), aliased(LevelStay)
    goes_on = exists().where(
        before.case_id == stay.case_id,
        before.id != stay.id,
        before.level == stay.level,
        before.next_level == stay.level,
        before.until_on == stay.from_on,
    )
    came = select(func.max(stay.from_on)).where(stay.case_id == Case.id, stay.level == Case.level, ~goes_on)
    found = func.coalesce(came.correlate(Case).scalar_subquery(), Case.level_since)
    return case_((Case.round <= 1, Case.level_since), else_=found)


def came_to_level(case: Case) -> date:
    """The day the case last came to its level. One statement where it is not its first round there."""
    if case.round <= 1:
        return case.level_since
    return db.session.scalar(select(on_level_since()).where(Case.id == case.id)) or case.level_since
