"""PSFS in use, quarter by quarter and service by service. Nothing ranks anybody by it (P16). Reads only."""

from __future__ import annotations

import functools
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, Integer, and_, case, cast, func, null, or_, select
from sqlalchemy.orm import aliased

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import measures
from psfs.domain.scoring import Flag, Round, evaluate
from psfs.extensions import db
from psfs.models import Case, Conversation, Form, Person, Score
from psfs.overview.kept import Kept, kept
from psfs.overview.narrowing import Shape, conditions, day, narrowed
from psfs.overview.periods import as_of
from psfs.overview.queries_lists import Listed, listed_kept
from psfs.overview.talks import due_on, expected, period, talks, with_case

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Select, Subquery

    from psfs.models import User
    from psfs.overview.filters import Filter, Scope
    from psfs.overview.periods import Period, Quarter

KINDS = ("forste", "oppfolging", "forfall", "i-tide", "over", "ventar")
"""First conversations, follow-ups held, and follow-ups that were due in the quarter: all of them, and of these those
held by then, those not, and those whose day has not passed."""
COMPARED = "samanlikna"
LISTS = (*KINDS, COMPARED)
"""What there are lists of; also conversations that could be compared with the one before."""
_DUE = frozenset({"forfall", "i-tide", "over", "ventar"})
_TODAY = frozenset({"over", "ventar"})
FLAGS = (Flag.IMPROVED, Flag.WORSENED, Flag.NONE)


@dataclass
class Use:
    """One service, or all together. ``flags``: the changes that could be compared, of so many ``persons``; ``told``:
    whether their shares are told."""

    counts: Counter[str] = field(default_factory=Counter)
    flags: Counter[Flag] = field(default_factory=Counter)
    persons: int = 0
    told: bool = False

    @property
    def compared(self) -> int:
        """Conversations with a change to tell."""
        return self.flags.total()

    def percent(self, flag: Flag) -> Fraction | None:
        """The share with that flag; None where it is not told."""
        return Fraction(100 * self.flags[flag], self.compared) if self.told else None


@dataclass(frozen=True)
class Talks:
    """Each service that has anything, and all together."""

    services: dict[uuid.UUID, Use]
    together: Use


def use(filter_: Filter, scope: Scope, quarter: Quarter) -> Kept[Talks]:
    """How PSFS was used in the quarter; the filter's age band is that of its last day. Two statements, where it is not
    kept."""
    today, in_force = clock.today(), limits()
    return kept(("talks", filter_, scope, quarter, in_force, today), lambda: _use(filter_, scope, quarter))


def talk_list(kind: str, filter_: Filter, scope: Scope, when: Period, account: User, number: int = 1) -> Listed:
    """The conversations behind a figure: those held in the period, or those after which another was due in it."""
    wanted, values = _told(filter_, scope, when)
    if kind not in _TODAY:
        values.pop("today")
    key = ("talk list", kind, filter_, scope, when, limits(), clock.today())
    return listed_kept(key, _list(wanted, kind), _details(kind), values, account, number)


@functools.cache
def flag_of(points: int, compared: int) -> Flag:
    """The flag of a change that is so many points over so many activities: asked of the rule itself (P5, P7)."""
    each, rest = divmod(points, compared)
    before = dict.fromkeys(range(compared), 0)
    now = {place: each + (place < rest) for place in range(compared)}
    moment = datetime(2000, 1, 1)  # noqa: DTZ001 -- the rule asks only that both are alike
    rounds = (
        Round(place, moment.date() + timedelta(days=place), moment, held) for place, held in enumerate((before, now))
    )
    return evaluate(rounds)[-1].since_previous.flag


def _told(filter_: Filter, scope: Scope, when: Period) -> tuple[Shape, dict[str, Any]]:
    today: date = clock.today()
    wanted, values = narrowed(filter_, scope, as_of(when, today))
    return wanted, {**values, **period(when.first, when.last, limits()), "today": today}


def _use(filter_: Filter, scope: Scope, quarter: Quarter) -> Talks:
    wanted, values = _told(filter_, scope, quarter)
    services: dict[uuid.UUID, Use] = defaultdict(Use)
    together = Use()
    for row in db.session.execute(_counted(wanted), values):
        found = Counter(dict(zip(KINDS, map(int, row[1:]), strict=True)))
        services[row.service_id].counts.update(found)
        together.counts.update(found)
    # Changes are told for both ladders and all ages alike: of two shares the one within the other, a subtraction tells
    # the rest.
    wanted, values = _told(filter_.but(ladder="", band=""), scope, quarter)
    values.pop("today")
    for row in db.session.execute(_changes(wanted), values):
        flag = flag_of(int(row.points), row.compared)
        for each in (services[row.service_id], together):
            each.flags[flag] += row.number
            each.persons += row.persons
    alone, all_of_them = measures.shares_told({service: each.persons for service, each in services.items()})
    for service in alone:
        services[service].told = True
    together.told = all_of_them
    return Talks(dict(services), together)


