"""Where the marks of a chart stand, so that none of them covers another; the macro ``chart`` draws them."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Place = tuple[int, int]
"""A mark's turn from the left, from 0, and how many stand side by side."""
ALONE: Place = (0, 1)


def places(series: Sequence[Mapping[str, Any]]) -> list[list[Place]]:
    """The place of each mark of each series, conversation by conversation.

    Marks with the same score stand side by side, in the order of the series. An average stands beside those with the
    nearest whole score: it would touch no others.
    """
    found = [[ALONE] * len(one["values"]) for one in series]
    for column in range(len(found[0]) if found else 0):
        together: dict[int, list[int]] = defaultdict(list)
        for number, one in enumerate(series):
            if one["values"][column] is not None:
                together[math.floor(one["values"][column] + _HALF)].append(number)
        for numbers in together.values():
            for turn, number in enumerate(numbers):
                found[number][column] = (turn, len(numbers))
    return found


def sides(average: Sequence[Any], others: Iterable[Sequence[Any]]) -> list[str]:
    """On which side of its mark the figure of each average stands: "above", or where another mark stands there,
    "below", or "right"."""
    rows = list(others)
    found = []
    for column, now in enumerate(average):
        apart = [one[column] - now for one in rows if now is not None and one[column] is not None]
        free = {
            "above": not any(_NEAR < by < _FAR for by in apart),
            "below": not any(_NEAR < -by < _FAR for by in apart),
        }
        found.append(next((side for side, is_free in free.items() if is_free), "right"))
    return found


_HALF, _NEAR, _FAR = 0.5, 0.25, 1.5
"""In points of the scale: half of one; and from where to where a figure above or below its mark is."""
