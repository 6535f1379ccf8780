"""What the person has a right to see and to have printed: the log, the forms, and who has looked (B9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psfs.accounts.settings import limits
from psfs.bti.ladders import ladder
from psfs.bti.queries_baton import baton, baton_by_log
from psfs.bti.queries_consents import consent_list
from psfs.bti.queries_interventions import interventions_of
from psfs.bti.queries_log import timeline
from psfs.cases import queries as cases
from psfs.cases import queries_readings
from psfs.conversations.queries_form import form_views
from psfs.documents.summary import FACES, activities_in, holder
from psfs.formatting import short_day
from psfs.language import LANGUAGES, current
from psfs.teams import queries as teams
from psfs.teams.actor_map import actor_map

if TYPE_CHECKING:
    from psfs.bti.queries_baton import Baton
    from psfs.conversations.views import ActivityView, Column, FormView
    from psfs.models import Case, Meeting

COLUMNS = 5
"""Conversations side by side; more follow in the next table."""

Table = tuple["tuple[ActivityView, ...]", "tuple[Column, ...]"]


def log(case: Case) -> dict[str, Any]:
    """The values of ``documents/log.html``: every entry, the oldest first."""
    entries = timeline(case.id, newest_first=False)
    return {
        **head(case, baton_by_log(case, entries)),
        "entries": entries,
        "all": {entry.id: entry for entry in entries},
    }


def readings(case: Case) -> dict[str, Any]:
    """The values of ``documents/readings.html``: every reading, and every list the name was in, the oldest first."""
    return {**head(case), **_looks(case)}


def everything(case: Case) -> dict[str, Any]:
    """The values of ``documents/everything.html``, in as many statements however much there is in the case."""
    return {
        **log(case),
        **_looks(case),
        "related": cases.related(case.person_id),
        "team": cases.team(case.id),
        "forms": [(form, tables(form)) for form in form_views(case.id)],
        "interventions": interventions_of(case.id),
        "consents": consent_list(case, limits())[::-1],
        "language_name": LANGUAGES.get(case.person.language, case.person.language),
        "faces": FACES,
        "short_day": short_day,
    }


def actors(case: Case) -> dict[str, Any]:
    """The values of ``documents/actors.html``."""
    held = baton(case)
    people = teams.actors(case, held=held)
    return {**head(case, held), "actors": people, "map": actor_map(case.person.name, people)}


def invitation(case: Case, meeting: Meeting) -> dict[str, Any]:
    """The values of ``documents/invitation.html``."""
    return {**head(case), "meeting": meeting, "large": True}


def _looks(case: Case) -> dict[str, Any]:
    opened, listed = queries_readings.all_looks(case.id)
    return {"readings": opened, "in_lists": listed}


def tables(form: FormView, most: int = COLUMNS) -> list[Table]:
    """All conversations of a form, a few side by side at a time."""
    starts = range(0, len(form.columns), most)
    groups = [form.columns[start : start + most] for start in starts]
    return [(activities_in(form, group), group) for group in groups]


def head(case: Case, held: Baton | None = None) -> dict[str, Any]:
    """What every document of a case knows: whose it is, where on its ladder, and whom to call.

    ``held``: the baton, where the caller has it at hand.
    """
    steps = ladder(case.ladder)
    return {
        "case": case,
        "person": case.person,
        "running": case.person.name,
        "ladder_name": steps.name.in_language(current()),
        "level_name": steps.level(case.level).name.in_language(current()),
        "holder": holder(case, held),
    }
