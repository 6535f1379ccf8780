"""What a person takes home after a conversation: the figures of one form, and what they mean in plain words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _

from psfs.bti.queries_baton import baton
from psfs.domain.scoring import Flag
from psfs.formatting import day, figure, long_day, short_day, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psfs.bti.queries_baton import Baton
    from psfs.conversations.views import ActivityView, ChangeView, Column, FormView
    from psfs.models import Case

FACES = (1, 1, 2, 2, 2, 3, 4, 4, 4, 5, 5)
"""Which of the five faces goes with each score 0–10: the nearest on the scale, the less extreme of two as near."""

COLUMNS, COLUMNS_LARGE, COLUMNS_CHART = 6, 3, 12


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom the person can call. ``name`` is empty when nobody holds the case: then it is the service."""

    title: str
    name: str
    service: str
    phone: str


def summary(form: FormView, case: Case, *, large: bool) -> dict[str, Any]:
    """The values of ``documents/summary.html``, in the language in force.

    With many conversations the table shows the first and the latest ones, and says how many there were.
    """
    columns = first_and_latest(form.columns, COLUMNS_LARGE if large else COLUMNS)
    drawn = replace(form, columns=columns if large else form.columns[-COLUMNS_CHART:])
    return {
        "form": form,
        "columns": columns,
        "activities": activities_in(form, columns),
        "left_out": len(form.columns) - len(columns),
        "large": large,
        "running": form.person_name,
        "holder": holder(case),
        "words": plain_words(form),
        "chart": drawn,
        "chart_text": chart_text(drawn),
        "faces": FACES,
        "short_day": short_day,
        "next_due": form.latest.next_due if form.latest and form.open else None,
        "goes_on": form.open and case.talks_go_on,
    }


def first_and_latest(columns: Sequence[Column], most: int) -> tuple[Column, ...]:
    """All columns, or the first and the latest ones where there is room for ``most``."""
    return tuple(columns) if len(columns) <= most else (columns[0], *columns[1 - most :])


def activities_in(form: FormView, columns: Sequence[Column]) -> tuple[ActivityView, ...]:
    """The form's activities that were active in any of the columns."""
    return tuple(one for one in form.activities if any(one.id in column.cells for column in columns))


def holder(case: Case, held: Baton | None = None) -> Holder:
    """Who holds the baton, with their title. One statement, none where ``held`` is given."""
    title = (held or baton(case)).title or _("kontakten din")
    if case.holder is None:
        return Holder(title, "", case.service.name, case.service.phone)
    service = case.holder.service or case.service
    return Holder(title, case.holder.name, service.name, case.holder.phone or service.phone)


def chart_text(form: FormView) -> str:
    """What the chart shows, for those who hear it: the average of each conversation."""
    points = (
        _("%(day)s: %(average)s", day=day(column.held_on), average=figure(column.result.average))
        for column in form.columns
    )
    return _("Linjer som viser skårane. Gjennomsnitt %(points)s.", points=", ".join(points))


def plain_words(form: FormView) -> list[str]:
    """What the figures mean, in short sentences to the person themselves."""
    latest = form.latest
    if latest is None:
        return [_("Vi har ikkje hatt nokon samtale enno.")]
    if latest.number == 1:
        said = [
            _("Dette var den første samtalen om det som er viktig for deg."),
            _("Neste gong ser vi om noko har vorte lettare eller tyngre å gjere."),
        ]
    else:
        said = [*_since_previous(latest.since_previous), *_activities(latest.since_previous)]
        if latest.number > 2 and form.first:
            said += _since_first(latest.since_first, long_day(form.first.held_on))
    if latest.all_at_top:
        said.append(_("Svaret er 10 på alt. Då kan vi finne noko nytt som er viktig for deg, eller avslutte."))
    return said


def _since_previous(change: ChangeView) -> list[str]:
    by = signed(change.value)
    sentence = {
        Flag.IMPROVED: _("Sidan sist har det vorte mykje lettare for deg (%(by)s).", by=by),
        Flag.WORSENED: _("Sidan sist har det vorte mykje tyngre for deg (%(by)s).", by=by),
        Flag.NONE: _("Sidan sist er det inga stor endring (%(by)s).", by=by),
        Flag.NOT_COMPARABLE: _("Vi kan ikkje samanlikne med sist. Det er ikkje dei same aktivitetane."),
    }[change.flag]
    return [sentence, *_what_counts(change)]


def _since_first(change: ChangeView, since: str) -> list[str]:
    values = {"day": since, "by": signed(change.value)}
    sentence = {
        Flag.IMPROVED: _("Sidan første gong, %(day)s, har det vorte mykje lettare (%(by)s).", **values),
        Flag.WORSENED: _("Sidan første gong, %(day)s, har det vorte mykje tyngre (%(by)s).", **values),
        Flag.NONE: _("Sidan første gong, %(day)s, er det inga stor endring (%(by)s).", **values),
        Flag.NOT_COMPARABLE: _("Vi kan ikkje samanlikne med første gong, %(day)s.", **values),
    }[change.flag]
    return [sentence, *_what_counts(change)]


def _what_counts(change: ChangeView) -> list[str]:
    """Which activities a change is of, when they are not the same in both conversations (P5)."""
    if not (change.sets_differ and change.counted):
        return []
    return [
        _("Det gjeld det som fekk svar begge gongene: %(names)s.", names=_and([one.text for one in change.counted]))
    ]


def _activities(change: ChangeView) -> list[str]:
    """Single activities with a change that is more than chance (P8)."""
    steps = [
        (
            one.change.change,
            _("%(name)s (frå %(before)s til %(now)s)", name=one.text, before=one.change.before, now=one.change.now),
        )
        for one in change.counted
        if one.change.beyond_error
    ]
    easier, harder = [text for points, text in steps if points > 0], [text for points, text in steps if points < 0]
    said = []
    if easier:
        said.append(_("Lettare no: %(names)s.", names=_and(easier)))
    if harder:
        said.append(_("Tyngre no: %(names)s.", names=_and(harder)))
    return said


def _and(names: Sequence[str]) -> str:
    *before, last = names
    return _("%(names)s og %(last)s", names=", ".join(before), last=last) if before else last
