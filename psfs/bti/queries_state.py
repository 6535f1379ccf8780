"""Where a case stands, as the rules need it, read from its log. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from psfs.accounts.settings import limits
from psfs.bti.ladder_views import Talk
from psfs.bti.ladders import ladder as ladder_of
from psfs.bti.queries_consents import consents, fulfilled_by
from psfs.bti.queries_log import PLACE_KINDS
from psfs.domain.ladder import CaseState, StepState
from psfs.extensions import db
from psfs.models import Conversation, Form, LogEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from psfs.bti.queries_log import LogLine
    from psfs.domain.due import Limits
    from psfs.models import Case, Consent

ROUND_KINDS = ("step", "closed")
STEP_OUTCOMES = {"done": StepState.DONE, "skipped": StepState.SKIPPED, "close": StepState.DONE}


def case_state(case: Case) -> CaseState:
    """Where the case stands, as the rules need it. Two statements and the limits; one more where a step rests on a
    conversation.

    Steps: entries of the present level and round that have not been struck. Requirements: consents and legal bases
    that hold today, the contact person and the report to KE (B4).
    """
    return state_of(case, round_entries(case), consents(case.id), limits(), talk_of_round(case))


def state_of(
    case: Case, entries: Iterable[LogEntry], held: Sequence[Consent], in_force: Limits, talk: Talk | None
) -> CaseState:
    """``case_state`` from entries of the round, consents and the conversation that have been read already."""
    steps = step_states(entries)
    if case.closed_on is not None:
        level = ladder_of(case.ladder).level(case.level)
        steps |= {step.key: StepState.DONE for step in level.steps if step.closes}
    fulfilled = fulfilled_by(held, case, in_force)
    if case.contact_id is not None:
        fulfilled |= {"contact_person"}
    if case.reported_to_ke_on is not None:
        fulfilled |= {"reported_to_ke"}
    return CaseState(
        case.ladder,
        case.level,
        case.closed_on is None,
        steps,
        frozenset(fulfilled),
        held=case.holder_id is not None,
        talked=talk is not None,
    )


def talk_of_round(case: Case) -> Talk | None:
    """The last PSFS conversation that was held since this round began and counts; None where no step asks for it."""
    if not any(step.conversation for step in ladder_of(case.ladder).level(case.level).steps):
        return None
    query = (
        select(Conversation.held_on, Conversation.performed_by)
        .join(Form, Form.id == Conversation.form_id)
        .where(
            Form.case_id == case.id,
            Conversation.struck_at.is_(None),
            Conversation.held_on >= case.level_since,
        )
        .order_by(Conversation.held_on.desc(), Conversation.recorded_at.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    return Talk(*row) if row else None


def seen(case: Case) -> str:
    """A mark of where the case stands now; it changes with every step, move, closing and reopening."""
    rows = select(func.count()).where(LogEntry.case_id == case.id, LogEntry.kind.in_(PLACE_KINDS))
    return f"{case.level}.{case.round}.{'-' if case.closed_on else '+'}.{db.session.scalar(rows)}"


def next_round(case: Case, level: int) -> int:
    """The number of the round that begins if the case comes to ``level`` now."""
    latest = select(func.max(LogEntry.round)).where(LogEntry.case_id == case.id, LogEntry.level == level)
    return 1 + max(db.session.scalar(latest) or 0, case.round if level == case.level else 0)


def not_struck() -> ColumnElement[bool]:
    """The condition that no later entry puts this one right."""
    later = aliased(LogEntry)
    return ~select(later.id).where(later.strikes_id == LogEntry.id).exists()


def round_entries(case: Case) -> Sequence[LogEntry]:
    """The step entries in force of the present level and round, in the order they were written."""
    query = select(LogEntry).where(
        LogEntry.case_id == case.id,
        LogEntry.level == case.level,
        LogEntry.round == case.round,
        LogEntry.kind.in_(ROUND_KINDS),
        not_struck(),
    )
    return db.session.scalars(query.order_by(LogEntry.recorded_at)).all()


def round_from(case: Case, log: Sequence[LogLine]) -> list[LogEntry]:
    """``round_entries`` from a log that has been read already."""
    found = (
        line.entry
        for line in log
        if line.struck_by is None
        and line.entry.kind in ROUND_KINDS
        and (line.entry.level, line.entry.round) == (case.level, case.round)
    )
    return sorted(found, key=written)


def step_states(entries: Iterable[LogEntry]) -> dict[str, StepState]:
    """What has become of each step, from entries of one round in the order they were written."""
    counted = (entry for entry in entries if entry.kind == "step" and entry.step and entry.outcome in STEP_OUTCOMES)
    return {entry.step or "": STEP_OUTCOMES[entry.outcome or ""] for entry in counted}


def written(entry: LogEntry) -> datetime:
    return entry.recorded_at
