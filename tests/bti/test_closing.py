"""What is open when a case is closed: the page tells of it, closing ends it traceably, reopening brings none of it
back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from psfs import clock
from psfs.coordination import queries as coordination
from psfs.extensions import db
from psfs.models import Meeting, NeedReport
from psfs.worklist import queries as worklist
from tests.bti.support import change, entries, fresh, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.models import Case
    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

SOON = clock.today() + timedelta(days=10)
NEED = {"need": "Fem tenester", "services": "NAV", "persons_wish": "Éin å ringe til", "basis": "consent"}
CLOSING = {"reason_code": "no_concern", "evaluation": "Det går bra."}


@pytest.fixture
def left_open(browser: Open, town: Town) -> Case:
    """A case with a report that KE has asked about and a planned meeting."""
    kari = browser("kari")
    send(kari, f"/saker/{town.adult.id}/meld-ke", **NEED)
    send(browser("ke"), f"/saker/{town.adult.id}/meldingar/{report().id}/spor", question="Kva seier fastlegen?")
    send(kari, f"/saker/{town.adult.id}/mote/nytt", planned_on=SOON.isoformat(), invited="person")
    return town.adult


def report() -> NeedReport:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(NeedReport).order_by(NeedReport.recorded_at.desc())).all()[0]


def meeting() -> Meeting:
    db.session.rollback()
    db.session.expire_all()
    return db.session.scalars(select(Meeting)).one()


def kinds(town: Town, name: str) -> list[str]:
    db.session.rollback()
    return [item.kind for item in worklist.worklist(town.users[name]).items]


def close(browser: Open, case: Case, **typed: str) -> None:
    send(browser("kari"), f"/saker/{case.id}/avslutt", **CLOSING | typed)


def test_the_page_tells_what_is_open(browser: Open, left_open: Case) -> None:
    page = browser("kari").get(f"/saker/{left_open.id}/avslutt").text
    assert "Meldinga til KE er ikkje avgjord" in page
    assert f"/saker/{left_open.id}/meldingar/{report().id}" in page
    assert f"/saker/{left_open.id}/mote/{meeting().id}" in page
    assert "blir avlyst" in page


def test_it_says_nothing_of_what_is_not_there(browser: Open, town: Town) -> None:
    page = browser("kari").get(f"/saker/{town.adult.id}/avslutt").text
    assert "Meldinga til KE" not in page
    assert "avlyst" not in page


@pytest.mark.parametrize("why", ["no_concern", "individual_plan"])
def test_closing_ends_the_report_and_the_meetings(browser: Open, town: Town, left_open: Case, why: str) -> None:
    close(browser, left_open, reason_code=why)
    assert (report().state, meeting().state) == ("withdrawn", "cancelled")
    told = entries(left_open, "ke_report")[-1]
    assert (told.subject_id, told.details["event"], told.recorded_by) == (report().id, "withdrawn", "Kari Dikta")
    told = entries(left_open, "meeting")[-1]
    assert (told.subject_id, told.details["event"], told.details["day"]) == (
        meeting().id,
        "cancelled",
        SOON.isoformat(),
    )
    assert kinds(town, "kari") == kinds(town, "ke") == []
    assert coordination.queue()[0] == coordination.queue("waiting")[0] == []
    assert sum(coordination.queue()[1].values()) == 0
    kari = browser("kari")
    assert (
        "Meldinga til KE vart trekt tilbake fordi saka vart avslutta."
        in kari.get(f"/saker/{left_open.id}/stafettlogg").text
    )
    page = kari.get(f"/saker/{left_open.id}/meldingar/{report().id}").text
    assert "Trekt tilbake" in page
    assert "Skal avgjerast innan" not in page
    assert "Avlyst fordi saka vart avslutta." in kari.get(f"/saker/{left_open.id}/mote/{meeting().id}").text


def test_reopening_brings_nothing_back_and_the_need_can_be_reported_again(
    browser: Open, town: Town, left_open: Case
) -> None:
    change(fresh(left_open), level=2)
    close(browser, left_open)
    send(browser("kari"), f"/saker/{left_open.id}/opne-igjen", reason="Feil")
    assert (report().state, meeting().state) == ("withdrawn", "cancelled")
    assert "svar" not in kinds(town, "kari")
    assert kinds(town, "ke") == []
    ladder = browser("kari").get(f"/saker/{left_open.id}/stige").text
    assert f"/saker/{left_open.id}/meld-ke" in ladder
    send(browser("kari"), f"/saker/{left_open.id}/meld-ke", **NEED)
    assert report().state == "new"
    assert kinds(town, "ke") == ["melding"]


def test_what_was_decided_or_held_stays_as_it_was(browser: Open, left_open: Case) -> None:
    change(report(), state="decided", decided_on=clock.today(), coordinator=True, plan=False)
    change(meeting(), state="held", held_on=clock.today())
    close(browser, left_open)
    assert (report().state, meeting().state) == ("decided", "held")
    send(browser("kari"), f"/saker/{left_open.id}/opne-igjen", reason="Feil")
    assert fresh(left_open).reported_to_ke_on == clock.today()
