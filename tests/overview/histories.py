"""Random histories of cases, planted in the database, and what a slow eye would count of them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from psfs import clock
from psfs.domain.due import birthday
from psfs.domain.stays import Placing, Stay, stays
from psfs.extensions import db
from psfs.models import CareTeam, Case, Coordinator, IndividualPlan, LevelStay
from tests.support.people import make_case

if TYPE_CHECKING:
    from tests.support.people import Town

TODAY = date(2026, 9, 5)
"""The day of the tests: early in a month and not long after a quarter began, so that both lie within their reach."""
BORDERS = sorted(
    (TODAY - date(year, month, 1)).days + shift
    for year in (2024, 2025, 2026)
    for month in range(1, 13)
    for shift in (-1, 0, 1, 13, 14, 15)
    if date(year, month, 1) + timedelta(days=1) < TODAY
)
"""Days ago: the last and the first days of months, and of those two weeks before."""
AGO = st.integers(0, 900) | st.sampled_from(BORDERS) | st.sampled_from(BORDERS)
SPAN = st.tuples(AGO, st.none() | st.integers(0, 400) | st.sampled_from([30, 31, 90, 91, 92]))
# Birthdays about the borders of the bands, as of today and of the quarters before.
BORN = st.builds(
    lambda years, ago, days: birthday(TODAY - timedelta(days=ago), -years) + timedelta(days=days),
    st.sampled_from([5, 18, 18, 40, 67, 67, 80, 80]),
    st.sampled_from([0, 0, 0, 67, 159]),
    st.sampled_from([0, 0, 0, -1, 1]),
)


@dataclass(frozen=True)
class History:
    """One case. ``moves``: days since the one before, and the level it went to, None where it was closed.

    ``teams`` and ``coordinators``: days ago they began, and how long they lasted (None: they last).
    """

    ladder: str
    school: bool
    born: date
    shielded: bool
    reported: bool
    opened: int
    start: int
    moves: tuple[tuple[int, int | None], ...]
    teams: tuple[tuple[int, int | None], ...]
    coordinators: tuple[tuple[int, int | None], ...]
    plan: str

    def stays(self) -> tuple[Stay, ...]:
        """The rounds; a move after the case was closed opens it again."""
        day = clock.today() - timedelta(days=self.opened)
        placings = [Placing(day, self.start)]
        for gap, to in self.moves:
            day = min(day + timedelta(days=gap), clock.today())
            if to is None and placings[-1].level is None:
                continue
            placings.append(Placing(day, to))
        return stays(placings)

    @property
    def open(self) -> bool:
        """Whether it is open today."""
        return self.stays()[-1].until_on is None

    @property
    def level(self) -> int:
        """The level it stands on, or stood on when it was closed."""
        return self.stays()[-1].level

    def spans(self, given: tuple[tuple[int, int | None], ...]) -> list[tuple[date, date | None]]:
        """The days of teams or coordinators, one after the other: at most one lasts, the latest."""
        found = []
        ordered = sorted(given, reverse=True)
        for place, (ago, length) in enumerate(ordered):
            begun = clock.today() - timedelta(days=ago)
            ended = None if length is None else min(begun + timedelta(days=length), clock.today())
            if ended is None and place < len(ordered) - 1:
                ended = clock.today() - timedelta(days=ordered[place + 1][0])
            found.append((begun, ended))
        return found

    def has(self, part: str) -> bool:
        """Whether it has a team, a coordinator or a plan today."""
        if part == "plan":
            return self.plan == "has"
        given = self.teams if part == "team" else self.coordinators
        return any(ended is None for _begun, ended in self.spans(given))


def histories(most: int = 9, fewest: int = 4) -> st.SearchStrategy[list[History]]:
    """Some cases."""
    one = st.builds(
        History,
        ladder=st.sampled_from(["adults", "children"]),
        school=st.booleans(),
        born=BORN,
        shielded=st.booleans(),
        reported=st.booleans(),
        opened=AGO,
        start=st.sampled_from([0, 0, 1, 3]),
        moves=st.lists(
            st.tuples(st.sampled_from([0, 0, 5, 14, 15, 60, 200]), st.sampled_from([None, 0, 1, 1, 2, 2, 3, 3])),
            max_size=6,
        ).map(tuple),
        teams=st.lists(SPAN, max_size=2, unique_by=lambda each: each[0]).map(tuple),
        coordinators=st.lists(SPAN, max_size=2, unique_by=lambda each: each[0]).map(tuple),
        plan=st.sampled_from(["", "has", "wanted"]),
    )
    return st.lists(one, min_size=fewest, max_size=most)


def plant(town: Town, given: list[History]) -> list[Case]:
    """Add them to the session, and flush. Nothing of the town itself is counted: its cases are closed."""
    for own in (town.adult, town.child):
        db.session.get_one(Case, own.id).closed_on = clock.today()
    found = []
    for number, each in enumerate(given):
        rounds = each.stays()
        service, by = (town.school, "eva") if each.school else (town.home_care, "kari")
        case = make_case(town.users[by], service, f"Namn{number} Tenkt", each.born, each.ladder, level=each.level)
        case.person.shielded = each.shielded
        case.opened_on, case.level_since = rounds[0].from_on, rounds[-1].from_on
        case.closed_on = rounds[-1].until_on
        case.reported_to_ke_on = case.opened_on if each.reported else None
        db.session.add_all(
            LevelStay(
                id=uuid.uuid4(), case_id=case.id, level=one.level, from_on=one.from_on, until_on=one.until_on,
                next_level=one.next_level,
            )
            for one in rounds
        )  # fmt: skip
        db.session.add_all(
            CareTeam(id=uuid.uuid4(), case_id=case.id, started_on=begun, ended_on=ended)
            for begun, ended in each.spans(each.teams)
        )
        db.session.add_all(
            Coordinator(
                id=uuid.uuid4(), case_id=case.id, user_id=town.users["kari"].id, kind="coordinator", from_on=begun,
                until_on=ended,
            )
            for begun, ended in each.spans(each.coordinators)
        )  # fmt: skip
        if each.plan:
            db.session.add(
                IndividualPlan(
                    id=uuid.uuid4(), case_id=case.id, state=each.plan, since=case.opened_on, recorded_at=clock.now()
                )
            )
        found.append(case)
    db.session.flush()
    return found
