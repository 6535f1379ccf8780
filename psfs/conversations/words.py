"""What this room says to people, in the language of the moment: choices, suggestions, and a form in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from psfs.domain.due import age_on
from psfs.domain.scoring import Flag
from psfs.formatting import figure, long_day
from psfs.messages import message

if TYPE_CHECKING:
    from datetime import date

    from flask import Blueprint

    from psfs.conversations.views import ChangeView, Column, FormView
    from psfs.models import Person

RESPONDENTS: dict[str, Any] = {
    "person": _l("Personen sjølv"),
    "with_help": _l("Personen med hjelp"),
    "proxy": _l("Ein annan på vegner av personen"),
}
NOT_TOLD = _l("Ikkje oppgjeve")
"""An imported conversation does not say who answered."""
RETIRE_REASONS: dict[str, Any] = {
    "reached": _l("Målet er nådd"),
    "not_relevant": _l("Ikkje viktig lenger"),
    "other": _l("Anna"),
}
SMALL_CHILD_YEARS = 8
"""Ours: younger than this, self-scoring on a scale of eleven steps suits poorly (P17)."""

_ADULT_SUGGESTIONS = (
    _l("Gå ute"),
    _l("Gå i trapp"),
    _l("Handle i butikken"),
    _l("Lage middag"),
    _l("Dusje og kle på meg"),
    _l("Reise meg frå stolen"),
    _l("Gjere husarbeid"),
    _l("Køyre bil eller ta buss"),
    _l("Treffe familie og vener"),
    _l("Sove godt"),
)
_CHILD_SUGGESTIONS = (
    _l("Vere med i leik i friminuttet"),
    _l("Gjere lekser"),
    _l("Kome meg på skulen om morgonen"),
    _l("Kle på meg sjølv"),
    _l("Følgje med i timen"),
    _l("Vere saman med vener"),
    _l("Vere med på trening"),
    _l("Sovne om kvelden"),
)


def register(bp: Blueprint) -> None:
    """Filters for templates: ``respondent``, ``retire_reason`` and ``refusal`` (a refusal in words)."""
    bp.add_app_template_filter(lambda code: RESPONDENTS.get(code, NOT_TOLD), "respondent")
    bp.add_app_template_filter(lambda code: RETIRE_REASONS.get(code, code or ""), "retire_reason")
    bp.add_app_template_filter(message, "refusal")


def suggestions(ladder: str) -> list[str]:
    """Common activities to tap instead of typing; never forced."""
    return [str(text) for text in (_CHILD_SUGGESTIONS if ladder == "children" else _ADULT_SUGGESTIONS)]


def suits_poorly(person: Person, today: date) -> str:
    """A quiet hint where the form suits poorly (P17), else nothing."""
    if age_on(person.birth_date, today) < SMALL_CHILD_YEARS:
        return _("Skjemaet passar dårleg for små barn. La gjerne ein vaksen som kjenner barnet, svare saman med det.")
    if person.cognitive_note:
        return _("Skjemaet kan passe dårleg når minnet sviktar. Ta det roleg, og noter om nokon hjelpte til.")
    return ""


def sentences(view: FormView) -> list[str]:
    """The latest conversation in plain words, to read aloud or print; empty before the first."""
    latest, first = view.latest, view.first
    if latest is None or first is None:
        return []
    said = [_average_sentence(latest)]
    if len(view.columns) > 1 and view.previous is not None:
        said += _change_sentences(latest.since_previous, view.previous, since_first=False)
    if len(view.columns) > 2:
        said += _change_sentences(latest.since_first, first, since_first=True)
    if latest.all_at_top:
        said.append(_("Alle aktivitetane er på 10."))
    return said


def hints(view: FormView) -> list[str]:
    """What staff may think of next after the latest conversation (P17)."""
    if view.open and view.latest is not None and view.latest.all_at_top:
        return [_("Alt er på 10. Spør om det er kome nye aktivitetar som er viktige, eller avslutt skjemaet.")]
    return []


def _average_sentence(column: Column) -> str:
    result = column.result
    if result.average is None:
        return _("I samtalen %(day)s vart ingen av aktivitetane skåra.", day=long_day(column.held_on))
    if result.scored < result.active:
        return _(
            "I samtalen %(day)s var gjennomsnittet %(average)s av 10, for %(scored)s av %(active)s aktivitetar.",
            day=long_day(column.held_on),
            average=figure(result.average),
            scored=result.scored,
            active=result.active,
        )
    return _(
        "I samtalen %(day)s var gjennomsnittet %(average)s av 10.",
        day=long_day(column.held_on),
        average=figure(result.average),
    )


def _change_sentences(change: ChangeView, earlier: Column, *, since_first: bool) -> list[str]:
    day = long_day(earlier.held_on)
    if change.value is None:
        if since_first:
            return [_("Det kan ikkje samanliknast med den første samtalen, %(day)s.", day=day)]
        return [
            _(
                "Det kan ikkje samanliknast med samtalen før, %(day)s: ingen aktivitet vart skåra begge gongene.",
                day=day,
            )
        ]
    points = figure(abs(change.value))
    since = (
        _("Sidan den første samtalen, %(day)s,", day=day) if since_first else _("Sidan samtalen før, %(day)s,", day=day)
    )
    said = [_movement(change, since, points)]
    if change.sets_differ:
        names = ", ".join(one.text for one in change.counted)
        said.append(
            ngettext(
                "Her tel aktiviteten som vart skåra begge gongene: %(names)s.",
                "Her tel dei %(num)s aktivitetane som vart skåra begge gongene: %(names)s.",
                change.compared,
                names=names,
            )
        )
    return said


def _movement(change: ChangeView, since: str, points: str) -> str:
    assert change.value is not None  # noqa: S101 -- the caller has looked
    if change.flag is Flag.IMPROVED:
        return _(
            "%(since)s har det gått %(points)s poeng fram. Det er ei betydeleg betring.", since=since, points=points
        )
    if change.flag is Flag.WORSENED:
        return _(
            "%(since)s har det gått %(points)s poeng tilbake. Det er ei betydeleg forverring.",
            since=since,
            points=points,
        )
    if change.value > 0:
        return _(
            "%(since)s har det gått %(points)s poeng fram. Det er for lite til å kallast ei betydeleg endring.",
            since=since,
            points=points,
        )
    if change.value < 0:
        return _(
            "%(since)s har det gått %(points)s poeng tilbake. Det er for lite til å kallast ei betydeleg endring.",
            since=since,
            points=points,
        )
    return _("%(since)s er det uendra.", since=since)
