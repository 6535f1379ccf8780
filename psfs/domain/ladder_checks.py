"""What stands in the way of each request (B1–B5); how the rules are read stands in ``ladder``."""

from collections.abc import Iterable
from typing import assert_never

from psfs.domain.ladder_data import Ladder, Level, Step
from psfs.domain.ladder_requests import (
    CLOSE_REASONS,
    CaseState,
    Close,
    Direction,
    DoStep,
    Missing,
    Move,
    Open,
    Reopen,
    Request,
    StepState,
)
from psfs.domain.reasons import lacks_words


def hindrances(ladder: Ladder, state: CaseState | None, request: Request) -> Iterable[Missing]:
    """Everything that stands in the way of the request, the most basic first.

    Raises ValueError if the state belongs to another ladder.
    """
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


def requirements_for(ladder: Ladder, number: int, step: str | None = None) -> tuple[str, ...]:
    """The requirement keys that must be in place to move up to a level, or before a step on it.

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
    return lacking(dict.fromkeys(needed), state, level)


def lacking(keys: Iterable[str], state: CaseState, level: Level) -> tuple[Missing, ...]:
    """Those of the requirement keys that are not in place, as asked for by the level."""
    by_holder = {"contact_person"} if level.holder_is_contact and state.held else set()
    there = state.fulfilled | by_holder
    return tuple(Missing("requirement", requirement=key, level=level.number) for key in keys if key not in there)


def first_open(steps: Iterable[Step], state: CaseState) -> Step | None:
    """The first of the steps that is neither done nor skipped, or None."""
    return next((step for step in steps if step.key not in state.steps), None)


def target_of(level: int, request: DoStep) -> int:
    """The level that a deciding step leads to from `level`."""
    if request.to_level is not None:
        return request.to_level
    return level + {Direction.UP: 1, Direction.DOWN: -1}.get(request.outcome or Direction.STAY, 0)


def _to_open(ladder: Ladder, state: CaseState | None, request: Open) -> list[Missing]:
    if state is not None and state.open:
        return [Missing("already_open")]
    if not ladder.has(request.level):
        return [Missing("no_such_level", level=request.level)]
    return [] if request.level == ladder.starts_at else _reason(request.reason)


def _to_close(request: Close) -> list[Missing]:
    missing = []
    if not request.reason_code.strip() or lacks_words(request.reason_code, request.reason):
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
        missing.extend(lacking(requirements_for(ladder, target), state, ladder.level(target)))
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
    first = first_open(level.steps[: step.number - 1], state)
    if first is not None:
        missing.append(Missing("step_out_of_order", step=first.key))
    if request.skip:
        return missing + _reason(request.reason)
    if step.decides:
        return missing + _to_decide(ladder, state, step, request)
    if step.conversation and not state.talked:
        missing.append(Missing("needs_conversation", step=step.key))
    return [*missing, *lacking(_needed(ladder, level.number, step), state, level)]


def _to_decide(ladder: Ladder, state: CaseState, step: Step, request: DoStep) -> list[Missing]:
    outcome = request.outcome
    if outcome is None:
        return [Missing("needs_outcome", step=step.key)]
    target = target_of(state.level, request)
    if not ladder.has(target):
        return [Missing("no_such_level", level=target)]
    heading = Direction.STAY if outcome == Direction.CLOSE else outcome
    if _direction(state.level, target) != heading:
        return [Missing("wrong_direction", outcome=outcome, level=target)]
    missing = _reason(request.reason) if abs(target - state.level) > 1 else []
    if outcome in (Direction.UP, Direction.STAY):
        here = _needed(ladder, state.level, step)
        missing.extend(lacking(here, state, ladder.level(state.level)))
        there = requirements_for(ladder, target) if outcome == Direction.UP else ()
        missing.extend(lacking([key for key in there if key not in here], state, ladder.level(target)))
    return missing


def _needed(ladder: Ladder, number: int, step: Step) -> tuple[str, ...]:
    """What must be in place for the step to be done: before it, and what it is there to see to."""
    return tuple(dict.fromkeys([*requirements_for(ladder, number, step.key), *step.provides]))


def _direction(level: int, target: int) -> Direction:
    if target == level:
        return Direction.STAY
    return Direction.UP if target > level else Direction.DOWN


def _decided(ladder: Ladder, state: CaseState) -> bool:
    """Whether the deciding step stands as done in this round."""
    if not ladder.has(state.level):
        return False
    return state.steps.get(ladder.level(state.level).deciding.key) == StepState.DONE


def _reason(reason: str) -> list[Missing]:
    return [] if reason.strip() else [Missing("needs_reason")]
