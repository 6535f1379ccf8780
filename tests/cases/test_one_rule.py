"""B6 is one rule: the door, the pages, the worklist, the search, the requirements and the baton answer alike."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from psfs import audit, clock
from psfs.bti import queries_state, service_baton
from psfs.bti.queries_consents import consent_list
from psfs.domain import consents
from psfs.domain.consents import Given
from psfs.domain.due import Limits
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Case, Consent, Service, Setting, TeamMember
from tests.support.client import Browser
from tests.support.people import TESTER, Town
from tests.support.statements import counted

if TYPE_CHECKING:
    from flask import Flask

both = pytest.mark.databases("sqlite", "postgres")
Open = Callable[[str], Browser]
EXAMPLES = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
NOON = time(11, tzinfo=UTC)
TODAY = st.dates(date(2024, 1, 1), date(2030, 12, 31))
AROUND = st.integers(-3, 3) | st.integers(-900, 900)  # days from today
CONSENT = st.tuples(
    st.sampled_from(["guardian", "guardian", "person", "young_person_and_guardian", ""]),
    AROUND,
    st.none() | AROUND,
    st.sampled_from([None, None, None, 0, -4, 4]),
)
FOREVER: tuple[str, int, int | None, int | None] = ("guardian", -2000, None, None)


@pytest.fixture
def eva_in_the_team(town: Town) -> Town:
    """Eva, of the school, is in the team of the child's case, which waits for an evaluation."""
    with audit.acting(TESTER):
        town.child.level, town.child.level_since = 1, date(2020, 1, 1)
        db.session.add(TeamMember(case_id=town.child.id, user_id=town.users["eva"].id, from_on=date(2020, 1, 1)))
        db.session.commit()
    return town


def has_consents(town: Town, given: list[Given]) -> None:
    """These, and no others, are the consents for the school in the child's case."""
    with audit.acting(TESTER):
        rows = {row.id: row for row in db.session.query(Consent).where(Consent.case_id == town.child.id)}
        for row in rows.values():
            db.session.delete(row)
        kari = town.users["kari"].id
        db.session.add_all(
            Consent(
                id=uuid.uuid4(),
                case_id=town.child.id,
                service_id=town.school.id,
                basis="consent" if each.given_by else "legal_basis",
                given_by=each.given_by,
                from_on=each.from_on,
                until_on=each.until_on,
                withdrawn_on=each.withdrawn_on,
                recorded_at=clock.now(),
                recorded_by_id=kari,
            )
            for each in given
        )
        db.session.commit()


def is_born(town: Town, born: date) -> None:
    with audit.acting(TESTER):
        db.session.get_one(Case, town.child.id).person.birth_date = born
        db.session.commit()


def is_set(age: int) -> None:
    """The municipality's consent age, changed by another worker than the one that answers."""
    with audit.acting(TESTER):
        row = db.session.get(Setting, "consent_age")
        if row is None:
            db.session.add(Setting(key="consent_age", value=str(age)))
        else:
            row.value = str(age)
        db.session.commit()


def door_says(town: Town, browser: Open) -> bool:
    answer = browser("eva")._send("GET", f"/saker/{town.child.id}/stige")
    assert answer.status_code in (200, 404)
    return answer.status_code == 200


def search_says(town: Town, browser: Open) -> bool:
    return "Prøve Liten" in browser("eva").get("/sok", query_string={"q": "prøve"}).text


def worklist_says(town: Town, browser: Open) -> bool:
    return "Prøve Liten" in browser("eva").get("/").text


def page_says(town: Town, browser: Open) -> bool:
    page = browser("kari").get(f"/saker/{town.child.id}/samtykke").text
    return bool(re.search(r"ds-tag[^>]*>\s*(Gjeld|Går snart ut)\s*<", page))


def requirements_say(town: Town, _browser: Open) -> bool:
    return "second_service" in queries_state.case_state(db.session.get_one(Case, town.child.id)).fulfilled


def baton_says(town: Town, _browser: Open) -> bool:
    try:
        service_baton.require_service(db.session.get_one(Case, town.child.id), town.users["eva"])
    except Refusal as refusal:
        if refusal.code != "service_without_consent":
            raise
        return False
    return True


ALL = (door_says, search_says, worklist_says, page_says, requirements_say, baton_says)


def everybody_says(app: Flask, town: Town, browser: Open) -> set[bool]:
    said = set()
    for ask in ALL:
        db.session.rollback()
        db.session.expire_all()
        said.add(ask(town, browser))
    return said


