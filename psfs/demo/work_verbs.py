"""Verbs of a story about measures, notes, meetings, emergency openings, and when somebody last looked."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from psfs.cases import service_emergency
from psfs.demo.calendar import moment
from psfs.domain.permissions import Relation
from psfs.models import Intervention

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.demo.telling import Telling

EVENING = 21 * 60 + 10
SEEN_AFTER = timedelta(hours=11)


def measure(
    tale: Telling,
    what: str,
    *,
    goal: str,
    who: str,
    service: str = "",
    deadline: int | None = None,
    evaluate: int | None = None,
) -> None:
    """Agree on a measure. ``who`` is a username, or anybody's name."""
    calendar = tale.town.calendar
    account = tale.town.users.get(who)
    row = Intervention(
        id=tale.id("measure"),
        case_id=tale.case.id,
        goal=goal,
        what=what,
        responsible=account.name if account else who,
        responsible_id=account.id if account else None,
        service=tale.town.services[service] if service else tale.case.service,
        level=tale.case.level,
        started_on=tale.on,
        deadline=None if deadline is None else calendar.agreed(deadline),
        evaluate_on=None if evaluate is None else calendar.agreed(evaluate),
        evaluation="",
        recorded_at=tale.at,
        recorded_by_id=tale.by.id,
    )
    tale.keep(row)
    tale.measures.append(row)
    details = {
        "event": "started",
        "what": what,
        "goal": goal,
        "responsible": row.responsible,
        "deadline": row.deadline.isoformat() if row.deadline else "",
    }
    tale.log("intervention", subject_id=row.id, details=details)


def evaluate(tale: Telling, place: int, *, result: str, text: str, next: int | None = None) -> None:
    """Say how the measure at that place (from 1) went: it ends, or goes on until ``next`` days ahead."""
    row = tale.measures[place - 1]
    if row.ended_on is not None:
        raise ValueError(f"{tale.story.key}: measure {place} is ended")
    later = None if next is None else tale.town.calendar.agreed(next)
    row.result, row.evaluation, row.evaluated_on = result, text, tale.on
    if later is None:
        row.ended_on = tale.on
    else:
        row.evaluate_on = later
    details = {
        "event": "evaluated" if later else "ended",
        "what": row.what,
        "result": result,
        "next": later.isoformat() if later else "",
    }
    tale.log("intervention", subject_id=row.id, text=text, details=details)


def note(tale: Telling, text: str, *, id: str = "") -> None:
    """A note; ``id`` is what the story calls it."""
    tale.log("note", text=text, name=id)


def meeting(tale: Telling, text: str, **more: str) -> None:
    """A meeting. ``with``: who took part."""
    tale.log("meeting", text=text, participants=more["with"])


def put_right(tale: Telling, name: str, *, text: str, why: str) -> None:
    """Put the entry of that name right by one that strikes it."""
    wrong = tale.entries[name]
    tale.log(
        wrong.kind,
        text=text,
        decided_on=wrong.decided_on,
        participants=wrong.participants or "",
        level=wrong.level,
        round=wrong.round,
        strikes_id=wrong.id,
        details={"event": "corrected", "why": why},
    )


def emergency(tale: Telling, reason: str, *, seen: list[str]) -> None:
    """The writer opened the case in an emergency, in the evening; ``seen``: who of "leader" and "ke" have seen it."""
    tale.at = moment(tale.on, EVENING)
    told = tale.at + SEEN_AFTER
    tale.read(tale.by, "cases.emergency")
    when = {"decided_on": tale.on, "recorded_at": tale.at}
    row = service_emergency.grant(tale.case, tale.by, tale.id("emergency"), reason, tale.at, id=tale.id("log"), **when)
    row.leader_seen_at = told if "leader" in seen else None
    row.ke_seen_at = told if "ke" in seen else None
    tale.read(tale.by, "cases.show", by=Relation.EMERGENCY, why=reason)


def look(tale: Telling, who: str) -> None:
    """Somebody who takes part looked at the case; what came after is news to them."""
    user = tale.town.users[who]
    tale.read(user, "cases.show", by=Relation.HOLDER if tale.case.holder is user else Relation.TEAM)


VERBS: dict[str, Callable[..., None]] = {
    "measure": measure,
    "evaluate": evaluate,
    "note": note,
    "meeting": meeting,
    "put_right": put_right,
    "emergency": emergency,
    "look": look,
}
