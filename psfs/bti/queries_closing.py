"""What is open in a case and ends when it is closed. Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import literal, select, union_all

from psfs.domain.reports import UNDECIDED
from psfs.extensions import db
from psfs.models import Meeting, NeedReport


@dataclass(frozen=True, slots=True)
class Left:
    """Something that closing ends. ``kind``: report | meeting | minutes; ``on``: the day it was reported, is planned
    for or was held."""

    kind: str
    id: uuid.UUID
    on: date


def left_open(case_id: uuid.UUID) -> list[Left]:
    """The undecided report, the planned meetings and the minutes that are begun, by their day. One statement."""
    report = select(literal("report").label("kind"), NeedReport.id, NeedReport.reported_on.label("on"))
    meeting = select(literal("meeting"), Meeting.id, Meeting.planned_on)
    minutes = select(literal("minutes"), Meeting.id, Meeting.held_on)
    both = union_all(
        report.where(NeedReport.case_id == case_id, NeedReport.state.in_(UNDECIDED)),
        meeting.where(Meeting.case_id == case_id, Meeting.state == "planned"),
        minutes.where(Meeting.case_id == case_id, Meeting.state == "held", Meeting.closed_at.is_(None)),
    ).subquery()
    return [Left(*row) for row in db.session.execute(select(both).order_by(both.c.on, both.c.id))]
