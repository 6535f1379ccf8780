"""Pages for starting and closing a form, and for its activities outside a conversation."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.cases.door import OpenCase
from psfs.conversations import service, words
from psfs.conversations.forms import AddForm, ReasonForm, RetireForm, RewordForm, StartForm
from psfs.conversations.inputs import Conflict, NewActivity, Refusals, Retirement
from psfs.conversations.pages import to_take_up
from psfs.conversations.queries import forms_of_case
from psfs.conversations.queries_form import form_view
from psfs.conversations.routes import bp
from psfs.conversations.rows import must_be_open
from psfs.domain.activities import MAX_ACTIVE, RetireReason
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.extensions import db
from psfs.language import in_language
from psfs.messages import message
from psfs.text import one_line

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.conversations.views import ActivityView, FormView


@bp.get("/saker/<uuid:case_id>/skjema/nytt")
@permit(Action.RECORD)
def start(case: OpenCase) -> str:
    """The page for a new form: the script and five rows."""
    must_be_open(case.case)
    return _start_page(case, StartForm(formdata=None), [])


@bp.post("/saker/<uuid:case_id>/skjema/nytt")
@permit(Action.RECORD)
def begin(case: OpenCase) -> Response | tuple[str, int]:
    """Start the form and go on to its first conversation."""
    form = StartForm()
    typed = request.form.getlist("activity")
    faults: tuple[Refusal, ...] = ()
    rows = [row for row, text in enumerate(typed) if one_line(text)]
    texts = [one_line(typed[row]) for row in rows]
    if form.accepted():
        try:
            service.start_form(case.case, user(), form.id.data, texts, form.close_reason.data or "")
        except Refusals as refusals:
            faults = refusals.faults
        except Refusal as refusal:
            faults = (refusal,)
        else:
            return redirect(url_for("conversations.new", case_id=case.id), 303)
    db.session.rollback()
    status = 409 if any(isinstance(fault, Conflict) for fault in faults) else 422
    summary, errors = [], {}
    for fault in faults:
        place = fault.values.get("place")
        row = rows[place] if isinstance(place, int) and place < len(rows) else 0
        href = "#close_reason" if fault.values.get("field") == "close_reason" else f"#activity-{row}"
        summary.append({"text": message(fault), "href": "" if isinstance(fault, Conflict) else href})
        if place is not None:
            errors[row] = message(fault)
    return _start_page(case, form, typed, summary, errors), status


@bp.route("/saker/<uuid:case_id>/skjema/<uuid:form_id>/avslutt", methods=["GET", "POST"])
@permit(Action.RECORD)
def close_form(case: OpenCase, form_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Close a form, with a reason."""
    form = ReasonForm()
    if form.accepted():
        try:
            service.close_form(case.case, user(), form_id, form.reason.data or "")
        except Refusal as fault:
            db.session.rollback()
            form.refuse("reason", message(fault))
        else:
            flash(_("Skjemaet er avslutta."), "success")
            return redirect(url_for("conversations.summary", case_id=case.id, form_id=form_id), 303)
    page = render_template("conversations/close_form.html", case=case, view=form_view(form_id, case.id), form=form)
    return _answer(page)


@bp.get("/saker/<uuid:case_id>/skjema/<uuid:form_id>/aktivitetar")
@permit(Action.RECORD)
def activities(case: OpenCase, form_id: uuid.UUID) -> str:
    """The form's activities, now and before, with the ways to add, reword and retire."""
    form = AddForm(formdata=None)
    return _activities_page(case, form_view(form_id, case.id), form)


@bp.post("/saker/<uuid:case_id>/skjema/<uuid:form_id>/aktivitetar")
@permit(Action.RECORD)
def add_activity(case: OpenCase, form_id: uuid.UUID) -> Response | tuple[str, int]:
    """Add an activity from today."""
    form = AddForm()
    status = 422
    if form.accepted():
        try:
            new = NewActivity(form.id.data, form.text.data or "")
            service.add_activity(case.case, user(), form_id, new)
        except Refusal as fault:
            form.refuse("text", message(fault))
            status = 409 if isinstance(fault, Conflict) else 422
        else:
            flash(_("Aktiviteten er lagd til."), "success")
            return _to_activities(case, form_id)
    db.session.rollback()
    return _activities_page(case, form_view(form_id, case.id), form), status


