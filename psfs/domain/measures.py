"""What the overview and the run charts measure, from counts and days. Pure: who is counted is for others to find.

A measure is a share, month by month: so many of so many. Whole months only, so that a month is told when all of it can
be known. Two kinds: things whose day came in the month (a decision, a conversation, a meeting), and how it stood on the
month's last day (consents, coordinators).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Generic, TypeVar

from psfs.domain import consents
from psfs.domain.stays import Stay, decided_in_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from psfs.domain.consents import Consented
    from psfs.domain.due import Limits

MONTHS = 24
"""How many months a run chart shows."""
FEWEST_CASES = 5
"""Cases that a service must have to be shown alone."""
FEWEST_CHANGES = 5
"""Persons whose change could be compared, from which a share of changes is told (P16)."""
MEETING_DAYS = 7
"""Days from the one planned within which a meeting counts as held as planned, either way (ours)."""
CONSENT_LEVEL = 2
"""From this level a second service takes part, and needs consent or a legal basis (B4)."""
COORDINATOR_LEVEL = 3
"""From this level a coordinator is to be appointed."""
INTERVALS: tuple[tuple[int, int | None], ...] = ((0, 14), (15, 30), (31, 90), (91, 180), (181, None))
"""Days on a level, both ends included; no end: and more."""

S = TypeVar("S")


class Measure(StrEnum):
    """The five measures, by what stands in addresses and ids."""

    DECIDED = "avklart"
    FOLLOWED_UP = "oppfolging"
    CONSENTED = "samtykke"
    COORDINATED = "koordinator"
    MET = "mote"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def percent(self) -> Fraction | None:
        """In hundredths, exactly; None of nothing."""
        return Fraction(100 * self.part, self.whole) if self.whole else None


class Tally(Generic[S]):
    """Counts by service and month (as 2026-11)."""

    def __init__(self) -> None:
        self._parts: Counter[tuple[S, str]] = Counter()
        self._wholes: Counter[tuple[S, str]] = Counter()

    def add(self, service: S, month: str, count: int, *, counts: bool) -> None:
        """So many more, which count as done or not."""
        self._wholes[service, month] += count
        if counts:
            self._parts[service, month] += count

    @property
    def services(self) -> set[S]:
        """Those that have anything counted."""
        return {service for service, _month in self._wholes}

    def share(self, services: Iterable[S], month: str) -> Share:
        """Of these services together in that month."""
        keys = [(service, month) for service in services]
        return Share(sum(self._parts[key] for key in keys), sum(self._wholes[key] for key in keys))


def decided(days: int | None, limits: Limits) -> bool:
    """Whether a round on the first level that took so many days was decided in time (B1).

    None: it was not decided, and its last day has passed.
    """
    began = date(2000, 1, 1)
    if days is None:
        return bool(decided_in_time(Stay(0, began), limits, began + timedelta(days=limits.level0_days + 1)))
    return bool(decided_in_time(Stay(0, began, began + timedelta(days=days)), limits, began))


def met(days_from_plan: int | None) -> bool:
    """Whether a meeting was held as planned: within `MEETING_DAYS` of its day. None: it was not held.

    A meeting counts once, for the day it was planned for when that day came: the first that was `missed`, else the one
    it stands on. Cancelled before that day it does not count; on the day or after, it was not held.
    """
    return days_from_plan is not None and abs(days_from_plan) <= MEETING_DAYS


def shares_told(persons: Mapping[S, int]) -> tuple[frozenset[S], bool]:
    """Which groups' shares of change are told, and whether that of all together is (P16).

    A group needs `FEWEST_CHANGES` persons. All together needs that those left when the groups that are told are taken
    away from it are nobody, or as many too: else a subtraction would tell of them.

    Args:
        persons: for each group, how many persons had a change to compare. Nobody is in two groups.
    """
    told = frozenset(group for group, number in persons.items() if number >= FEWEST_CHANGES)
    left = sum(number for group, number in persons.items() if group not in told)
    return told, left >= FEWEST_CHANGES or (not left and bool(told))


def missed(planned_on: date, noted_on: date, moved_on: date) -> bool:
    """Whether a meeting that is moved to another day has missed the one it stood on: that day had come.

    Moved in good time, it counts for its new day. `noted_on`: when it was first written down; a day that had passed by
    then was never waited for.
    """
    return noted_on <= planned_on <= moved_on


def tally(rows: Iterable[tuple[S, str, bool, int]]) -> Tally[S]:
    """From service, month, whether it counts as done, and how many."""
    found: Tally[S] = Tally()
    for service, month, counts, number in rows:
        found.add(service, month, number, counts=counts)
    return found


def days_within(days: Sequence[date], from_on: date, until_on: date | None) -> int:
    """Which of the days, in order, lie in a span: bit n is set for the n-th. `until_on` is the first day after it."""
    start = bisect_left(days, from_on)
    end = len(days) if until_on is None else bisect_left(days, until_on)
    return ((1 << end) - 1) & ~((1 << start) - 1) if end > start else 0


def days_consented(days: Sequence[date], consent: Consented, born: date, limits: Limits) -> int:
    """The days, as bits, on which the consent held, as was to be seen then: until it was withdrawn it did (B6)."""
    last = consents.lasts_until(consent, born, limits)
    ends = [last + timedelta(days=1)] if last is not None and last < date.max else []
    if consent.withdrawn_on is not None:
        ends.append(consent.withdrawn_on)
    return days_within(days, consent.from_on, min(ends, default=None))


def standing(present: Iterable[tuple[S, int, int]], days: Sequence[date]) -> Tally[S]:
    """How it stood on each day: from each case's service, the days it was there, and those it had what is asked for."""
    alike: Counter[tuple[S, int, int]] = Counter()
    for service, there, had in present:
        alike[service, there, had & there] += 1
    found: Tally[S] = Tally()
    for (service, there, had), number in alike.items():
        for place, day in enumerate(days):
            if there >> place & 1:
                found.add(service, f"{day:%Y-%m}", number, counts=bool(had >> place & 1))
    return found


def together(spans: Iterable[tuple[S, int]]) -> dict[S, int]:
    """The bits of each key's spans together."""
    found: dict[S, int] = defaultdict(int)
    for key, bits in spans:
        found[key] |= bits
    return dict(found)


def interval_of(days: int) -> tuple[int, int | None]:
    """The one of `INTERVALS` that so many days fall into."""
    return next(each for each in INTERVALS if each[1] is None or days <= each[1])


def median_days(counts: Mapping[int, int]) -> Fraction | None:
    """The median of days, from how many there are of each; None of nothing."""
    total = sum(counts.values())
    if not total:
        return None
    wanted = {(total - 1) // 2, total // 2}
    found, seen = [], 0
    for days in sorted(counts):
        for _ in range(sum(seen <= place < seen + counts[days] for place in wanted)):
            found.append(days)
        seen += counts[days]
    return Fraction(sum(found), len(found))
