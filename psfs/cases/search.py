"""Finding people. Who has access gets a link; others learn that the person is known, and only when they know enough.

A search by name walks the words in the order of their index and stops when a page is full; one whose caseload is short
walks the caseload instead. A birth date is an index of its own. Nothing is sorted that is not shown.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, and_, bindparam, exists, func, select, union_all
from sqlalchemy.orm import aliased

from psfs.bti.ladders import ladder
from psfs.cases import names
from psfs.cases.relations import (
    TAKES_PART,
    case_ids,
    grants,
    parts_of,
    relation_columns,
    relations_of,
    visible,
    who,
    with_consent,
)
from psfs.domain.identity_number import looks_like_identity_number
from psfs.domain.permissions import Action, Relation, Role, allowed
from psfs.extensions import db
from psfs.language import current
from psfs.models import Case, Person, PersonWord, Service, User
from psfs.text import one_line

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Row, Select

LONGEST = 200  # letters of a search that are read
MOST_WORDS = 6
SHOWN = 20  # persons
ROWS = 2 * SHOWN + 1  # a person may come several times: once for each case, and for each word of the name that fits
SAME_DAY = 1000  # cases of people born on one day
SHORT_CASELOAD = 500
OWN_CASES = 200
_DATES = (
    re.compile(r"(?<!\d)(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})(?!\d)"),
)


@dataclass(frozen=True, slots=True)
class Query:
    """What was typed. ``name`` is the rest of it when the birth date is taken out."""

    text: str
    name: str
    words: tuple[str, ...]
    birth_date: date | None
    identity_number: bool

    @property
    def enough(self) -> bool:
        """Whether there is something to look for."""
        if self.identity_number:
            return False
        return self.birth_date is not None or any(len(word) > 1 for word in self.words)


@dataclass(frozen=True, slots=True)
class FoundCase:
    """A case the reader may open."""

    id: uuid.UUID
    ladder: str
    level: int
    level_name: str
    open: bool
    service: str


@dataclass(slots=True)
class FoundPerson:
    """Somebody with at least one case that the reader may open."""

    name: str
    birth_date: date
    shielded: bool
    cases: list[FoundCase] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody the reader has no access to: only whom to ask. ``case_id`` is the newest case."""

    case_id: uuid.UUID
    service: str
    phone: str


@dataclass(frozen=True, slots=True)
class Found:
    """The answer. ``more``: there are others, write more letters."""

    people: tuple[FoundPerson, ...] = ()
    known: tuple[Known, ...] = ()
    more: bool = False

    @property
    def case_ids(self) -> list[uuid.UUID]:
        """The cases whose names are shown."""
        return [case.id for person in self.people for case in person.cases]


def read(text: str) -> Query:
    """What a search asks for: words of a name, a birth date (dd.mm.yyyy, ddmmyyyy, yyyy-mm-dd), or both."""
    text = one_line(text[:LONGEST])
    born, name = _birth_date(text)
    return Query(text, name, tuple(names.words(name)[:MOST_WORDS]), born, looks_like_identity_number(text))


def find(query: Query, account: User) -> Found:
    """Who fits, as far as the account may know. One or two statements."""
    if not query.enough:
        return Found()
    if query.birth_date is not None:
        return born_on(query.birth_date, query.words, account)
    rows = _by_name(query.words, account)
    people = _people(row for row in rows if _may_view(row, account))
    return Found(tuple(people[:SHOWN]), more=len(people) > SHOWN or len(rows) == ROWS)


def born_on(birth_date: date, words: Sequence[str], account: User, *, similar: bool = False) -> Found:
    """Everybody born that day whose name fits.

    For a reader with access it is enough that all words begin words of the name (with ``similar``: that one whole word
    is the same). Others are told of somebody only when a whole word is the same, and never of a shielded person.
    """
    rows = db.session.execute(_born(), {"born": birth_date, **who(account)}).all()
    reached = {row.person_id for row in rows if _may_view(row, account)}
    fits = _similar if similar else _begins
    people = _people(row for row in rows if _may_view(row, account) and fits(row.name, words))
    others: dict[uuid.UUID, list[Row[Any]]] = {}
    for row in rows:
        if row.person_id not in reached and not row.shielded and _similar(row.name, words):
            others.setdefault(row.person_id, []).append(row)
    newest = [max(cases, key=lambda row: (row.opened_on, row.created_at)) for cases in others.values()]
    known = tuple(Known(row.case_id, row.service, row.phone) for row in newest)
    return Found(tuple(people[:SHOWN]), known[:SHOWN], more=len(people) > SHOWN)


def has_own(account: User) -> bool:
    """Whether the account's role takes part in cases."""
    return bool(grants(account) & TAKES_PART)


def own(account: User) -> Found:
    """Those whose cases the account takes part in and that go on, by name. One statement."""
    wanted = grants(account) & TAKES_PART
    if not wanted:
        return Found()
    rows = db.session.execute(_own(wanted), who(account)).all()
    people = _people(row for row in rows[:OWN_CASES] if _may_view(row, account))
    return Found(tuple(people), more=len(rows) > OWN_CASES)


