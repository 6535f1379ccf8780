"""What the scores of a PSFS form say: totals, averages, paired changes and flags.

Everything is exact: whole numbers are summed, and one fraction is made per figure.
Nothing here is stored; a figure is computed when it is read, so a back-dated or struck
conversation changes all that follows from it (rule P10).

Sources: the form "Kva er viktig for deg?" and Stratford P, Gill C, Westaway M,
Binkley J. Assessing disability and change on individual patients: a report of a patient
specific measure. Physiotherapy Canada 1995;47:258-263.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Generic, Protocol, TypeVar

from psfs.domain.errors import Refusal

SCALE_VERSION = "psfs-nn-1"
LOWEST_SCORE = 0
TOP_SCORE = 10

CONSIDERABLE = Fraction(2)
"""Points of change of the average from which it is flagged (the form; Stratford 1995)."""

ACTIVITY_ERROR = 3
"""Points of change of one activity that are beyond measurement error (Stratford 1995)."""


class Flag(StrEnum):
    """What a change of the average amounts to (P7)."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    NONE = "none"
    NOT_COMPARABLE = "not_comparable"


class Scale(StrEnum):
    """Which way a scale runs (P13). Ours: 10 is "without difficulty"."""

    HIGHER_IS_BETTER = "higher-is-better"
    LOWER_IS_BETTER = "lower-is-better"


class Key(Protocol):
    """An identity: hashable, and ordered among its own kind. UUID, str and int fit."""

    def __hash__(self) -> int: ...

    def __lt__(self, other: Any, /) -> bool: ...


K = TypeVar("K", bound=Key)


# Without slots: in Python 3.11 a frozen generic with slots cannot be made as Round[UUID](…).
@dataclass(frozen=True)
class Round(Generic[K]):
    """One conversation's scores.

    `scores` has one entry per activity that was active: 0-10 points, or None where it
    was not asked. An activity that was not active is absent. `recorded_at` must be
    either aware in every round of a form, or naive in every round.
    """

    id: K
    held_on: date
    recorded_at: datetime
    scores: Mapping[K, int | None]


@dataclass(frozen=True, slots=True)
class ActivityChange(Generic[K]):
    """One activity scored in both rounds; `change` is now minus before, in points (P8)."""

    activity: K
    before: int
    now: int
    change: int
    beyond_error: bool


@dataclass(frozen=True, slots=True)
class Change(Generic[K]):
    """Paired change between two rounds (P5, P6).

    `value`: mean of (now - before), in points, over the activities scored in both; None
    when there is none. `compared`: how many they are. `activities`: these, in the
    order of the later round's scores. `sets_differ`: the two rounds did not score the same
    activities, so the value is not the difference of their averages and the reader must
    be told which activities count.
    """

    value: Fraction | None
    compared: int
    activities: tuple[ActivityChange[K], ...]
    flag: Flag
    sets_differ: bool


@dataclass(frozen=True, slots=True)
class RoundResult(Generic[K]):
    """A round with its figures (P4-P8).

    `total` in points over the `scored` of `active` activities; `average` is None when
    nothing was scored. In a form's first round both changes are empty and not comparable.
    """

    round: Round[K]
    total: int
    scored: int
    active: int
    average: Fraction | None
    since_previous: Change[K]
    since_first: Change[K]


_NOTHING_EARLIER: Change[Any] = Change(None, 0, (), Flag.NOT_COMPARABLE, sets_differ=False)


def check_score(value: object) -> None:
    """Refuse what is not a whole number 0-10 (P3): Refusal "score_out_of_range"."""
    if type(value) is not int or not LOWEST_SCORE <= value <= TOP_SCORE:
        raise Refusal("score_out_of_range", value=value)


def to_higher_is_better(score: int, scale: Scale) -> int:
    """The score on our scale; one from a scale that runs the other way is 10 - score (P13).

    Raises Refusal "score_out_of_range".
    """
    check_score(score)
    return score if scale is Scale.HIGHER_IS_BETTER else TOP_SCORE - score


def evaluate(rounds: Iterable[Round[K]]) -> list[RoundResult[K]]:
    """All figures of one form, its rounds ordered by date held, then recorded, then id (P10).

    Struck rounds must not be passed in. "Previous" and "first" are the neighbouring and
    the earliest round as they stand, also when nothing was scored in them: then the
    change is not comparable.
    """
    results: list[RoundResult[K]] = []
    first: dict[K, int] = {}
    previous: dict[K, int] = {}
    for round_ in sorted(rounds, key=lambda r: (r.held_on, r.recorded_at, r.id)):
        now = {activity: s for activity, s in round_.scores.items() if s is not None}
        if not results:
            first = now
            since_previous = since_first = _NOTHING_EARLIER
        else:
            since_previous = _change(previous, now)
            since_first = since_previous if previous is first else _change(first, now)
        total = sum(now.values())
        average = Fraction(total, len(now)) if now else None
        results.append(
            RoundResult(
                round_,
                total,
                len(now),
                len(round_.scores),
                average,
                since_previous,
                since_first,
            )
        )
        previous = now
    return results


def _change(before: Mapping[K, int], now: Mapping[K, int]) -> Change[K]:
    points = 0
    pairs: list[ActivityChange[K]] = []
    for activity, score in now.items():
        earlier = before.get(activity)
        if earlier is not None:
            change = score - earlier
            points += change
            beyond_error = change >= ACTIVITY_ERROR or change <= -ACTIVITY_ERROR
            pairs.append(ActivityChange(activity, earlier, score, change, beyond_error))
    compared = len(pairs)
    return Change(
        Fraction(points, compared) if compared else None,
        compared,
        tuple(pairs),
        _flag(points, compared),
        sets_differ=not compared == len(now) == len(before),
    )


def _flag(points: int, compared: int) -> Flag:
    """Compare points / compared with the threshold by whole numbers: no rounding (P7)."""
    if not compared:
        return Flag.NOT_COMPARABLE
    threshold = CONSIDERABLE.numerator * compared
    points *= CONSIDERABLE.denominator
    if points >= threshold:
        return Flag.IMPROVED
    return Flag.WORSENED if points <= -threshold else Flag.NONE


def rounded(value: Fraction, places: int) -> Decimal:
    """The value with exactly `places` decimals, half away from zero, never "-0" (P9).

    For showing and export only: flags come from exact values. Raises ValueError for a
    negative number of places.
    """
    if places < 0:
        raise ValueError("places must not be negative")
    doubled = 2 * value.denominator
    units = (abs(value.numerator) * 2 * 10**places + value.denominator) // doubled
    return Decimal(f"{units if value.numerator >= 0 else -units}e-{places}")


def all_at_top(result: RoundResult[Any]) -> bool:
    """Whether every active activity was scored, and scored 10: time for new ones (P17)."""
    return 0 < result.active == result.scored and result.total == TOP_SCORE * result.scored
