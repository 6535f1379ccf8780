"""A device: made known, its key, revoked; what a stranger learns of it."""

from __future__ import annotations

import base64
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from psfs import audit
from psfs.extensions import db
from psfs.models import AuditEntry, Device, User
from psfs.offline import devices
from tests.conversations.pages import said
from tests.offline.conftest import Tablet

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

Tablets = Any
Browsers = Any


def account(town: Town, name: str) -> User:
    found = db.session.get_one(User, town.users[name].id)
    audit.recorder.act_as(audit.Actor(found.id, found.name))
    return found


def test_a_device_gets_a_key_once_and_the_same_key_again(tablet: Tablets, town: Town) -> None:
    kari = tablet("kari")
    first = kari.make_known(200)
    assert len(base64.b64decode(first["key"])) == 32
    assert first["account"] == str(town.users["kari"].id)
    assert first["initials"] == "KD"
    assert kari.ask("nokkel", {})["key"] == first["key"]
    assert tablet("kari").ask("nokkel", {})["key"] != first["key"]


def test_another_account_neither_takes_over_a_device_nor_gets_its_key(tablet: Tablets, browser: Browsers) -> None:
    kari = tablet("kari")
    ola = Tablet(browser("ola"), kari.id)
    assert ola.ask("", {"id": str(kari.id), "name": "x"}, 409) == {"code": "id_used"}
    assert ola.ask("nokkel", {}, 404) == {"code": "not_found"}
    assert ola.ask("ta-med", {"cases": []}, 404) == {"code": "not_found"}


def test_anybody_is_told_how_a_device_stands_but_not_whose_it_is(
    tablet: Tablets, browser: Browsers, town: Town
) -> None:
    kari = tablet("kari")
    stranger = Tablet(browser(""), kari.id)
    told = stranger.state()
    assert (told["device"], told["account"], told["csrf"]) == ("active", None, None)
    assert set(told) == {"now", "device", "account", "csrf", "limits"}
    assert told["limits"] == {"cases": 30, "days": 3}
    assert Tablet(browser(""), uuid.uuid4()).state()["device"] == "unknown"
    assert kari.state()["account"] == str(town.users["kari"].id)


def test_a_token_from_the_state_is_one_that_works(tablet: Tablets, browser: Browsers) -> None:
    kari = tablet("kari")
    kari.browser.token = "made up"
    assert kari.ask("nokkel", {}, 400) == {"code": "csrf"}
    kari.browser.token = kari.state()["csrf"]
    assert kari.ask("nokkel", {})["key"]


def test_whoever_is_not_signed_in_is_told_so_in_json(tablet: Tablets, browser: Browsers) -> None:
    kari = tablet("kari")
    stranger = Tablet(browser(""), kari.id)
    stranger.browser.token = "made up"
    for what in ("nokkel", "ta-med", "legg-fra", "opningar", "samtalar"):
        assert stranger.ask(what, {}, 401) == {"code": "signed_out"}


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{", b'{"id": 1}', b'{"id":"x","name":"y"}', b'{"id":"x","id":"x","name":"y"}', b"\xff"]
)
def test_what_has_not_the_shape_is_refused_in_json(browser: Browsers, raw: bytes) -> None:
    assert Tablet(browser("kari")).ask("", raw, 422)["code"] == "malformed"


def test_a_revoked_device_has_no_key_any_more_and_takes_nothing_along(tablet: Tablets, town: Town) -> None:
    kari = tablet("kari")
    me = account(town, "kari")
    assert devices.revoke(kari.id, me.id, me) is not None
    assert db.session.scalar(select(Device.server_key).where(Device.id == kari.id)) is None
    assert kari.state()["device"] == "revoked"
    assert kari.ask("nokkel", {}, 410) == {"code": "revoked"}
    assert kari.ask("ta-med", {"cases": [str(town.adult.id)]}, 410) == {"code": "revoked"}
    assert kari.ask("", {"id": str(kari.id), "name": "x"}, 410) == {"code": "revoked"}


def test_nobody_revokes_a_device_of_somebody_else_by_its_id(tablet: Tablets, town: Town) -> None:
    kari = tablet("kari")
    ola = account(town, "ola")
    assert devices.revoke(kari.id, ola.id, ola) is None
    assert kari.state()["device"] == "active"


def test_making_and_revoking_stand_in_the_security_log_and_no_key_anywhere(tablet: Tablets, town: Town) -> None:
    kari = tablet("kari")
    key = kari.ask("nokkel", {})["key"]
    devices.revoke(kari.id, town.users["kari"].id, account(town, "admin"))
    rows = list(db.session.scalars(select(AuditEntry)))
    said = [(row.action, json.loads(row.data)["username"], row.actor) for row in rows if row.action[:7] == "device_"]
    assert said == [("device_made", "kari", "Kari Dikta"), ("device_revoked", "kari", "Admin Dikta")]
    whole = "".join(row.data for row in rows)
    assert key not in whole
    assert base64.b64decode(key).hex() not in whole


def test_own_devices_are_listed_and_revoked_on_ones_own_page(tablet: Tablets, browser: Browsers) -> None:
    kari = tablet("kari")
    page = kari.browser.get("/konto/einingar").text
    assert "Prøvebrett" in page
    assert "Ein kladd blir aldri sletta av seg sjølv. Han ligg der låst til du låser opp" in said(page)
    kari.browser.post(f"/konto/einingar/{kari.id}/sperr")
    assert kari.state()["device"] == "revoked"
    assert "Sperra" in kari.browser.get("/konto/einingar").text
    other = tablet("ola")
    kari.browser.post(f"/konto/einingar/{other.id}/sperr", status=404)
    assert other.state()["device"] == "active"


def test_the_admin_sees_and_revokes_the_devices_of_an_account(
    tablet: Tablets, browser: Callable[[str], Browser], town: Town
) -> None:
    kari, admin = tablet("kari"), browser("admin")
    person = f"/tilsette/{town.users['kari'].id}"
    page = said(admin.get(f"{person}/einingar").text)
    assert "Prøvebrett" in page
    assert "blir sende når Kari Dikta har logga inn på eininga og låst opp med frasen" in page
    admin.post(f"{person}/einingar/{kari.id}/sperr")
    assert kari.state()["device"] == "revoked"
    elsewhere = f"/tilsette/{town.users['eva'].id}/einingar/{tablet('ola').id}/sperr"
    admin.post(elsewhere, status=404)
