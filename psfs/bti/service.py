"""What can be done to a case's place on its ladder (B1–B5). Each verb checks first, then writes the change and its
line in the log in one transaction, and commits once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from psfs import clock
from psfs.bti import log, queries_state, service_baton
from psfs.bti.hindrance import Changed, repeated, require, require_date
from psfs.bti.ladders import ladder as ladder_of
from psfs.coordination import service as coordination
from psfs.domain.errors import Refusal
from psfs.domain.ladder import Close, Direction, DoStep, Move, Open, Reopen, after
from psfs.domain.ladder_requests import PLAN_TAKES_OVER
from psfs.extensions import db
from psfs.models import CareTeam, Case, Handover, LogEntry, User
from psfs.models.bti import OFFERED
from psfs.teams import service_meetings

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Decision:
    """What a form says of any decision about a case's place.

    ``id`` is the entry's, made when the page was; ``seen`` is ``queries_state.seen`` from when the page was made.
    """

    id: uuid.UUID
    seen: str
    on: date
    by: str = ""
    participants: str = ""
    reason: str = ""

    def content(self) -> dict[str, Any]:
        """The columns of the log that it fills."""
        return {
            "decided_on": self.on,
            "decided_by": self.by,
            "participants": self.participants,
            "reason": self.reason,
        }


def open_entry(
    case: Case,
    by: User,
    reason: str = "",
    *,
    text: str = "",
    decided_on: date | None = None,
    entry_id: uuid.UUID | None = None,
) -> LogEntry:
    """Write the first line of a new case's log. Adds and flushes the case; does not commit: whoever creates it does.

    Args:
        case: the new case, with its level set; added to the session before or here.
        by: who opens it.
        reason: needed for a case that opens above the ladder's first level (B1).
        text: what the worry or the need is.
        decided_on: when it was decided to open it; ``case.opened_on`` unless given.
        entry_id: the entry's id; made here unless given.

    Raises:
        psfs.bti.hindrance.Hindered: no reason, or no such level.
    """
    require(ladder_of(case.ladder), None, Open(case.level, reason))
    db.session.add(case)
    db.session.flush()  # the entry points at the case, and nothing else tells the session which comes first
    return log.write(
        case,
        by,
        "opened",
        decided_on=decided_on or case.opened_on,
        id=entry_id or uuid.uuid4(),
        to_level=case.level,
        round=case.round or 1,
        reason=reason.strip(),
        text=text,
    )


def take_step(
    case: Case,
    by: User,
    step: str,
    decision: Decision,
    *,
    skip: bool = False,
    outcome: Direction | None = None,
    to_level: int | None = None,
) -> None:
    """Do a step or skip it; a deciding step moves the case, or begins a new round, at once (B2, B3).

    The outcome "close" is only noted: ``close`` carries it out.

    Raises:
        psfs.bti.hindrance.Hindered: the ladder does not allow it now.
        psfs.bti.hindrance.Changed: the case has changed since the page was made.
        Refusal: the day is ahead, before birth, or (for a move) before the case came to its level.
    """
    what = "skipped" if skip else str(outcome or "done")
    content = {"kind": "step", "step": step, "outcome": what, **decision.content()}
    if repeated(LogEntry, decision.id, case, **content):
        return
    _require_unchanged(case, decision)
    ladder, state = ladder_of(case.ladder), queries_state.case_state(case)
    request = DoStep(step, skip, decision.reason, outcome, to_level)
    require(ladder, state, request)
    require_date(case, decision.on)
    moves = outcome not in (None, Direction.CLOSE)
    if moves:
        _place(case, by, decision, after(ladder, state, request).level, **content)
    else:
        log.write(case, by, id=decision.id, **content)
    db.session.commit()


def move(case: Case, by: User, to_level: int, decision: Decision) -> None:
    """Move the case outside the deciding step: one level or several, up or down (B3). Raises as ``take_step``."""
    content = {"kind": "move", "to_level": to_level, **decision.content()}
    if repeated(LogEntry, decision.id, case, **content):
        return
    _require_unchanged(case, decision)
    ladder, state = ladder_of(case.ladder), queries_state.case_state(case)
    request = Move(to_level, decision.reason)
    require(ladder, state, request)
    require_date(case, decision.on)
    _place(case, by, decision, to_level, **content)
    db.session.commit()


def close(case: Case, by: User, reason_code: str, evaluation: str, decision: Decision) -> None:
    """Close the case: why, and the last evaluation (B5). What is open ends with it: an offer of the baton, an undecided
    report to KE, meetings that are planned, minutes that are begun. Reopening brings none of it back.

    The coordinator and the team go on where an individual plan takes over; else their time ends too.

    Raises as ``take_step``.
    """
    content = {"kind": "closed", "text": evaluation, "outcome": reason_code, **decision.content()}
    if repeated(LogEntry, decision.id, case, **content):
        return
    _require_unchanged(case, decision)
    require(ladder_of(case.ladder), queries_state.case_state(case), Close(reason_code, evaluation, decision.reason))
    require_date(case, decision.on)
    _require_after(case, decision.on)
    offer_withdrawn = withdraw_offers(case)
    coordination.withdraw(case, by, decision.on)
    service_meetings.cancel_planned(case, by, decision.on)
    service_meetings.close_minutes(case, by)
    log.write(case, by, id=decision.id, details={"offer_withdrawn": offer_withdrawn}, **content)
    case.closed_on = decision.on
    case.close_reason = reason_code
    if reason_code != PLAN_TAKES_OVER:
        service_baton.end_coordinator(case, decision.on)
        end_team(case, decision.on)
    db.session.commit()


def reopen(case: Case, by: User, decision: Decision) -> None:
    """Open a closed case again, with a reason: on the level where it was closed, in a new round (B5).

    Raises:
        Refusal: the person has another open case on the ladder, or the day is before the closing. Else as
            ``take_step``.
    """
    content = {"kind": "reopened", **decision.content()}
    if repeated(LogEntry, decision.id, case, **content):
        return
    _require_unchanged(case, decision)
    require(ladder_of(case.ladder), queries_state.case_state(case), Reopen(decision.reason))
    require_date(case, decision.on)
    if case.closed_on is not None and decision.on < case.closed_on:
        raise Refusal("date_before_closing", day=f"{case.closed_on:%d.%m.%Y}")
    other = select(Case.id).where(
        Case.person_id == case.person_id, Case.ladder == case.ladder, Case.closed_on.is_(None), Case.id != case.id
    )
    if db.session.scalar(other.limit(1)) is not None:
        raise Refusal("another_open_case")
    case.closed_on = case.close_reason = None
    coordination.forget_withdrawn(case)
    _place(case, by, decision, case.level, **content)
    try:
        db.session.commit()
    except IntegrityError as error:  # opened by somebody else between the question and the commit
        raise Refusal("another_open_case") from error


def withdraw_offers(case: Case) -> bool:
    """Withdraw the open offer of the baton, if there is one. Writes no entry and does not commit."""
    offers = db.session.scalars(select(Handover).where(Handover.case_id == case.id, Handover.state == OFFERED)).all()
    for offer in offers:
        offer.state = "withdrawn"
        offer.answered_at = clock.now()
    return bool(offers)


def end_team(case: Case, on: date, reason: str = "") -> bool:
    """End the case's team, if it has one; whether it had. Writes no entry and does not commit."""
    team = db.session.scalar(select(CareTeam).where(CareTeam.case_id == case.id, CareTeam.ended_on.is_(None)))
    if team is not None:
        team.ended_on, team.reason = max(on, team.started_on), reason
    return team is not None


def _place(case: Case, by: User, decision: Decision, level: int, **content: Any) -> None:
    """The entry and the case's new place, together: the entry stands on the level and round that were left."""
    _require_after(case, decision.on)
    begun = queries_state.next_round(case, level)
    log.write(case, by, id=decision.id, **{**content, "from_level": case.level, "to_level": level})
    case.level, case.round, case.level_since = level, begun, decision.on


def _require_after(case: Case, on: date) -> None:
    if on < case.level_since:
        raise Refusal("date_before_level", day=f"{case.level_since:%d.%m.%Y}")


def _require_unchanged(case: Case, decision: Decision) -> None:
    if decision.seen != queries_state.seen(case):
        raise Changed("changed_meanwhile")
