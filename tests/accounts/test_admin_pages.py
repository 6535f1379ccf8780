"""The administrator's pages: accounts, services, settings, the security log; and one's own account."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from psfs import audit
from psfs.accounts import organisation
from psfs.accounts.settings import limits
from psfs.extensions import begin_write, db
from psfs.models import AuditEntry, Service, User
from tests.accounts.conftest import GOOD, events, reload

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

CODE = re.compile(r"<code[^>]*>([^<]+)</code>")


@pytest.fixture
def admin(browser: Open) -> Browser:
    return browser("admin")


def new_account(town: Town, **fields: str) -> dict[str, str]:
    return {
        "id": str(uuid.uuid4()),
        "username": "nils",
        "name": "Nils Oppdikta",
        "role": "staff",
        "service": str(town.home_care.id),
        "phone": "",
        **fields,
    }


def count(model: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_new_account_gets_a_code_that_works(browser: Open, admin: Browser, town: Town, quick: None) -> None:
    page = admin.post("/tilsette/ny", new_account(town, username=" Nils "), status=200)
    code = CODE.search(page.text)
    assert code is not None
    assert "no-store" in page.headers["Cache-Control"]
    visitor = browser("")
    data = {"username": "nils", "code": code[1].strip(), "passphrase": GOOD, "again": GOOD}
    visitor.post("/eingongskode", data)
    assert "Nils Oppdikta" in visitor.get("/konto").text


def test_sending_twice_makes_one_account(admin: Browser, town: Town) -> None:
    before, data = count(User), new_account(town)
    admin.post("/tilsette/ny", data, status=200)
    assert admin.post("/tilsette/ny", data).location == "/tilsette"
    assert count(User) == before + 1
    assert CODE.search(admin.get("/tilsette").text) is None, "shown once"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"username": ""}, "#username"),
        ({"username": "<b>"}, "Bruk berre bokstavar"),
        ({"username": "KARI"}, "er i bruk"),
        ({"name": " \t"}, "#name"),
        ({"name": "x" * 201}, "Teksten er for lang. Bruk høgst 200 teikn."),
        ({"role": "king"}, "Vel eitt av alternativa."),
        ({"role": ""}, "Vel eitt av alternativa."),
        ({"service": ""}, "Vel ei teneste."),
        ({"service": str(uuid.uuid4())}, "Vel frå lista."),
        ({"phone": "9" * 41}, "Teksten er for lang. Bruk høgst 40 teikn."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    admin: Browser, town: Town, fields: dict[str, str], shown: str
) -> None:
    before = count(User)
    page = admin.post("/tilsette/ny", new_account(town, **fields), status=422)
    assert shown in page.text
    assert 'id="error-summary"' in page.text
    assert count(User) == before


def test_an_account_is_changed_and_the_change_is_logged(browser: Open, admin: Browser, town: Town) -> None:
    eva = town.users["eva"]
    session = browser("eva")
    session.get("/konto")
    page = admin.get(f"/tilsette/{eva.id}").text
    for choice in (r'selected\s+value="' + str(town.school.id), r'checked[^>]*value="staff"', 'value="Eva Dikta"'):
        assert re.search(choice, page), choice
    data = {**new_account(town, role="leader", phone="52 00 11 22"), "name": "Eva Ny Dikta"}
    admin.post(f"/tilsette/{eva.id}", data)
    assert (reload(eva).role, eva.name, eva.service_id, eva.username) == (
        "leader",
        "Eva Ny Dikta",
        town.home_care.id,
        "eva",
    )
    assert "Eva Ny Dikta" in session.get("/konto").text
    change = db.session.scalars(
        select(AuditEntry.data).where(AuditEntry.kind == "change").order_by(AuditEntry.id.desc())
    )
    assert '"old":{"name":"Eva Dikta"' in change.first().replace(" ", " ")  # type: ignore[union-attr]


def test_closing_and_opening_an_account(browser: Open, admin: Browser, town: Town) -> None:
    ola = town.users["ola"]
    session = browser("ola")
    session.get("/konto")
    admin.post(f"/tilsette/{ola.id}/steng")
    session.get("/konto", status=303)
    assert "Stengd" in admin.get(f"/tilsette/{ola.id}").text
    assert CODE.search(admin.post(f"/tilsette/{ola.id}/ny-kode", status=200).text)
    assert reload(ola).disabled_at is None


def test_somebody_must_be_able_to_let_people_in(admin: Browser, town: Town) -> None:
    own = town.users["admin"]
    admin.post(f"/tilsette/{own.id}/steng")
    assert reload(own).disabled_at is None
    page = admin.post(f"/tilsette/{own.id}", new_account(town, role="staff"), status=422)
    assert "einaste administratoren" in page.text
    assert admin.post(f"/tilsette/{own.id}/ny-kode").location == "/konto/passfrase"


def test_an_account_that_does_not_exist(admin: Browser) -> None:
    for address in (f"/tilsette/{uuid.uuid4()}", "/tilsette/nope", f"/tenester/{uuid.uuid4()}"):
        admin.get(address, status=404)


def test_services(admin: Browser, town: Town) -> None:
    data = {"id": str(uuid.uuid4()), "name": "Fastlege Oppdikta", "phone": "52 00 00 09", "external": "y"}
    admin.post("/tenester/ny", data)
    admin.post("/tenester/ny", data)
    assert count(Service) == 3
    other = admin.post("/tenester/ny", {**data, "name": "Legevakta Oppdikta"}, status=422)
    assert "alt lagra éin gong" in other.text, "what was typed is not taken for what was saved"
    assert data["id"] not in other.text
    assert "finst alt ei teneste" in admin.post("/tenester/ny", {**data, "id": str(uuid.uuid4())}, status=422).text
    admin.post(f"/tenester/{data['id']}", {"name": "Fastlege Dikta", "phone": "", "external": "y"})
    made = db.session.get_one(Service, uuid.UUID(data["id"]), populate_existing=True)
    assert (made.name, made.phone, made.external, made.active) == ("Fastlege Dikta", "", True, False)
    assert "Fastlege Dikta" not in admin.get("/tilsette/ny").text, "not in use: cannot be chosen"
    assert admin.post(f"/tenester/{data['id']}", {"name": "Skulen"}, status=422)


def test_settings_are_checked_and_count_at_once(admin: Browser, town: Town) -> None:
    page = admin.get("/innstillingar")
    assert 'value="14"' in page.text
    data = {
        "level0_days": "21",
        "follow_up_days": "60",
        "evaluation_days": "30",
        "consent_warning_days": "14",
        "soon_days": "0",
        "consent_age": "16",
        "ke_days": "10",
        "meetings_a_year": "4",
        "coordinator_cases": "8",
        "offline_cases": "20",
        "offline_days": "2",
    }
    admin.post("/innstillingar", data)
    assert (limits().level0_days, limits().follow_up_days, limits().soon_days) == (21, 60, 0)
    assert (limits().offline_cases, limits().offline_days) == (20, 2)
    assert (limits().ke_days, limits().meetings_a_year, limits().coordinator_cases) == (10, 4, 8)
    for wrong in ("-1", "3651", "", "to", "1.5"):
        page = admin.post("/innstillingar", {**data, "level0_days": wrong}, status=422)
        assert 'href="#level0_days"' in page.text
        assert "Not a valid" not in page.text
        assert f'value="{wrong}"' in page.text
    assert limits().level0_days == 21
    assert events()[-1].action == "settings_changed"


def test_the_security_log_names_no_person(browser: Open, admin: Browser, town: Town) -> None:
    browser("kari").get(f"/saker/{town.adult.id}")
    begin_write()
    audit.record_security("signed_in", actor_id=town.users["kari"].id, actor="Kari Dikta", address="192.0.2.1")
    audit.record_security("sign_in_refused", address="192.0.2.9")
    db.session.commit()
    page = admin.get("/tryggleikslogg").text
    assert "Testine" not in page
    assert str(town.adult.id) not in page
    assert "192.0.2.1" in page
    filtered = admin.get("/tryggleikslogg?hending=sign_in_refused").text
    assert "192.0.2.9" in filtered
    assert "192.0.2.1<" not in filtered
    for odd in ("?side=0", "?side=-5", "?side=x", "?hending=nope", "?side=99999999999999999999"):
        admin.get("/tryggleikslogg" + odd)


def test_the_security_log_has_pages(admin: Browser, town: Town) -> None:
    begin_write()
    for number in range(51):
        audit.record_security("sign_in_refused", address=f"192.0.2.{number}")
    db.session.commit()
    first, second = admin.get("/tryggleikslogg").text, admin.get("/tryggleikslogg?side=2").text
    assert "192.0.2.50" in first
    assert "192.0.2.0<" not in first
    assert "192.0.2.0<" in second
    assert ">Eldre<" in re.sub(r"\s*([<>])\s*", r"\1", first)
    assert ">Nyare<" in re.sub(r"\s*([<>])\s*", r"\1", second)


def test_ones_own_account(browser: Open, town: Town) -> None:
    kari = browser("kari")
    page = kari.get("/konto").text
    for text in ("Kari Dikta", "Heimetenesta", "Tilsett"):
        assert text in page
    kari.post("/konto", {"scoring_layout": "all"})
    assert reload(town.users["kari"]).scoring_layout == "all"
    kari.post("/konto", {"scoring_layout": "nope"}, status=422)
    assert "scoring_layout" not in browser("admin").get("/konto").text


def test_one_can_change_ones_passphrase(browser: Open, with_passphrase: Town) -> None:
    kari = browser("kari")
    new = "hest hatt fjord"
    page = kari.post("/konto/passfrase", {"old": "feil passfrase her", "passphrase": new, "again": new}, status=422)
    assert "noverande passfrasen er feil" in page.text
    page = kari.post(
        "/konto/passfrase", {"old": GOOD, "passphrase": "Kari Dikta 1", "again": "Kari Dikta 1"}, status=422
    )
    assert "Mange bruker" in page.text
    kari.post("/konto/passfrase", {"old": GOOD, "passphrase": new, "again": new})
    assert events()[-1].action == "passphrase_set"
    browser("").post("/logg-inn", {"username": "kari", "passphrase": GOOD}, status=422)
    browser("").post("/logg-inn", {"username": "kari", "passphrase": new})


def test_a_service_that_is_not_in_use_stays_with_those_who_have_it(admin: Browser, town: Town) -> None:
    actor = audit.Actor(None, "test")
    organisation.edit_service(actor, town.school.id, name="Skulen", external=False, phone="", active=False)
    eva = town.users["eva"]
    data = new_account(town, service=str(town.school.id), name="Eva Dikta")
    admin.post(f"/tilsette/{eva.id}", data)
    admin.post(f"/tilsette/{town.users['ola'].id}", data, status=422)
