"""Who is around a person: next of kin, colleagues who take part, the contact person. One commit for each verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs import clock
from psfs.bti import log
from psfs.bti.hindrance import Changed, repeated, require_open
from psfs.bti.ladders import level_of
from psfs.cases import queries
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Role
from psfs.extensions import db
from psfs.models import RelatedPerson, TeamMember, User

if TYPE_CHECKING:
    import uuid
    from datetime import date

    from psfs.cases.door import OpenCase


def add_related(opened: OpenCase, row_id: uuid.UUID, *, name: str, relation: str, phone: str, guardian: bool) -> None:
    """Add a guardian or next of kin. The same page sent twice adds one."""
    person_id = opened.person.id
    content = {"person_id": person_id, "name": name, "relation": relation, "phone": phone, "guardian": guardian}
    existing = db.session.get(RelatedPerson, row_id)
    if existing is not None:
        if any(getattr(existing, key) != value for key, value in content.items()):
            raise Changed("id_taken")
        return
    db.session.add(RelatedPerson(id=row_id, recorded_at=clock.now(), **content))
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
    opened: OpenCase,
    row_id: uuid.UUID,
    user_id: uuid.UUID,
    *,
    role: str,
    from_on: date,
    until_on: date | None,
    task: str = "",
) -> None:
    """Let a colleague take part. ``until_on`` is the first day they no longer do.

    Raises:
        Refusal("case_closed"), Refusal("not_a_colleague"), Refusal("already_in_team"), Changed("id_taken").
    """
    require_open(opened.case)
    content = {"user_id": user_id, "role": role, "task": task, "from_on": from_on, "until_on": until_on}
    if repeated(TeamMember, row_id, opened.case, **content):
        return
    member = _colleague(user_id)
    there = select(TeamMember.until_on).where(TeamMember.case_id == opened.id, TeamMember.user_id == user_id)
    if any(until is None or until > clock.today() for until in db.session.scalars(there)):
        raise Refusal("already_in_team", name=member.name)
    db.session.add(TeamMember(id=row_id, case_id=opened.id, **content))
    log_team(opened, "added", member.name, role=role, subject_id=row_id)


def end_member(opened: OpenCase, row_id: uuid.UUID) -> TeamMember | None:
    """End somebody's part in the case at once; whose, or None where there is no such row."""
    require_open(opened.case)
    row = db.session.get(TeamMember, row_id)
    if row is None or row.case_id != opened.id:
        return None
    if row.until_on is None or row.until_on > clock.today():
        row.until_on = clock.today()
        name = next(each.name for each in queries.team(opened.id) if each.id == row_id)
        log_team(opened, "ended", name, role=row.role, subject_id=row_id)
    return row


def has_left(case_id: uuid.UUID, row_id: uuid.UUID, account: User) -> bool:
    """Whether this is the account's own part in the case, and it ended today."""
    row = db.session.get(TeamMember, row_id)
    return row is not None and (row.case_id, row.user_id, row.until_on) == (case_id, account.id, clock.today())


def set_contact(opened: OpenCase, user_id: uuid.UUID | None) -> None:
    """Name the contact person, or take the name away.

    Raises:
        Refusal("case_closed"), Refusal("not_a_colleague"), Refusal("contact_is_holder").
    """
    require_open(opened.case)
    if opened.case.contact_id == user_id:
        return
    if user_id and level_of(opened.case).holder_is_contact:
        raise Refusal("contact_is_holder")
    contact = _colleague(user_id) if user_id else None
    opened.case.contact_id = user_id
    opened.case.contact = contact
    log_team(opened, "contact" if contact else "no_contact", contact.name if contact else "")


def _colleague(user_id: uuid.UUID) -> User:
    found = db.session.get(User, user_id)
    if found is None or found.disabled_at is not None or found.role == Role.ADMIN:
        raise Refusal("not_a_colleague")
    return found


def log_team(opened: OpenCase, event: str, name: str, *, subject_id: uuid.UUID | None = None, role: str = "") -> None:
    """Write in the log what happened to the team, and commit."""
    details = {"event": event, "name": name, "role": role}
    log.write(opened.case, opened.user, "team", subject_id=subject_id, details=details)
    db.session.commit()
