"""Where a case stands on its ladder, what is missing, and its log as one line of time. Reads only."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti import words
from psfs.bti.ladders import ladder as ladder_of
from psfs.bti.queries_consents import consents, fulfilled_by, lasting, valid_services, withdrawn
from psfs.bti.queries_log import (
    PLACE_KINDS,
    EntryView,
    LogLine,
    entry_view,
    latest_change,
    log_lines,
    timeline,
    views_of,
)
from psfs.domain import due
from psfs.domain import ladder as rules
from psfs.domain.errors import Refusal
from psfs.domain.ladder import CaseState, DoStep, Ladder, Missing, Move, Step, StepState
from psfs.extensions import db
from psfs.formatting import day
from psfs.language import current
from psfs.messages import message
from psfs.models import Case, Consent, Handover, LogEntry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement

    from psfs.domain.due import Limits

ROUND_KINDS = ("step", "closed")
STEP_OUTCOMES = {"done": StepState.DONE, "skipped": StepState.SKIPPED, "close": StepState.DONE}


@dataclass(frozen=True, slots=True)
class LevelView:
    """One rung, in the reader's language."""

    number: int
    name: str
    what: str
    holder_title: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the present level. ``state``: done, skipped, next or later."""

    key: str
    number: int
    name: str
    state: str
    who: str
    when: str
    reason: str
    decides: bool
    closes: bool


@dataclass(frozen=True, slots=True)
class MissingView:
    """Something that must be in place first, with the link that mends it (none: ``endpoint`` is empty)."""

    code: str
    text: str
    case_id: uuid.UUID
    endpoint: str = ""
    link: str = ""
    query: dict[str, Any] = field(default_factory=dict)

    @property
    def href(self) -> str:
        """Address of the page that mends it, or an empty text."""
        return url_for(self.endpoint, case_id=self.case_id, **self.query) if self.endpoint else ""


@dataclass(frozen=True, slots=True)
class LadderView:
    """Everything the ladder's picture, its steps and its buttons need.

    ``missing`` hinders the next step (or, when deciding is next, the way up); ``missing_up`` hinders the level above.
    ``provides`` is what the next step is there to see to and is not yet in place. ``due`` is the last day to decide
    level 0. ``seen`` goes back with a form, so that a change made meanwhile is noticed.
    """

    case_id: uuid.UUID
    key: str
    name: str
    level: int
    level_name: str
    round: int
    level_since: date
    open: bool
    closed_on: date | None
    close_reason: str
    levels: tuple[LevelView, ...]
    steps: tuple[StepView, ...]
    next_step: StepView | None
    missing: tuple[MissingView, ...]
    missing_up: tuple[MissingView, ...]
    provides: tuple[MissingView, ...]
    outcomes: tuple[str, ...]
    holder: str
    holder_title: str
    holder_cut: bool
    offered_to: str
    withdrawn: tuple[tuple[str, date], ...]
    due: date | None
    overdue: bool
    seen: str

    def skipped(self) -> tuple[StepView, ...]:
        """Steps that were skipped and can still be done in this round."""
        return tuple(step for step in self.steps if step.state == "skipped")


def not_struck() -> ColumnElement[bool]:
    """The condition that no later entry puts this one right."""
    later = aliased(LogEntry)
    return ~select(later.id).where(later.strikes_id == LogEntry.id).exists()


def case_state(case: Case) -> CaseState:
    """Where the case stands, as the rules need it. Two statements and the limits.

    Steps: entries of the present level and round that have not been struck. Requirements: consents and legal bases
    that hold today, the contact person and the report to KE (B4).
    """
    return _state(case, round_entries(case), consents(case.id), limits())


def ladder_view(case: Case, log: Sequence[LogLine] | None = None) -> LadderView:
    """The ladder as the reader sees it, in the reader's language. Four statements; one where ``log`` is given.

    Args:
        case: the case.
        log: the whole log of the case (``log_lines``), where the page reads it anyway.
    """
    ladder, in_force = ladder_of(case.ladder), limits()
    entries = round_entries(case) if log is None else _round_of(case, log)
    held = consents(case.id)
    state = _state(case, entries, held, in_force)
    coming = rules.next_step(ladder, state)
    lang = current()
    level = ladder.level(case.level)
    steps = tuple(_step_view(step, state, coming, entries, lang) for step in level.steps)
    up = _hindrances(ladder, state, Move(case.level + 1, "-")) if case.level < ladder.highest else ()
    first_due = due.level0_due(case.level_since, in_force) if case.level == 0 and state.open else None
    today = clock.today()
    services = valid_services(held, case, in_force)
    return LadderView(
        case_id=case.id,
        key=case.ladder,
        name=ladder.name.in_language(lang),
        level=case.level,
        level_name=level.name.in_language(lang),
        round=case.round,
        level_since=case.level_since,
        open=state.open,
        closed_on=case.closed_on,
        close_reason=str(words.CLOSE_REASONS.get(case.close_reason or "", "")),
        levels=tuple(
            LevelView(
                each.number,
                each.name.in_language(lang),
                each.what.in_language(lang),
                each.holder_title.in_language(lang) if each.holder_title else "",
            )
            for each in ladder.levels
        ),
        steps=steps,
        next_step=next((step for step in steps if coming is not None and step.key == coming.key), None),
        missing=missing_views(case, _before_next(ladder, state, coming, up)),
        missing_up=missing_views(case, up) if state.open else (),
        provides=missing_views(case, _to_provide(coming, state)),
        outcomes=tuple(str(outcome) for outcome in rules.outcomes(ladder, case.level)),
        holder=case.holder.name if case.holder else "",
        holder_title=level.holder_title.in_language(lang) if level.holder_title else _("ansvarleg"),
        holder_cut=case.holder is not None and case.holder.service_id not in {case.service_id, *services},
        offered_to=_asked(case) if log is None else _asked_by_log(log),
        withdrawn=withdrawn(held, case, in_force),
        due=first_due,
        overdue=first_due is not None and due.is_overdue(first_due, today),
        seen=seen(case) if log is None else "",
    )


def seen(case: Case) -> str:
    """A mark of where the case stands now; it changes with every step, move, closing and reopening."""
    rows = select(func.count()).where(LogEntry.case_id == case.id, LogEntry.kind.in_(PLACE_KINDS))
    return f"{case.level}.{case.round}.{'-' if case.closed_on else '+'}.{db.session.scalar(rows)}"


def _asked(case: Case) -> str:
    offer = select(Handover).where(Handover.case_id == case.id, Handover.state == "offered")
    offered = db.session.scalar(offer.options(joinedload(Handover.to)))
    return offered.to.name if offered else ""


def _asked_by_log(log: Sequence[LogLine]) -> str:
    """The same from the log: who was asked, if that is the last that was written of the baton."""
    latest = max((line.entry for line in log if line.entry.kind == "baton"), key=_written, default=None)
    return str(latest.details.get("to", "")) if latest and latest.details.get("event") == "offered" else ""


def _round_of(case: Case, log: Sequence[LogLine]) -> list[LogEntry]:
    """``round_entries`` from a log that has been read already."""
    found = (
        line.entry
        for line in log
        if line.struck_by is None
        and line.entry.kind in ROUND_KINDS
        and (line.entry.level, line.entry.round) == (case.level, case.round)
    )
    return sorted(found, key=_written)


def _written(entry: LogEntry) -> datetime:
    return entry.recorded_at


def next_round(case: Case, level: int) -> int:
    """The number of the round that begins if the case comes to ``level`` now."""
    latest = select(func.max(LogEntry.round)).where(LogEntry.case_id == case.id, LogEntry.level == level)
    return 1 + max(db.session.scalar(latest) or 0, case.round if level == case.level else 0)


def missing_views(case: Case, missing: Iterable[Missing]) -> tuple[MissingView, ...]:
    """What is missing, in words, with links; each thing once."""
    ladder, lang = ladder_of(case.ladder), current()
    found: dict[str, MissingView] = {}
    for each in missing:
        if each.code == "requirement":
            key = str(each.values["requirement"])
            text, endpoint, query, link = words.MENDS[key]
            view = MissingView(key, str(text), case.id, endpoint, str(link), query)
        else:
            values = dict(each.values)
            step = ladder.step(str(values.get("step", "")))
            values["step"] = step.name.in_language(lang) if step else values.get("step", "")
            view = MissingView(each.code, message(Refusal(each.code, **values)), case.id)
        found.setdefault(view.text, view)
    return tuple(found.values())


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


def step_states(entries: Iterable[LogEntry]) -> dict[str, StepState]:
    """What has become of each step, from entries of one round in the order they were written."""
    counted = (entry for entry in entries if entry.kind == "step" and entry.step and entry.outcome in STEP_OUTCOMES)
    return {entry.step or "": STEP_OUTCOMES[entry.outcome or ""] for entry in counted}


def _state(case: Case, entries: Iterable[LogEntry], held: Sequence[Consent], in_force: Limits) -> CaseState:
    steps = step_states(entries)
    if case.closed_on is not None:
        level = ladder_of(case.ladder).level(case.level)
        steps |= {step.key: StepState.DONE for step in level.steps if step.closes}
    fulfilled = fulfilled_by(held, case, in_force)
    if case.contact_id is not None:
        fulfilled |= {"contact_person"}
    if case.reported_to_ke_on is not None:
        fulfilled |= {"reported_to_ke"}
    return CaseState(case.ladder, case.level, case.closed_on is None, steps, frozenset(fulfilled))


def _hindrances(ladder: Ladder, state: CaseState, request: rules.Request) -> tuple[Missing, ...]:
    return tuple(each for each in rules.may(ladder, state, request).missing if each.code == "requirement")


def _before_next(ladder: Ladder, state: CaseState, coming: Step | None, up: tuple[Missing, ...]) -> tuple[Missing, ...]:
    if not state.open:
        return ()
    if coming is None or coming.decides or coming.closes:
        here = rules.missing_requirements(ladder, state)
        return (
            *here,
            *(each for each in up if each.values["requirement"] not in {h.values["requirement"] for h in here}),
        )
    return _hindrances(ladder, state, DoStep(coming.key))


def _to_provide(coming: Step | None, state: CaseState) -> list[Missing]:
    keys = coming.provides if coming else ()
    return [Missing("requirement", requirement=key, level=state.level) for key in keys if key not in state.fulfilled]


def _step_view(step: Step, state: CaseState, coming: Step | None, entries: Sequence[LogEntry], lang: str) -> StepView:
    done = state.steps.get(step.key)
    entry = next((each for each in reversed(entries) if each.step == step.key), None)
    if entry is None and step.closes:
        entry = next((each for each in entries if each.kind == "closed"), None)
    here = coming is not None and coming.key == step.key
    return StepView(
        key=step.key,
        number=step.number,
        name=step.name.in_language(lang),
        state=str(done) if done else ("next" if here else "later"),
        who=(entry.decided_by or entry.recorded_by) if entry and done else "",
        when=day(entry.decided_on) if entry and done else "",
        reason=entry.reason if entry and done else "",
        decides=step.decides,
        closes=step.closes,
    )


__all__ = [
    "EntryView",
    "LadderView",
    "LevelView",
    "LogLine",
    "MissingView",
    "StepView",
    "case_state",
    "entry_view",
    "ladder_view",
    "lasting",
    "latest_change",
    "log_lines",
    "missing_views",
    "next_round",
    "seen",
    "timeline",
    "views_of",
]
