"""The same sent twice, two people at once, and ids that are somebody else's."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from psfs import audit
from psfs.conversations.queries_form import form_view
from psfs.extensions import db
from psfs.models import Activity, Conversation, Form, LogEntry, Score, ScoreCorrection, TeamMember
from tests.conversations.pages import fields, new_ids, open_page, said
from tests.conversations.rows import make_form
from tests.support.people import TESTER

if TYPE_CHECKING:
    from datetime import date

    from tests.conversations.conftest import Worked
    from tests.support.people import Town

Browsers = Any
pytestmark = pytest.mark.databases("sqlite", "postgres")


@pytest.fixture
def ola_takes_part(town: Town) -> None:
    with audit.acting(TESTER):
        member = TeamMember(
            id=uuid.uuid4(), case_id=town.adult.id, user_id=town.users["ola"].id, from_on=_long_ago(), role=""
        )
        db.session.add(member)
        db.session.commit()


def _long_ago() -> date:
    from datetime import date

    return date(2020, 1, 1)


def rows() -> list[int]:
    tables = (Conversation, Score, Activity, Form, ScoreCorrection, LogEntry)
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_the_same_conversation_sent_twice_is_kept_once(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    page = kari.get(worked.new)
    (new,) = new_ids(page.text)
    sent = fields(page.text) | worked.answers(1, 2, 3, 4)
    sent |= {"new": new, f"text-{new}": "Lese", f"answer-{new}": "5"}
    first = kari.post(worked.new, sent)
    before = rows()
    again = kari.post(worked.new, sent)
    assert again.location == first.location
    assert rows() == before


def test_the_same_id_with_other_content_is_refused_and_nothing_typed_is_lost(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new) | worked.answers(1, 2, 3, 4)
    kari.post(worked.new, sent)
    before = rows()
    page = kari.post(worked.new, sent | worked.answers(1, 2, 3, 5), status=409)
    assert rows() == before
    assert "alt lagra" in said(page.text)
    assert f"/samtalar/{sent['id']}" in page.text
    assert fields(page.text)[f"answer-{worked.ids['Bade']}"] == "5"


@pytest.mark.usefixtures("ola_takes_part")
def test_someone_else_saved_meanwhile(browser: Browsers, town: Town, worked: Worked) -> None:
    kari, ola = browser("kari"), browser("ola")
    hers = open_page(kari, worked.new, remark="Kari skreiv dette") | worked.answers(1, 2, 3, 4)
    ola.post(worked.new, open_page(ola, worked.new) | worked.answers(5, 5, 5, 5))
    before = rows()
    page = kari.post(worked.new, hers, status=409)
    assert rows() == before
    told = said(page.text)
    assert town.users["ola"].name in told
    assert "Det du har skrive, er ikkje lagra enno" in told
    again = fields(page.text)
    assert again["id"] == hers["id"]
    assert again["remark"] == "Kari skreiv dette"
    assert again[f"answer-{worked.ids['Bade']}"] == "4"
    kari.post(worked.new, again)
    assert len(form_view(worked.form.id).columns) == 5


def test_the_form_was_closed_meanwhile(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new, remark="står") | worked.answers(1, 2, 3, 4)
    kari.post(f"{worked.summary}/avslutt", {"reason": "Ny teneste"})
    page = kari.post(worked.new, sent, status=422)
    assert "Skjemaet er avslutta" in said(page.text)
    assert fields(page.text)["remark"] == "står"


def test_an_activity_was_added_meanwhile(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new) | worked.answers(1, 2, 3, 4)
    kari.post(f"{worked.summary}/aktivitetar", {"id": str(uuid.uuid4()), "text": "Lese"})
    page = kari.post(worked.new, sent, status=422)
    assert "Lese: Vel eit tal" in said(page.text)


def test_a_form_is_started_once(browser: Browsers, town: Town) -> None:
    kari = browser("kari")
    address = f"/saker/{town.adult.id}/skjema/nytt"
    sent: dict[str, Any] = open_page(kari, address) | {"activity": ["Lese", "", "Gå tur"]}
    first = kari.post(address, sent)
    before = rows()
    assert kari.post(address, sent).location == first.location
    assert rows() == before
    page = kari.post(address, sent | {"activity": ["Lese", "Sykle"]}, status=409)
    assert "alt lagra" in said(page.text)
    assert rows() == before


def test_an_activity_is_added_once(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    address = f"{worked.summary}/aktivitetar"
    sent = open_page(kari, address, text="Lese")
    kari.post(address, sent)
    before = rows()
    kari.post(address, sent)
    assert rows() == before
    kari.post(address, sent | {"text": "Synge"}, status=409)
    assert rows() == before


def test_a_correction_is_kept_once(browser: Browsers, worked: Worked) -> None:
    kari = browser("kari")
    address = worked.correct(3, "Strikke")
    sent = open_page(kari, address, reason="Høyrde feil") | {f"answer-{worked.ids['Strikke']}": "8"}
    kari.post(address, sent)
    before = rows()
    kari.post(address, sent)
    assert rows() == before
    kari.post(address, sent | {"reason": "Ei anna grunngjeving"}, status=409)
    assert rows() == before


@pytest.mark.usefixtures("ola_takes_part")
def test_someone_else_corrected_meanwhile(browser: Browsers, worked: Worked) -> None:
    kari, ola = browser("kari"), browser("ola")
    address = worked.correct(3, "Strikke")
    answer = f"answer-{worked.ids['Strikke']}"
    hers = open_page(kari, address, reason="Kari høyrde feil") | {answer: "8"}
    ola.post(address, open_page(ola, address, reason="Ola høyrde feil") | {answer: "9"})
    page = kari.post(address, hers, status=409)
    assert "retta av ein annan" in said(page.text)
    assert "No står det 9" in said(page.text)
    again = fields(page.text)
    assert (again["reason"], again[answer], again["expected"]) == ("Kari høyrde feil", "8", "9")
    kari.post(address, again)
    assert [(one.old, one.new) for one in form_view(worked.form.id).columns[2].corrections] == [(6, 9), (9, 8)]


@pytest.mark.usefixtures("ola_takes_part")
def test_someone_else_reworded_meanwhile(browser: Browsers, worked: Worked) -> None:
    kari, ola = browser("kari"), browser("ola")
    address = f"{worked.summary}/aktivitetar/{worked.ids['Bade']}/ord"
    hers = open_page(kari, address, text="Bade i badekar")
    ola.post(address, open_page(ola, address, text="Bade i sjøen"))
    page = kari.post(address, hers, status=409)
    assert "«Bade i sjøen»" in said(page.text)
    assert fields(page.text)["text"] == "Bade i badekar"
    kari.post(address, fields(page.text))
    assert form_view(worked.form.id).text_of(worked.ids["Bade"]) == "Bade i badekar"


def test_ids_of_another_case_are_unknown_under_ones_own(browser: Browsers, town: Town, worked: Worked) -> None:
    make_form(town.child, town.users["kari"], "Sykle")
    kari = browser("kari")
    own = f"/saker/{town.child.id}"
    talk, strikke = worked.talks[0].id, worked.ids["Strikke"]
    pages = [
        f"{own}/samtalar/{talk}",
        f"{own}/samtalar/{talk}/stryk",
        f"{own}/samtalar/{talk}/skar/{strikke}/rett",
        f"{own}/skjema/{worked.form.id}",
        f"{own}/skjema/{worked.form.id}/avslutt",
        f"{own}/skjema/{worked.form.id}/aktivitetar",
        f"{own}/skjema/{worked.form.id}/aktivitetar/{strikke}/ord",
        f"{own}/skjema/{worked.form.id}/aktivitetar/{strikke}/slutt",
    ]
    for address in pages:
        kari.get(address, status=404)
    typed = {"reason": "reached", "text": "x", "id": str(uuid.uuid4()), f"answer-{strikke}": "4", "expected": "5"}
    for address in pages[1:3] + pages[4:]:
        kari.post(address, typed, status=404)
    sent = open_page(kari, f"{own}/samtalar/ny") | {"form_id": str(worked.form.id)} | worked.answers(1, 2, 3, 4)
    kari.post(f"{own}/samtalar/ny", sent, status=404)
    assert len(form_view(worked.form.id).columns) == 3


def test_a_taken_id_of_another_case_tells_nothing_of_it(browser: Browsers, town: Town, worked: Worked) -> None:
    make_form(town.child, town.users["kari"], "Sykle")
    leader = browser("leader")
    address = f"/saker/{town.child.id}/samtalar/ny"
    sent = open_page(leader, address, id=str(worked.talks[0].id))
    page = leader.post(address, sent, status=409)
    assert str(worked.talks[0].id) not in page.text.replace(f'value="{worked.talks[0].id}"', "")


@pytest.mark.parametrize("broken", ["", "nope", "1"])
def test_a_broken_hidden_id_is_said_and_nothing_is_lost(browser: Browsers, worked: Worked, broken: str) -> None:
    kari = browser("kari")
    sent = open_page(kari, worked.new, id=broken, remark="står") | worked.answers(1, 2, 3, 4)
    page = kari.post(worked.new, sent, status=422)
    again = fields(page.text)
    assert uuid.UUID(again["id"])
    assert again["remark"] == "står"
    kari.post(worked.new, again)
