"""The case page: what it shows, to whom, and how few statements it takes."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from psfs import audit, clock
from psfs.bti import log, service
from psfs.extensions import db
from psfs.models import Activity, Conversation, Form, Intervention, Score, TeamMember
from tests.support.statements import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

MOST = 12
pytestmark = pytest.mark.databases("sqlite", "postgres")


def talk(town: Town, form: Form, activity: Activity, held_on: date, score: int) -> None:
    kari = town.users["kari"]
    conversation = Conversation(
        id=uuid.uuid4(),
        form_id=form.id,
        held_on=held_on,
        performed_by=kari.name,
        respondent="person",
        recorded_at=clock.now(),
        recorded_by_id=kari.id,
        next_due=held_on + timedelta(days=30),
    )
    db.session.add(conversation)
    db.session.flush()
    db.session.add(Score(conversation_id=conversation.id, activity_id=activity.id, value=score))


@pytest.fixture
def lived_in(town: Town) -> Town:
    """The adult's case with two conversations (3, then 6), a measure, a team member and a log."""
    kari, case = town.users["kari"], town.adult
    with audit.acting(audit.Actor(kari.id, kari.name, f"case:{case.id}")):
        form = Form(
            id=uuid.uuid4(),
            case_id=case.id,
            number=1,
            scale="higher-is-better",
            scale_version="psfs-nn-1",
            opened_on=clock.today(),
            created_by_id=kari.id,
            created_at=clock.now(),
        )
        activity = Activity(
            id=uuid.uuid4(), form_id=form.id, position=1, text="Gå til butikken", created_at=clock.now()
        )
        db.session.add(form)
        db.session.flush()
        db.session.add(activity)
        db.session.flush()
        talk(town, form, activity, clock.today() - timedelta(days=90), 3)
        talk(town, form, activity, clock.today() - timedelta(days=40), 6)
        db.session.add(
            Intervention(
                id=uuid.uuid4(),
                case_id=case.id,
                goal="Kome seg ut",
                what="Gåtrening",
                responsible=kari.name,
                level=1,
                started_on=clock.today(),
                evaluate_on=clock.today() - timedelta(days=1),
                recorded_at=clock.now(),
                recorded_by_id=kari.id,
            )
        )
        db.session.add(
            TeamMember(
                id=uuid.uuid4(),
                case_id=case.id,
                user_id=town.users["ola"].id,
                role="avløysar",
                from_on=clock.today(),
            )
        )
        service.open_entry(case, kari, "Kjend frå før")
        for number in range(20):
            log.write(case, kari, "note", text=f"Notat {number}")
        db.session.commit()
    return town


def test_the_page_shows_where_things_stand(browser: Callable[[str], Browser], lived_in: Town) -> None:
    page = browser("kari").get(f"/saker/{lived_in.adult.id}").text
    for words in (
        "Testine Tenkt",
        "Ny samtale",
        "6,0",
        "+3,0",
        "Betydeleg betring",
        "Forfalle",
        "Gåtrening",
        "avløysar",
        "Kari Dikta",
        "Neste steg:",
    ):
        assert words in page, words


def test_the_page_takes_few_statements(browser: Callable[[str], Browser], lived_in: Town) -> None:
    kari = browser("kari")
    kari.get(f"/saker/{lived_in.adult.id}")
    with counted() as seen:
        kari.get(f"/saker/{lived_in.adult.id}")
    assert len(seen) <= MOST, "\n".join(seen)


def test_an_empty_case_says_what_to_begin_with(browser: Callable[[str], Browser], town: Town) -> None:
    page = browser("kari").get(f"/saker/{town.child.id}").text
    assert "Start skjema" in page
    assert "Ingen samtale enno" in page


def test_a_closed_case_offers_no_conversation(browser: Callable[[str], Browser], lived_in: Town) -> None:
    kari, case = lived_in.users["kari"], lived_in.adult
    with audit.acting(audit.Actor(kari.id, kari.name, f"case:{case.id}")):
        case.closed_on, case.close_reason = clock.today(), "moved"
        db.session.commit()
    page = browser("kari").get(f"/saker/{case.id}").text
    assert "Ny samtale" not in page
    assert "kan berre lesast" in page


def test_ke_may_look_but_not_record(browser: Callable[[str], Browser], lived_in: Town) -> None:
    kari, case = lived_in.users["kari"], lived_in.adult
    with audit.acting(audit.Actor(kari.id, kari.name, f"case:{case.id}")):
        case.reported_to_ke_on = clock.today()
        db.session.commit()
    page = browser("ke").get(f"/saker/{case.id}").text
    assert "Testine Tenkt" in page
    assert "Ny samtale" not in page
