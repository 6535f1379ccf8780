"""The worklist: each kind of row at its border, whose it is, and in what order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import CaseLook, TeamMember
from psfs.worklist import queries, statements
from tests.support.people import TESTER, make_case
from tests.support.statements import counted
from tests.worklist.rows import (
    add_consent,
    add_form,
    add_intervention,
    add_offer,
    add_opening,
    add_talk,
    days,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psfs.models import Case
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")


@pytest.fixture(autouse=True)
def acting() -> Iterator[None]:
    with audit.acting(TESTER):
        yield


@pytest.fixture(autouse=True)
def _in_request(app: object) -> Iterator[None]:
    with app.test_request_context("/"):  # type: ignore[attr-defined]
        yield


def kinds(town: Town, name: str, case: Case | None = None) -> list[str]:
    db.session.commit()
    items = queries.worklist(town.users[name]).items
    return [item.kind for item in items if case is None or item.case_id == case.id]


@pytest.mark.parametrize(("age", "urgency"), [(6, None), (7, "soon"), (13, "soon"), (14, "today"), (15, "overdue")])
def test_level_0_is_decided_within_the_limit(town: Town, age: int, urgency: str | None) -> None:
    town.child.level_since = days(-age)
    db.session.commit()
    found = [item.urgency for item in queries.worklist(town.users["kari"]).items if item.kind == "avklaring"]
    assert found == ([urgency] if urgency else [])


@both
@pytest.mark.parametrize(
    ("held", "agreed", "urgency"),
    [(-90, None, "today"), (-91, None, "overdue"), (-82, None, None), (-10, 8, None), (-10, 7, "soon"),
     (-10, 0, "today"), (-10, -1, "overdue"), (-200, 20, None)],
)  # fmt: skip
def test_the_next_conversation(town: Town, held: int, agreed: int | None, urgency: str | None) -> None:
    kari = town.users["kari"]
    form = add_form(town.adult, kari)
    add_talk(form, kari, days(held - 5), [3], next_due=days(-100))
    add_talk(form, kari, days(held), [3], next_due=None if agreed is None else days(agreed))
    add_talk(form, kari, days(held + 1), [3], next_due=days(-3), struck_at=clock.now())
    db.session.commit()
    found = [(item.urgency, item.endpoint) for item in queries.worklist(kari).items if item.kind == "samtale"]
    assert found == ([(urgency, "conversations.new")] if urgency else [])


@both
@pytest.mark.parametrize(("reason", "waits"), [("individual_plan", ["samtale"]), ("no_concern", [])])
def test_conversations_go_on_where_a_plan_took_over(town: Town, reason: str, waits: list[str]) -> None:
    kari, case = town.users["kari"], town.adult
    add_talk(add_form(case, kari), kari, days(-200), [3])
    add_intervention(case, kari, deadline=days(-1))
    case.level_since = days(-200)
    case.closed_on, case.close_reason = days(-100), reason
    assert kinds(town, "kari", case) == waits


def test_a_considerable_change_is_news_where_a_plan_took_over(town: Town) -> None:
    form = add_form(town.adult, town.users["kari"])
    add_talk(form, town.users["kari"], days(-20), [3])
    add_talk(form, town.users["ola"], days(-1), [8])
    town.adult.closed_on, town.adult.close_reason = days(-10), "individual_plan"
    assert kinds(town, "kari", town.adult) == ["endring"]


def test_a_closed_form_waits_for_no_conversation(town: Town) -> None:
    form = add_form(town.adult, town.users["kari"])
    add_talk(form, town.users["kari"], days(-200), [3])
    form.closed_on = days(-1)
    assert kinds(town, "kari") == []


@pytest.mark.parametrize(("age", "shown"), [(82, False), (83, True), (90, True), (400, True)])
def test_a_level_is_evaluated(town: Town, age: int, shown: bool) -> None:
    town.adult.level_since = days(-age)
    assert kinds(town, "kari") == (["evaluering"] if shown else [])


@both
@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"deadline": 7}, True),
        ({"deadline": 8}, False),
        ({"deadline": -300}, True),
        ({"deadline": -1, "evaluate_on": 30}, False),
        ({"deadline": 30, "evaluate_on": 0}, True),
        ({"deadline": -1, "ended_on": -1}, False),
        ({"evaluate_on": -3, "evaluated_on": -3}, False),
        ({"evaluate_on": -3, "evaluated_on": -4}, True),
        ({}, False),
    ],
)
def test_measures(town: Town, fields: dict[str, int], shown: bool) -> None:
    add_intervention(town.adult, town.users["kari"], **{name: days(number) for name, number in fields.items()})
    assert kinds(town, "kari") == (["tiltak"] if shown else [])


@pytest.mark.parametrize(("until", "shown"), [(31, False), (30, True), (0, True), (-1, True), (None, False)])
def test_a_consent_that_runs_out(town: Town, until: int | None, shown: bool) -> None:
    add_consent(town.adult, town.users["kari"], None if until is None else days(until))
    assert kinds(town, "kari") == (["samtykke"] if shown else [])


@both
def test_a_newer_consent_takes_its_place_for_the_same_service_only(town: Town) -> None:
    kari = town.users["kari"]
    add_consent(town.adult, kari, days(5))
    add_consent(town.adult, kari, days(300), service_id=town.school.id)
    assert kinds(town, "kari") == ["samtykke"]
    add_consent(town.adult, kari, days(300))
    assert kinds(town, "kari") == []


def test_the_consent_that_lasts_longest_counts(town: Town) -> None:
    kari = town.users["kari"]
    add_consent(town.adult, kari, days(300), from_on=days(-50))
    add_consent(town.adult, kari, days(5), from_on=days(-20))
    assert kinds(town, "kari") == []


def test_a_withdrawn_consent_is_not_renewed(town: Town) -> None:
    add_consent(town.adult, town.users["kari"], days(5), withdrawn_on=days(-1))
    assert kinds(town, "kari") == []


@pytest.mark.parametrize(("age_in_days", "shown"), [(16 * 365, True), (14 * 365, False), (40 * 365, False)])
def test_a_guardians_consent_runs_out_when_the_young_person_must_be_asked(
    town: Town, age_in_days: int, shown: bool
) -> None:
    town.child.person.birth_date = days(-age_in_days)
    add_consent(town.child, town.users["kari"], None, given_by="guardian")
    assert ("samtykke" in kinds(town, "kari")) == shown


def test_the_baton_waits_for_the_successor_alone(town: Town) -> None:
    add_offer(town.adult, town.users["kari"], town.users["ola"])
    assert (kinds(town, "ola"), kinds(town, "kari"), kinds(town, "eva")) == (["stafett"], [], [])


def test_a_shielded_person_is_not_named_before_the_baton_is_taken(town: Town) -> None:
    town.adult.person.shielded = True
    add_offer(town.adult, town.users["kari"], town.users["ola"])
    db.session.commit()
    (item,) = queries.worklist(town.users["ola"]).items
    assert (item.name, item.service) == ("", "Heimetenesta")


@both
@pytest.mark.parametrize(("now", "flag"), [(7, "improved"), (6, None), (3, "worsened"), (4, None)])
def test_a_considerable_change_that_somebody_else_recorded(town: Town, now: int, flag: str | None) -> None:
    kari, ola = town.users["kari"], town.users["ola"]
    form = add_form(town.adult, ola)
    add_talk(form, ola, days(-20), [5], next_due=days(60))
    add_talk(form, ola, days(-10), [now], next_due=days(60))
    db.session.commit()
    found = [(each.flag, each.endpoint, each.args) for each in queries.worklist(kari).items if each.kind == "endring"]
    summary = "conversations.summary", {"case_id": town.adult.id, "form_id": form.id}
    assert found == ([(flag, *summary)] if flag else []), "where the change and what it is made of stand"


@pytest.mark.parametrize(("minutes", "shown"), [(1, False), (-1, True)])
def test_what_has_been_looked_at_is_no_news(town: Town, minutes: int, shown: bool) -> None:
    kari, ola = town.users["kari"], town.users["ola"]
    form, moment = add_form(town.adult, ola), clock.now() - timedelta(days=1)
    add_talk(form, ola, days(-20), [5], moment - timedelta(days=3), next_due=days(60))
    add_talk(form, ola, days(-10), [8], moment, next_due=days(60))
    looked = moment + timedelta(minutes=minutes)
    db.session.add(CaseLook(user_id=kari.id, case_id=town.adult.id, looked_at=looked))
    assert kinds(town, "kari") == (["endring"] if shown else [])


def test_ones_own_and_struck_conversations_are_no_news(town: Town) -> None:
    kari, ola = town.users["kari"], town.users["ola"]
    form = add_form(town.adult, kari)
    add_talk(form, kari, days(-20), [5], next_due=days(60))
    add_talk(form, kari, days(-10), [8], next_due=days(60))
    add_talk(form, ola, days(-5), [1], next_due=days(60), struck_at=clock.now())
    assert kinds(town, "kari") == []


def test_an_emergency_opening_waits_for_the_leader_of_the_service_and_for_ke(town: Town) -> None:
    opening = add_opening(town.adult, town.users["eva"])
    assert {name: kinds(town, name) for name in ("leader", "ke", "other_leader", "kari", "eva")} == {
        "leader": ["naudopning"], "ke": ["naudopning"], "other_leader": [], "kari": [], "eva": [],
    }  # fmt: skip
    assert [item.name for item in queries.worklist(town.users["ke"]).items] == [""]
    opening.leader_seen_at = clock.now()
    assert (kinds(town, "leader"), kinds(town, "ke")) == ([], ["naudopning"])


@both
@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"reported_to_ke_on": 0}, False),
        ({"reported_to_ke_on": 0, "holder_id": None}, True),
        ({"level": 3, "holder_id": None}, True),
        ({"level": 2, "holder_id": None}, False),
        ({"level": 3, "holder_id": None, "closed_on": 0}, False),
    ],
)
def test_ke_sees_cases_that_nobody_holds(town: Town, fields: dict[str, int | None], shown: bool) -> None:
    for name, value in fields.items():
        setattr(town.adult, name, days(value or 0) if name.endswith("_on") else value)
    assert kinds(town, "ke") == (["koordinator"] if shown else [])
    assert kinds(town, "ke").count("koordinator") <= 1


@both
@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({}, False),
        ({"holder_id": None}, True),
        ({"holder_id": None, "closed_on": 0}, False),
        ({"holder_id": None, "level": 0}, True),
    ],
)
def test_the_leader_sees_cases_of_the_service_that_nobody_holds(
    town: Town, fields: dict[str, int | None], shown: bool
) -> None:
    for name, value in fields.items():
        setattr(town.adult, name, days(value or 0) if name.endswith("_on") else value)
    db.session.commit()
    items = queries.worklist(town.users["leader"]).items
    found = [(item.kind, item.urgency, item.endpoint, item.args) for item in items]
    row = ("haldar", "soon", "bti.hand_over", {"case_id": town.adult.id})
    assert found == ([row] if shown else [])
    assert "haldar" not in kinds(town, "other_leader") + kinds(town, "ola") + kinds(town, "ke")


def test_a_case_that_somebody_is_asked_to_take_waits_for_the_answer(town: Town) -> None:
    town.adult.holder_id = None
    add_offer(town.adult, town.users["leader"], town.users["ola"])
    assert kinds(town, "leader") == []
    assert kinds(town, "ola") == ["stafett"]


@both
def test_many_unheld_cases_crowd_nothing_out(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    leader = town.users["leader"]
    for number in range(4):
        case = make_case(leader, town.home_care, f"Prøve Nr{number}", days(-9000), "adults", level=1)
        case.holder_id, case.level_since = None, days(-number)
    statements.asked.cache_clear()
    monkeypatch.setattr(statements, "MOST_UNHELD", 3)
    add_offer(town.child, town.users["kari"], leader)
    assert kinds(town, "leader") == ["stafett", "haldar", "haldar", "haldar"]
    statements.asked.cache_clear()


@both
def test_whose_the_rows_are(town: Town) -> None:
    town.adult.level_since = days(-100)
    shown = {name for name in town.users if name != "admin" and kinds(town, name, town.adult)}
    assert shown == {"kari", "leader"}
    town.adult.holder_id = town.users["ola"].id
    town.adult.contact_id = None
    shown = {name for name in town.users if name != "admin" and kinds(town, name, town.adult)}
    assert shown == {"ola", "leader"}  # kari opened it, and has handed it over


def test_a_colleague_from_elsewhere_sees_it_only_with_consent(town: Town) -> None:
    town.adult.level_since = days(-100)
    eva = town.users["eva"]
    db.session.add(TeamMember(case_id=town.adult.id, user_id=eva.id, from_on=days(-1)))
    assert kinds(town, "eva") == []
    consent = add_consent(town.adult, eva, None, service_id=town.school.id)
    assert kinds(town, "eva") == ["evaluering"]
    consent.withdrawn_on = days(0)
    assert kinds(town, "eva") == []


def test_a_closed_case_waits_for_nothing(town: Town) -> None:
    kari = town.users["kari"]
    town.adult.level_since, town.adult.closed_on = days(-100), days(-1)
    add_intervention(town.adult, kari, deadline=days(-5))
    add_consent(town.adult, kari, days(-5))
    form = add_form(town.adult, kari)
    add_talk(form, town.users["ola"], days(-200), [1])
    add_talk(form, town.users["ola"], days(-190), [9])
    assert kinds(town, "kari", town.adult) == []


def test_the_most_urgent_stands_first(town: Town) -> None:
    kari = town.users["kari"]
    for number, age in enumerate((15, 40, 14, 10)):
        case = make_case(kari, town.home_care, f"Prøve Nr{number}", days(-9000), "adults")
        case.level_since = days(-age)
    add_offer(town.child, kari, kari)
    db.session.commit()
    items = queries.worklist(kari).items
    assert [(item.kind, item.urgency.value) for item in items] == [
        ("avklaring", "overdue"), ("avklaring", "overdue"), ("stafett", "today"), ("avklaring", "today"),
        ("avklaring", "soon"),
    ]  # fmt: skip
    assert [item.on for item in items[:2]] == [days(-26), days(-1)]


def test_no_more_statements_for_many(town: Town) -> None:
    kari, ola = town.users["kari"], town.users["ola"]

    def statements() -> int:
        db.session.commit()
        with counted() as sent:
            found = queries.worklist(kari)
        assert found.items
        return len(sent)

    def more(number: int) -> None:
        for each in range(number):
            case = make_case(kari, town.home_care, f"Prøve Nr{each}", days(-9000), "adults", level=1)
            case.level_since = days(-100)
            form = add_form(case, ola)
            add_talk(form, ola, days(-200), [5])
            add_talk(form, ola, days(-190), [8])
            add_intervention(case, kari, deadline=days(0))
            add_consent(case, kari, days(3))

    more(1)
    statements()  # the limits are kept for a while
    few = statements()
    more(20)
    assert statements() == few
    assert few <= 7
