"""Notes, meetings, and putting the log right (B8)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from psfs.bti import log, queries_state
from psfs.bti.hindrance import Changed, repeated, require_date, require_open
from psfs.bti.ladders import ladder as ladder_of
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Case, LogEntry, User

if TYPE_CHECKING:
    from datetime import date

NOTES = frozenset({"note", "meeting"})
PLACINGS = frozenset({"opened", "move", "closed", "reopened"})
MOVING = frozenset({"up", "down", "continue"})


@dataclass(frozen=True, slots=True)
class Corrected:
    """The details as they should have been. ``why`` says what was wrong."""

    on: date
    by: str
    participants: str
    reason: str
    text: str
    why: str


def add_note(case: Case, by: User, entry_id: uuid.UUID, kind: str, *, text: str, on: date, participants: str) -> None:
    """Write a note or a meeting into the log.

    Raises:
        Refusal: the case is closed, or the day is ahead or before birth.
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    content: dict[str, Any] = {"kind": kind, "text": text, "decided_on": on, "participants": participants}
    if repeated(LogEntry, entry_id, case, **content):
        return
    require_open(case)
    require_date(case, on)
    log.write(case, by, id=entry_id, **content)
    db.session.commit()


def may_strike(case: Case, entry: LogEntry) -> bool:
    """Whether the entry can be struck: notes and meetings, and the last step of the present level and round."""
    if case.closed_on is not None or entry.strikes_id is not None and entry.outcome == "struck":
        return False
    if entry.kind in NOTES:
        return entry.subject_id is None and entry.details.get("event") != "struck"
    return entry.kind == "step" and _step_is_loose(case, entry)


def may_correct(case: Case, entry: LogEntry) -> bool:
    """Whether the details can be put right by a correcting entry; a planned meeting's are put right there."""
    if (
        case.closed_on is not None
        or entry.details.get("event") == "struck"
        or entry.kind == "meeting"
        and entry.subject_id
    ):
        return False
    return entry.kind in NOTES | PLACINGS | {"step"}


def strike(case: Case, by: User, entry_id: uuid.UUID, entry: LogEntry, reason: str) -> None:
    """Strike a note, a meeting or a step: the entry stays readable, and a struck step is undone (B8).

    Raises:
        Refusal: no reason; the case is closed; the entry cannot be struck, or something later depends on it.
        psfs.bti.hindrance.Changed: it has been put right already.
    """
    content: dict[str, Any] = {"kind": entry.kind, "strikes_id": entry.id, "reason": reason, "outcome": "struck"}
    if repeated(LogEntry, entry_id, case, **content):
        return
    require_open(case)
    if not reason:
        raise Refusal("needs_reason")
    _require_unstruck(entry)
    if not may_strike(case, entry):
        raise Refusal("step_depended_on" if entry.kind == "step" else "cannot_strike")
    log.write(case, by, id=entry_id, step=entry.step, details={"event": "struck"}, **content)
    db.session.commit()


def correct(case: Case, by: User, entry_id: uuid.UUID, entry: LogEntry, now: Corrected) -> None:
    """Put an entry's details right by a new entry that strikes it; where the case stands does not change (B8).

    If it is the entry that brought the case to where it stands, the day it came there follows.

    Raises:
        Refusal: no word on what was wrong; the case is closed; the entry cannot be corrected; the day does not fit.
        psfs.bti.hindrance.Changed: it has been put right already.
    """
    content: dict[str, Any] = {
        "kind": entry.kind,
        "strikes_id": entry.id,
        "decided_on": now.on,
        "decided_by": now.by,
        "participants": now.participants,
        "reason": now.reason,
        "text": now.text,
    }
    if repeated(LogEntry, entry_id, case, **content):
        return
    require_open(case)
    if not now.why:
        raise Refusal("needs_why")
    _require_unstruck(entry)
    if not may_correct(case, entry):
        raise Refusal("cannot_correct")
    if entry.reason and not now.reason:
        raise Refusal("needs_reason")
    require_date(case, now.on)
    latest = _latest_placing(case)
    kept = ("from_level", "to_level", "level", "round", "step", "outcome", "subject_id")
    details = {**entry.details, "event": "corrected", "why": now.why}
    log.write(case, by, id=entry_id, details=details, **{name: getattr(entry, name) for name in kept}, **content)
    if latest is not None and latest.id == entry.id:
        case.level_since = now.on
    if entry.kind == "opened":
        case.opened_on = now.on
    db.session.commit()


def entry_of(case: Case, entry_id: uuid.UUID) -> LogEntry | None:
    """An entry of this case, or None."""
    entry = db.session.get(LogEntry, entry_id)
    return entry if entry is not None and entry.case_id == case.id else None


def _require_unstruck(entry: LogEntry) -> None:
    if db.session.scalar(select(LogEntry.id).where(LogEntry.strikes_id == entry.id)) is not None:
        raise Changed("already_struck")


def _step_is_loose(case: Case, entry: LogEntry) -> bool:
    """Whether no later step of the present round rests on this one."""
    if (entry.level, entry.round) != (case.level, case.round) or entry.outcome in MOVING:
        return False
    rest = queries_state.step_states(each for each in queries_state.round_entries(case) if each.id != entry.id)
    if entry.step in rest:
        return True
    steps = ladder_of(case.ladder).level(case.level).steps
    number = next((step.number for step in steps if step.key == entry.step), 0)
    return not any(step.key in rest for step in steps if step.number > number)


def _latest_placing(case: Case) -> LogEntry | None:
    """The entry in force that brought the case to its present level and round.

    A correcting entry counts from when the one it puts right was written.
    """
    entries = {each.id: each for each in db.session.scalars(select(LogEntry).where(LogEntry.case_id == case.id))}
    struck = {each.strikes_id for each in entries.values()}

    def first_written(entry: LogEntry) -> Any:
        while entry.strikes_id is not None:
            entry = entries[entry.strikes_id]
        return entry.recorded_at

    placing = [
        each
        for each in entries.values()
        if each.id not in struck and (each.kind in PLACINGS - {"closed"} or each.outcome in MOVING)
    ]
    return max(placing, key=first_written, default=None)
