"""Meetings: planned, held with minutes and decisions, or cancelled. One commit for each verb."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from psfs import clock
from psfs.bti import log, service_interventions
from psfs.bti.hindrance import Changed, repeated, require_date, require_open
from psfs.bti.service_interventions import InterventionInput
from psfs.domain import measures
from psfs.domain import meetings as rules
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Case, Meeting, MeetingAddition, User
from psfs.teams.queries_invited import hindered, invitees, not_called_in

if TYPE_CHECKING:
    from datetime import date, time


@dataclass(frozen=True, slots=True)
class MeetingInput:
    """What is planned. ``invited``: as ``Meeting.invited``."""

    planned_on: date
    starts_at: time | None
    minutes_long: int
    place: str
    agenda: str
    invited: list[dict[str, Any]]

    def values(self) -> dict[str, Any]:
        """The columns that it fills."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class MinutesInput:
    """What is written of a meeting that was held."""

    held_on: date
    present: str
    minutes: str
    next_agreed: bool
    next_on: date | None

    def values(self) -> dict[str, Any]:
        """The columns that it fills."""
        return {name: getattr(self, name) for name in self.__slots__}


def plan(case: Case, by: User, meeting_id: uuid.UUID, given: MeetingInput, why: str = "") -> None:
    """Plan a meeting. ``why``: the reason where the person or the holder is not invited; it stands in the log.

    Raises:
        Refusal: the case is closed, nobody is invited or somebody who cannot be ("invited_left", "invited_no_consent",
            "invited_no_account"), the person or the holder is left out without a word on why ("invited_without"), or
            the day is before the person was born.
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    if repeated(Meeting, meeting_id, case, **given.values()):
        return
    require_open(case)
    _check(case, by, given, why)
    db.session.add(_planned(case, by, meeting_id, given))
    _note(case, by, meeting_id, "planned", reason=why, **_told(given))
    db.session.commit()


def change(case: Case, by: User, meeting: Meeting, version: int, given: MeetingInput, why: str = "") -> None:
    """Plan it anew; ``why`` as in ``plan``, for those who were invited until now. The first day that had come when it
    was moved stays known.

    Raises as ``plan``; Refusal("meeting_not_planned") for one that is held or cancelled.
    """
    if _is(meeting, given.values()):
        return
    _require_planned(case, meeting, version)
    _check(case, by, given, why, meeting.invited)
    moved = given.planned_on != meeting.planned_on and meeting.missed_on is None
    if moved and measures.missed(meeting.planned_on, clock.local(meeting.recorded_at).date(), clock.today()):
        meeting.missed_on = meeting.planned_on
    for name, value in given.values().items():
        setattr(meeting, name, value)
    _note(case, by, meeting.id, "replanned", reason=why, **_told(given))
    db.session.commit()


def cancel(case: Case, by: User, meeting: Meeting, version: int, reason: str) -> None:
    """Cancel it. Raises as ``change``."""
    if meeting.state == "cancelled" and meeting.reason == reason:
        return
    _require_planned(case, meeting, version)
    meeting.state, meeting.reason = "cancelled", reason
    _note(case, by, meeting.id, "cancelled", reason=reason, day=meeting.planned_on.isoformat())
    db.session.commit()


def cancel_planned(case: Case, by: User, on: date) -> None:
    """Cancel what is planned, since the case is closed that day; no reason of its own. Does not commit."""
    planned = select(Meeting).where(Meeting.case_id == case.id, Meeting.state == "planned")
    for meeting in db.session.scalars(planned.order_by(Meeting.planned_on, Meeting.id)):
        meeting.state = "cancelled"
        details = {"event": "cancelled", "day": meeting.planned_on.isoformat(), "time": "", "closing": True}
        log.write(case, by, "meeting", decided_on=on, subject_id=meeting.id, details=details)


def close_minutes(case: Case, by: User) -> None:
    """Close minutes that are begun as they stand, since the case is closed: else they would never be in the log. No
    next meeting is planned. Does not commit."""
    begun = select(Meeting).where(Meeting.case_id == case.id, Meeting.state == "held", Meeting.closed_at.is_(None))
    for meeting in db.session.scalars(begun.order_by(Meeting.held_on, Meeting.id)):
        _close(case, by, meeting, closing=True)


def write(case: Case, by: User, meeting: Meeting, version: int, given: MinutesInput, *, close: bool) -> None:
    """Write the minutes; the first to save them is their writer, and closes them. An agreed next meeting is planned.

    Where the writer's account is closed, whoever saves them next is the writer.

    Raises:
        Refusal: the case is closed, the minutes are closed or somebody else's, the day does not fit, or a next meeting
            is agreed without a later day.
        psfs.bti.hindrance.Changed: somebody came first.
    """
    values = given.values()
    if meeting.writer_id == by.id and (meeting.closed_at is not None) == close and _is(meeting, values):
        return
    require_open(case)
    if meeting.state == "cancelled":
        raise Refusal("meeting_not_planned")
    if meeting.closed_at is not None:
        raise Refusal("minutes_closed")
    if not may_write(meeting, by):
        raise Refusal("minutes_of_another", name=meeting.writer.name if meeting.writer else "")
    if meeting.version != version:
        raise Changed("meeting_changed")
    require_date(case, given.held_on)
    if given.next_agreed and (given.next_on is None or given.next_on <= given.held_on):
        raise Refusal("next_meeting_missing")
    for name, value in values.items():
        setattr(meeting, name, value)
    meeting.state, meeting.writer_id = "held", by.id
    if close:
        _close(case, by, meeting)
        if given.next_agreed and given.next_on is not None:
            _plan_next(case, by, meeting, given.next_on)
    db.session.commit()


def add(case: Case, by: User, meeting: Meeting, addition_id: uuid.UUID, text: str) -> None:
    """Add to minutes that are closed; they stay as they were.

    Raises Refusal: the case is closed, or the minutes are not. Changed: the id stands on something else.
    """
    known = db.session.get(MeetingAddition, addition_id)
    if known is not None:
        if (known.meeting_id, known.text) != (meeting.id, text):
            raise Changed("id_taken")
        return
    require_open(case)
    if meeting.closed_at is None:
        raise Refusal("minutes_open")
    db.session.add(
        MeetingAddition(
            id=addition_id,
            meeting_id=meeting.id,
            text=text,
            recorded_at=clock.now(),
            recorded_by_id=by.id,
            recorded_by=by.name,
        )
    )
    _note(case, by, meeting.id, "added", text=text, day=(meeting.held_on or meeting.planned_on).isoformat())
    db.session.commit()


def agree(
    case: Case,
    by: User,
    meeting: Meeting,
    measure_id: uuid.UUID,
    *,
    what: str,
    goal: str,
    responsible: str,
    responsible_id: uuid.UUID | None,
    deadline: date,
) -> None:
    """Something that the meeting decided: a measure with a responsible and a deadline. Raises as ``start`` does."""
    if meeting.state != "held":
        raise Refusal("meeting_not_held")
    held = meeting.held_on or meeting.planned_on
    agreed = InterventionInput(
        goal=goal,
        what=what,
        responsible=responsible,
        responsible_id=responsible_id,
        service_id=None,
        started_on=held,
        deadline=deadline,
        evaluate_on=None,
    )
    service_interventions.start(case, by, measure_id, agreed, meeting_id=meeting.id)


def meeting_of(case_id: uuid.UUID, meeting_id: uuid.UUID) -> Meeting | None:
    """A meeting of this case, or None."""
    row = db.session.get(Meeting, meeting_id)
    return row if row is not None and row.case_id == case_id else None


def may_write(meeting: Meeting, account: User) -> bool:
    """Whether the account may write in minutes that are not closed."""
    writer = meeting.writer
    return writer is None or rules.may_write(own=writer.id == account.id, writer_here=writer.disabled_at is None)


def _close(case: Case, by: User, meeting: Meeting, *, closing: bool = False) -> None:
    """Close the minutes and write them in the log; ``closing``: because the case is closed."""
    meeting.closed_at = clock.now()
    details: dict[str, Any] = {"event": "held", "next": meeting.next_on.isoformat() if meeting.next_on else ""}
    if closing:
        details["closing"] = True
    log.write(
        case,
        by,
        "meeting",
        decided_on=meeting.held_on,
        subject_id=meeting.id,
        participants=meeting.present,
        text=meeting.minutes,
        details=details,
    )


def _plan_next(case: Case, by: User, meeting: Meeting, on: date) -> None:
    """As the one that was held, with those of the invited who can still be called in; the person, if nobody can."""
    people = invitees(case)
    invited = [each for each in meeting.invited if not hindered(people, [each])] or [people["person"].invited()]
    given = MeetingInput(on, meeting.starts_at, meeting.minutes_long, meeting.place, meeting.agenda, invited)
    row = _planned(case, by, uuid.uuid4(), given)
    db.session.add(row)
    _note(case, by, row.id, "planned", **_told(given))


def _planned(case: Case, by: User, meeting_id: uuid.UUID, given: MeetingInput) -> Meeting:
    recorded = {"recorded_at": clock.now(), "recorded_by_id": by.id}
    return Meeting(id=meeting_id, case_id=case.id, **recorded, **given.values())


def _check(case: Case, by: User, given: MeetingInput, why: str, before: list[dict[str, Any]] | None = None) -> None:
    if given.planned_on < case.person.birth_date:
        raise Refusal("date_before_birth")
    if not given.invited:
        raise Refusal("nobody_invited")
    people = invitees(case)
    for each in hindered(people, given.invited):
        raise Refusal(f"invited_{each.hindrance}", name=each.name, service=each.service)
    missed = not_called_in(case, people, given.invited, by)
    told = () if before is None else tuple(not_called_in(case, people, before, by))
    left = rules.left_out(person="person" not in missed, holder="holder" not in missed, before=told)
    if left and not why:
        raise Refusal("invited_without", names=", ".join(missed[who] for who in left))


def _require_planned(case: Case, meeting: Meeting, version: int) -> None:
    require_open(case)
    if meeting.version != version:
        raise Changed("meeting_changed")
    if meeting.state != "planned":
        raise Refusal("meeting_not_planned")


def _is(meeting: Meeting, values: dict[str, Any]) -> bool:
    return all(getattr(meeting, name) == value for name, value in values.items())


def _told(given: MeetingInput) -> dict[str, str]:
    return {
        "day": given.planned_on.isoformat(),
        "time": f"{given.starts_at:%H:%M}" if given.starts_at else "",
        "participants": ", ".join(each["name"] for each in given.invited),
    }


def _note(
    case: Case, by: User, meeting_id: uuid.UUID, event: str, *, day: str = "", time: str = "", **fields: Any
) -> None:
    log.write(case, by, "meeting", subject_id=meeting_id, details={"event": event, "day": day, "time": time}, **fields)
