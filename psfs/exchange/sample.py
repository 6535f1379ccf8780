"""A file of scores as it should be, to begin from: one made-up person and three conversations. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from psfs.exchange.parse import COLUMNS
from psfs.exchange.tables import Column, Table

if TYPE_CHECKING:
    from datetime import date

DAYS_AGO = (120, 70, 0)
SCORES = {"Gå til butikken": ("2", "4", "7"), "Lage middag": ("3", "", "6")}
"""Of each activity, conversation by conversation; empty: it was not asked."""


def table(today: date) -> Table:
    """The file's lines."""
    rows = [
        (
            "EKSEMPEL-1",
            "Namn Eksempelsen",
            "1941-05-17",
            "1",
            activity,
            today - timedelta(days=ago),
            score,
            "Tilsett Eksempelsen",
        )
        for place, ago in enumerate(DAYS_AGO)
        for activity, score in ((text, scores[place]) for text, scores in SCORES.items())
    ]
    return Table("", [Column(name) for name in COLUMNS], rows)
