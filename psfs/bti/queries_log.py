"""The case's log as one line of time, ready for a page or a print (B8). Reads only."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import aliased

from psfs import clock
from psfs.bti import words
from psfs.bti.ladders import ladder as ladder_of
from psfs.extensions import db
from psfs.formatting import clock_time, day, moment
from psfs.language import current
from psfs.models import Case, LogEntry

_Date = date  # a view has a method of that name

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACE_KINDS = ("opened", "step", "move", "closed", "reopened")


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the log. The sentence is made by ``bti/_sentence.html`` from these values."""

    id: uuid.UUID
    kind: str
    on: date
    recorded_at: datetime
    recorded_by: str
    decided_by: str
    participants: str
    from_level: int | None
    to_level: int | None
    level: int | None
    round: int | None
    step: str | None
    step_name: str
    level_name: str
    outcome: str
    reason: str
    text: str
    subject_id: uuid.UUID | None
    details: dict[str, Any]
    strikes_id: uuid.UUID | None
    struck_by_id: uuid.UUID | None
    several: bool = False
    """Whether more of the log is of the same day: then the time of day tells one from another."""

    @property
    def kind_word(self) -> str:
        """What sort of entry it is; an unknown kind is shown as it is."""
        return str(words.KINDS.get(self.kind, self.kind))

    @property
    def icon(self) -> str:
        return words.ICONS.get(self.kind, "note")

    @property
    def event(self) -> str:
        """What happened to the thing the entry tells of, as the room that wrote it says (``held``, ``struck`` …)."""
        return str(self.details.get("event", ""))

    @property
    def struck(self) -> bool:
        return self.struck_by_id is not None

    @property
    def place(self) -> int | None:
        """The level the case came to by it, or stood on when it was written."""
        return self.to_level if self.to_level is not None else self.level

    @property
    def late(self) -> str:
        """When it was recorded, in words: the day if it happened another day, the time of day if ``several``."""
        recorded = clock.local(self.recorded_at).date()
        if recorded == self.on:
            return clock_time(self.recorded_at) if self.several else ""
        return moment(self.recorded_at) if self.several else day(recorded)

    def date(self, name: str) -> date | None:
        """A date among the details, or None."""
        return _date(self.details.get(name))

    def date_in(self, group: str, name: str) -> _Date | None:
        """A date in a group of the details, or None."""
        return _date((self.details.get(group) or {}).get(name))


def _date(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


class LogLine(NamedTuple):
    """One entry as it was written, and the entry that strikes it, if one does."""

    entry: LogEntry
    struck_by: uuid.UUID | None


def log_lines(case_id: uuid.UUID) -> list[LogLine]:
    """The whole log of a case, as it was written. One statement."""
    later = aliased(LogEntry)
    query = select(LogEntry, later.id).outerjoin(later, later.strikes_id == LogEntry.id)
    return [LogLine(*row) for row in db.session.execute(query.where(LogEntry.case_id == case_id))]


def details_of(case: Case, conversation_id: uuid.UUID) -> list[EntryView]:
    """What the log says of details of a conversation that were put right, the newest first. One statement."""
    query = select(LogEntry).where(LogEntry.case_id == case.id, LogEntry.kind == "conversation")
    query = query.where(LogEntry.subject_id == conversation_id)
    found = (_entry_view(entry, None, case.ladder) for entry in db.session.scalars(query))
    return _sorted((each for each in found if each.event == "details"), newest_first=True)


def views_of(lines: Iterable[LogLine], ladder_key: str) -> list[EntryView]:
    """Lines of a log as the page shows them, the newest first."""
    return _sorted((_entry_view(line.entry, line.struck_by, ladder_key) for line in lines), newest_first=True)


def timeline(case_id: uuid.UUID, kinds: Iterable[str] | None = None, *, newest_first: bool = True) -> list[EntryView]:
    """The case's log in order of when things happened, then of when they were written down (B8). One statement.

    Struck entries are there, with ``struck_by_id``; ``kinds`` narrows it.
    """
    later = aliased(LogEntry)
    query = (
        select(LogEntry, later.id, Case.ladder)
        .join(Case, Case.id == LogEntry.case_id)
        .outerjoin(later, later.strikes_id == LogEntry.id)
        .where(LogEntry.case_id == case_id)
    )
    if kinds is not None:
        query = query.where(LogEntry.kind.in_(tuple(kinds)))
    return _sorted((_entry_view(*row) for row in db.session.execute(query)), newest_first=newest_first)


def _sorted(rows: Iterable[EntryView], *, newest_first: bool) -> list[EntryView]:
    found = list(rows)
    struck = {row.subject_id: row.id for row in found if row.kind == "conversation" and row.event == "struck"}
    days = Counter(row.on for row in found)
    told = (replace(row, several=True) if days[row.on] > 1 else row for row in found)
    marked = (_struck_with_its_conversation(row, struck.get(row.subject_id)) for row in told)
    return sorted(marked, key=lambda row: (row.on, row.recorded_at, str(row.id)), reverse=newest_first)


def _struck_with_its_conversation(row: EntryView, struck_by: uuid.UUID | None) -> EntryView:
    """A conversation is struck itself, not its entry: what told that it was held is no longer so either (P12)."""
    told = row.kind == "conversation" and row.event != "struck"
    return replace(row, struck_by_id=struck_by) if told and struck_by else row


def entry_view(entry: LogEntry, ladder_key: str) -> EntryView:
    """One entry as the log shows it."""
    struck_by = db.session.scalar(select(LogEntry.id).where(LogEntry.strikes_id == entry.id))
    return _entry_view(entry, struck_by, ladder_key)


def latest_change(case: Case) -> EntryView | None:
    """The last entry about the case's place on the ladder: what to tell somebody who came second."""
    query = select(LogEntry).where(LogEntry.case_id == case.id, LogEntry.kind.in_(PLACE_KINDS))
    entry = db.session.scalar(query.order_by(LogEntry.recorded_at.desc()).limit(1))
    return entry_view(entry, case.ladder) if entry else None


def _entry_view(entry: LogEntry, struck_by: uuid.UUID | None, ladder_key: str) -> EntryView:
    ladder, lang = ladder_of(ladder_key), current()
    step = ladder.step(entry.step or "")
    target = entry.to_level if entry.to_level is not None else entry.level
    level = ladder.level(target) if target is not None and ladder.has(target) else None
    return EntryView(
        id=entry.id,
        kind=entry.kind,
        on=entry.decided_on,
        recorded_at=entry.recorded_at,
        recorded_by=entry.recorded_by,
        decided_by=entry.decided_by,
        participants=entry.participants,
        from_level=entry.from_level,
        to_level=entry.to_level,
        level=entry.level,
        round=entry.round,
        step=entry.step,
        step_name=step.name.in_language(lang) if step else (entry.step or ""),
        level_name=level.name.in_language(lang) if level else "",
        outcome=entry.outcome or "",
        reason=entry.reason,
        text=entry.text,
        subject_id=entry.subject_id,
        details=entry.details or {},
        strikes_id=entry.strikes_id,
        struck_by_id=struck_by,
    )
