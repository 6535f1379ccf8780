"""Who has looked: at the case itself, and at lists that its person was named in. Read from the audit log.

A worklist names the same person many times a day. What stands in lists is folded, so that it does not hide who opened
the case: by reader and day on the page, by reader and month on paper.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import literal, select, union_all

from psfs import audit, clock
from psfs.cases import words
from psfs.extensions import db
from psfs.models import AuditEntry, ListSighting, Service, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Select

PAGE = 50  # readings, or folds
MOST = 500  # sightings that one page folds


@dataclass(frozen=True, slots=True)
class Reading:
    """One time that somebody looked at the case, in plain words."""

    seq: int
    at: datetime
    who: str
    service: str
    what: str
    how: str
    why: str


@dataclass(frozen=True, slots=True)
class Readings:
    """One page of readings, the newest first. ``older``: the number to go on from, None when there are no more."""

    rows: tuple[Reading, ...]
    older: int | None


@dataclass(frozen=True, slots=True)
class LookDay:
    """What one person looked at in the case within a day, by one right and for one reason. ``times``: how many times
    each, by what it was in words; ``first`` and ``last``: when."""

    who: str
    service: str
    how: str
    why: str
    first: datetime
    last: datetime
    times: Counter[str]


@dataclass(frozen=True, slots=True)
class Sighting:
    """One time that somebody had the person's name before them in a list. ``code``: what the log calls the list."""

    at: datetime
    code: str

    @property
    def what(self) -> str:
        """Which list, in plain words."""
        return words.in_list(self.code)


@dataclass(frozen=True, slots=True)
class Fold:
    """What one reader saw of the person in lists within a day or a month. ``on``: that day, or the month's first."""

    on: date
    who: str
    service: str
    times: tuple[Sighting, ...]

    @property
    def days(self) -> dict[str, Counter[date]]:
        """How many times each day, by the kind of list, always in the same order."""
        found: dict[str, Counter[date]] = {}
        for each in sorted(self.times, key=lambda each: words.place_of_list(each.code)):
            found.setdefault(each.what, Counter())[clock.local(each.at).date()] += 1
        return found


@dataclass(frozen=True, slots=True)
class Folds:
    """One page of folds, the newest first. ``older``: the key to go on from, None when there are no more."""

    rows: tuple[Fold, ...]
    older: int | None


def readings(case_id: uuid.UUID, before: int | None = None, limit: int = PAGE) -> Readings:
    """Who has looked at the case, from its own chain in the audit log, the newest first. One statement.

    Args:
        case_id: the case.
        before: only readings with a lower number in the chain (``Readings.older`` of the page before).
        limit: at most so many.
    """
    query = _readings(case_id, AuditEntry.seq, AuditEntry.data)
    if before is not None:
        query = query.where(AuditEntry.seq < before)
    entries = db.session.execute(query.order_by(AuditEntry.seq.desc()).limit(limit + 1)).all()
    rows = tuple(map(_reading, entries[:limit]))
    return Readings(rows, rows[-1].seq if len(entries) > limit else None)


def days_in_lists(case_id: uuid.UUID, before: int | None = None, limit: int = PAGE) -> Folds:
    """Who had the person's name before them in a list, by reader and day. One statement.

    A page ends where a day ends, so that no day stands on two pages; only one with more than ``MOST`` sightings does.

    Args:
        case_id: the case.
        before: only what was shown earlier (``Folds.older`` of the page before).
        limit: no further day is begun when there are so many folds.
    """
    query = _seen(case_id, AuditEntry.actor_id).order_by(ListSighting.entry_id.desc()).limit(MOST + 1)
    if before is not None:
        query = query.where(ListSighting.entry_id < before)
    rows = db.session.execute(query).all()
    end = _end(rows, limit)
    return Folds(_folded(rows[:end]), rows[end - 1].seq if end < len(rows) else None)


