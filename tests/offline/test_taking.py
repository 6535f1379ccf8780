"""What is taken along: what it holds, what it never holds, how much, how long, and what the log says of it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from psfs import audit, clock
from psfs.accounts.settings import forget
from psfs.extensions import db
from psfs.models import AuditEntry, Case, DeviceOpening, Form, Setting, Taking
from tests.support.people import TESTER, make_case

if TYPE_CHECKING:
    from tests.conversations.conftest import Worked
    from tests.support.people import Town

Tablets = Any
pytestmark = pytest.mark.databases("sqlite", "postgres")


def readings(case_id: uuid.UUID, view: str) -> list[AuditEntry]:
    chosen = AuditEntry.stream == f"case:{case_id}", AuditEntry.kind == "reading", AuditEntry.action == view
    return list(db.session.scalars(select(AuditEntry).where(*chosen)))


def test_what_is_taken_along_is_this_and_nothing_else(tablet: Tablets, town: Town, worked: Worked) -> None:
    (taken,) = tablet("kari").take(town.adult.id)["taken"]
    expires = datetime.fromisoformat(taken.pop("expires_at"))
    assert taken == {
        "case": str(town.adult.id),
        "name": "Testine Tenkt",
        "form": str(worked.form.id),
        "base": str(worked.talks[-1].id),
        "last_held_on": "2026-05-10",
        "activities": [{"id": str(key), "text": text} for text, key in worked.ids.items()],
    }
    assert timedelta(days=3, minutes=-1) < expires - datetime.now(UTC) <= timedelta(days=3)
    assert len(readings(town.adult.id, "offline.take")) == 1


def test_what_lies_there_is_made_anew_and_expires_when_it_did(tablet: Tablets, town: Town, worked: Worked) -> None:
    device = tablet("kari")
    device.take(town.adult.id)
    with audit.acting(TESTER):
        until = db.session.scalars(select(Taking)).one().expires_at - timedelta(hours=20)
        db.session.scalars(select(Taking)).one().expires_at = until
        worked.talks[-1].struck_at, worked.talks[-1].struck_by_id = clock.now(), town.users["kari"].id
        db.session.commit()
    asked = {"cases": [str(town.adult.id)], "again": True}
    (taken,) = device.ask("ta-med", asked)["taken"]
    assert datetime.fromisoformat(taken["expires_at"]) == until
    assert taken["last_held_on"] == worked.talks[-2].held_on.isoformat()
    assert len(readings(town.adult.id, "offline.take")) == 2
    live = [row for row in db.session.scalars(select(Taking)) if row.given_back_at is None]
    assert [row.expires_at for row in live] == [until]


@pytest.mark.usefixtures("worked")
def test_what_does_not_lie_there_is_not_made_anew(tablet: Tablets, town: Town) -> None:
    told = tablet("kari").ask("ta-med", {"cases": [str(town.adult.id)], "again": True})
    assert told == {"taken": [], "refused": [{"case": str(town.adult.id), "code": "not_taken"}]}
    assert readings(town.adult.id, "offline.take") == []


@pytest.mark.parametrize("again", ["yes", 1, None])
def test_again_is_yes_or_no(tablet: Tablets, town: Town, again: object) -> None:
    tablet("kari").ask("ta-med", {"cases": [str(town.adult.id)], "again": again}, 422)


@pytest.mark.usefixtures("worked")
def test_a_case_that_is_not_ones_own_is_refused_as_one_that_does_not_exist(tablet: Tablets, town: Town) -> None:
    nowhere = uuid.uuid4()
    told = tablet("eva").take(town.adult.id, nowhere)
    assert told == {
        "taken": [],
        "refused": [{"case": str(each), "code": "not_found"} for each in (town.adult.id, nowhere)],
    }
    assert readings(town.adult.id, "offline.take") == []


@pytest.mark.usefixtures("worked")
def test_one_refusal_takes_none_of_the_others_along(tablet: Tablets, town: Town) -> None:
    told = tablet("kari").take(uuid.uuid4(), town.adult.id, town.child.id)
    assert [each["case"] for each in told["taken"]] == [str(town.adult.id)]
    assert [each["code"] for each in told["refused"]] == ["not_found", "no_form"]


def test_a_closed_case_is_not_taken_along(tablet: Tablets, town: Town, worked: Worked) -> None:
    with audit.acting(TESTER):
        db.session.get_one(Case, town.adult.id).closed_on = clock.today()
        db.session.get_one(Form, worked.form.id).closed_on = clock.today()
        db.session.commit()
    assert tablet("kari").take(town.adult.id)["refused"][0]["code"] == "case_closed"


@pytest.mark.usefixtures("worked")
def test_a_case_where_a_plan_took_over_is_taken_along(tablet: Tablets, town: Town) -> None:
    with audit.acting(TESTER):
        case = db.session.get_one(Case, town.adult.id)
        case.closed_on, case.close_reason = clock.today(), "individual_plan"
        db.session.commit()
    assert [each["case"] for each in tablet("kari").take(town.adult.id)["taken"]] == [str(town.adult.id)]


@pytest.mark.usefixtures("worked")
def test_no_more_lie_on_a_device_than_the_municipality_has_set(tablet: Tablets, town: Town) -> None:
    from tests.conversations.rows import make_form

    with audit.acting(TESTER):
        kari = town.users["kari"]
        more = [make_case(kari, town.home_care, f"Nr {n} Tenkt", clock.today(), "children") for n in range(2)]
        for case in more:
            make_form(case, kari, "Gå tur")
        db.session.add_all([Setting(key="offline_cases", value="2"), Setting(key="offline_days", value="1")])
        db.session.commit()
    forget()
    device = tablet("kari")
    told = device.take(town.adult.id, *(case.id for case in more))
    assert len(told["taken"]) == 2
    assert told["refused"] == [{"case": str(more[1].id), "code": "too_many"}]
    again = device.take(town.adult.id)
    assert [each["case"] for each in again["taken"]] == [str(town.adult.id)], "what lies there may be renewed"
    device.ask("legg-fra", {"cases": [str(more[0].id)]})
    assert device.take(more[1].id)["refused"] == []
    device.ask("legg-fra", {"cases": [], "all_but": [str(town.adult.id), str(more[1].id)]})
    assert datetime.fromisoformat(again["taken"][0]["expires_at"]) - datetime.now(UTC) <= timedelta(days=1)
    live = [row for row in db.session.scalars(select(Taking)) if row.given_back_at is None]
    assert {row.case_id for row in live} == {town.adult.id, more[1].id}


@pytest.mark.usefixtures("worked")
def test_what_a_locked_device_has_erased_is_given_back_by_telling_what_still_lies_there(
    tablet: Tablets, town: Town
) -> None:
    device, another = tablet("kari"), tablet("kari")
    for each in (device, another):
        assert each.take(town.adult.id)["refused"] == []
    device.ask("legg-fra", {"cases": [], "all_but": []})
    live = [row.device_id for row in db.session.scalars(select(Taking)) if row.given_back_at is None]
    assert live == [another.id]
    assert device.ask("legg-fra", {"cases": [], "all_but": "alle"}, 422)["code"] == "malformed"


@pytest.mark.usefixtures("worked")
def test_one_whose_days_are_over_takes_a_place_like_any_other(tablet: Tablets, town: Town) -> None:
    from tests.conversations.rows import make_form

    with audit.acting(TESTER):
        kari = town.users["kari"]
        other = make_case(kari, town.home_care, "Nr To Tenkt", clock.today(), "children")
        make_form(other, kari, "Gå tur")
        db.session.add(Setting(key="offline_cases", value="1"))
        db.session.commit()
    forget()
    device = tablet("kari")
    device.take(town.adult.id)
    with audit.acting(TESTER):
        db.session.scalars(select(Taking)).one().expires_at = clock.now() - timedelta(minutes=1)
        db.session.commit()
    assert device.take(other.id)["refused"] == []
    assert device.take(town.adult.id)["refused"] == [{"case": str(town.adult.id), "code": "too_many"}]


@pytest.mark.usefixtures("worked")
def test_what_a_device_tells_of_openings_is_logged_as_its_claim_and_once(tablet: Tablets, town: Town) -> None:
    device = tablet("kari")
    device.take(town.adult.id)
    told = {"id": str(uuid.uuid4()), "case": str(town.adult.id), "at": "2026-11-26T09:30:00+01:00"}
    strange = {"id": str(uuid.uuid4()), "case": str(town.child.id), "at": "2026-11-26T09:30:00+01:00"}
    assert device.ask("opningar", {"openings": [told, strange]}) == {"kept": [told["id"]]}
    assert device.ask("opningar", {"openings": [told]}) == {"kept": [told["id"]]}
    (entry,) = readings(town.adult.id, "offline.opened")
    assert '"claimed_at":"2026-11-26T08:30:00+00:00"' in entry.data.replace(" ", "")
    assert readings(town.child.id, "offline.opened") == []
    assert len(list(db.session.scalars(select(DeviceOpening)))) == 1


@pytest.mark.usefixtures("worked")
def test_the_claim_shows_among_who_has_seen_the_case(tablet: Tablets, town: Town) -> None:
    device = tablet("kari")
    device.take(town.adult.id)
    told = {"id": str(uuid.uuid4()), "case": str(town.adult.id), "at": "2026-11-26T09:30:00+01:00"}
    device.ask("opningar", {"openings": [told]})
    page = device.browser.get(f"/saker/{town.adult.id}/innsyn").text
    assert "Teken med på ei eining" in page
    assert "Opna på ei eining utan nett" in page
    assert "26.11.2026" in page


def test_one_device_knows_nothing_of_anothers_cases(tablet: Tablets, town: Town) -> None:
    device, other = tablet("kari"), tablet("ola")
    told = {"id": str(uuid.uuid4()), "case": str(town.adult.id), "at": "2026-11-26T09:30:00+01:00"}
    assert other.ask("opningar", {"openings": [told]}) == {"kept": []}
    assert device.ask("opningar", {"openings": "x"}, 422)["code"] == "malformed"
    assert device.ask("opningar", {"openings": [{**told, "at": "2026-11-26T09:30:00"}]}, 422)["code"] == "malformed"