@both
@EXAMPLES
@given(
    today=TODAY,
    days_old=st.integers(14 * 365, 20 * 365),
    age=st.integers(13, 19),
    given_=st.lists(CONSENT, min_size=1, max_size=4),
)
@example(today=date(2026, 3, 1), days_old=16 * 365 + 3, age=16, given_=[FOREVER])
@example(today=date(2026, 3, 1), days_old=16 * 365 + 4, age=16, given_=[FOREVER])
@example(today=date(2026, 3, 1), days_old=16 * 365 + 5, age=16, given_=[FOREVER])
@example(today=date(2026, 3, 1), days_old=19 * 365, age=16, given_=[FOREVER, ("guardian", -3, None, None)])
@example(today=date(2026, 3, 1), days_old=15 * 365, age=13, given_=[FOREVER, ("", -900, None, None)])
def test_all_who_ask_get_the_answer_of_the_rule(
    app: Flask,
    browser: Open,
    eva_in_the_team: Town,
    monkeypatch: pytest.MonkeyPatch,
    today: date,
    days_old: int,
    age: int,
    given_: list[tuple[str, int, int | None, int | None]],
) -> None:
    town = eva_in_the_team
    monkeypatch.setattr(clock, "now", lambda: datetime.combine(today, NOON))

    def shifted(days: int | None) -> date | None:
        return None if days is None else today + timedelta(days=days)

    held = [Given(by, today + timedelta(days=start), shifted(end), shifted(gone)) for by, start, end, gone in given_]
    born = today - timedelta(days=days_old)
    has_consents(town, held)
    is_born(town, born)
    is_set(age)
    rule = any(consents.holds(each, born, Limits(consent_age=age), today) for each in held)
    assert everybody_says(app, town, browser) == {rule}


@both
def test_a_birth_date_put_right_counts_at_once(app: Flask, browser: Open, eva_in_the_team: Town) -> None:
    town, today = eva_in_the_team, clock.today()
    has_consents(town, [Given("guardian", today - timedelta(days=100))])
    for years, rule in ((10, True), (17, False), (14, True)):
        is_born(town, today - timedelta(days=365 * years + 10))
        assert everybody_says(app, town, browser) == {rule}, years


@both
@pytest.mark.parametrize("ask", ALL)
def test_a_consent_age_set_elsewhere_counts_at_once(
    app: Flask, browser: Open, eva_in_the_team: Town, ask: Callable[[Town, Open], bool]
) -> None:
    """Whoever asks first: each worker keeps the settings for a while, and another one changes them."""
    town, today = eva_in_the_team, clock.today()
    has_consents(town, [Given("guardian", today - timedelta(days=100))])
    is_born(town, today - timedelta(days=365 * 14 + 10))
    for age, rule in ((16, True), (13, False), (15, True)):
        is_set(age)
        if ask in (requirements_say, baton_says):
            browser("kari").get("/konto")  # they have no request of their own here
        assert ask(town, browser) == rule, age


def test_an_end_that_was_agreed_is_kept_as_it_was_said(app: Flask, browser: Open, eva_in_the_team: Town) -> None:
    """Nothing of the birth date is baked into it: born a year later than was thought, it lasts a year longer."""
    town, today = eva_in_the_team, clock.today()
    is_born(town, today - timedelta(days=365 * 15 + 10))
    kari, page = browser("kari"), f"/saker/{town.child.id}/samtykke/nytt?teneste={town.school.id}"
    kari.get(page)
    typed = {"id": str(uuid.uuid4()), "service": str(town.school.id), "given_by": "guardian", "how": "paper"}
    typed |= {"given_by_name": "Mor Liten"}
    typed |= {"from_on": today.isoformat(), "until_on": ""}
    kari.post(page, typed)
    assert [row.until_on for row in db.session.query(Consent)] == [None]
    is_born(town, today - timedelta(days=365 * 14 + 10))
    (view,) = consent_list(db.session.get_one(Case, town.child.id), Limits())
    assert view.until is not None
    assert view.until > today + timedelta(days=600)


def test_the_door_asks_once(browser: Open, town: Town) -> None:
    reader = browser("kari")
    reader.get(f"/saker/{town.child.id}")
    with counted() as sent:
        reader.get(f"/saker/{town.child.id}/stige")
    assert len([text for text in sent if "case_file" in text and "carrier" in text]) == 1


def test_a_reader_without_a_service_is_carried_by_no_consent(browser: Open, eva_in_the_team: Town) -> None:
    town = eva_in_the_team
    has_consents(town, [Given("person", clock.today())])
    assert door_says(town, browser)
    with audit.acting(TESTER):
        town.users["eva"].service_id = None
        log = Consent(
            id=uuid.uuid4(),
            case_id=town.child.id,
            basis="consent",
            given_by="person",
            from_on=clock.today(),
            recorded_at=clock.now(),
            recorded_by_id=town.users["kari"].id,
        )
        db.session.add(log)
        db.session.commit()
    assert not door_says(town, browser)
    assert not worklist_says(town, browser)
    assert not search_says(town, browser)
    assert db.session.get(Service, town.school.id) is not None
