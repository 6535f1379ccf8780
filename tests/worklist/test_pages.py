"""The home page and the page of an emergency opening, as they are asked for."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import AuditEntry, EmergencyOpening, Setting
from psfs.worklist import routes
from tests.support.people import TESTER
from tests.support.statements import counted
from tests.worklist.rows import add_consent, add_form, add_intervention, add_offer, add_opening, add_talk, days

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town


def shown() -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.action == "worklist.home").order_by(AuditEntry.id)
    return list(db.session.scalars(query))


def fill(town: Town) -> None:
    with audit.acting(TESTER):
        kari, ola = town.users["kari"], town.users["ola"]
        town.child.level_since = days(-20)
        add_intervention(town.adult, kari, deadline=days(-1))
        add_consent(town.adult, kari, days(3))
        add_offer(town.child, ola, kari)
        form = add_form(town.adult, ola)
        add_talk(form, ola, days(-200), [5])
        add_talk(form, ola, days(-190), [8])
        db.session.commit()


def test_nothing_waits(browser: Callable[[str], Browser], town: Town) -> None:
    assert "Ingenting ventar" in browser("eva").get("/").text


def test_the_admin_is_shown_the_accounts(browser: Callable[[str], Browser], town: Town) -> None:
    assert browser("admin").get("/", status=303).location == "/tilsette"


def test_the_list_and_its_filters(browser: Callable[[str], Browser], town: Town) -> None:
    fill(town)
    reader = browser("kari")
    page = reader.get("/").text
    for text in ("Gå tur", "Neste samtale", "Avklaring", "Samtykke", "Betydeleg betring", "spør om du kan ta over"):
        assert text in page, text
    assert page.count("Forfalle") == 3
    page = reader.get("/?slag=tiltak").text.split('class="row-list"')[1]
    assert "Gå tur" in page
    assert "Betydeleg betring" not in page
    assert "Gå tur" in reader.get("/?slag=<script>").text


def test_every_row_leads_somewhere(browser: Callable[[str], Browser], town: Town) -> None:
    fill(town)
    reader = browser("kari")
    links = re.findall(r'class="row" href="([^"]+)"', reader.get("/").text)
    assert len(links) == 6
    for link in links:
        reader.get(link)


def named(entry: AuditEntry) -> set[str]:
    return set(json.loads(entry.data)["cases"])


def test_a_name_is_logged_when_it_is_new_or_an_hour_has_passed(
    browser: Callable[[str], Browser], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(town)
    reader = browser("kari")
    reader.get("/?slag=tiltak")
    (entry,) = shown()
    assert named(entry) == {str(town.adult.id)}, "the child is not among what was shown"
    assert entry.stream == f"lists:{town.users['kari'].id}"
    for _visit in range(2):
        reader.get("/")
        assert [named(each) for each in shown()] == [{str(town.adult.id)}, {str(town.child.id)}]
    with audit.acting(TESTER):
        town.child.closed_on = days(0)
        db.session.commit()
    reader.get("/")
    assert len(shown()) == 2, "nobody new"
    now = clock.now
    for minutes, count in ((59, 2), (61, 3), (119, 3), (123, 4)):
        monkeypatch.setattr(clock, "now", lambda minutes=minutes: now() + timedelta(minutes=minutes))
        with reader.client.session_transaction() as session:
            session["seen"] = clock.now().timestamp()
        reader.get("/")
        assert len(shown()) == count, minutes


def test_only_who_is_shown_is_logged(
    browser: Callable[[str], Browser], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(town)
    monkeypatch.setattr(routes, "SHOWN", 1)
    page = browser("kari").get("/").text
    (entry,) = shown()
    (only,) = named(entry)
    names = {str(case.id): case.person.name for case in (town.adult, town.child)}
    assert names.pop(only) in page
    assert next(iter(names.values())) not in page


def test_a_new_session_logs_again(browser: Callable[[str], Browser], town: Town) -> None:
    fill(town)
    browser("kari").get("/")
    browser("kari").get("/")
    assert len(shown()) == 2


@pytest.mark.parametrize("name", ["kari", "leader", "ke"])
def test_few_statements(browser: Callable[[str], Browser], town: Town, name: str) -> None:
    fill(town)
    with audit.acting(TESTER):
        add_opening(town.adult, town.users["eva"])
        town.adult.reported_to_ke_on = days(0)
        db.session.commit()
    reader = browser(name)
    with counted() as sent:
        reader.get("/")
    assert len(sent) <= 12, sent  # with the log of what is shown and the session, once an hour
    with counted() as sent:
        reader.get("/")
    assert len(sent) <= 10, sent
    assert not [text for text in sent if not text.startswith("SELECT")]


@pytest.mark.parametrize("name", ["kari", "leader", "ke"])
def test_the_state_of_an_offer_is_written_out(browser: Callable[[str], Browser], town: Town, name: str) -> None:
    """Against a bound value SQLite plans the whole statement anew at each use, since an index is kept for one state."""
    fill(town)
    with audit.acting(TESTER):
        town.adult.reported_to_ke_on = days(0)
        db.session.commit()
    reader = browser(name)
    with counted() as sent:
        reader.get("/")
        reader.get(f"/saker/{town.adult.id}")
    asked = [text for text in sent if re.search(r"\bhandover(_\d+)?\.state\b", text)]
    assert any("'offered'" in text for text in asked)
    assert not [text for text in asked if re.search(r"\bhandover(_\d+)?\.state = [^']", text)]


def test_a_limit_that_another_process_changed_counts_at_once(browser: Callable[[str], Browser], town: Town) -> None:
    with audit.acting(TESTER):
        town.child.level_since = days(-5)
        db.session.commit()
    kari = browser("kari")
    assert "Avgjer om saka" not in kari.get("/").text
    with audit.acting(TESTER):
        db.session.add(Setting(key="level0_days", value="4"))
        db.session.commit()
    assert "Avgjer om saka" in kari.get("/").text


def test_an_emergency_opening_is_told_and_acknowledged(browser: Callable[[str], Browser], town: Town) -> None:
    with audit.acting(TESTER):
        opening = add_opening(town.adult, town.users["eva"])
        db.session.commit()
    address = f"/naudopningar/{opening.id}"
    for name in ("kari", "ola", "eva", "other_leader", "admin"):
        browser(name).get(address, status=404)
        browser(name).post(address + "/sett", status=404)
    leader, ke = browser("leader"), browser("ke")
    assert "Testine Tenkt" in leader.get(address).text
    page = ke.get(address).text
    assert "Testine Tenkt" not in page
    assert "Fall heime" in page
    leader.post(address + "/sett")
    leader.post(address + "/sett")
    db.session.expire_all()
    kept = db.session.get(EmergencyOpening, opening.id)
    assert kept is not None
    assert kept.leader_seen_at is not None
    assert kept.ke_seen_at is None
    assert "naudsituasjon" not in leader.get("/").text
    assert "naudsituasjon" in ke.get("/").text
    ke.post(address + "/sett")
    assert "naudsituasjon" not in ke.get("/").text
    leader.get(f"/naudopningar/{uuid.uuid4()}", status=404)
    leader.post(f"/naudopningar/{uuid.uuid4()}/sett", status=404)
    read = select(AuditEntry).where(AuditEntry.action == "worklist.emergency", AuditEntry.kind == "reading")
    assert {entry.stream for entry in db.session.scalars(read)} == {f"case:{town.adult.id}"}
