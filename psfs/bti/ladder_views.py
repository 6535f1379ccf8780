"""What the pages about the ladder show: plain values, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import url_for

if TYPE_CHECKING:
    import uuid
    from datetime import date, datetime


FROM_LADDER = "stige"
"""What stands in the address as ``fra`` of a page that was opened to mend what the ladder lacks."""


@dataclass(frozen=True, slots=True)
class LevelView:
    """One rung, in the reader's language."""

    number: int
    name: str
    what: str
    holder_title: str


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of the present level. ``state``: done, skipped, next or later.

    ``to_provide`` is what it is there to see to and is not yet in place. ``only_skip``: it cannot be done yet, only
    skipped.
    """

    key: str
    number: int
    name: str
    state: str
    who: str
    when: str
    reason: str
    decides: bool
    closes: bool
    conversation: bool
    measures: bool
    ke_decides: bool
    provides: tuple[str, ...]
    to_provide: tuple[MissingView, ...]
    only_skip: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """A PSFS conversation that was held: when, and by whom."""

    held_on: date
    performed_by: str


@dataclass(frozen=True, slots=True)
class Told:
    """A need reported to the coordinating unit, ``on`` a day, ``by`` somebody; ``decided_on`` is None until it is."""

    id: uuid.UUID
    on: date
    by: str
    decided_on: date | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Who was asked to take the baton and has not answered, and when. ``role``: what the coordinating unit would have
    them be (``Coordinator.kind``), empty where it is the baton alone."""

    name: str
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MissingView:
    """Something that must be in place first, with the link that mends it (none: ``endpoint`` is empty)."""

    code: str
    text: str
    case_id: uuid.UUID
    endpoint: str = ""
    link: str = ""
    query: dict[str, Any] = field(default_factory=dict)

    @property
    def href(self) -> str:
        """Address of the page that mends it and then leads back to the ladder, or an empty text."""
        query = {**self.query, "fra": FROM_LADDER}
        return url_for(self.endpoint, case_id=self.case_id, **query) if self.endpoint else ""


@dataclass(frozen=True, slots=True)
class LadderView:
    """Everything the ladder's picture, its steps and its buttons need.

    ``missing`` hinders the next step (or, when deciding is next, the way up); ``missing_up`` hinders the level above.
    ``due`` is the last day to decide level 0. ``talk`` is the last conversation of this round, where the level has a
    step that rests on one.
    ``services``: the others that may take part today. ``holder_is_contact``: no other contact person is chosen here.
    ``seen`` goes back with a form, so that a change made meanwhile is noticed.
    """

    case_id: uuid.UUID
    key: str
    name: str
    level: int
    level_name: str
    round: int
    level_since: date
    open: bool
    closed_on: date | None
    close_reason: str
    levels: tuple[LevelView, ...]
    steps: tuple[StepView, ...]
    next_step: StepView | None
    missing: tuple[MissingView, ...]
    missing_up: tuple[MissingView, ...]
    outcomes: tuple[str, ...]
    holder: str
    holder_title: str
    holder_cut: bool
    holder_is_contact: bool
    offered_to: Asked | None
    talk: Talk | None
    services: tuple[str, ...]
    withdrawn: tuple[tuple[str, date], ...]
    due: date | None
    overdue: bool
    seen: str

    def skipped(self) -> tuple[StepView, ...]:
        """Steps that were skipped and can still be done in this round."""
        return tuple(step for step in self.steps if step.state == "skipped")
