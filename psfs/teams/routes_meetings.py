"""Meetings: the list, planning, changing, cancelling, and the calendar file."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, make_response, render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit
from psfs.bti import pages
from psfs.cases.door import OpenCase
from psfs.domain.permissions import Action
from psfs.fields import options
from psfs.teams import forms, queries, service_meetings, words
from psfs.teams.calendar import calendar
from psfs.teams.queries_invited import Invitee, hindered, invitees, to_tell_of
from psfs.teams.routes import bp

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from psfs.models import Meeting


@bp.get("/saker/<uuid:case_id>/mote")
@permit(Action.VIEW_LOG)
def meetings(case: OpenCase) -> str:
    """The case's meetings: those to come, then those that were."""
    return _page(case, "meetings", meetings=queries.meetings(case.case))


@bp.get("/saker/<uuid:case_id>/mote/<uuid:meeting_id>")
@permit(Action.VIEW_LOG)
def meeting(case: OpenCase, meeting_id: uuid.UUID) -> str:
    """One meeting: what is planned, the minutes, what was decided, what was added."""
    row = queries.with_writer(_meeting(case, meeting_id))
    found: dict[str, Any] = {"decided": queries.decided(row.id), "additions": queries.additions(row.id)}
    found["mine"] = service_meetings.may_write(row, case.user)
    return _page(case, "meeting", meeting=row, **found)


@bp.get("/saker/<uuid:case_id>/mote/<uuid:meeting_id>/kalender.ics")
@permit(Action.VIEW_LOG)
def calendar_file(case: OpenCase, meeting_id: uuid.UUID) -> Response:
    """The meeting for a calendar."""
    row = _meeting(case, meeting_id)
    address = url_for("teams.meeting", case_id=case.id, meeting_id=row.id, _external=True)
    answer = make_response(calendar(row, address))
    answer.headers["Content-Type"] = "text/calendar; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="mote-{row.planned_on:%Y-%m-%d}.ics"'
    return answer


@bp.route("/saker/<uuid:case_id>/mote/nytt", methods=["GET", "POST"])
@permit(Action.MEET)
def new_meeting(case: OpenCase) -> ResponseReturnValue:
    """Plan a meeting."""
    form, people = _form(case, None)
    if request.method == "GET":
        form.agenda.data = str(words.AGENDA)

    def save() -> None:
        service_meetings.plan(case.case, case.user, form.id.data, _given(form, people), form.why.data or "")

    return _answer(case, form, people, None, save, _("Møtet er planlagt."), lambda: form.id.data)


@bp.route("/saker/<uuid:case_id>/mote/<uuid:meeting_id>/endre", methods=["GET", "POST"])
@permit(Action.MEET)
def change_meeting(case: OpenCase, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Plan it anew."""
    row = _meeting(case, meeting_id)
    form, people = _form(case, row)

    def save() -> None:
        given = _given(form, people)
        service_meetings.change(case.case, case.user, row, form.version.data, given, form.why.data or "")

    return _answer(case, form, people, row, save, _("Møtet er endra."), lambda: row.id)


@bp.route("/saker/<uuid:case_id>/mote/<uuid:meeting_id>/avlys", methods=["GET", "POST"])
@permit(Action.MEET)
def cancel_meeting(case: OpenCase, meeting_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel it, with the reason."""
    row = _meeting(case, meeting_id)
    form: Any = forms.CancelForm() if request.method == "POST" else forms.CancelForm(version=row.version)

    def page(problems: list[Any], news: Any) -> str:
        return _page(case, "cancel_meeting", form=form, meeting=row, problems=problems, news=news)

    def save() -> None:
        service_meetings.cancel(case.case, case.user, row, form.version.data, form.reason.data)

    def renew() -> None:
        form.version.data, form.version.raw_data = row.version, None

    done = url_for("teams.meetings", case_id=case.id)
    return pages.answer(case, form, page, save, done=done, saved=_("Møtet er avlyst."), renew=renew)


def _form(case: OpenCase, row: Meeting | None) -> tuple[Any, dict[str, Invitee]]:
    """The form, and everybody round the person; only those whom nothing hinders can be chosen."""
    people = invitees(case.case)
    form: Any
    if request.method == "POST" or row is None:
        form = forms.MeetingForm()
    else:
        form = forms.MeetingForm(obj=row)
        kept = [each for each in row.invited if not hindered(people, [each])]
        form.invited.data = [each["member"] for each in kept if each["member"] in people]
        form.others.data = ", ".join(each["name"] for each in kept if each["member"] not in people)
    form.invited.choices = options(
        (one, ", ".join(filter(None, (each.name, each.role)))) for one, each in people.items() if not each.hindrance
    )
    if request.method == "GET" and row is None:
        form.invited.data = ["person", str(case.case.holder_id)]
    return form, people


def _given(form: Any, people: dict[str, Invitee]) -> service_meetings.MeetingInput:
    invited = [people[one].invited() for one in form.invited.data or () if one in people]
    others = [name.strip() for name in (form.others.data or "").split(",")]
    invited += [{"member": "", "name": name, "role": ""} for name in others if name]
    names = ("planned_on", "starts_at", "minutes_long", "place", "agenda")
    return service_meetings.MeetingInput(**{name: form[name].data for name in names}, invited=invited)


def _answer(
    case: OpenCase,
    form: Any,
    people: dict[str, Invitee],
    row: Meeting | None,
    save: Any,
    saved: str,
    shown: Any,
) -> ResponseReturnValue:
    def page(problems: list[Any], news: Any) -> str:
        hinders = to_tell_of(people, row.invited if row else ())
        return _page(case, "plan_meeting", form=form, meeting=row, hinders=hinders, problems=problems, news=news)

    def renew() -> None:
        form.version.data, form.version.raw_data = row.version if row else 1, None

    def done() -> str:
        return url_for("teams.meeting", case_id=case.id, meeting_id=shown())

    return pages.answer(case, form, page, save, done=done, saved=saved, renew=renew)


def _meeting(case: OpenCase, meeting_id: uuid.UUID) -> Meeting:
    return service_meetings.meeting_of(case.id, meeting_id) or abort(404)


def _page(case: OpenCase, template: str, **values: Any) -> str:
    return render_template(f"teams/{template}.html", case=case, person=case.person, **values)
