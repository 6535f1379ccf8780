"""What can be asked of a ladder, where a case stands, and the answer (B1–B5). No rules; those are in ``ladder``."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from psfs.domain.reasons import OTHER

PLAN_TAKES_OVER = "individual_plan"
"""The reason for closing where the person's follow-up goes on in an individual plan: it ends the log alone."""
CLOSE_REASONS = ("no_concern", "their_wish", PLAN_TAKES_OVER, "moved", "dead", OTHER)
"""Why a case can be closed (B5)."""


class Direction(StrEnum):
    """The outcome of a deciding step (B2). STAY is "continue here": a new round of steps."""

    UP = "up"
    DOWN = "down"
    STAY = "continue"
    CLOSE = "close"


class StepState(StrEnum):
    """What has become of a step in the current round; a step not yet reached has no state."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class CaseState:
    """Where a case stands.

    `steps` holds the current round on the current level, by step key; keys that the ladder no
    longer has are ignored. `fulfilled` holds the requirement keys that are in place, by consent or
    by legal basis (B4). `held`: somebody holds the baton. `talked`: a PSFS conversation that counts
    was held since this round began.
    """

    ladder: str
    level: int
    open: bool
    steps: Mapping[str, StepState] = field(default_factory=dict)
    fulfilled: frozenset[str] = frozenset()
    held: bool = False
    talked: bool = False


@dataclass(frozen=True)
class DoStep:
    """Do a step, or skip it.

    A deciding step takes an outcome, and `to_level` where that is not simply the next level.
    """

    key: str
    skip: bool = False
    reason: str = ""
    outcome: Direction | None = None
    to_level: int | None = None


@dataclass(frozen=True)
class Move:
    """Move the case to another level outside the deciding step."""

    to_level: int
    reason: str = ""


@dataclass(frozen=True)
class Close:
    """Close the case: why (one of CLOSE_REASONS), the last evaluation in words (B5), and more about why."""

    reason_code: str
    evaluation: str
    reason: str = ""


@dataclass(frozen=True)
class Reopen:
    """Open a closed case again."""

    reason: str


@dataclass(frozen=True)
class Open:
    """Open a new case on a level. A level other than the ladder's first needs a reason (B1)."""

    level: int
    reason: str = ""


Request = DoStep | Move | Close | Reopen | Open


@dataclass(frozen=True, init=False)
class Missing:
    """One thing that stands in the way: a code, and the values that the sentence about it needs.

    needs_reason; needs_outcome(step); needs_conversation(step); step_out_of_order(step: the one to do first);
    already_done(step); unknown_step(step, level); cannot_skip(step);
    outcome_not_possible(step, outcome); close_instead(step); wrong_direction(outcome, level);
    no_such_level(level); already_there(level); requirement(requirement, level);
    unknown_close_reason(reason); last_evaluation; case_closed; already_open; no_case.
    """

    code: str
    values: Mapping[str, object]

    def __init__(self, code: str, **values: object) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "values", values)

    def __hash__(self) -> int:
        return hash((self.code, frozenset(self.values.items())))


@dataclass(frozen=True)
class Decision:
    """The answer to a request: allowed, or everything that is missing, the most basic first."""

    missing: tuple[Missing, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing
