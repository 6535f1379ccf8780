"""Run charts: the median of a measure over time, and the signals that tell change from chance.

The rules are those of Perla, Provost and Murray 2011 (The run chart: a simple analytical tool for learning from
variation in healthcare processes. BMJ Quality & Safety 20:46-51): a shift of six or more points in a row on one side of
the median, a trend of five or more in a row going one way, too few or too many runs about the median. Their fourth
rule, the astronomical point, is for the eye alone and has no code.

Their table of runs is that of Swed and Eisenhart 1943 for as many points above as below. Here the exact distribution is
used, for the points there are: the limits differ from the table by one at some numbers of points (12 and 17 among
them), always so that at most 2.5 % lies beyond them at each end, as the table intends.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from itertools import groupby
from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHIFT, TREND = 6, 5
"""Points in a row that make a signal (Perla 2011, rules 1 and 2)."""
FEWEST = 10
"""Points for a median, a shift and a trend to tell anything (Perla 2011: "10 or more data points"). Runs need as many
that are useful: the printed table counts the points that do not lie on the median."""
TAIL = Fraction(25, 1000)
"""How seldom chance alone gives so few, or so many, runs; at each end."""


class Runs(StrEnum):
    """What the number of runs tells."""

    TOO_FEW = "too_few"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Span:
    """Points from the first to the last of a signal, as their places among all points (from 0)."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class RunChart:
    """What a chart tells.

    ``median`` is None without points; ``useful`` counts the points off the median, ``runs`` their runs; ``limits`` are
    the fewest and the most runs that chance gives, None where there are too few useful points to say, or all of them
    lie on one side. ``enough``: whether there are points enough for a median, a shift or a trend.
    """

    median: Fraction | None
    points: int
    useful: int
    runs: int
    limits: tuple[int, int] | None
    shifts: tuple[Span, ...]
    trends: tuple[Span, ...]
    signal: Runs | None

    @property
    def enough(self) -> bool:
        """Whether there are points enough for a median, a shift or a trend; on the median or off it."""
        return self.points >= FEWEST

    @property
    def runs_judged(self) -> bool:
        """Whether the number of runs can tell anything: enough useful points, on both sides."""
        return self.limits is not None

    @property
    def any_signal(self) -> bool:
        """Whether anything tells of change."""
        return bool(self.shifts or self.trends or self.signal)


def read(values: Sequence[Fraction | None]) -> RunChart:
    """Read the chart. None is a time without anything to measure: it is left out, and what is round it is joined."""
    kept = [(place, value) for place, value in enumerate(values) if value is not None]
    middle = median([value for _place, value in kept])
    if middle is None:
        return RunChart(None, 0, 0, 0, None, (), (), None)
    sides = [(place, value > middle) for place, value in kept if value != middle]
    runs = sum(1 for number, (_place, side) in enumerate(sides) if number == 0 or side != sides[number - 1][1])
    if len(kept) < FEWEST:
        return RunChart(middle, len(kept), len(sides), runs, None, (), (), None)
    above = sum(side for _place, side in sides)
    limits = run_limits(above, len(sides) - above) if len(sides) >= FEWEST else None
    signal = None
    if limits is not None and runs < limits[0]:
        signal = Runs.TOO_FEW
    elif limits is not None and runs > limits[1]:
        signal = Runs.TOO_MANY
    return RunChart(middle, len(kept), len(sides), runs, limits, _shifts(sides), _trends(kept), signal)


def median(values: Sequence[Fraction]) -> Fraction | None:
    """The middle value, or the mean of the two in the middle; None of none."""
    if not values:
        return None
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


@cache
def run_limits(above: int, below: int) -> tuple[int, int] | None:
    """The fewest and the most runs that chance gives with so many points above and below the median.

    Fewer, or more, come by chance at most once in forty (`TAIL`). None where all points lie on one side: there is then
    one run, and nothing to compare it with.
    """
    if not above or not below:
        return None
    whole = comb(above + below, above)
    ways = {runs: _ways(above, below, runs) for runs in range(2, above + below + 1)}
    fewest, sum_low = 2, ways[2]
    while Fraction(sum_low, whole) <= TAIL:
        fewest += 1
        sum_low += ways[fewest]
    most = max(runs for runs, count in ways.items() if count)
    sum_high = ways[most]
    while Fraction(sum_high, whole) <= TAIL:
        most -= 1
        sum_high += ways[most]
    return fewest, most


def _ways(above: int, below: int, runs: int) -> int:
    """In how many orders of the points there are so many runs (Swed and Eisenhart 1943)."""
    half = runs // 2
    if runs % 2 == 0:
        return 2 * comb(above - 1, half - 1) * comb(below - 1, half - 1)
    one = comb(above - 1, half) * comb(below - 1, half - 1)
    return one + comb(above - 1, half - 1) * comb(below - 1, half)


def _shifts(sides: Sequence[tuple[int, bool]]) -> tuple[Span, ...]:
    """Six or more in a row on one side; points on the median neither break nor count."""
    found, begun = [], 0
    for number in range(1, len(sides) + 1):
        if number == len(sides) or sides[number][1] != sides[begun][1]:
            if number - begun >= SHIFT:
                found.append(Span(sides[begun][0], sides[number - 1][0]))
            begun = number
    return tuple(found)


def _trends(kept: Sequence[tuple[int, Fraction]]) -> tuple[Span, ...]:
    """Five or more in a row all going up, or all going down; a value that repeats the one before it counts once.

    The trend begins with the last of the values it leaves, and ends with the first of those it comes to.
    """
    alike = (list(group) for _value, group in groupby(kept, key=lambda point: point[1]))
    steps = [(Span(group[0][0], group[-1][0]), group[0][1]) for group in alike]
    found, begun = [], 0
    for number in range(1, len(steps) + 1):
        turned = number == len(steps) or (
            number - begun >= 2 and (steps[number][1] > steps[number - 1][1]) != (steps[begun + 1][1] > steps[begun][1])
        )
        if turned:
            if number - begun >= TREND:
                found.append(Span(steps[begun][0].last, steps[number - 1][0].first))
            begun = number - 1
    return tuple(found)
