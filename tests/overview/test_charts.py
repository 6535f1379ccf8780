"""Run charts as they are drawn: pure, from what was measured."""

from __future__ import annotations

import uuid

from psfs.domain.measures import Measure, Tally, tally
from psfs.overview.charts import Chart, charts
from psfs.overview.periods import month_key, whole_months
from psfs.overview.queries_measures import Measured
from tests.overview.histories import TODAY

SERVICE = uuid.UUID(int=1)


def drawn(*parts: int | None) -> Chart:
    """The chart of months in which so many of ten were done in time; None: nothing to measure."""
    months = whole_months(TODAY, len(parts))
    rows = [
        (SERVICE, month_key(month), done, number)
        for month, part in zip(months, parts, strict=True)
        if part is not None
        for done, number in ((True, part), (False, 10 - part))
    ]
    empty: Tally[uuid.UUID] = Tally()
    tallies = {measure: tally(rows) if measure == Measure.DECIDED else empty for measure in Measure}
    return charts(Measured(months, tallies, {SERVICE: 10}), [SERVICE], [])[0]


def test_the_line_breaks_where_a_month_has_nothing_to_measure() -> None:
    chart = drawn(5, 6, None, None, 7, None, 8, 9)
    pieces = [piece.split("L") for piece in chart.path.split("M")[1:]]
    spots = [f"{point.x} {point.y}" for point in chart.points if point.y is not None]
    assert pieces == [spots[:2], [spots[2]], spots[3:]]


def test_an_unbroken_line_is_one_piece_and_nothing_is_none() -> None:
    assert drawn(1, 2, 3).path.count("M") == 1
    assert drawn(None, None).path == ""
