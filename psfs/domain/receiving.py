"""A conversation that was held without network, held against the form as it has become meanwhile."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic

from psfs.domain.activities import Answer, Span
from psfs.domain.scoring import K

NOT_ON_DEVICE = "not_on_device"
"""The reason, in code, of an answer that nobody could give: the activity was not on the device."""


@dataclass(frozen=True)
class Reconciled(Generic[K]):
    """The answers and retirements as the form can take them, and what differs from what was sent.

    `ends`: the new first day without the activity, for those that others had retired and that
    were scored all the same. `left_out`: said about an activity that was not active on the day,
    without a score: nothing is lost by leaving it.
    """

    answers: Mapping[K, Answer]
    retired: frozenset[K]
    ends: Mapping[K, date]
    not_on_device: tuple[K, ...]
    left_out: tuple[K, ...]


def reconcile(
    spans: Iterable[Span[K]],
    held_on: date,
    answers: Mapping[K, Answer],
    retired: Collection[K],
    known: Collection[K] | None,
) -> Reconciled[K]:
    """Fit what was answered to the form's activities as they now stand (P2, P3).

    Active on the day and not on the device: not asked. Retired meanwhile, but scored on the
    visit: the score stays and the activity ends the day after. What is scored and never was
    active before that day is left for the rules to refuse.

    `known`: the activities that were on the device, None where nobody knows. One of them
    without an answer stays without: that is for the rules to refuse (P3).
    """
    kept = dict(answers)
    going = set(retired)
    ends: dict[K, date] = {}
    new: list[K] = []
    out: list[K] = []
    for span in spans:
        if span.covers(held_on):
            if span.id not in kept and span.id not in going and (known is None or span.id not in known):
                kept[span.id] = Answer(not_asked=True, reason=NOT_ON_DEVICE)
                new.append(span.id)
            continue
        if span.id not in kept and span.id not in going:
            continue
        began = span.active_from is None or span.active_from <= held_on
        scored = span.id in kept and kept[span.id].score is not None
        if scored and not began:
            continue
        going.discard(span.id)
        if scored:
            ends[span.id] = held_on + timedelta(days=1)
        else:
            kept.pop(span.id, None)
            out.append(span.id)
    return Reconciled(kept, frozenset(going), ends, tuple(new), tuple(out))
