"""What the five measures are counted from, every service at once. Reads only; the rules are ``domain.measures``'."""

from __future__ import annotations

import functools
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Integer, and_, bindparam, case, cast, func, null, or_, select

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import measures
from psfs.domain.measures import Measure, Tally
from psfs.extensions import db
from psfs.models import Case, Consent, Coordinator, LevelStay, LogEntry, Meeting, Person, Service
from psfs.overview.dates import days_after, days_between, month_of
from psfs.overview.kept import Kept, kept
from psfs.overview.narrowing import day
from psfs.overview.periods import month_end, whole_months
from psfs.overview.talks import expected, talks, with_case

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from psfs.domain.due import Limits

    Rows = Iterator[tuple[uuid.UUID, str, bool, int]]


@dataclass(frozen=True)
class Measured:
    """The measures month by month, and how many cases each service has had in these months."""

    months: tuple[date, ...]
    tallies: dict[Measure, Tally[uuid.UUID]]
    cases: dict[uuid.UUID, int]

    @property
    def services(self) -> set[uuid.UUID]:
        """Every service that anything is counted for."""
        return set(self.cases).union(*(each.services for each in self.tallies.values()))

    def shown_alone(self, service_id: uuid.UUID | None) -> bool:
        """Whether the service has cases enough to be shown alone."""
        return service_id is not None and self.cases.get(service_id, 0) >= measures.FEWEST_CASES


class Stood(NamedTuple):
    """A round on a level where others take part."""

    stay_id: uuid.UUID
    case_id: uuid.UUID
    service_id: uuid.UUID
    level: int
    from_on: date
    until_on: date | None


class Consented(NamedTuple):
    """A consent for another service than the case's own, with what the rule asks of it and of the person."""

    case_id: uuid.UUID
    given_by: str
    from_on: date
    until_on: date | None
    withdrawn_on: date | None
    born: date


def measured() -> Kept[Measured]:
    """The measures of the last whole months. Seven statements, where they are not kept."""
    in_force, today = limits(), clock.today()
    return kept(("measures", in_force, today), lambda: _measured(in_force, today))


def _measured(in_force: Limits, today: date) -> Measured:
    months = whole_months(today, measures.MONTHS)
    ends = tuple(map(month_end, months))
    values = {"first": months[0], "last": ends[-1], "today": today}
    stood = rounds_standing(values)
    consented = consented_bits(ends, in_force, values)
    tallies = {
        Measure.DECIDED: measures.tally(_decided(in_force, values)),
        Measure.FOLLOWED_UP: measures.tally(_followed_up(in_force, values)),
        Measure.CONSENTED: _standing(stood, measures.CONSENT_LEVEL, consented, ends),
        Measure.COORDINATED: _standing(stood, measures.COORDINATOR_LEVEL, coordinated_bits(ends, values), ends),
        Measure.MET: measures.tally(_met(values)),
    }
    cases = {row[0]: row[1] for row in db.session.execute(_cases(), values)}
    return Measured(months, tallies, cases)


def _standing(stood: Sequence[Stood], level: int, had: dict[uuid.UUID, int], ends: Sequence[date]) -> Tally[uuid.UUID]:
    there: dict[tuple[uuid.UUID, uuid.UUID], int] = defaultdict(int)
    for each in stood:
        if each.level >= level:
            bits = measures.days_within(ends, each.from_on, each.until_on)
            if bits:
                there[each.case_id, each.service_id] |= bits
    present = ((service_id, bits, had.get(case_id, 0)) for (case_id, service_id), bits in there.items())
    return measures.standing(present, ends)


def _decided(in_force: Limits, values: dict[str, Any]) -> Rows:
    allowed = in_force.level0_days
    told = {
        **values,
        "days": allowed,
        "first_begun": values["first"] - timedelta(days=allowed),
        "last_begun": values["last"] - timedelta(days=allowed),
    }
    for service_id, month, days, number in db.session.execute(_first_level(), told):
        yield service_id, month, measures.decided(days, in_force), number


def _followed_up(in_force: Limits, values: dict[str, Any]) -> Rows:
    for row in db.session.execute(_followed(), {**values, "follow_up_days": in_force.follow_up_days}):
        yield row.service_id, row.month, bool(row.in_time), row.number


def _met(values: dict[str, Any]) -> Rows:
    for service_id, month, away, number in db.session.execute(_meetings(), values):
        yield service_id, month, measures.met(away), number


def rounds_standing(values: dict[str, Any]) -> list[Stood]:
    """The rounds on levels where others take part that lasted at any time from ``first`` to ``last``."""
    return [Stood(*row) for row in db.session.execute(_stood(), values)]


def consented_bits(ends: Sequence[date], in_force: Limits, values: dict[str, Any]) -> dict[uuid.UUID, int]:
    """For each case the days, as bits, on which another service had a consent that held."""
    rows = (Consented(*row) for row in db.session.execute(_consents(), values))
    return measures.together((each.case_id, measures.days_consented(ends, each, each.born, in_force)) for each in rows)


def coordinated_bits(ends: Sequence[date], values: dict[str, Any]) -> dict[uuid.UUID, int]:
    """For each case the days, as bits, on which it had a coordinator."""
    rows = db.session.execute(_coordinators(), values)
    return measures.together((row[0], measures.days_within(ends, row[1], row[2])) for row in rows)