@functools.cache
def _parts() -> dict[str, Any]:
    """What makes a conversation of each kind."""
    talk = talks(of_period=True)
    held = and_(talk.c.held_on >= day("first"), talk.c.held_on <= day("last"))
    due = and_(talk.c.due >= day("first"), talk.c.due <= day("last"), expected(talk))
    return {
        "forste": and_(held, talk.c.place == 1),
        "oppfolging": and_(held, talk.c.place > 1),
        "forfall": due,
        "i-tide": and_(due, talk.c.in_time == 1),
        "over": and_(due, talk.c.due < day("today"), talk.c.in_time == 0),
        "ventar": and_(due, talk.c.due >= day("today"), talk.c.in_time == 0),
        COMPARED: and_(held, _compared(talk)),
    }


def _comparable(talk: Subquery, now: Any, before: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """How a conversation's scores are joined with those of the one before that they are compared with (P5)."""
    pair = before.conversation_id == talk.c.earlier_id, before.activity_id == now.activity_id
    own = now.conversation_id == talk.c.id, now.value.is_not(None)
    return and_(*own), and_(*pair, before.value.is_not(None))


def _compared(talk: Subquery) -> ColumnElement[bool]:
    now, before = aliased(Score), aliased(Score)
    own, pair = _comparable(talk, now, before)
    return select(now.activity_id).join(before, pair).where(own).correlate(talk).exists()


@functools.cache
def _counted(wanted: Shape) -> Select[*tuple[Any, ...]]:
    talk, parts = talks(of_period=True), _parts()
    sums = (func.sum(case((parts[kind], 1), else_=0)).label(kind) for kind in KINDS)
    query = with_case(select(Case.service_id, *sums), talk).where(or_(*(parts[kind] for kind in KINDS[:3])))
    return _of_persons(query, wanted).group_by(Case.service_id)


@functools.cache
def _changes(wanted: Shape) -> Select[*tuple[Any, ...]]:
    """The changes since the conversation before: how many of each sum of points over each number of activities, and
    how many cases have the first of theirs among them."""
    talk, now, before = talks(of_period=True), aliased(Score), aliased(Score)
    own, pair = _comparable(talk, now, before)
    held = talk.c.held_on >= day("first"), talk.c.held_on <= day("last")
    one = with_case(
        select(
            Case.service_id,
            func.sum(now.value - before.value).label("points"),
            func.count().label("compared"),
            func.row_number().over(partition_by=Form.case_id, order_by=talk.c.id).label("number"),
        ),
        talk,
    )
    one = one.join(now, own).join(before, pair).where(*held)
    changes = _of_persons(one, wanted).group_by(Case.service_id, Form.case_id, talk.c.id).subquery("changes")
    alike = changes.c.service_id, changes.c.points, changes.c.compared
    first = func.sum(case((changes.c.number == 1, 1), else_=0)).label("persons")
    return select(*alike, func.count().label("number"), first).group_by(*alike)


def _of_persons(query: Select[*tuple[Any, ...]], wanted: Shape) -> Select[*tuple[Any, ...]]:
    return query.join(Person, Person.id == Case.person_id).where(*conditions(wanted)) if wanted else query


@functools.cache
def _list(wanted: Shape, kind: str) -> Select[*tuple[Any, ...]]:
    talk = talks(of_period=True)
    query = select(
        talk.c.id.label("row_id"),
        Case.id.label("case_id"),
        Case.level,
        talk.c.held_on.label("from_on"),
        (talk.c.due if kind in _DUE else cast(null(), Date())).label("until_on"),
        cast(null(), Integer()).label("to_level"),
    )
    return _of_persons(with_case(query, talk).where(_parts()[kind]), wanted)


@functools.cache
def _details(kind: str) -> Select[*tuple[Any, ...]]:
    due = due_on() if kind in _DUE else cast(null(), Date())
    return (
        select(
            Conversation.id.label("row_id"),
            Form.case_id,
            Case.level,
            Conversation.held_on.label("from_on"),
            due.label("until_on"),
            cast(null(), Integer()).label("to_level"),
        )
        .join(Form, Form.id == Conversation.form_id)
        .join(Case, Case.id == Form.case_id)
    )
