"""What the case page shows, in few statements. Nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti.ladder_views import LadderView
from psfs.bti.queries import ladder_view
from psfs.bti.queries_interventions import InterventionView, interventions_of
from psfs.bti.queries_log import EntryView, log_lines, views_of
from psfs.cases.queries import Member, team
from psfs.conversations.queries import latest_of_case
from psfs.domain import due

if TYPE_CHECKING:
    from datetime import date

    from psfs.cases.door import OpenCase
    from psfs.conversations.views import Latest
    from psfs.domain.due import Urgency

LATEST = 5


@dataclass(frozen=True, slots=True)
class Overview:
    """The case page. ``next_talk`` is when the next conversation is due: None without an open form or case."""

    age: int
    ladder: LadderView
    latest: Latest | None
    next_talk: date | None
    next_talk_urgency: Urgency | None
    measures: tuple[InterventionView, ...]
    team: tuple[Member, ...]
    lines: tuple[EntryView, ...]


def overview(case: OpenCase) -> Overview:
    """Everything the page shows of one case. Five statements, and the limits where they are not at hand."""
    log, latest, today = log_lines(case.id), latest_of_case(case.id), clock.today()
    talk = _next_talk(latest) if latest is not None and case.case.talks_go_on else None
    return Overview(
        age=due.age_on(case.person.birth_date, today),
        ladder=ladder_view(case.case, log),
        latest=latest,
        next_talk=talk,
        next_talk_urgency=due.urgency(talk, today, limits()) if talk else None,
        measures=tuple(each for each in interventions_of(case.id) if not each.ended),
        team=tuple(member for member in team(case.id) if member.now),
        lines=tuple(views_of(log, case.case.ladder)[:LATEST]),
    )


def _next_talk(latest: Latest) -> date | None:
    if not latest.open or latest.result is None:
        return None
    return due.conversation_due(latest.result.round.held_on, latest.next_due, limits())
