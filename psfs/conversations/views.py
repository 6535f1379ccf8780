"""What a page, a document or the case page shows of a form. Frozen, ready for a template, in no language yet.

Figures come from ``domain.scoring`` alone; what is written for people (chart labels) is made when it is asked for, in
the language of that moment, so that a document in the person's own language can use the same view.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from psfs.conversations.chart import places, sides
from psfs.domain.activities import MAX_ACTIVE, Span, active_on
from psfs.domain.receiving import NOT_ON_DEVICE
from psfs.domain.scoring import Scale, all_at_top
from psfs.formatting import figure, short_day

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import date, datetime
    from fractions import Fraction

    from psfs.domain.scoring import ActivityChange, Flag, RoundResult


@dataclass(frozen=True, slots=True)
class ActivityView:
    """One row of the form. ``active_from`` None: from the form's start; not active on ``retired_on`` or later."""

    id: uuid.UUID
    position: int
    text: str
    active_from: date | None
    retired_on: date | None
    retire_reason: str | None
    retire_note: str
    ended_on: date | None = None
    """The day to show for its end: that of the conversation in which it was scored for the last time, if it went out
    the day after; else ``retired_on``."""

    @property
    def span(self) -> Span[uuid.UUID]:
        """The same as the domain reckons with it."""
        return Span(self.id, self.active_from, self.retired_on)


@dataclass(frozen=True, slots=True)
class CorrectionView:
    """A score that stood before it was put right (P12)."""

    activity_id: uuid.UUID
    activity: str
    old: int | None
    new: int | None
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Cell:
    """The answer for one activity that was active: a score, or None for not asked (P3).

    ``change`` is since the previous conversation, None where the activity was not scored in both (P8).
    """

    value: int | None
    not_asked_reason: str
    change: ActivityChange[uuid.UUID] | None
    corrected: bool

    @property
    def why_not_asked(self) -> str:
        """The reason in words, where there is one."""
        known = self.not_asked_reason != NOT_ON_DEVICE
        return self.not_asked_reason if known else _("nettbrettet hadde ei eldre liste")


@dataclass(frozen=True, slots=True)
class Counted:
    """One activity that counts in a change."""

    text: str
    change: ActivityChange[uuid.UUID]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change of the average over the activities scored in both conversations (P5, P6).

    ``value`` is exact, None when there is nothing to compare. ``counted`` names the activities that count; show them
    when ``sets_differ``.
    """

    value: Fraction | None
    flag: Flag
    compared: int
    sets_differ: bool
    counted: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class ConversationView:
    """One conversation. ``respondent``: "person", "with_help" or "proxy"; ``cells`` by activity id."""

    id: uuid.UUID
    held_on: date
    recorded_at: datetime
    performed_by: str
    respondent: str
    remark: str
    next_due: date | None
    cells: Mapping[uuid.UUID, Cell]
    corrections: tuple[CorrectionView, ...]


@dataclass(frozen=True, slots=True)
class Column(ConversationView):
    """A conversation that counts, with its figures; ``number`` from 1 in the order held (P10)."""

    number: int
    result: RoundResult[uuid.UUID]
    since_previous: ChangeView
    since_first: ChangeView

    @property
    def all_scored(self) -> bool:
        """Whether every active activity was scored; else say how many were (P4)."""
        return self.result.scored == self.result.active

    @property
    def all_at_top(self) -> bool:
        """Everything at 10: time for new activities, or for closing (P17)."""
        return all_at_top(self.result)


@dataclass(frozen=True, slots=True)
class Struck(ConversationView):
    """A conversation recorded by mistake: in no calculation, still readable (P12)."""

    struck_at: datetime
    struck_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FormView:
    """One PSFS form with everything that was said and every figure. ``columns`` and ``struck`` in the order held."""

    id: uuid.UUID
    case_id: uuid.UUID
    person_name: str
    person_birth_date: date
    number: int
    scale: Scale
    scale_version: str
    opened_on: date
    closed_on: date | None
    closed_reason: str
    activities: tuple[ActivityView, ...]
    columns: tuple[Column, ...]
    struck: tuple[Struck, ...]
    last_recorded_id: uuid.UUID | None
    """The conversation recorded last, struck or not: what a page was made from (see ``service.record``)."""

    @property
    def open(self) -> bool:
        """Whether conversations can be added."""
        return self.closed_on is None

    @property
    def first(self) -> Column | None:
        """The form's first conversation."""
        return self.columns[0] if self.columns else None

    @property
    def latest(self) -> Column | None:
        """The conversation held last."""
        return self.columns[-1] if self.columns else None

    @property
    def previous(self) -> Column | None:
        """The conversation before the latest."""
        return self.columns[-2] if len(self.columns) > 1 else None

    def active_on(self, day: date) -> tuple[ActivityView, ...]:
        """The activities active on ``day``, in the form's order."""
        ids = {span.id for span in active_on([activity.span for activity in self.activities], day)}
        return tuple(activity for activity in self.activities if activity.id in ids)

    def room_on(self, day: date) -> int:
        """How many more activities there is room for on ``day`` (P1)."""
        return max(0, MAX_ACTIVE - len(self.active_on(day)))

    def before(self, day: date) -> Column | None:
        """The last conversation held on or before ``day``."""
        return next((column for column in reversed(self.columns) if column.held_on <= day), None)

    def text_of(self, activity_id: uuid.UUID) -> str:
        """The words of one activity."""
        return next(activity.text for activity in self.activities if activity.id == activity_id)

    @property
    def chart_labels(self) -> list[str]:
        """One short date per conversation, for the ``chart`` macro."""
        return [short_day(column.held_on) for column in self.columns]

    @property
    def chart_series(self) -> list[dict[str, Any]]:
        """The average and each activity that was ever scored, for the ``chart`` macro."""
        rows: list[dict[str, Any]] = []
        for activity in self.activities:
            cells = [column.cells.get(activity.id) for column in self.columns]
            values = [cell.value if cell else None for cell in cells]
            if any(value is not None for value in values):
                rows.append({"name": activity.text, "values": values, "average": False})
        averages = [column.result.average for column in self.columns]
        texts = [figure(average) for average in averages]
        beside = sides(averages, [row["values"] for row in rows])
        rows.append({"name": _("Gjennomsnitt"), "values": averages, "average": True, "texts": texts, "sides": beside})
        return [row | {"places": turns} for row, turns in zip(rows, places(rows), strict=True)]


@dataclass(frozen=True, slots=True)
class FormLine:
    """One form in a list of a case's forms."""

    id: uuid.UUID
    number: int
    opened_on: date
    closed_on: date | None
    closed_reason: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest form of a case in short: the last conversation's figures, None before the first one is held.

    ``earlier_id``: where none is held yet, the form before it whose results can be read.
    """

    form_id: uuid.UUID
    open: bool
    held: int
    result: RoundResult[uuid.UUID] | None
    next_due: date | None
    earlier_id: uuid.UUID | None = None
