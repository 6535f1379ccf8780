"""The rules of a ladder (B1–B5): may this be done to a case now, and if not, what is missing.

Nothing here knows a particular ladder: levels, steps and requirements come from the ladder's file.

How the rules are read where the papers are silent:

- Steps are done in order. A step that was skipped can still be done later in the same round.
  Skipping needs a reason and nothing else; it gets nobody past a requirement, which holds for every
  later step too.
- The deciding step cannot be skipped: `Move` and `Close` are the ways round it. It can be taken
  again until it has been carried out, since a new level or a new round empties the round.
- "Close" as the outcome of a deciding step says what was decided; the case is closed by `Close`,
  which carries why and the last evaluation (B5). A step that `closes` ("Avslutt saka") is carried
  out by `Close` too.
- Going up is checked against the target level, by a deciding step and by `Move`. Going down and
  closing are never blocked by a requirement: a withdrawn consent must not lock a case where it may
  no longer be.
- A case can be opened straight at a higher level with a reason, though nothing can be in place
  before it exists; what is missing is named by `missing_requirements` and blocks the steps there
  until it is mended.
- Where a step on the level is what sees to a requirement ("Meld behov til KE"), the steps up to and
  including it are open, and those after it wait.
- Reopening begins a new round on the level where the case was closed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from psfs.domain.ladder_data import (
    BUILT_IN,
    LANGUAGES,
    REQUIREMENTS,
    Ladder,
    LadderError,
    Level,
    Step,
    Text,
    load,
)

__all__ = [
    "BUILT_IN",
    "CLOSE_REASONS",
    "LANGUAGES",
    "REQUIREMENTS",
    "CaseState",
    "Close",
    "Decision",
    "Direction",
    "DoStep",
    "Ladder",
    "LadderError",
    "Level",
    "Missing",
    "Move",
    "Open",
    "Reopen",
    "Request",
    "Step",
    "StepState",
    "Text",
    "after",
    "load",
    "may",
    "missing_requirements",
    "next_step",
    "outcomes",
    "requirements_for",
]

CLOSE_REASONS = ("no_concern", "their_wish", "individual_plan", "moved", "dead", "other")
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
    by legal basis (B4).
    """

    ladder: str
    level: int
    open: bool
    steps: Mapping[str, StepState] = field(default_factory=dict)
    fulfilled: frozenset[str] = frozenset()


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
    """Close the case: why (one of CLOSE_REASONS), and the last evaluation in words (B5)."""

    reason_code: str
    evaluation: str


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

    needs_reason; needs_outcome(step); step_out_of_order(step: the one to do first);
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


def may(ladder: Ladder, state: CaseState | None, request: Request) -> Decision:
    """Whether the request is allowed now (B1–B5); `state` is None where there is no case yet.

    For `Open`, a closed `state` is an earlier case and is no hindrance. That a person has one open
    case per ladder must also be seen to when a case is reopened: one case alone cannot show it.
    Raises ValueError if the state belongs to another ladder.
    """
    return Decision(tuple(_missing(ladder, state, request)))


def after(ladder: Ladder, state: CaseState | None, request: Request) -> CaseState:
    """The state once an allowed request has been carried out; empty `steps` mean a new round.

    Raises ValueError if the request is not allowed.
    """
    decision = may(ladder, state, request)
    if not decision.allowed:
        raise ValueError(f"not allowed: {decision.missing}")
    if isinstance(request, Open):
        return CaseState(ladder.key, request.level, open=True)
    if state is None:
        raise ValueError("there is no case")
    match request:
        case DoStep():
            return _after_step(ladder, state, request)
        case Move():
            return replace(state, level=request.to_level, steps={})
        case Close():
            closing = _closing_steps(ladder, state.level)
            return replace(state, open=False, steps={**state.steps, **closing})
        case Reopen():
            return replace(state, open=True, steps={})
        case _:
            assert_never(request)


def next_step(ladder: Ladder, state: CaseState) -> Step | None:
    """The first step of the round that is neither done nor skipped.

    None in a closed case, or when no step is left.
    """
    if not state.open or not ladder.has(state.level):
        return None
    return _first_open(ladder.level(state.level).steps, state)


def outcomes(ladder: Ladder, number: int) -> tuple[Direction, ...]:
    """What a level's deciding step can decide: no up from the top, no down from the bottom."""
    impossible = {
        Direction.UP: number >= ladder.highest,
        Direction.DOWN: number <= ladder.lowest,
    }
    return tuple(direction for direction in Direction if not impossible.get(direction, False))


def requirements_for(ladder: Ladder, number: int, step: str | None = None) -> tuple[str, ...]:
    """The requirement keys that must be in place to move up to a level, or to do a step on it.

    Raises KeyError for an unknown level or step.
    """
    level = ladder.level(number)
    if step is None:
        return level.requires
    at = level.step(step)
    if at is None:
        raise KeyError(step)
    seen_to_later = {key for each in level.steps[at.number - 1 :] for key in each.provides}
    of_level = [key for key in level.requires if key not in seen_to_later]
    of_steps = [key for each in level.steps[: at.number] for key in each.requires]
    return tuple(dict.fromkeys(of_level + of_steps))


def missing_requirements(ladder: Ladder, state: CaseState) -> tuple[Missing, ...]:
    """What is required on the case's level, for itself or any of its steps, and not in place."""
    if not ladder.has(state.level):
        return ()
    level = ladder.level(state.level)
    needed = [*level.requires, *(key for step in level.steps for key in step.requires)]
    return _lacking(dict.fromkeys(needed), state, level.number)


