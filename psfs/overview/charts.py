"""Run charts as they are drawn: points in whole numbers on a fixed field, the median, the signals, the notes. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from psfs.domain import run_chart
from psfs.domain.measures import Measure, Share
from psfs.overview.periods import month_key

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import date
    from fractions import Fraction

    from psfs.domain.run_chart import RunChart, Span
    from psfs.models import ChangeNote
    from psfs.overview.queries_measures import Measured

LEFT, STEP, TOP, TALL, ROOM, RIGHT = 72, 34, 44, 200, 28, 76
"""The field: where the first month stands, between months, the line of 100 %, down to 0 %, what a note takes, and from
the last month to the edge."""


class Point(NamedTuple):
    """A month. ``y`` is None where there was nothing to measure."""

    month: date
    share: Share
    x: int
    y: int | None

    @property
    def key(self) -> str:
        """The month as it stands in addresses."""
        return month_key(self.month)


class Signal(NamedTuple):
    """A shift or a trend over months; ``up``: above the median, or rising. ``x`` and ``to_x``: where it is drawn."""

    kind: str
    first: date
    last: date
    up: bool
    x: int
    to_x: int


class Note(NamedTuple):
    """A note on the time axis, by its number in the list; ``row``: how far down, so that none hides another."""

    number: int
    x: int
    row: int


@dataclass(frozen=True)
class Chart:
    """One measure."""

    measure: Measure
    points: tuple[Point, ...]
    reading: RunChart
    median_y: int | None
    signals: tuple[Signal, ...]
    notes: tuple[Note, ...]

    @property
    def width(self) -> int:
        """Of the whole picture."""
        return LEFT + STEP * (len(self.points) - 1) + RIGHT

    @property
    def rows(self) -> int:
        """Rows of notes under the axis."""
        return max((note.row for note in self.notes), default=-1) + 1

    @property
    def path(self) -> str:
        """The line through the points, broken where a month has nothing to measure: nobody knows how it went then."""
        pieces = groupby(self.points, key=lambda point: point.y is not None)
        lines = ("L".join(f"{point.x} {point.y}" for point in piece) for drawn, piece in pieces if drawn)
        return "".join(f"M{line}" for line in lines)


def charts(found: Measured, services: Collection[uuid.UUID], notes: Sequence[ChangeNote]) -> list[Chart]:
    """The five charts for these services together."""
    return [_chart(measure, found, services, notes) for measure in Measure]


def _chart(measure: Measure, found: Measured, services: Collection[uuid.UUID], notes: Sequence[ChangeNote]) -> Chart:
    tally = found.tallies[measure]
    shares = [tally.share(services, month_key(month)) for month in found.months]
    values = [share.percent for share in shares]
    reading = run_chart.read(values)
    points = tuple(
        Point(month, share, _x(place), _y(share.percent))
        for place, (month, share) in enumerate(zip(found.months, shares, strict=True))
    )
    signals = [_signal("shift", span, points, _above(values[span.first], reading)) for span in reading.shifts]
    signals += [_signal("trend", span, points, _rises(values, span)) for span in reading.trends]
    return Chart(
        measure,
        points,
        reading,
        _y(reading.median) if reading.enough else None,
        tuple(signals),
        _notes(notes, found.months),
    )


def _x(place: int) -> int:
    return LEFT + STEP * place


def _y(percent: Fraction | None) -> int | None:
    return None if percent is None else TOP + round((100 - percent) * TALL / 100)


def _signal(kind: str, span: Span, points: Sequence[Point], up: bool) -> Signal:
    first, last = points[span.first], points[span.last]
    return Signal(kind, first.month, last.month, up, first.x, last.x)


def _above(value: Fraction | None, reading: RunChart) -> bool:
    return value is not None and reading.median is not None and value > reading.median


def _rises(values: Sequence[Fraction | None], span: Span) -> bool:
    first, last = values[span.first], values[span.last]
    return first is not None and last is not None and last > first


def _notes(notes: Sequence[ChangeNote], months: Sequence[date]) -> tuple[Note, ...]:
    """Those that the chart reaches, each in the first row where there is room; they come in the order of their days."""
    found: list[Note] = []
    ends: list[int] = []
    for number, note in enumerate(notes, 1):
        x = _place(note.on, months)
        if x is None:
            continue
        row = next((place for place, end in enumerate(ends) if end <= x), len(ends))
        ends[row : row + 1] = [x + ROOM]
        found.append(Note(number, x, row))
    return tuple(found)


def _place(on: date, months: Sequence[date]) -> int | None:
    """Where a day stands on the axis, a month's point in its middle; None for one that the chart does not reach."""
    place = (on.year - months[0].year) * 12 + on.month - months[0].month
    if not 0 <= place < len(months):
        return None
    return _x(place) - STEP // 2 + STEP * (on.day - 1) // 31