@bp.route("/saker/<uuid:case_id>/skjema/<uuid:form_id>/aktivitetar/<uuid:activity_id>/ord", methods=["GET", "POST"])
@permit(Action.RECORD)
def reword(case: OpenCase, form_id: uuid.UUID, activity_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Mend a typing error; the activity stays the same."""
    view, activity = _activity(case, form_id, activity_id)
    form = RewordForm(expected=activity.text, text=activity.text)
    status = 422
    if form.accepted():
        text, expected = form.text.data or "", form.expected.data or ""
        try:
            service.reword(case.case, user(), form_id, activity_id, text, expected=expected)
        except Refusal as fault:
            status = 409 if isinstance(fault, Conflict) else 422
            db.session.rollback()
            form.refuse("text", message(fault))
            form.expected.data = activity.text
        else:
            flash(_("Aktiviteten er skriven om."), "success")
            return _to_activities(case, form_id)
    page = render_template("conversations/reword.html", case=case, view=view, activity=activity, form=form)
    return _answer(page, status)


@bp.route("/saker/<uuid:case_id>/skjema/<uuid:form_id>/aktivitetar/<uuid:activity_id>/slutt", methods=["GET", "POST"])
@permit(Action.RECORD)
def retire(case: OpenCase, form_id: uuid.UUID, activity_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Retire an activity, with a reason."""
    view, activity = _activity(case, form_id, activity_id)
    form = RetireForm()
    if form.accepted():
        why = Retirement(RetireReason(form.reason.data), form.note.data or "")
        try:
            service.retire(case.case, user(), form_id, activity_id, why)
        except Refusal as fault:
            db.session.rollback()
            form.refuse(str(fault.values.get("field", "reason")), message(fault))
        else:
            flash(_("Aktiviteten er avslutta."), "success")
            return _to_activities(case, form_id)
    today = clock.today()
    scored_today = any(column.held_on >= today and activity.id in column.cells for column in view.columns)
    page = render_template(
        "conversations/retire.html", case=case, view=view, activity=activity, form=form, scored_today=scored_today
    )
    return _answer(page)


def _start_page(
    case: OpenCase,
    form: StartForm,
    typed: list[str],
    summary: list[dict[str, str]] | None = None,
    errors: dict[int, str] | None = None,
) -> str:
    forms = forms_of_case(case.id)
    return render_template(
        "conversations/start.html",
        case=case,
        form=form,
        typed=(typed + [""] * MAX_ACTIVE)[: max(MAX_ACTIVE, len(typed))],
        summary=summary or [],
        errors=errors or {},
        current=next((one for one in forms if one.closed_on is None), None),
        suggestions=in_language(case.person.language, words.suggestions, case.case.ladder),
        hint=words.suits_poorly(case.person, clock.today()),
    )


def _activities_page(case: OpenCase, view: FormView, form: AddForm) -> str:
    today = clock.today()
    return render_template(
        "conversations/activities.html",
        case=case,
        view=view,
        form=form,
        active=[one for one in view.activities if one.retired_on is None or one.retired_on > today],
        retired=[one for one in view.activities if one.retired_on is not None and one.retired_on <= today],
        room=len([one for one in view.activities if one.retired_on is None]) < MAX_ACTIVE,
        may_record=view.open and case.case.talks_go_on,
        again=to_take_up(view, today),
        suggestions=in_language(case.person.language, words.suggestions, case.case.ladder),
    )


def _activity(case: OpenCase, form_id: uuid.UUID, activity_id: uuid.UUID) -> tuple[FormView, ActivityView]:
    view = form_view(form_id, case.id)
    return view, next((one for one in view.activities if one.id == activity_id), None) or abort(404)


def _to_activities(case: OpenCase, form_id: uuid.UUID) -> Response:
    return redirect(url_for("conversations.activities", case_id=case.id, form_id=form_id), 303)


def _answer(page: str, status: int = 422) -> str | tuple[str, int]:
    """A page after GET, or after a POST that was not accepted."""
    return (page, status) if request.method == "POST" else page