def _missing(ladder: Ladder, state: CaseState | None, request: Request) -> Iterable[Missing]:
    if state is not None and state.ladder != ladder.key:
        raise ValueError(f"the case stands on the ladder {state.ladder}, not on {ladder.key}")
    if isinstance(request, Open):
        return _to_open(ladder, state, request)
    if state is None:
        return [Missing("no_case")]
    if isinstance(request, Reopen):
        return [Missing("already_open")] if state.open else _reason(request.reason)
    if not state.open:
        return [Missing("case_closed")]
    match request:
        case DoStep():
            return _to_do(ladder, state, request)
        case Move():
            return _to_move(ladder, state, request)
        case Close():
            return _to_close(request)
        case _:
            assert_never(request)


def _to_open(ladder: Ladder, state: CaseState | None, request: Open) -> list[Missing]:
    if state is not None and state.open:
        return [Missing("already_open")]
    if not ladder.has(request.level):
        return [Missing("no_such_level", level=request.level)]
    return [] if request.level == ladder.starts_at else _reason(request.reason)


def _to_close(request: Close) -> list[Missing]:
    missing = []
    if not request.reason_code.strip():
        missing.append(Missing("needs_reason"))
    elif request.reason_code not in CLOSE_REASONS:
        missing.append(Missing("unknown_close_reason", reason=request.reason_code))
    if not request.evaluation.strip():
        missing.append(Missing("last_evaluation"))
    return missing


def _to_move(ladder: Ladder, state: CaseState, request: Move) -> list[Missing]:
    target = request.to_level
    if not ladder.has(target):
        return [Missing("no_such_level", level=target)]
    if target == state.level:
        return [Missing("already_there", level=target)]
    plain = _decided(ladder, state) and abs(target - state.level) == 1
    missing = [] if plain else _reason(request.reason)
    if target > state.level:
        missing.extend(_lacking(requirements_for(ladder, target), state, target))
    return missing


def _to_do(ladder: Ladder, state: CaseState, request: DoStep) -> list[Missing]:
    if not ladder.has(state.level):
        return [Missing("no_such_level", level=state.level)]
    level = ladder.level(state.level)
    step = level.step(request.key)
    if step is None:
        return [Missing("unknown_step", step=request.key, level=level.number)]
    if step.closes:
        return [Missing("close_instead", step=step.key)]
    if request.skip and step.decides:
        return [Missing("cannot_skip", step=step.key)]
    if request.outcome is not None and (request.skip or not step.decides):
        return [Missing("outcome_not_possible", step=step.key, outcome=request.outcome)]
    state_of_step = state.steps.get(step.key)
    if not step.decides and (state_of_step == StepState.DONE or (request.skip and state_of_step)):
        return [Missing("already_done", step=step.key)]
    missing = []
    first = _first_open(level.steps[: step.number - 1], state)
    if first is not None:
        missing.append(Missing("step_out_of_order", step=first.key))
    if request.skip:
        return missing + _reason(request.reason)
    if step.decides:
        return missing + _to_decide(ladder, state, step, request)
    needed = requirements_for(ladder, level.number, step.key)
    return [*missing, *_lacking(needed, state, level.number)]


def _to_decide(ladder: Ladder, state: CaseState, step: Step, request: DoStep) -> list[Missing]:
    outcome = request.outcome
    if outcome is None:
        return [Missing("needs_outcome", step=step.key)]
    target = _target(state.level, request)
    if not ladder.has(target):
        return [Missing("no_such_level", level=target)]
    heading = Direction.STAY if outcome == Direction.CLOSE else outcome
    if _direction(state.level, target) != heading:
        return [Missing("wrong_direction", outcome=outcome, level=target)]
    missing = _reason(request.reason) if abs(target - state.level) > 1 else []
    if outcome in (Direction.UP, Direction.STAY):
        here = requirements_for(ladder, state.level, step.key)
        missing.extend(_lacking(here, state, state.level))
        there = requirements_for(ladder, target) if outcome == Direction.UP else ()
        missing.extend(_lacking([key for key in there if key not in here], state, target))
    return missing


def _after_step(ladder: Ladder, state: CaseState, request: DoStep) -> CaseState:
    if request.outcome is not None and request.outcome != Direction.CLOSE:
        return replace(state, level=_target(state.level, request), steps={})
    became = StepState.SKIPPED if request.skip else StepState.DONE
    return replace(state, steps={**state.steps, request.key: became})


def _target(level: int, request: DoStep) -> int:
    if request.to_level is not None:
        return request.to_level
    return level + {Direction.UP: 1, Direction.DOWN: -1}.get(request.outcome or Direction.STAY, 0)


def _direction(level: int, target: int) -> Direction:
    if target == level:
        return Direction.STAY
    return Direction.UP if target > level else Direction.DOWN


def _decided(ladder: Ladder, state: CaseState) -> bool:
    """Whether the deciding step stands as done in this round."""
    if not ladder.has(state.level):
        return False
    return state.steps.get(ladder.level(state.level).deciding.key) == StepState.DONE


def _closing_steps(ladder: Ladder, number: int) -> dict[str, StepState]:
    if not ladder.has(number):
        return {}
    return {step.key: StepState.DONE for step in ladder.level(number).steps if step.closes}


def _first_open(steps: Iterable[Step], state: CaseState) -> Step | None:
    return next((step for step in steps if step.key not in state.steps), None)


def _lacking(keys: Iterable[str], state: CaseState, level: int) -> tuple[Missing, ...]:
    return tuple(Missing("requirement", requirement=key, level=level) for key in keys if key not in state.fulfilled)


def _reason(reason: str) -> list[Missing]:
    return [] if reason.strip() else [Missing("needs_reason")]
