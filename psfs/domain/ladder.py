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
- Where a step on the level is what sees to a requirement ("Meld behov til KE"), the steps before it
  are open. It is done once that is in place, or skipped with a reason, and those after it wait: the
  log never says of a consent or a report that it is there when it is not.
- A step that says that a PSFS conversation was held cannot be done without one of this round: hold
  it, or skip the step with a reason.
- Where the ladder says that the holder is the contact person, somebody holding the baton is what
  puts a contact person in place; a contact person chosen on another level still counts.
- Reopening begins a new round on the level where the case was closed.
"""

from dataclasses import replace
from typing import assert_never

from psfs.domain.ladder_checks import first_open, hindrances, lacking, missing_requirements, requirements_for, target_of
from psfs.domain.ladder_data import LANGUAGES, REQUIREMENTS, Ladder, LadderError, Level, Step, Text
from psfs.domain.ladder_file import BUILT_IN, load
from psfs.domain.ladder_requests import (
    CLOSE_REASONS,
    CaseState,
    Close,
    Decision,
    Direction,
    DoStep,
    Missing,
    Move,
    Open,
    Reopen,
    Request,
    StepState,
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
    "to_provide",
]


def may(ladder: Ladder, state: CaseState | None, request: Request) -> Decision:
    """Whether the request is allowed now (B1–B5); `state` is None where there is no case yet.

    For `Open`, a closed `state` is an earlier case and is no hindrance. That a person has one open
    case per ladder must also be seen to when a case is reopened: one case alone cannot show it.
    Raises ValueError if the state belongs to another ladder.
    """
    return Decision(tuple(hindrances(ladder, state, request)))


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
            return replace(state, level=request.to_level, steps={}, talked=False)
        case Close():
            closing = _closing_steps(ladder, state.level)
            return replace(state, open=False, steps={**state.steps, **closing})
        case Reopen():
            return replace(state, open=True, steps={}, talked=False)
        case _:
            assert_never(request)


def next_step(ladder: Ladder, state: CaseState) -> Step | None:
    """The first step of the round that is neither done nor skipped.

    None in a closed case, or when no step is left.
    """
    if not state.open or not ladder.has(state.level):
        return None
    return first_open(ladder.level(state.level).steps, state)


def to_provide(ladder: Ladder, state: CaseState, step: Step) -> tuple[Missing, ...]:
    """What a step of the case's level is there to see to and is not in place yet."""
    return lacking(step.provides, state, ladder.level(state.level))


def outcomes(ladder: Ladder, number: int) -> tuple[Direction, ...]:
    """What a level's deciding step can decide: no up from the top, no down from the bottom."""
    impossible = {
        Direction.UP: number >= ladder.highest,
        Direction.DOWN: number <= ladder.lowest,
    }
    return tuple(direction for direction in Direction if not impossible.get(direction, False))


def _after_step(ladder: Ladder, state: CaseState, request: DoStep) -> CaseState:
    if request.outcome is not None and request.outcome != Direction.CLOSE:
        return replace(state, level=target_of(state.level, request), steps={}, talked=False)
    became = StepState.SKIPPED if request.skip else StepState.DONE
    return replace(state, steps={**state.steps, request.key: became})


def _closing_steps(ladder: Ladder, number: int) -> dict[str, StepState]:
    if not ladder.has(number):
        return {}
    return {step.key: StepState.DONE for step in ladder.level(number).steps if step.closes}
