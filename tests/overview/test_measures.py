"""The five measures, and PSFS in use: against a slow eye that goes through every case, day by day."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import consents, due, measures
from psfs.domain.measures import Measure, Share, shares_told
from psfs.domain.scoring import Flag, Round, evaluate
from psfs.domain.stays import decided_in_time
from psfs.extensions import db
from psfs.models import Activity, Case, Consent, Conversation, Form, LogEntry, Meeting, Score, User
from psfs.overview import queries_lists, queries_measures, queries_months, queries_talks
from psfs.overview.filters import Filter, scope_of
from psfs.overview.periods import Month, month_end, month_key, quarter_of, whole_months
from psfs.overview.queries_months import GOOD, OTHER, Asked
from tests.overview.histories import AGO, History, histories, plant

if TYPE_CHECKING:
    from psfs.overview.periods import Quarter
    from tests.support.people import Town

both = pytest.mark.databases("sqlite", "postgres")
EXAMPLES = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def ago(days: int) -> date:
    return clock.today() - timedelta(days=days)


def measured(measure: Measure, town: Town) -> dict[str, Share]:
    """What the program counts for all services, the months that have something."""
    found = queries_measures.measured().value
    shares = {
        month_key(month): found.tallies[measure].share([town.home_care.id, town.school.id], month_key(month))
        for month in found.months
    }
    return {month: share for month, share in shares.items() if share.whole}


def lists_agree(measure: Measure, town: Town) -> None:
    """Behind every figure of the first, the middle and the last months that have any is a list of that length."""
    found = queries_measures.measured().value
    for name, service_id in (("ke", None), ("ke", town.school.id), ("leader", None)):
        account = db.session.get_one(User, town.users[name].id)
        services = found.services if name == "ke" and service_id is None else {service_id or account.service_id}
        told = [(first, found.tallies[measure].share(services, month_key(first))) for first in found.months]
        told = [each for each in told if each[1].whole]
        for first, share in {*told[:1], *told[len(told) // 2 :][:1], *told[-1:]}:
            for which, number in (("", share.whole), (GOOD, share.part), (OTHER, share.whole - share.part)):
                asked, filter_ = Asked(measure, Month(first), which), Filter(service_id=service_id)
                for page in (1, queries_lists.EVERY):
                    listed = queries_months.month_list(asked, filter_, scope_of(account), account, page)
                    assert (listed.total, len(listed.rows)) == (number, number), (asked, name, service_id)


def shares(outcomes: list[tuple[date, bool]]) -> dict[str, Share]:
    """Shares of the whole months, from days and whether it went as it should."""
    months = {month_key(month) for month in whole_months(clock.today(), measures.MONTHS)}
    found: dict[str, Share] = {}
    for day, good in outcomes:
        if month_key(day) in months:
            before = found.get(month_key(day), Share(0, 0))
            found[month_key(day)] = Share(before.part + good, before.whole + 1)
    return found


@both
@EXAMPLES
@given(made=histories())
@example(
    made=[  # due on the last day of the last whole month, and on the days beside it
        History("adults", False, date(1950, 1, 1), False, False, 19 + shift, 0, (), (), (), "") for shift in (-1, 0, 1)
    ]
)
def test_level_0_decided_in_time_by_the_month_of_its_last_day(town: Town, acting: None, made: list[History]) -> None:
    plant(town, made)
    in_force, today = limits(), clock.today()
    rounds = [one for each in made for one in each.stays() if one.level == 0]
    outcomes = [
        (one.from_on + timedelta(days=in_force.level0_days), bool(decided_in_time(one, in_force, today)))
        for one in rounds
    ]
    assert measured(Measure.DECIDED, town) == shares(outcomes)
    lists_agree(Measure.DECIDED, town)
    db.session.rollback()


CONSENT = st.tuples(
    st.sampled_from(["guardian", "person", ""]),  # no giver: a legal basis
    AGO,
    st.none() | AGO,
    st.none() | st.none() | AGO,
    st.sampled_from(["other", "other", "own", "log"]),
)


@both
@EXAMPLES
@given(made=histories(5), given_=st.lists(st.lists(CONSENT, min_size=1, max_size=3), min_size=5, max_size=5))
def test_consents_and_coordinators_at_the_end_of_each_month(
    town: Town, acting: None, made: list[History], given_: list[list[tuple[Any, ...]]]
) -> None:
    rows: list[list[Consent]] = []
    for case, theirs in zip(plant(town, made), given_, strict=False):
        other = town.school.id if case.service_id == town.home_care.id else town.home_care.id
        whose = {"other": other, "own": case.service_id, "log": None}
        rows.append(
            [
                Consent(
                    id=uuid.uuid4(), case_id=case.id, service_id=whose[kind], given_by=by, from_on=ago(begun),
                    basis="consent" if by else "legal_basis", withdrawn_on=None if gone is None else ago(gone),
                    until_on=None if left is None else ago(left),
                    recorded_at=clock.now(), recorded_by_id=town.users["kari"].id,
                )
                for by, begun, left, gone, kind in theirs
            ]
        )  # fmt: skip
        db.session.add_all(rows[-1])
    db.session.flush()
    in_force = limits()
    consented, coordinated = [], []
    for place, each in enumerate(made):
        mine = {town.school.id} if each.school else {town.home_care.id}
        for month in whole_months(clock.today(), measures.MONTHS):
            day = month_end(month)
            there = {
                one.level for one in each.stays() if one.from_on <= day and (one.until_on is None or one.until_on > day)
            }
            if there & {2, 3}:
                # Whoever looked that day knew of no later withdrawal.
                seen = [
                    consents.Given(
                        row.given_by,
                        row.from_on,
                        row.until_on,
                        row.withdrawn_on if row.withdrawn_on and row.withdrawn_on <= day else None,
                    )
                    for row in rows[place]
                    if row.service_id is not None and row.service_id not in mine
                ]
                consented.append((day, any(consents.holds(one, each.born, in_force, day) for one in seen)))
            if 3 in there:
                spans = each.spans(each.coordinators)
                has = any(begun <= day and (ended is None or ended > day) for begun, ended in spans)
                coordinated.append((day, has))
    assert measured(Measure.CONSENTED, town) == shares(consented)
    assert measured(Measure.COORDINATED, town) == shares(coordinated)
    lists_agree(Measure.COORDINATED, town)
    lists_agree(Measure.CONSENTED, town)
    db.session.rollback()


@dataclass(frozen=True)
class Planned:
    """A meeting: days ago it was planned for; held so many days after, cancelled so many days after, or neither.

    ``moved``: to so many days after, when its day had come.
    """

    day: int
    held: int | None
    cancelled: int | None
    moved: int | None = None


MEETING = st.builds(
    Planned,
    AGO | st.integers(0, 12),
    st.none() | st.integers(-9, 9),
    st.none() | st.integers(-3, 3),
    st.none() | st.integers(1, 90),
)


@both
@EXAMPLES
@given(planned=st.lists(MEETING, min_size=4, max_size=12))
@example(planned=[Planned(days, None, None) for days in (6, 7, 8)])
@example(planned=[Planned(60, held, None, moved) for held, moved in ((20, 20), (5, 5), (None, 90), (-8, 20))])
def test_meetings_held_as_planned(town: Town, acting: None, planned: list[Planned]) -> None:
    kari, outcomes = town.users["kari"], []
    for each in planned:
        day, by = ago(each.day), {"recorded_at": clock.now(), "recorded_by_id": kari.id}
        held = None if each.held is None else min(day + timedelta(days=each.held), clock.today())
        state = "held" if held else "planned" if each.cancelled is None else "cancelled"
        row = Meeting(id=uuid.uuid4(), case_id=town.adult.id, planned_on=day, held_on=held, state=state, **by)
        if each.moved is not None:
            row.missed_on, row.planned_on = day, day + timedelta(days=each.moved)
        db.session.add(row)
        if state == "cancelled" and each.cancelled is not None:
            when = day + timedelta(days=each.cancelled)
            db.session.add(
                LogEntry(
                    id=uuid.uuid4(), case_id=town.adult.id, kind="meeting", subject_id=row.id, decided_on=when,
                    recorded_by=kari.name, details={"event": "cancelled"}, **by,
                )
            )  # fmt: skip
            if each.cancelled >= 0:
                outcomes.append((day, False))
        elif held:
            outcomes.append((day, abs((held - day).days) <= 7))
        elif state == "planned" and day + timedelta(days=7) < clock.today():
            outcomes.append((day, False))
    db.session.flush()
    assert measured(Measure.MET, town) == shares(outcomes)
    lists_agree(Measure.MET, town)
    db.session.rollback()


@dataclass(frozen=True)
class Talk:
    """A conversation: days after the one before, when the next was agreed, struck or not, and the scores."""

    gap: int
    agreed: int | None
    struck: bool
    scores: tuple[int | None, ...]


@dataclass(frozen=True)
class Series:
    """A form: its case, when it began, its conversations, and when it was closed.

    ``form_closed``: so many days after the day on which its last conversation asked for another; None: it is open, if
    no other of the case is.
    """

    child: bool
    begun: int
    talks: tuple[Talk, ...]
    form_closed: int | None


TALK = st.builds(
    Talk,
    st.sampled_from([0, 0, 1, 30, 89, 90, 91, 200]),
    st.none() | st.sampled_from([1, 30, 89, 120]),
    st.sampled_from([False, False, False, True]),
    st.lists(st.none() | st.integers(0, 10), min_size=3, max_size=3).map(tuple),
)
SERIES = st.builds(
    Series,
    st.booleans(),
    AGO,
    st.lists(TALK, min_size=1, max_size=6).map(tuple),
    st.none() | st.integers(-1, 1),
)


def plant_forms(town: Town, made: list[Series]) -> list[tuple[Form, list[Conversation]]]:
    """Add them to the session, and flush; gives the conversations that are not struck, in their order."""
    kari, found = town.users["kari"], []
    has_open: set[bool] = set()
    cases: dict[bool, Case] = {}
    for child, own in ((True, town.child), (False, town.adult)):
        cases[child] = db.session.merge(own, load=True)
    for number, each in enumerate(made, 1):
        form = Form(
            id=uuid.uuid4(), case_id=cases[each.child].id, number=number, scale="higher-is-better",
            scale_version="psfs-nn-1", opened_on=ago(each.begun), created_by_id=kari.id, created_at=clock.now(),
            closed_on=clock.today() if each.child in has_open or each.form_closed is not None else None,
        )  # fmt: skip
        if form.closed_on is None:
            has_open.add(each.child)  # a case has one at most
        db.session.add(form)
        db.session.flush()
        activities = [
            Activity(id=uuid.uuid4(), form_id=form.id, position=place, text="x", created_at=clock.now())
            for place in range(3)
        ]
        db.session.add_all(activities)
        db.session.flush()
        day, talks = ago(each.begun), []
        for place, one in enumerate(each.talks):
            day = min(day + timedelta(days=one.gap), clock.today())
            talk = Conversation(
                id=uuid.uuid4(), form_id=form.id, held_on=day, performed_by="x", respondent="person",
                next_due=None if one.agreed is None else day + timedelta(days=one.agreed),
                recorded_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=place // 2), recorded_by_id=kari.id,
                struck_at=clock.now() if one.struck else None,
            )  # fmt: skip
            db.session.add(talk)
            db.session.flush()
            db.session.add_all(
                Score(conversation_id=talk.id, activity_id=activity.id, value=value)
                for activity, value in zip(activities, one.scores, strict=True)
                if value is not None or place % 2
            )
            if not one.struck:
                talks.append(talk)
        talks.sort(key=in_order)
        if talks and each.form_closed is not None:
            asked = due.conversation_due(talks[-1].held_on, talks[-1].next_due, limits())
            form.closed_on = min(asked + timedelta(days=each.form_closed), clock.today())
        found.append((form, talks))
    db.session.flush()
    return found


def in_order(talk: Conversation) -> tuple[date, datetime, uuid.UUID]:
    return talk.held_on, talk.recorded_at, talk.id


def followed(form: Form, talks: list[Conversation]) -> list[tuple[date, bool]]:
    """When another conversation was due, and whether it was held by then; nothing where none was to follow."""
    found = []
    for place, talk in enumerate(talks):
        day = due.conversation_due(talk.held_on, talk.next_due, limits())
        later = talks[place + 1].held_on if place + 1 < len(talks) else None
        if later is not None or form.closed_on is None or form.closed_on > day:
            found.append((day, later is not None and not due.is_overdue(day, later)))
    return found


@both
@EXAMPLES
@given(made=st.lists(SERIES, min_size=2, max_size=6))
def test_follow_ups_held_within_the_time_agreed(town: Town, acting: None, made: list[Series]) -> None:
    planted = plant_forms(town, made)
    outcomes = [one for form, talks in planted for one in followed(form, talks)]
    assert measured(Measure.FOLLOWED_UP, town) == shares(outcomes)
    lists_agree(Measure.FOLLOWED_UP, town)
    db.session.rollback()


def rounds_of(talks: list[Conversation]) -> list[Round[Any]]:
    return [
        Round(talk.id, talk.held_on, talk.recorded_at, {score.activity_id: score.value for score in talk.scores})
        for talk in talks
    ]


@both
@EXAMPLES
@given(
    made=st.lists(SERIES, min_size=2, max_size=6),
    back=st.integers(0, 5),
    name=st.sampled_from(["ke", "leader", "other_leader"]),
    band=st.sampled_from(["", "", "0-17", "80-"]),
)
@example(
    made=[Series(child, begun, (Talk(0, 30, False, (1, 2, 3)),), None) for child, begun in ((False, 30), (True, 31))],
    back=0,
    name="ke",
    band="",
)
def test_psfs_in_use(town: Town, acting: None, made: list[Series], back: int, name: str, band: str) -> None:
    db.session.rollback()  # after an example that failed
    planted = plant_forms(town, made)
    for _form, talks in planted:
        for talk in talks:
            db.session.refresh(talk, ["scores"])
    quarter: Quarter = quarter_of(clock.today()).back(back)
    account = db.session.get_one(User, town.users[name].id)
    counts: Counter[str] = Counter()
    flags: Counter[Flag] = Counter()
    persons: dict[uuid.UUID, uuid.UUID] = {}
    compared = 0
    for form, talks in planted if name != "other_leader" else []:
        inside = band in ("", "0-17" if form.case_id == town.child.id else "80-")
        for place, result in enumerate(evaluate(rounds_of(talks))):
            if quarter.first <= result.round.held_on <= quarter.last:
                counts["oppfolging" if place else "forste"] += inside
                compared += inside and result.since_previous.flag != Flag.NOT_COMPARABLE
                flags[result.since_previous.flag] += 1
                if result.since_previous.flag != Flag.NOT_COMPARABLE:
                    persons[form.case_id] = db.session.get_one(Case, form.case_id).service_id
        for day, in_time in followed(form, talks):
            if inside and quarter.first <= day <= quarter.last:
                counts["forfall"] += 1
                counts["i-tide"] += in_time
                counts["over"] += not in_time and day < clock.today()
                counts["ventar"] += not in_time and day >= clock.today()
    del flags[Flag.NOT_COMPARABLE]
    asked = Filter(band=band)
    found = queries_talks.use(asked, scope_of(account), quarter).value
    assert +found.together.counts == +counts
    in_all = found.together.counts
    assert in_all["forfall"] == in_all["i-tide"] + in_all["over"] + in_all["ventar"], "they add up for whoever reads"
    assert +found.together.flags == flags, "of every age, so that no subtraction tells of few"
    assert found.together.persons == len(persons)
    for service, use in found.services.items():
        assert use.persons == Counter(persons.values())[service]
        assert use.told == (use.persons >= 5)
    for kind in queries_talks.LISTS:
        listed = queries_talks.talk_list(kind, asked, scope_of(account), quarter, account)
        number = compared if kind == queries_talks.COMPARED else counts[kind]
        assert (listed.total, len(listed.rows)) == (number, number)
    db.session.rollback()


@pytest.mark.parametrize(
    ("persons", "alone", "together"),
    [
        ((0,), set(), False),
        ((4,), set(), False),
        ((5,), {0}, True),
        ((5, 4), {0}, False),
        ((5, 4, 1), {0}, True),
        ((3, 2), set(), True),
        ((5, 0), {0}, True),
    ],
)
def test_shares_of_change_are_told_from_five(persons: tuple[int, ...], alone: set[int], together: bool) -> None:
    assert shares_told(dict(enumerate(persons))) == (alone, together)


@given(persons=st.lists(st.integers(0, 9), max_size=6))
def test_no_subtraction_of_shares_that_are_told_leaves_one_to_four(persons: list[int]) -> None:
    alone, together = shares_told(dict(enumerate(persons)))
    for size in range(len(alone) + 1):
        for some in combinations(sorted(alone), size):
            assert all(persons[group] >= 5 for group in some)
            left = sum(persons) - sum(persons[group] for group in some)
            assert not together or left == 0 or left >= 5


def test_what_is_not_told_has_no_share() -> None:
    use = queries_talks.Use(Counter(), Counter({Flag.IMPROVED: 4}), 4)
    assert use.percent(Flag.IMPROVED) is None
    use.told = True
    assert use.percent(Flag.IMPROVED) == 100


def test_the_flag_is_the_rules_own() -> None:
    for compared in range(1, 6):
        for points in range(-10 * compared, 10 * compared + 1):
            change = Fraction(points, compared)
            expected = Flag.IMPROVED if change >= 2 else Flag.WORSENED if change <= -2 else Flag.NONE
            assert queries_talks.flag_of(points, compared) == expected, (points, compared)


@given(
    by=st.sampled_from(["guardian", "person", ""]),
    born=st.integers(0, 40 * 365),
    begun=st.integers(0, 40),
    last=st.none() | st.integers(0, 40),
    withdrawn=st.none() | st.integers(0, 40),
)
def test_a_consent_held_on_the_days_on_which_the_rule_would_have_said_so(
    by: str, born: int, begun: int, last: int | None, withdrawn: int | None
) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(41)]
    given_ = consents.Given(
        by,
        days[begun],
        None if last is None else days[last],
        None if withdrawn is None else days[withdrawn],
    )
    person_born, in_force = days[0] - timedelta(days=born), due.Limits()
    bits = measures.days_consented(days, given_, person_born, in_force)
    for place, day in enumerate(days):
        known = replace(given_, withdrawn_on=None if withdrawn is None or days[withdrawn] > day else days[withdrawn])
        assert bool(bits >> place & 1) == consents.holds(known, person_born, in_force, day)


@given(st.lists(st.integers(0, 400), max_size=30))
def test_the_median_of_days(days: list[int]) -> None:
    ordered = sorted(days)
    half = len(days) // 2
    expected = None
    if days:
        expected = Fraction(ordered[half] + ordered[half if len(days) % 2 else half - 1], 2)
    assert measures.median_days(Counter(days)) == expected
    for each in days:
        first, last = measures.interval_of(each)
        assert first <= each
        assert last is None or each <= last
