"""The team round a person: from when there is one, and those in it who are no colleagues. One commit for each verb."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psfs.bti import log
from psfs.bti.hindrance import repeated, require_date, require_open
from psfs.bti.queries_people import current_team
from psfs.bti.service import end_team as end_running_team
from psfs.cases.service_people import log_team
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import CareTeam, RelatedPerson, Service, TeamMember

if TYPE_CHECKING:
    from datetime import date

    from psfs.cases.door import OpenCase


@dataclass(frozen=True, slots=True)
class OtherInput:
    """Somebody who is no colleague. ``kind``: related | external | person."""

    kind: str
    related_id: uuid.UUID | None
    name: str
    service_id: uuid.UUID | None
    phone: str
    role: str
    task: str
    from_on: date

    def values(self) -> dict[str, Any]:
        """The columns that it fills; what does not belong to the kind is left empty."""
        found: dict[str, Any] = {"kind": self.kind, "role": self.role, "task": self.task, "from_on": self.from_on}
        found["related_id"] = self.related_id if self.kind == "related" else None
        external = self.kind == "external"
        found["name"] = self.name if external else ""
        found["phone"] = self.phone if external else ""
        found["service_id"] = self.service_id if external else None
        return found


def add_other(opened: OpenCase, row_id: uuid.UUID, given: OtherInput) -> None:
    """Let somebody who is no colleague take part. They get no account and no access.

    Raises:
        Refusal: the case is closed; nobody is chosen; they take part already.
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    values = given.values()
    if repeated(TeamMember, row_id, opened.case, **values):
        return
    require_open(opened.case)
    name = _name(opened, given)
    db.session.add(TeamMember(id=row_id, case_id=opened.id, **values))
    log_team(opened, "added", name, role=given.role, subject_id=row_id)


def change_task(opened: OpenCase, row: TeamMember, *, role: str, task: str, name: str) -> None:
    """Say anew what somebody in the team does. Raises Refusal("case_closed")."""
    if (row.role, row.task) == (role, task):
        return
    require_open(opened.case)
    row.role, row.task = role, task
    log_team(opened, "task", name, role=", ".join(filter(None, (role, task))), subject_id=row.id)


def member_of(opened: OpenCase, row_id: uuid.UUID) -> TeamMember | None:
    """Somebody in this case's team, or None."""
    row = db.session.get(TeamMember, row_id)
    return row if row is not None and row.case_id == opened.id else None


def start_team(opened: OpenCase, team_id: uuid.UUID, on: date) -> None:
    """There is a team from that day.

    Raises:
        Refusal: the case is closed, it has a team, or the day does not fit.
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    if repeated(CareTeam, team_id, opened.case, started_on=on):
        return
    require_open(opened.case)
    require_date(opened.case, on)
    if current_team(opened.id) is not None:
        raise Refusal("team_there")
    db.session.add(CareTeam(id=team_id, case_id=opened.id, started_on=on))
    log.write(
        opened.case, opened.user, "team", decided_on=on, subject_id=team_id, details={"event": "started", "name": ""}
    )
    db.session.commit()


def end_team(opened: OpenCase, team_id: uuid.UUID | None, on: date, reason: str) -> None:
    """The team is no longer needed; those in it keep their parts until these are ended.

    Raises Refusal: the case is closed, there is no team, or the day does not fit.
    """
    require_open(opened.case)
    row = db.session.get(CareTeam, team_id) if team_id else None
    if row is None or row.case_id != opened.id:
        raise Refusal("no_team")
    if row.ended_on is not None:
        return  # the same once more
    require_date(opened.case, on)
    if on < row.started_on:
        raise Refusal("team_ended_before_start", day=f"{row.started_on:%d.%m.%Y}")
    end_running_team(opened.case, on, reason)
    details = {"event": "stopped", "name": ""}
    log.write(opened.case, opened.user, "team", decided_on=on, subject_id=row.id, reason=reason, details=details)
    db.session.commit()


def _name(opened: OpenCase, given: OtherInput) -> str:
    """What they are called, for the log; refuses whoever cannot be added."""
    if given.kind == "related":
        near = db.session.get(RelatedPerson, given.related_id) if given.related_id else None
        if near is None or near.person_id != opened.person.id or near.ended_on is not None:
            raise Refusal("no_such_related")
        return near.name
    if given.kind == "external":
        service = db.session.get(Service, given.service_id) if given.service_id else None
        if not given.name:
            raise Refusal("member_name_missing")
        if service is None or not service.active:
            raise Refusal("member_service_missing")
        return f"{given.name}, {service.name}"
    return opened.person.name