@functools.cache
def _first_level() -> Select[*tuple[Any, ...]]:
    """Rounds on the first level by the month of their last day, and how long they took; longer than allowed is alike.

    A round that lasts is not decided in time: its last day has passed.
    """
    allowed = bindparam("days", type_=Integer())
    month = month_of(days_after(LevelStay.from_on, allowed)).label("month")
    took = days_between(LevelStay.from_on, LevelStay.until_on)
    days = case((took > allowed, allowed + 1), else_=took).label("days")
    return (
        select(Case.service_id, month, days, func.count())
        .select_from(LevelStay)
        .join(Case, Case.id == LevelStay.case_id)
        .where(LevelStay.level == 0, LevelStay.from_on >= day("first_begun"), LevelStay.from_on <= day("last_begun"))
        .group_by(Case.service_id, month, days)
    )


@functools.cache
def _followed() -> Select[*tuple[Any, ...]]:
    """Conversations after which another was due, by the month of that day and whether it was held in time."""
    talk = talks()
    month = month_of(talk.c.due).label("month")
    query = with_case(select(Case.service_id, month, talk.c.in_time, func.count().label("number")), talk)
    due_then = talk.c.due >= day("first"), talk.c.due <= day("last")
    return query.where(*due_then, expected(talk)).group_by(Case.service_id, month, talk.c.in_time)


@functools.cache
def _stood() -> Select[*tuple[Any, ...]]:
    return (
        select(LevelStay.id, LevelStay.case_id, Case.service_id, LevelStay.level, LevelStay.from_on, LevelStay.until_on)
        .join(Case, Case.id == LevelStay.case_id)
        .where(
            LevelStay.level >= measures.CONSENT_LEVEL,
            LevelStay.from_on <= day("last"),
            or_(LevelStay.until_on.is_(None), LevelStay.until_on > day("first")),
        )
    )


@functools.cache
def _consents() -> Select[*tuple[Any, ...]]:
    """For other services than the case's own."""
    others = Consent.service_id.is_not(None), Consent.service_id != Case.service_id
    ends = or_(Consent.until_on.is_(None), Consent.until_on >= day("first"))
    return (
        select(
            Consent.case_id,
            Consent.given_by,
            Consent.from_on,
            Consent.until_on,
            Consent.withdrawn_on,
            Person.birth_date,
        )
        .join(Case, Case.id == Consent.case_id)
        .join(Person, Person.id == Case.person_id)
        .where(*others, Consent.from_on <= day("last"), ends)
    )


@functools.cache
def _coordinators() -> Select[*tuple[Any, ...]]:
    ends = or_(Coordinator.until_on.is_(None), Coordinator.until_on > day("first"))
    query = select(Coordinator.case_id, Coordinator.from_on, Coordinator.until_on)
    return query.where(Coordinator.from_on <= day("last"), ends)


@functools.cache
def _meetings() -> Select[*tuple[Any, ...]]:
    """Meetings by the month of the day they count for, and how far from their day they were held, if they were."""
    month = month_of(meeting_day()).label("month")
    away = case(
        (Meeting.state == "held", days_between(meeting_day(), Meeting.held_on)),
        else_=cast(null(), Integer()),
    ).label("away")
    query = select(Case.service_id, month, away, func.count()).select_from(Meeting)
    query = query.join(Case, Case.id == Meeting.case_id)
    return query.where(*meeting_counts()).group_by(Case.service_id, month, away)


def meeting_day() -> ColumnElement[Any]:
    """The day that a meeting counts for."""
    return func.coalesce(Meeting.missed_on, Meeting.planned_on)


def meeting_counts() -> tuple[ColumnElement[bool], ...]:
    """That a meeting counts in the period. Left out: what was cancelled before the day, and what may still be held as
    planned."""
    day_of_it = meeting_day()
    event = LogEntry.details["event"].as_string()
    cancelled = (
        select(func.min(LogEntry.decided_on))
        .where(LogEntry.case_id == Meeting.case_id, LogEntry.kind == "meeting", LogEntry.subject_id == Meeting.id)
        .where(event == "cancelled")
        .correlate(Meeting)
        .scalar_subquery()
    )
    slack = bindparam("slack", measures.MEETING_DAYS, type_=Integer())
    may_yet = and_(Meeting.state == "planned", days_after(day_of_it, slack) >= day("today"))
    on_the_day = and_(Meeting.state == "cancelled", cancelled >= day_of_it)
    in_period = day_of_it >= day("first"), day_of_it <= day("last")
    return *in_period, or_(and_(Meeting.state != "cancelled", ~may_yet), on_the_day)


def shown_alone() -> dict[uuid.UUID, str]:
    """The services with cases enough in these months to be shown alone, by name. One statement, where it is not
    kept."""
    first = whole_months(clock.today(), measures.MONTHS)[0]
    return kept(("shown alone", first), lambda: _shown_alone(first)).value


def _shown_alone(first: date) -> dict[uuid.UUID, str]:
    query = _cases().add_columns(Service.name).join(Service, Service.id == Case.service_id).group_by(Service.name)
    rows = db.session.execute(query, {"first": first})
    return {row[0]: row.name for row in rows if row[1] >= measures.FEWEST_CASES}


@functools.cache
def _cases() -> Select[*tuple[Any, ...]]:
    there = or_(Case.closed_on.is_(None), Case.closed_on >= day("first"))
    return select(Case.service_id, func.count()).where(there).group_by(Case.service_id)
