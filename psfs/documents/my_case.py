"""«Mi sak»: what the person has a right to know of their own case, in large print and said to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _l

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti.ladders import level_of
from psfs.bti.queries_baton import baton
from psfs.bti.queries_consents import consent_list
from psfs.bti.queries_consents import consents as consents_of
from psfs.bti.queries_interventions import interventions_of
from psfs.cases import queries_readings
from psfs.conversations.queries_form import form_views
from psfs.coordination.queries import reports_of
from psfs.coordination.service import plan_of
from psfs.documents.record import head, tables
from psfs.documents.summary import COLUMNS_LARGE, FACES, plain_words
from psfs.formatting import short_day
from psfs.language import LANGUAGES, current
from psfs.teams import queries as teams

if TYPE_CHECKING:
    from flask_babel.speaklater import LazyString

    from psfs.models import Case

RESPONDENTS: dict[str, LazyString] = {
    "person": _l("Du svara sjølv."),
    "with_help": _l("Du svara med hjelp."),
    "proxy": _l("Ein annan svara for deg."),
}
PLANS: dict[str, LazyString] = {
    "wanted": _l("Du skal få individuell plan. Det vart skrive %(day)s."),
    "has": _l("Du har individuell plan, frå %(day)s."),
    "declined": _l("Du vil ikkje ha individuell plan. Det vart skrive %(day)s."),
    "ended": _l("Den individuelle planen din vart avslutta %(day)s."),
}
GIVEN_BY: dict[str, LazyString] = {
    "person": _l("du sa ja %(day)s"),
    "guardian": _l("føresett eller verje%(name)s sa ja %(day)s"),
    "young_person_and_guardian": _l("du og dei føresette%(name)s sa ja %(day)s"),
}
DECISIONS: dict[str, tuple[LazyString, LazyString]] = {
    "coordinator": (_l("Du skal ha koordinator."), _l("Du får ikkje koordinator.")),
    "childrens_coordinator": (_l("Du skal ha barnekoordinator."), _l("Du får ikkje barnekoordinator.")),
    "plan": (_l("Du skal få individuell plan."), _l("Du får ikkje individuell plan.")),
}
"""What the coordinating unit decided, yes and no, by the report's column; a column that is empty says nothing."""


def my_case(case: Case) -> dict[str, Any]:
    """The values of ``documents/my_case.html``: what is kept, who takes part and why, what comes, who has looked."""
    opened, listed = queries_readings.all_looks(case.id, plain=True)
    measures, consented, held = interventions_of(case.id), consents_of(case.id), baton(case)
    met = teams.meetings(case)
    plain = level_of(case).plain
    return {
        **head(case, held),
        "level_plain": plain.in_language(current()) if plain else "",
        "look_days": queries_readings.by_day(opened),
        "in_lists": listed,
        "interventions": measures,
        "large": True,
        "actors": teams.actors(case, measures, consented, held),
        "consents": consent_list(case, limits(), consented)[::-1],
        "reports": reports_of(case.id)[::-1],
        "coming": [each for each in met.coming if each.on >= clock.today()],
        "held": [each.on for each in reversed(met.past) if each.state == "held"],
        "plan": plan_of(case.id),
        "forms": [(form, tables(form, COLUMNS_LARGE), plain_words(form)) for form in form_views(case.id)],
        "goes_on": case.talks_go_on,
        "language_name": LANGUAGES.get(case.person.language, case.person.language),
        "respondents": RESPONDENTS,
        "plans": PLANS,
        "given_by": GIVEN_BY,
        "decisions": DECISIONS,
        "faces": FACES,
        "short_day": short_day,
    }
