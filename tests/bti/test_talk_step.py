"""A step that says that a PSFS conversation was held rests on one of this round, or is skipped with a reason (B2)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from psfs import audit, clock
from psfs.bti import log
from psfs.extensions import db
from tests.bti.support import change, entries, form_of, fresh, send
from tests.conversations.rows import make_conversation, make_form
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.models import Conversation
    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]
    Page = str

SAID = "Samtalen vart halden"


@pytest.fixture
def page(town: Town) -> Page:
    """The ladder of the adult's case, which came to level 1 ten days ago and has its contact person."""
    change(town.adult, level_since=clock.today() - timedelta(days=10))
    with audit.acting(TESTER):
        log.write(fresh(town.adult), town.users["kari"], "step", step="one_contact", outcome="done")
        db.session.commit()
    return f"/saker/{town.adult.id}/stige"


def talk(town: Town, days_ago: int) -> Conversation:
    form = make_form(town.adult, town.users["kari"], "Strikke")
    made = make_conversation(form, town.users["ola"], clock.today() - timedelta(days=days_ago), {})
    with audit.acting(TESTER):
        db.session.commit()
    return made


def test_without_a_conversation_the_step_leads_to_holding_one(browser: Open, town: Town, page: Page) -> None:
    kari = browser("kari")
    shown = kari.get(page)
    assert f'href="/saker/{town.adult.id}/samtalar/ny">Hald samtalen' in shown.text
    assert 'value="done"' not in shown.text
    refused = kari.post(page, form_of(shown.text) | {"what": "done"}, status=422)
    assert "Hald han først" in refused.text
    assert len(entries(town.adult, "step")) == 1


def test_without_a_conversation_it_is_skipped_with_a_reason(browser: Open, town: Town, page: Page) -> None:
    kari = browser("kari")
    shown = kari.get(page).text
    assert "Når vart det avgjort?" in shown
    assert "Når vart det gjort?" not in shown
    refused = send(kari, page, status=422, what="skip")
    assert 'href="#reason"' in refused.text
    send(kari, page, what="skip", reason="For sjuk til ein samtale no")
    assert entries(town.adult, "step")[-1].outcome == "skipped"


def test_a_conversation_of_this_round_is_offered_as_done_on_its_day(browser: Open, town: Town, page: Page) -> None:
    held = talk(town, 3)
    kari = browser("kari")
    shown = kari.get(page)
    assert SAID in shown.text
    form = form_of(shown.text)
    assert (form["decided_on"], form["decided_by"]) == (held.held_on.isoformat(), held.performed_by)
    kari.post(page, form | {"what": "done"})
    done = entries(town.adult, "step")[-1]
    assert (done.step, done.outcome, done.decided_on, done.decided_by) == (
        *("one_psfs", "done"),
        *(held.held_on, held.performed_by),
    )


@pytest.mark.parametrize(("days_ago", "counts"), [(11, False), (10, True), (0, True)])
def test_it_must_have_been_held_since_the_round_began(
    browser: Open, town: Town, page: Page, days_ago: int, counts: bool
) -> None:
    talk(town, days_ago)
    assert (SAID in browser("kari").get(page).text) is counts


def test_a_struck_conversation_is_none(browser: Open, town: Town, page: Page) -> None:
    change(talk(town, 3), struck_at=clock.now(), struck_reason="Feil person", struck_by_id=town.users["kari"].id)
    assert SAID not in browser("kari").get(page).text


def test_a_conversation_in_another_case_of_the_person_is_none(browser: Open, town: Town, page: Page) -> None:
    form = make_form(town.child, town.users["kari"], "Sykle")
    make_conversation(form, town.users["ola"], clock.today(), {})
    assert SAID not in browser("kari").get(page).text


def test_a_skipped_step_is_taken_up_once_the_conversation_is_held(browser: Open, town: Town, page: Page) -> None:
    kari = browser("kari")
    send(kari, page, what="skip", reason="Tek han i neste veke")
    talk(town, 0)
    shown = kari.get(f"{page}?steg=one_psfs")
    assert SAID in shown.text
    kari.post(page, form_of(shown.text) | {"what": "done"})
    assert [each.outcome for each in entries(town.adult, "step")] == ["done", "skipped", "done"]