def by_day(rows: Iterable[Reading]) -> list[LookDay]:
    """Readings, the oldest first, gathered by day, reader, right and reason, in the order of the first of each."""
    found: dict[tuple[date, str, str, str, str], list[Reading]] = {}
    for row in rows:
        found.setdefault((_day(row), row.who, row.service, row.how, row.why), []).append(row)
    return [
        LookDay(who, service, how, why, same[0].at, same[-1].at, Counter(each.what for each in same))
        for (_on, who, service, how, why), same in found.items()
    ]


def all_looks(case_id: uuid.UUID, *, plain: bool = False) -> tuple[tuple[Reading, ...], tuple[Fold, ...]]:
    """Every reading, and every list the name was in by reader and month, the oldest first: years of it fit on paper.

    ``plain``: the readings told to the person, without words of the trade. One statement.
    """
    reading, sighting = literal(True).label("reading"), literal(False).label("reading")
    opened = _readings(case_id, AuditEntry.seq, AuditEntry.data, AuditEntry.actor_id, reading)
    listed = _seen(case_id, literal("").label("data"), AuditEntry.actor_id, sighting)
    rows = db.session.execute(union_all(opened, listed).order_by("seq")).all()
    folds = _folded([row for row in reversed(rows) if not row.reading], months=True)
    return (
        tuple(_reading(row, plain=plain) for row in rows if row.reading),
        tuple(sorted(folds, key=lambda fold: (fold.on, fold.who))),
    )


def _entries(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns, AuditEntry.at, AuditEntry.actor, AuditEntry.action, Service.name.label("service"))
        .select_from(AuditEntry)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .outerjoin(Service, Service.id == User.service_id)
    )


def _readings(case_id: uuid.UUID, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The readings in the case's own chain."""
    return _entries(*columns).where(
        AuditEntry.stream == audit.recorder.case_stream(case_id), AuditEntry.kind == "reading"
    )


def _seen(case_id: uuid.UUID, *columns: Any) -> Select[*tuple[Any, ...]]:
    """The lists that the case's person was named in; they come with their entry's key as their number."""
    query = _entries(ListSighting.entry_id.label("seq"), *columns)
    return query.join(ListSighting, ListSighting.entry_id == AuditEntry.id).where(ListSighting.case_id == case_id)


def _end(rows: Sequence[Any], limit: int) -> int:
    """How many of the rows, the newest first, make a page."""
    folds: set[tuple[date, uuid.UUID | None, str]] = set()
    day_began = 0
    for place, row in enumerate(rows[:MOST]):
        day = _day(row)
        if place and day != _day(rows[place - 1]):
            if len(folds) >= limit:
                return place
            day_began = place
        folds.add((day, row.actor_id, row.actor))
    if len(rows) <= MOST:
        return len(rows)
    ends_there = _day(rows[MOST]) != _day(rows[MOST - 1])
    return MOST if ends_there or not day_began else day_began


def _folded(rows: Sequence[Any], *, months: bool = False) -> tuple[Fold, ...]:
    """The rows, the newest first, by reader and day or month, the folds in the same order."""
    found: dict[tuple[date, uuid.UUID | None, str], list[Any]] = {}
    for row in rows:
        on = _day(row)
        found.setdefault((on.replace(day=1) if months else on, row.actor_id, row.actor), []).append(row)
    return tuple(Fold(on, who, same[0].service or "", _sightings(same)) for (on, _id, who), same in found.items())


def _sightings(rows: Sequence[Any]) -> tuple[Sighting, ...]:
    seen = (Sighting(row.at, row.action) for row in rows)
    return tuple(sorted(seen, key=lambda each: each.at))


def _day(row: Any) -> date:
    at: datetime = row.at
    return clock.local(at).date()


def _reading(entry: Any, *, plain: bool = False) -> Reading:
    data = json.loads(entry.data)
    return Reading(
        seq=entry.seq,
        at=entry.at,
        who=entry.actor,
        service=entry.service or "",
        what=words.view(entry.action, data.get("claimed_at"), plain=plain),
        how=words.relations(str(data.get("by", "")), plain=plain),
        why=str(data.get("why", "")),
    )
