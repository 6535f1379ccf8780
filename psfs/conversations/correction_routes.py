"""Pages for putting a score right and for striking a conversation."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit, user
from psfs.cases.door import OpenCase
from psfs.conversations import answers, service
from psfs.conversations.forms import CorrectForm, DetailsForm, ReasonForm
from psfs.conversations.inputs import DETAILS, Conflict, CorrectionInput, DetailsInput, mark
from psfs.conversations.queries import form_id_of
from psfs.conversations.queries_form import form_view
from psfs.conversations.routes import bp
from psfs.domain.activities import Answer
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.extensions import db
from psfs.messages import message

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.conversations.views import ConversationView, FormView

PLACES = {
    "next_due_too_early": "next_due",
    "needs_reason": "reason",
    **dict.fromkeys(
        ("date_in_future", "date_before_birth", "other_activities", "held_that_day", "after_closing"), "held_on"
    ),
}
"""The field that a refusal of new details is about, by its code."""


@bp.route("/saker/<uuid:case_id>/samtalar/<uuid:conversation_id>/skar/<uuid:activity_id>/rett", methods=["GET", "POST"])
@permit(Action.CORRECT)
def correct(case: OpenCase, conversation_id: uuid.UUID, activity_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Put one score right."""
    view, talk = _conversation(case, conversation_id)
    cell = talk.cells.get(activity_id) or abort(404)
    form = CorrectForm(formdata=request.form or None, data={"expected": _posted(cell.value)})
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            answer = answers.read_one(request.form, f"answer-{activity_id}", activity_id) or Answer()
            if form.accepted() and answer != Answer():
                given = CorrectionInput(form.id.data, _expected(form.expected.data), answer, form.reason.data or "")
                service.correct(case.case, user(), conversation_id, activity_id, given)
                flash(_("Skåren er retta."), "success")
                return redirect(url_for("conversations.show", case_id=case.id, conversation_id=conversation_id), 303)
            if answer == Answer():
                refusal = Refusal("answer_missing", activity=activity_id)
        except Refusal as fault:
            refusal = fault
        db.session.rollback()
        form.expected.data = _posted(cell.value)
    page = render_template(
        "conversations/correct.html",
        case=case,
        view=view,
        talk=talk,
        activity_id=activity_id,
        cell=cell,
        form=form,
        typed=request.form,
        refusal=message(refusal) if refusal else "",
        conflict=isinstance(refusal, Conflict),
    )
    status = 409 if isinstance(refusal, Conflict) else 422
    return (page, status) if request.method == "POST" else page


@bp.route("/saker/<uuid:case_id>/samtalar/<uuid:conversation_id>/opplysningar", methods=["GET", "POST"])
@permit(Action.CORRECT)
def details(case: OpenCase, conversation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Put right the day, who held it, who answered or the remark; or agree on another day for the next conversation."""
    view, talk = _conversation(case, conversation_id)
    stands = {name: getattr(talk, name) for name in DETAILS}
    form: Any = DetailsForm(formdata=request.form or None, data={**stands, "seen": mark(stands)})
    form.take_what_stands(talk)
    if not service.may_move_next(case.case, view.id, talk.id):
        del form.next_due
    if not service.may_move_day(case.case):
        del form.held_on
    problem, conflict = "", False
    if form.accepted():
        told: dict[str, Any] = {
            name: form[name].data or "" for name in ("performed_by", "respondent", "remark", "seen", "reason")
        }
        try:
            days: dict[str, Any] = {
                name: form[name].data if name in form else stands[name] for name in ("held_on", "next_due")
            }
            given = DetailsInput(**told, **days)
            service.change_details(case.case, user(), conversation_id, given)
        except Refusal as fault:
            db.session.rollback()
            conflict = isinstance(fault, Conflict)
            place = PLACES.get(fault.code)
            if place == "next_due" and place not in form:
                place = "held_on"  # what an older one said of the next stands, and the day must be before it
            if place in form:
                form.refuse(place, message(fault))
            else:
                problem = message(fault)
            form.seen.data = mark(stands)
        else:
            flash(_("Opplysningane er lagra."), "success")
            return redirect(url_for("conversations.show", case_id=case.id, conversation_id=conversation_id), 303)
    values = {"case": case, "view": view, "talk": talk, "form": form, "problem": problem, "conflict": conflict}
    page = render_template("conversations/details.html", **values)
    return (page, 409 if conflict else 422) if request.method == "POST" else page


@bp.route("/saker/<uuid:case_id>/samtalar/<uuid:conversation_id>/stryk", methods=["GET", "POST"])
@permit(Action.CORRECT)
def strike(case: OpenCase, conversation_id: uuid.UUID) -> str | Response | tuple[str, int]:
    """Strike a conversation that was recorded by mistake."""
    form = ReasonForm()
    if form.accepted():
        try:
            talk = service.strike(case.case, user(), conversation_id, form.reason.data or "")
        except Refusal as fault:
            db.session.rollback()
            form.refuse("reason", message(fault))
        else:
            flash(_("Samtalen er stroken. Han tel ikkje lenger, men kan framleis lesast."), "success")
            return redirect(url_for("conversations.summary", case_id=case.id, form_id=talk.form_id), 303)
    view, seen = _conversation(case, conversation_id)
    page = render_template("conversations/strike.html", case=case, view=view, talk=seen, form=form)
    return (page, 422) if request.method == "POST" else page


def _conversation(case: OpenCase, conversation_id: uuid.UUID) -> tuple[FormView, ConversationView]:
    view = form_view(form_id_of(conversation_id), case.id)
    return view, next(one for one in (*view.columns, *view.struck) if one.id == conversation_id)


def _posted(value: int | None) -> str:
    return answers.NOT_ASKED if value is None else str(value)


def _expected(text: str | None) -> int | None:
    return answers.SCORES.get(text or "")
