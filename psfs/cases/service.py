"""A person and their cases are made and changed. Each verb checks, writes the change and its log line, commits once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from psfs import audit, clock
from psfs.bti.hindrance import Changed
from psfs.bti.ladders import all_ladders
from psfs.bti.service import open_entry
from psfs.cases import names
from psfs.domain import due
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Role
from psfs.extensions import begin_write, db
from psfs.models import Case, Person, Service, User

if TYPE_CHECKING:
    from datetime import date

    from psfs.cases.door import OpenCase
    from psfs.cases.search import Found

CHILDREN, ADULTS = "children", "adults"


@dataclass(frozen=True, slots=True)
class PersonInput:
    """What is kept about a person."""

    name: str
    birth_date: date
    language: str = "nn"
    phone: str = ""
    journal_ref: str = ""
    shielded: bool = False
    cognitive_note: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """Where a new case begins. ``reason`` is needed above the ladder's first level (B1)."""

    ladder: str
    level: int
    service_id: uuid.UUID
    reason: str = ""
    worry: str = ""


def note_found(found: Found, by: User, view: str) -> None:
    """Log that the names of ``found`` are shown; for each that is only known, a reading on the case itself."""
    if not (found.people or found.known):
        return
    begin_write()
    if found.case_ids:
        audit.recorder.record_list_reading(actor_id=by.id, actor=by.name, view=view, case_ids=found.case_ids)
    for known in sorted(found.known, key=lambda each: each.case_id):
        audit.record_reading(case_id=known.case_id, actor_id=by.id, actor=by.name, view="search_known")
    db.session.commit()


def suggested_ladder(birth_date: date) -> str:
    """The ladder for somebody of that age, where the municipality has not taken it away."""
    key = CHILDREN if due.age_on(birth_date, clock.today()) < due.ADULT else ADULTS
    ladders = all_ladders()
    return key if key in ladders else next(iter(ladders))


def person_id_of(case_id: uuid.UUID) -> uuid.UUID:
    """The id of the person who is made together with a case: a page that is sent twice makes one of each."""
    return uuid.uuid5(case_id, "person")


def is_made(case_id: uuid.UUID) -> bool:
    """Whether the page with this id has been saved already: then the person it made is no duplicate of itself."""
    return db.session.get(Case, case_id) is not None


def create(case_id: uuid.UUID, person: PersonInput, opening: Opening, by: User) -> Case:
    """A new person with a case, in one transaction. The same page sent twice gives the same case.

    Raises:
        Changed("id_taken"): the id stands on something else by now.
        psfs.bti.hindrance.Hindered: a level that needs a reason, or does not exist.
    """
    begin_write()
    existing = db.session.get(Case, case_id)
    if existing is not None:
        return _same(existing, person, opening, by)
    audit.recorder.act_as(audit.Actor(by.id, by.name, audit.recorder.case_stream(case_id), "cases.new"))
    made = Person(id=person_id_of(case_id), created_at=clock.now(), **_columns(person))
    db.session.add(made)
    try:
        names.keep_words(made)
        return _open(case_id, made, opening, by)
    except IntegrityError:  # the same page twice at once, on PostgreSQL: the other one was first
        db.session.rollback()
        existing = db.session.get(Case, case_id)
        if existing is None:
            raise
        return _same(existing, person, opening, by)


def open_another(opened: OpenCase, case_id: uuid.UUID, opening: Opening) -> Case:
    """One more case for a person who has one, on another ladder (one open case for each).

    Raises:
        Refusal("open_on_ladder"): there is one already; ``service`` tells whom to ask.
        Changed, psfs.bti.hindrance.Hindered: as for ``create``.
    """
    existing = db.session.get(Case, case_id)
    if existing is not None:
        if (existing.person_id, existing.ladder) != (opened.person.id, opening.ladder):
            raise Changed("id_taken")
        db.session.commit()
        return existing
    person, account = opened.person, opened.user
    _refuse_second(person.id, opening.ladder, account)
    stream = audit.recorder.case_stream(case_id)
    audit.recorder.act_as(audit.Actor(account.id, account.name, stream, "cases.another_case"))
    try:
        return _open(case_id, person, opening, account)
    except IntegrityError as error:  # the door locked this case only: another one may have let somebody else in
        db.session.rollback()
        _refuse_second(person.id, opening.ladder, account)
        raise Changed("id_taken") from error


def edit_person(opened: OpenCase, person: PersonInput, version: int) -> None:
    """Change what is kept about the person.

    Raises:
        Changed("person_changed"): somebody else changed it after the page was made.
    """
    row = opened.person
    if row.version != version:
        raise Changed("person_changed")
    renamed = row.name != person.name
    for column, value in _columns(person).items():
        if getattr(row, column) != value:
            setattr(row, column, value)
    try:
        if renamed:
            names.keep_words(row)
        db.session.commit()
    except StaleDataError as error:  # through another of the person's cases, at the same time
        db.session.rollback()
        raise Changed("person_changed") from error


def _columns(person: PersonInput) -> dict[str, object]:
    return {name: getattr(person, name) for name in PersonInput.__slots__}


def _same(existing: Case, person: PersonInput, opening: Opening, by: User) -> Case:
    kept = (existing.person.name, existing.person.birth_date, existing.ladder, existing.opened_by_id)
    if kept != (person.name, person.birth_date, opening.ladder, by.id):
        raise Changed("id_taken")
    db.session.commit()
    return existing


def _open(case_id: uuid.UUID, person: Person, opening: Opening, by: User) -> Case:
    """The case and the first line of its log. KE has no service: what it opens is reported to it by that."""
    today = clock.today()
    at_home = by.service_id == opening.service_id
    case = Case(
        id=case_id,
        person_id=person.id,
        ladder=opening.ladder,
        level=opening.level,
        round=1,
        level_since=today,
        opened_on=today,
        service_id=opening.service_id,
        holder_id=by.id if at_home else None,
        opened_by_id=by.id,
        reported_to_ke_on=today if by.role == Role.KE else None,
        created_at=clock.now(),
    )
    db.session.add(case)
    open_entry(case, by, opening.reason, text=opening.worry)
    db.session.commit()
    return case


def _refuse_second(person_id: uuid.UUID, ladder: str, by: User) -> None:
    """Refuse where the person has an open case on the ladder; to be told so is a reading of that case."""
    taken = db.session.execute(
        select(Case.id, Service.name, Service.phone)
        .join(Case, Case.service_id == Service.id)
        .where(Case.person_id == person_id, Case.ladder == ladder, Case.closed_on.is_(None))
    ).first()
    if taken is None:
        return
    begin_write()
    audit.record_reading(case_id=taken.id, actor_id=by.id, actor=by.name, view="another_case_known")
    db.session.commit()
    raise Refusal("open_on_ladder", service=", ".join(filter(None, (taken.name, taken.phone))))
