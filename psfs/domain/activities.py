"""Which activities of a form are active when, and what a conversation must answer."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic

from psfs.domain import reasons
from psfs.domain.errors import Refusal
from psfs.domain.scoring import K, check_score

MAX_ACTIVE = 5
"""Rows of the form (P1)."""


class RetireReason(StrEnum):
    """Why an activity is retired (P2)."""

    REACHED = "reached"
    NOT_RELEVANT = "not_relevant"
    OTHER = reasons.OTHER


# Without slots: in Python 3.11 a frozen generic with slots cannot be made as Span[UUID](…).
@dataclass(frozen=True)
class Span(Generic[K]):
    """When one activity is active.

    From `active_from` (None: from the form's start) up to, but not on, `retired_on`
    (None: not retired). One retired on or before its first day was never active.
    """

    id: K
    active_from: date | None
    retired_on: date | None

    def covers(self, day: date) -> bool:
        """Whether the activity is active on that day."""
        return (self.active_from is None or self.active_from <= day) and (
            self.retired_on is None or day < self.retired_on
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a conversation holds for one activity: a score, or "not asked" with a reason (P3).

    `Answer()` is neither: nothing was chosen, and that is never taken for zero or for
    "not asked".
    """

    score: int | None = None
    not_asked: bool = False
    reason: str = ""


def active_on(spans: Iterable[Span[K]], day: date) -> list[Span[K]]:
    """The activities active on that day, in the order given."""
    return [span for span in spans if span.covers(day)]


def check_limit(spans: Iterable[Span[K]], min_active: int = 0) -> None:
    """Refuse more than five activities active on any day (P1, P2).

    With `min_active`, refuse also fewer than that on any day from the first on which
    something is active. Raises Refusal "too_many_activities" or "too_few_activities"
    with `count` and `day`, the first such day; `day` is None when it is so from the
    form's start.
    """
    count = 0
    turns: Counter[date] = Counter()
    for span in spans:
        start, end = span.active_from, span.retired_on
        if start is None:
            count += 1
        elif end is None or start < end:
            turns[start] += 1
        else:
            continue
        if end is not None:
            turns[end] -= 1
    begun = count > 0 or not turns
    _check_count(count, min_active if begun else 0, None)
    for day in sorted(turns):
        count += turns[day]
        _check_count(count, min_active, day)


def _check_count(count: int, min_active: int, day: date | None) -> None:
    if count > MAX_ACTIVE:
        raise Refusal("too_many_activities", day=day, count=count)
    if count < min_active:
        raise Refusal("too_few_activities", day=day, count=count)


def answer_faults(active_ids: Iterable[K], answers: Mapping[K, Answer]) -> list[Refusal]:
    """Everything wrong with a conversation's answers: first by active activity, then strays.

    Each has `activity`; see check_answers for the codes.
    """
    faults: list[Refusal] = []
    active = list(active_ids)
    for activity in active:
        answer = answers.get(activity, Answer())
        if answer.score is None:
            if not answer.not_asked:
                faults.append(Refusal("answer_missing", activity=activity))
            continue
        if answer.not_asked:
            faults.append(Refusal("answer_ambiguous", activity=activity))
        try:
            check_score(answer.score)
        except Refusal as fault:
            faults.append(Refusal(fault.code, activity=activity, **fault.values))
    known = set(active)
    faults += [Refusal("answer_unknown_activity", activity=activity) for activity in answers if activity not in known]
    return faults


def check_answers(active_ids: Iterable[K], answers: Mapping[K, Answer]) -> None:
    """Refuse answers unless each active activity has exactly one, and no other has any (P3).

    Raises the first of answer_faults as Refusal: "answer_missing", "answer_ambiguous"
    (both a score and "not asked"), "score_out_of_range" (with `value`) or
    "answer_unknown_activity" (not active then).
    """
    for fault in answer_faults(active_ids, answers):
        raise fault


def check_moved(
    day: date,
    spans: Iterable[Span[K]],
    answered: Iterable[K],
    others: Iterable[date],
    closed_on: date | None = None,
) -> None:
    """Refuse another day for a conversation that was held, unless all it holds is as true of that day (P3, P10).

    `answered`: the activities it holds an answer for; `others`: the days of the form's other conversations.
    Raises Refusal "other_activities" (others were active then), "held_that_day" or "after_closing" (the form was
    closed by then), each with `day`.
    """
    if closed_on is not None and day > closed_on:
        raise Refusal("after_closing", day=day)
    if day in others:
        raise Refusal("held_that_day", day=day)
    if {span.id for span in active_on(spans, day)} != set(answered):
        raise Refusal("other_activities", day=day)


def check_date(held_on: date, *, today: date, birth_date: date | None) -> None:
    """Refuse a conversation held in the future or before the person's birth (P10).

    Today and the day of birth are allowed. Raises Refusal "date_in_future" (`day`,
    `today`) or "date_before_birth" (`day`, `birth_date`).
    """
    if held_on > today:
        raise Refusal("date_in_future", day=held_on, today=today)
    if birth_date is not None and held_on < birth_date:
        raise Refusal("date_before_birth", day=held_on, birth_date=birth_date)
