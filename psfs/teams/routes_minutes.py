"""The minutes of a meeting, what it decided, and what is added afterwards."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit
from psfs.bti import pages
from psfs.bti.queries_people import taking_part
from psfs.cases.door import OpenCase
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.fields import options
from psfs.teams import forms, queries, service_meetings
from psfs.teams.routes import bp

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from psfs.models import Meeting


@bp.route("/saker/<uuid:case_id>/mote/<uuid:meeting_id>/referat", methods=["GET", "POST"])
@permit(Action.MEET)
def minutes(case: OpenCase, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Write the minutes; the button ``avslutt`` closes them."""
    row = queries.with_writer(_meeting(case, meeting_id))
    form: Any = forms.MinutesForm()
    if request.method == "GET":
        form = forms.MinutesForm(obj=row)
        form.held_on.data = row.held_on or row.planned_on
        form.next_agreed.data = None if row.next_agreed is None else ("yes" if row.next_agreed else "no")
        form.present.data = row.present or ", ".join(each["name"] for each in row.invited)
    closes = "avslutt" in request.form

    def page(problems: list[Any], news: Any) -> str:
        mine = service_meetings.may_write(row, case.user) and row.closed_at is None
        return _page(case, "minutes", form=form, meeting=row, mine=mine, problems=problems, news=news)

    def save() -> None:
        given = service_meetings.MinutesInput(
            form.held_on.data,
            form.present.data,
            form.minutes.data,
            form.next_agreed.data == "yes",
            form.next_on.data if form.next_agreed.data == "yes" else None,
        )
        service_meetings.write(case.case, case.user, row, form.version.data, given, close=closes)

    def renew() -> None:
        form.version.data, form.version.raw_data = row.version, None

    saved = _("Referatet er avslutta og står i stafettloggen.") if closes else _("Utkastet er lagra.")
    return pages.answer(case, form, page, save, done=_shown(case, row), saved=saved, renew=renew)


@bp.route("/saker/<uuid:case_id>/mote/<uuid:meeting_id>/tillegg", methods=["GET", "POST"])
@permit(Action.MEET)
def add_to_minutes(case: OpenCase, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Add to minutes that are closed."""
    row = _meeting(case, meeting_id)
    form: Any = forms.AdditionForm()

    def page(problems: list[Any], news: Any) -> str:
        return _page(case, "addition", form=form, meeting=row, problems=problems, news=news)

    def save() -> None:
        service_meetings.add(case.case, case.user, row, form.id.data, form.text.data)

    return pages.answer(case, form, page, save, done=_shown(case, row), saved=_("Tillegget er lagra."))


@bp.route("/saker/<uuid:case_id>/mote/<uuid:meeting_id>/avtale", methods=["GET", "POST"])
@permit(Action.MEET)
def agree(case: OpenCase, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Something that the meeting decided: a measure with a responsible and a deadline."""
    row = _meeting(case, meeting_id)
    form: Any = forms.AgreementForm()
    people = {str(each.id): each for each in taking_part(case.case, case.user)}
    someone = _("Nokon andre (skriv namnet)")
    form.responsible_id.choices = options([*((key, each.name) for key, each in people.items()), ("", someone)])

    def page(problems: list[Any], news: Any) -> str:
        return _page(case, "agreement", form=form, meeting=row, problems=problems, news=news)

    def save() -> None:
        account = people.get(form.responsible_id.data or "")
        if account is None and not form.responsible.data:
            raise Refusal("responsible_missing")
        service_meetings.agree(
            case.case,
            case.user,
            row,
            form.id.data,
            what=form.what.data,
            goal=form.goal.data,
            responsible=account.name if account else form.responsible.data,
            responsible_id=account.id if account else None,
            deadline=form.deadline.data,
        )

    return pages.answer(case, form, page, save, done=_shown(case, row), saved=_("Avtalen er lagra som tiltak."))


def _meeting(case: OpenCase, meeting_id: uuid.UUID) -> Meeting:
    return service_meetings.meeting_of(case.id, meeting_id) or abort(404)


def _shown(case: OpenCase, row: Meeting) -> str:
    return url_for("teams.meeting", case_id=case.id, meeting_id=row.id)


def _page(case: OpenCase, template: str, **values: Any) -> str:
    return render_template(f"teams/{template}.html", case=case, person=case.person, **values)
