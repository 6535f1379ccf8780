"""What is done with persons and who takes part. Each verb checks, writes the change and its log line, commits once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from psfs import audit, clock
from psfs.bti import log
from psfs.bti.hindrance import Changed, repeated, require_open
from psfs.bti.ladders import all_ladders
from psfs.bti.queries_consents import ADULT
from psfs.bti.service import open_entry
from psfs.cases import names
from psfs.domain import due
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Role
from psfs.extensions import begin_write, db
from psfs.models import Case, EmergencyOpening, Person, RelatedPerson, Service, TeamMember, User

if TYPE_CHECKING:
    from datetime import date

    from psfs.cases.door import OpenCase
    from psfs.cases.search import Found

EMERGENCY_LASTS = timedelta(hours=1)
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
    key = CHILDREN if due.age_on(birth_date, clock.today()) < ADULT else ADULTS
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
    _refuse_second(person.id, opening.ladder)
    stream = audit.recorder.case_stream(case_id)
    audit.recorder.act_as(audit.Actor(account.id, account.name, stream, "cases.another_case"))
    try:
        return _open(case_id, person, opening, account)
    except IntegrityError as error:  # the door locked this case only: another one may have let somebody else in
        db.session.rollback()
        _refuse_second(person.id, opening.ladder)
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


def add_related(opened: OpenCase, row_id: uuid.UUID, *, name: str, relation: str, phone: str, guardian: bool) -> None:
    """Add a guardian or next of kin. The same page sent twice adds one."""
    content = {"name": name, "relation": relation, "phone": phone, "guardian": guardian}
    existing = db.session.get(RelatedPerson, row_id)
    if existing is not None:
        if any(getattr(existing, key) != value for key, value in content.items()):
            raise Changed("id_taken")
        return
    db.session.add(RelatedPerson(id=row_id, person_id=opened.person.id, recorded_at=clock.now(), **content))
    db.session.commit()


def end_related(opened: OpenCase, row_id: uuid.UUID) -> bool:
    """Note that somebody no longer is next of kin; False where there is no such row."""
    row = db.session.get(RelatedPerson, row_id)
    if row is None or row.person_id != opened.person.id:
        return False
    if row.ended_on is None:
        row.ended_on = clock.today()
    db.session.commit()
    return True


def add_member(
    opened: OpenCase, row_id: uuid.UUID, user_id: uuid.UUID, *, role: str, from_on: date, until_on: date | None
) -> None:
    """Let a colleague take part. ``until_on`` is the first day they no longer do.

    Raises:
        Refusal("case_closed"), Refusal("not_a_colleague"), Refusal("already_in_team"), Changed("id_taken").
    """
    require_open(opened.case)
    content = {"user_id": user_id, "role": role, "from_on": from_on, "until_on": until_on}
    if repeated(TeamMember, row_id, opened.case, **content):
        return
    member = _colleague(user_id)
    there = select(TeamMember.until_on).where(TeamMember.case_id == opened.id, TeamMember.user_id == user_id)
    if any(until is None or until > clock.today() for until in db.session.scalars(there)):
        raise Refusal("already_in_team", name=member.name)
    db.session.add(TeamMember(id=row_id, case_id=opened.id, **content))
    _log_team(opened, "added", member.name, role=role, subject_id=row_id)


def end_member(opened: OpenCase, row_id: uuid.UUID) -> User | None:
    """End somebody's part in the case at once; whose, or None where there is no such row."""
    require_open(opened.case)
    row = db.session.get(TeamMember, row_id)
    if row is None or row.case_id != opened.id:
        return None
    if row.until_on is None or row.until_on > clock.today():
        row.until_on = clock.today()
        _log_team(opened, "ended", row.user.name, role=row.role, subject_id=row_id)
    return row.user


def set_contact(opened: OpenCase, user_id: uuid.UUID | None) -> None:
    """Name the contact person, or take the name away.

    Raises:
        Refusal("case_closed"), Refusal("not_a_colleague").
    """
    require_open(opened.case)
    if opened.case.contact_id == user_id:
        return
    contact = _colleague(user_id) if user_id else None
    opened.case.contact_id = user_id
    opened.case.contact = contact
    _log_team(opened, "contact" if contact else "no_contact", contact.name if contact else "")


def open_emergency(opened: OpenCase, row_id: uuid.UUID, reason: str) -> None:
    """Open a case for an hour; the leader of its service and KE are told (their worklists show it).

    A reader who has access already, or whose hour still runs, gets nothing more.
    """
    if repeated(EmergencyOpening, row_id, opened.case, user_id=opened.user.id, reason=reason):
        return
    moment = clock.now()
    db.session.add(
        EmergencyOpening(
            id=row_id,
            case_id=opened.id,
            user_id=opened.user.id,
            service_id=opened.case.service_id,
            reason=reason,
            opened_at=moment,
            until=moment + EMERGENCY_LASTS,
        )
    )
    details = {"event": "opened", "until": (moment + EMERGENCY_LASTS).isoformat(), "name": opened.user.name}
    log.write(opened.case, opened.user, "emergency", reason=reason, subject_id=row_id, details=details)
    db.session.commit()


def acknowledge_emergency(row_id: uuid.UUID, by: User) -> bool:
    """The leader of the service, or KE, has seen that a case was opened; False for anybody else."""
    begin_write()
    row = db.session.get(EmergencyOpening, row_id, populate_existing=True)
    if row is None:
        return False
    if by.role == Role.LEADER and by.service_id == row.service_id:
        row.leader_seen_at = row.leader_seen_at or clock.now()
    elif by.role == Role.KE:
        row.ke_seen_at = row.ke_seen_at or clock.now()
    else:
        return False
    audit.recorder.act_as(audit.Actor(by.id, by.name, audit.recorder.case_stream(row.case_id), "worklist.acknowledge"))
    db.session.commit()
    return True


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
    entry = open_entry(case, by, opening.reason)
    entry.text = opening.worry
    db.session.commit()
    return case


def _refuse_second(person_id: uuid.UUID, ladder: str) -> None:
    taken = db.session.execute(
        select(Service.name, Service.phone)
        .join(Case, Case.service_id == Service.id)
        .where(Case.person_id == person_id, Case.ladder == ladder, Case.closed_on.is_(None))
    ).first()
    if taken is not None:
        raise Refusal("open_on_ladder", service=", ".join(filter(None, (taken.name, taken.phone))))


def _colleague(user_id: uuid.UUID) -> User:
    found = db.session.get(User, user_id)
    if found is None or found.disabled_at is not None or found.role == Role.ADMIN:
        raise Refusal("not_a_colleague")
    return found


def _log_team(opened: OpenCase, event: str, name: str, *, subject_id: uuid.UUID | None = None, role: str = "") -> None:
    details = {"event": event, "name": name, "role": role}
    log.write(opened.case, opened.user, "team", subject_id=subject_id, details=details)
    db.session.commit()