def might_be(birth_date: date, words: Sequence[str], account: User) -> Found:
    """Who a new person may already be: somebody with a like name born that day, or, among those the reader has access
    to, somebody of the very same name whose birth date was perhaps typed wrong."""
    found = born_on(birth_date, words, account, similar=True)
    if not words:
        return found
    namesakes = [
        person
        for person in _people(row for row in _by_name(words, account) if _may_view(row, account))
        if person.birth_date != birth_date and sorted(names.words(person.name)) == sorted(words)
    ]
    return replace(found, people=(*found.people, *namesakes)[:SHOWN])


def _by_name(words: Sequence[str], account: User) -> Sequence[Row[Any]]:
    words = sorted(words, key=len, reverse=True)  # the longest beginning fits the fewest
    values, wanted = who(account), grants(account)
    short = db.session.scalar(_caseload(wanted), values) <= SHORT_CASELOAD
    for number, word in enumerate(words):
        values[f"from_{number}"], values[f"to_{number}"] = names.prefix_range(word)
    return db.session.execute(_named(wanted, len(words), short), values).all()


@functools.cache
def _caseload(wanted: frozenset[Relation]) -> Select[*tuple[Any, ...]]:
    """How many cases the reader reaches; counts no further than needed."""
    some = union_all(*(part for relation in sorted(wanted) for part in parts_of(relation)))
    return select(func.count()).select_from(some.limit(SHORT_CASELOAD + 1).subquery())


@functools.cache
def _named(wanted: frozenset[Relation], count: int, short: bool) -> Select[*tuple[Any, ...]]:
    query = _rows().where(visible(wanted)).limit(ROWS)
    if short:
        query = query.where(Case.id.in_(case_ids(wanted)), _has_word(0)).order_by(Person.name, Person.id)
    else:
        walked = aliased(PersonWord)
        query = query.join(walked, walked.person_id == Person.id).where(_in_range(walked.word, 0))
        query = query.order_by(walked.word, walked.person_id)
    return query.where(*(_has_word(number) for number in range(1, count)))


@functools.cache
def _own(wanted: frozenset[Relation]) -> Select[*tuple[Any, ...]]:
    query = _rows().where(Case.id.in_(case_ids(wanted)), Case.talks_go_on, visible(wanted))
    return query.order_by(Person.name, Person.id).limit(OWN_CASES + 1)


@functools.cache
def _born() -> Select[*tuple[Any, ...]]:
    born = Person.birth_date == bindparam("born", type_=Date())
    return _rows().where(born).order_by(Person.name, Person.id).limit(SAME_DAY)


def _rows() -> Select[*tuple[Any, ...]]:
    query = (
        select(
            Case.id.label("case_id"),
            Case.person_id,
            Case.ladder,
            Case.level,
            Case.opened_on,
            Case.closed_on,
            Case.created_at,
            Service.name.label("service"),
            Service.phone.label("phone"),
            Person.name,
            Person.birth_date,
            Person.shielded,
            *relation_columns(),
        )
        .select_from(Person)
        .join(Case, Case.person_id == Person.id)
        .join(Service, Service.id == Case.service_id)
    )
    return with_consent(query)


def _has_word(number: int) -> ColumnElement[bool]:
    other = aliased(PersonWord)
    return exists().where(other.person_id == Person.id, _in_range(other.word, number))


def _in_range(column: Any, number: int) -> ColumnElement[bool]:
    return and_(column >= bindparam(f"from_{number}"), column < bindparam(f"to_{number}"))


def _may_view(row: Row[Any], account: User) -> bool:
    return allowed(Role(account.role), Action.VIEW, relations_of(row._mapping))


def _begins(name: str, words: Sequence[str]) -> bool:
    own = names.words(name)
    return all(any(each.startswith(word) for each in own) for word in words)


def _similar(name: str, words: Sequence[str]) -> bool:
    return names.share_a_word(words, names.words(name))


def _people(rows: Iterable[Row[Any]]) -> list[FoundPerson]:
    found: dict[uuid.UUID, FoundPerson] = {}
    seen: set[uuid.UUID] = set()
    for row in rows:
        person = found.setdefault(row.person_id, FoundPerson(row.name, row.birth_date, row.shielded))
        if row.case_id not in seen:
            seen.add(row.case_id)
            person.cases.append(_case(row))
    for person in found.values():
        person.cases.sort(key=lambda case: not case.open)
    return list(found.values())


def _case(row: Row[Any]) -> FoundCase:
    rungs, lang = ladder(row.ladder), current()
    level = rungs.level(row.level).name.in_language(lang) if rungs.has(row.level) else ""
    return FoundCase(row.case_id, rungs.name.in_language(lang), row.level, level, row.closed_on is None, row.service)


def _birth_date(text: str) -> tuple[date | None, str]:
    for pattern in _DATES:
        for match in pattern.finditer(text):
            try:
                born = date(*(int(match[part]) for part in "ymd"))
            except ValueError:
                continue
            return born, " ".join((text[: match.start()] + " " + text[match.end() :]).split())
    return None, text
