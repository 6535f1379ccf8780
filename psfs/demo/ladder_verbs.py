"""Verbs of a story that concern the case's place on its ladder. Each is held against the ladder's rules first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psfs.demo.calendar import pick
from psfs.demo.people_verbs import fulfilled
from psfs.demo.stories import Event
from psfs.demo.team_verbs import coordinate
from psfs.domain import ladder as rules
from psfs.domain.ladder import CaseState, Direction
from psfs.domain.ladder_requests import PLAN_TAKES_OVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.demo.telling import Telling


def open_(tale: Telling, text: str, *, level: int | None = None) -> None:
    """Open the case. Above the ladder's first level the text is the reason for it."""
    above = level is not None and level != tale.ladder.starts_at
    _require(tale, None, rules.Open(tale.case.level, text if above else ""))
    what = {"reason": text} if above else {"text": text}
    tale.log("opened", to_level=tale.case.level, **what)
    tale.case.created_at = tale.at


def step(
    tale: Telling,
    key: str,
    *,
    text: str = "",
    skip: str = "",
    outcome: str = "",
    to_level: int | None = None,
    decided_by: str = "",
    **more: str,
) -> None:
    """Do a step, or skip it with a reason; a deciding step takes its outcome. ``with``: who took part."""
    direction = Direction(outcome) if outcome else None
    said = skip or text or pick(tale.town.phrases[tale.story.ladder][key], tale.story.key, tale.case.round)
    state = _state(tale)
    request = rules.DoStep(key, bool(skip), said, direction, to_level)
    _require(tale, state, request)
    content: dict[str, Any] = {
        "step": key,
        "outcome": "skipped" if skip else outcome or "done",
        "reason": said,
        "decided_by": decided_by,
        "participants": more.pop("with", ""),
        **more,
    }
    after = rules.after(tale.ladder, state, request)
    if direction in (None, Direction.CLOSE):
        tale.log("step", **content)
        tale.steps = dict(after.steps)
    else:
        _place(tale, "step", after.level, **content)


def steps(tale: Telling, last: str, *, to: int, text: str = "") -> None:
    """Do every step that is left up to and with ``last``, evenly spread from this day to ``to`` days ago."""
    level = tale.ladder.level(tale.case.level)
    end = level.step(last)
    if end is None:
        raise ValueError(f"{tale.story.key}: no step {last} on level {level.number}")
    left = [each.key for each in level.steps[: end.number] if each.key not in tale.steps]
    first, gaps = tale.ago, max(1, len(left) - 1)
    step(tale, left[0], text=text if len(left) == 1 else "")
    for place in reversed(range(1, len(left))):
        options = {"text": text} if text and place == len(left) - 1 else {}
        tale.queue_first(
            Event(first - (first - to) * place // gaps, "step", left[place], tale.by.username, options),
        )


def move(tale: Telling, level: int, *, text: str) -> None:
    """Move outside the deciding step, with a reason."""
    _require(tale, _state(tale), rules.Move(level, text))
    _place(tale, "move", level, reason=text)


def close(tale: Telling, reason: str, *, text: str) -> None:
    """Close the case with a last evaluation."""
    _require(tale, _state(tale), rules.Close(reason, text))
    withdrawn = tale.offer is not None
    if tale.offer is not None:
        tale.offer.state, tale.offer.answered_at, tale.offer = "withdrawn", tale.at, None
    tale.log("closed", text=text, outcome=reason, details={"offer_withdrawn": withdrawn})
    tale.case.closed_on, tale.case.close_reason = tale.on, reason
    if reason != PLAN_TAKES_OVER:
        coordinate(tale, "")
        if tale.care_team is not None:
            tale.care_team.ended_on = tale.on


def reopen(tale: Telling, text: str) -> None:
    """Open the closed case again: a new round on the same level."""
    _require(tale, _state(tale), rules.Reopen(text))
    tale.case.closed_on = tale.case.close_reason = None
    _place(tale, "reopened", tale.case.level, reason=text)


def _place(tale: Telling, kind: str, level: int, **content: Any) -> None:
    case = tale.case
    tale.log(kind, from_level=case.level, to_level=level, **content)
    case.level, case.round, case.level_since = level, 1 + tale.rounds.get(level, 0), tale.on
    tale.steps = {}


def _state(tale: Telling) -> CaseState:
    case = tale.case
    talks = [talk for form in tale.forms for talk in form.conversations if talk.struck_at is None]
    return CaseState(
        tale.ladder.key,
        case.level,
        case.closed_on is None,
        tale.steps,
        fulfilled(tale),
        held=case.holder is not None,
        talked=any(talk.held_on >= case.level_since for talk in talks),
    )


def _require(tale: Telling, state: CaseState | None, request: rules.Request) -> None:
    decision = rules.may(tale.ladder, state, request)
    if not decision.allowed:
        missing = [(each.code, dict(each.values)) for each in decision.missing]
        raise ValueError(f"{tale.story.key}, {tale.ago} days ago: {request} is hindered by {missing}")
    if tale.on < tale.case.level_since:
        raise ValueError(f"{tale.story.key}: {request} before the case came to its level")


VERBS: dict[str, Callable[..., None]] = {
    "open": open_,
    "step": step,
    "steps": steps,
    "move": move,
    "close": close,
    "reopen": reopen,
}
