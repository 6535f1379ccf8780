"""Agreed measures: goal, who is responsible, deadline, evaluation."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.bti import log
from psfs.bti.hindrance import Changed, repeated, require_date, require_open
from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.models import Case, Intervention, User

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class InterventionInput:
    """What is agreed. ``responsible`` is a name; ``responsible_id`` is set where it is a member of staff."""

    goal: str
    what: str
    responsible: str
    responsible_id: uuid.UUID | None
    service_id: uuid.UUID | None
    started_on: date
    deadline: date | None
    evaluate_on: date | None

    def values(self) -> dict[str, Any]:
        """The columns that it fills."""
        return {name: getattr(self, name) for name in self.__slots__}


def start(
    case: Case,
    by: User,
    intervention_id: uuid.UUID,
    agreed: InterventionInput,
    *,
    meeting_id: uuid.UUID | None = None,
) -> None:
    """Agree on a measure; ``meeting_id``: the meeting that decided it.

    Raises:
        Refusal: the case is closed, or the days do not fit.
        psfs.bti.hindrance.Changed: the id stands on something else.
    """
    if repeated(Intervention, intervention_id, case, **agreed.values()):
        return
    require_open(case)
    _check_days(case, agreed)
    db.session.add(
        Intervention(
            id=intervention_id,
            case_id=case.id,
            level=case.level,
            meeting_id=meeting_id,
            recorded_at=clock.now(),
            recorded_by_id=by.id,
            **agreed.values(),
        )
    )
    _note(case, by, intervention_id, "started", agreed, min(agreed.started_on, clock.today()))
    db.session.commit()


def change(case: Case, by: User, measure: Intervention, version: int, agreed: InterventionInput) -> None:
    """Change what is agreed.

    Raises:
        psfs.bti.hindrance.Changed: somebody else changed it after ``version`` was read.
        Refusal: the case is closed, the measure is ended, or the days do not fit.
    """
    if measure.version == version + 1 and _is(measure, agreed.values()):
        return  # the same once more
    require_open(case)
    _require_version(measure, version)
    if measure.ended_on is not None:
        raise Refusal("intervention_ended")
    _check_days(case, agreed)
    if _is(measure, agreed.values()):
        return
    for name, value in agreed.values().items():
        setattr(measure, name, value)
    _note(case, by, measure.id, "changed", agreed, clock.today())
    db.session.commit()


def evaluate(
    case: Case,
    by: User,
    measure: Intervention,
    version: int,
    *,
    result: str,
    evaluation: str,
    on: date,
    ends: bool,
    next_on: date | None = None,
) -> None:
    """Say how it went: the measure ends, or goes on with the next day to evaluate it. Raises as ``change``."""
    values = {
        "result": result,
        "evaluation": evaluation,
        "evaluated_on": on,
        "ended_on": on if ends else None,
        "evaluate_on": measure.evaluate_on if ends else next_on,
    }
    if measure.version == version + 1 and _is(measure, values):
        return
    require_open(case)
    _require_version(measure, version)
    if measure.ended_on is not None:
        raise Refusal("intervention_ended")
    require_date(case, on)
    if on < measure.started_on:
        raise Refusal("evaluated_before_start", day=f"{measure.started_on:%d.%m.%Y}")
    if not ends and result == "stopped":
        raise Refusal("stopped_goes_on")
    if not ends and (next_on is None or next_on <= on):
        raise Refusal("next_evaluation_missing")
    for name, value in values.items():
        setattr(measure, name, value)
    log.write(
        case,
        by,
        "intervention",
        decided_on=on,
        subject_id=measure.id,
        text=evaluation,
        details={
            "event": "ended" if ends else "evaluated",
            "what": measure.what,
            "result": result,
            "next": next_on.isoformat() if next_on and not ends else "",
        },
    )
    db.session.commit()


def _require_version(measure: Intervention, version: int) -> None:
    if measure.version != version:
        raise Changed("intervention_changed")


def _is(measure: Intervention, values: dict[str, Any]) -> bool:
    return all(getattr(measure, name) == value for name, value in values.items())


def _check_days(case: Case, agreed: InterventionInput) -> None:
    if agreed.started_on < case.person.birth_date:
        raise Refusal("date_before_birth")
    if agreed.deadline is not None and agreed.deadline < agreed.started_on:
        raise Refusal("deadline_before_start")
    if agreed.evaluate_on is not None and agreed.evaluate_on < agreed.started_on:
        raise Refusal("evaluate_before_start")


def _note(case: Case, by: User, measure_id: uuid.UUID, event: str, agreed: InterventionInput, on: date) -> None:
    log.write(
        case,
        by,
        "intervention",
        decided_on=on,
        subject_id=measure_id,
        details={
            "event": event,
            "what": agreed.what,
            "goal": agreed.goal,
            "responsible": agreed.responsible,
            "deadline": agreed.deadline.isoformat() if agreed.deadline else "",
        },
    )
