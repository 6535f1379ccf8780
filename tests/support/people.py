"""The people who recur in tests: kari (takes part), ola (same service), eva (outsider), and the other roles.

Everybody here is made up.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from psfs import audit, clock
from psfs.cases.names import keep_words
from psfs.extensions import db
from psfs.models import Case, Person, Service, User

TESTER = audit.Actor(None, "test set-up")


@dataclass
class Town:
    """A small municipality with one case each on both ladders, held by kari."""

    home_care: Service
    school: Service
    users: dict[str, User]
    adult: Case
    child: Case


def make_town() -> Town:
    """Fill an empty database and commit."""
    with audit.acting(TESTER):
        home_care = Service(id=uuid.uuid4(), name="Heimetenesta", phone="52 00 00 01")
        school = Service(id=uuid.uuid4(), name="Skulen", phone="52 00 00 02")
        db.session.add_all([home_care, school])
        db.session.flush()
        users = {
            name: make_user(name, role, service)
            for name, role, service in (
                ("kari", "staff", home_care),
                ("ola", "staff", home_care),
                ("eva", "staff", school),
                ("leader", "leader", home_care),
                ("other_leader", "leader", school),
                ("ke", "ke", None),
                ("admin", "admin", None),
            )
        }
        db.session.flush()
        adult = make_case(users["kari"], home_care, "Testine Tenkt", date(1941, 5, 17), "adults", level=1)
        child = make_case(users["kari"], home_care, "Prøve Liten", date(2015, 2, 3), "children", level=0)
        db.session.commit()
    return Town(home_care, school, users, adult, child)


def make_user(name: str, role: str, service: Service | None, **fields: object) -> User:
    """One account, added to the session."""
    account = User(
        id=uuid.uuid4(),
        username=name,
        name=f"{name.replace('_', ' ').title()} Dikta",
        role=role,
        service_id=service.id if service else None,
        phone="900 00 000",
        created_at=clock.now(),
        **fields,
    )
    db.session.add(account)
    return account


def make_case(
    by: User, service: Service, name: str, born: date, ladder: str, *, level: int = 0, **fields: object
) -> Case:
    """A person and a case that ``by`` opened and holds, added to the session."""
    person = Person(id=uuid.uuid4(), name=name, birth_date=born, created_at=clock.now())
    db.session.add(person)
    db.session.flush()
    keep_words(person)
    case = Case(
        id=uuid.uuid4(),
        person_id=person.id,
        ladder=ladder,
        level=level,
        level_since=clock.today(),
        opened_on=clock.today(),
        service_id=service.id,
        holder_id=by.id,
        contact_id=by.id,
        opened_by_id=by.id,
        created_at=clock.now(),
        **fields,
    )
    db.session.add(case)
    db.session.flush()
    return case
