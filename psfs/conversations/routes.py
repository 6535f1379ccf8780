"""Pages for holding and reading conversations; those for forms and corrections are registered beside them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.accounts.settings import limits
from psfs.bti.queries_log import details_of
from psfs.cases.door import OpenCase
from psfs.conversations import answers, bodies, service, words
from psfs.conversations.forms import ConversationForm
from psfs.conversations.inputs import ASKED, Conflict, ConversationInput, Refusals
from psfs.conversations.pages import DATES, ConversationPage, conversation_page, missing_answers
from psfs.conversations.queries import form_id_of, forms_of_case, open_form_id
from psfs.conversations.queries_form import form_view
from psfs.conversations.received import waiting_item
from psfs.conversations.rows import must_be_open
from psfs.domain.due import conversation_due
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.extensions import db
from psfs.messages import message

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.conversations.views import FormView

bp = Blueprint("conversations", __name__)
words.register(bp)
IMPOSSIBLE_DAYS = frozenset({"date_in_future", "date_before_birth"})


@bp.get("/saker/<uuid:case_id>/samtalar/ny")
@permit(Action.RECORD)
def new(case: OpenCase) -> str | Response:
    """The page for holding a conversation; without an open form, for starting one."""
    must_be_open(case.case)
    form_id = open_form_id(case.id)
    if form_id is None:
        return redirect(url_for("conversations.start", case_id=case.id), 303)
    view = form_view(form_id, case.id)
    today = clock.today()
    if "mottatt" in request.args:
        return _from_device(case, view)
    form = ConversationForm(
        formdata=None,
        data={
            "id": uuid.uuid4(),
            "form_id": view.id,
            "base": view.last_recorded_id,
            "held_on": today,
            "performed_by": user().name,
            "respondent": ASKED,
            "next_due": conversation_due(today, None, limits()),
        },
    )
    return _page(case, form, conversation_page(view, today), layout=user().scoring_layout)


@bp.post("/saker/<uuid:case_id>/samtalar/ny")
@permit(Action.RECORD)
def record(case: OpenCase) -> Response | tuple[str, int]:
    """Keep a conversation, or show the page again with what was typed and what is wrong."""
    form = ConversationForm()
    sent = answers.read(request.form)
    conflict: Conflict | None = None
    faults: list[Refusal] = list(sent.faults)
    filled_in = form.accepted()
    if filled_in and not faults:
        try:
            given = _given(form, sent)
            service.record(case.case, user(), given)
        except Conflict as refusal:
            conflict = refusal
        except Refusals as refusals:
            faults += refusals.faults
        except Refusal as refusal:
            faults.append(refusal)
        else:
            flash(_("Samtalen er lagra."), "success")
            return redirect(url_for("conversations.summary", case_id=case.id, form_id=given.form_id), 303)
    db.session.rollback()
    view = form_view(form.form_id.data or uuid.uuid4(), case.id)
    impossible = any(fault.code in IMPOSSIBLE_DAYS for fault in faults)
    day = clock.today() if impossible else form.held_on.data or clock.today()
    if not filled_in:
        faults += missing_answers(view, day, sent)
    form.base.data = view.last_recorded_id
    if conflict is not None and conflict.values.get("held_on") == form.held_on.data:
        form.same_day.data = conflict.values["conversation"]
    for fault in faults:
        if place := DATES.get(fault.code):
            form[place].errors = [*form[place].errors, message(fault)]
    page = conversation_page(view, day, request.form, [fault for fault in faults if fault.code not in DATES])
    return _page(case, form, page, layout="all", conflict=conflict), 409 if conflict else 422


@bp.post("/konto/skaring")
@permit(Action.OWN_ACCOUNT)
def layout() -> tuple[str, int]:
    """Remember how one likes to score: one activity at a time, or all on one sheet."""
    service.remember_layout(user(), request.form.get("layout", ""))
    return "", 204


@bp.get("/saker/<uuid:case_id>/samtalar/<uuid:conversation_id>")
@permit(Action.VIEW)
def show(case: OpenCase, conversation_id: uuid.UUID) -> str:
    """One conversation: what was answered, what was put right, and the ways to put it right."""
    view = form_view(form_id_of(conversation_id), case.id)
    talk = next(one for one in (*view.columns, *view.struck) if one.id == conversation_id)
    return render_template(
        "conversations/show.html",
        case=case,
        view=view,
        talk=talk,
        details=details_of(case.case, talk.id),
        may_correct=_may(case, Action.CORRECT),
    )


@bp.get("/saker/<uuid:case_id>/skjema/<uuid:form_id>")
@permit(Action.VIEW)
def summary(case: OpenCase, form_id: uuid.UUID) -> str:
    """A whole form: the paper's table with every figure, a chart, and the latest conversation in plain words."""
    view = form_view(form_id, case.id)
    return render_template(
        "conversations/summary.html",
        case=case,
        view=view,
        sentences=words.sentences(view),
        hints=words.hints(view),
        others=[form for form in forms_of_case(case.id) if form.id != view.id],
        may_record=_may(case, Action.RECORD),
        may_correct=_may(case, Action.CORRECT),
        may_print=case.may(Action.PRINT),
    )


def _from_device(case: OpenCase, view: FormView) -> str:
    """The page with what a device handed in and was set aside, to be put right and kept."""
    item = waiting_item(request.args.get("mottatt", type=uuid.UUID) or uuid.uuid4(), case.id) or abort(404)
    body = bodies.read(item.body.encode())
    form = ConversationForm(
        formdata=None,
        data={
            "id": body.id,
            "form_id": view.id,
            "base": view.last_recorded_id,
            "received": item.id,
            "held_on": body.held_on,
            "performed_by": body.performed_by or item.account.name,
            "respondent": body.respondent,
            "remark": body.remark,
            "next_due": body.next_due,
        },
    )
    return _page(case, form, conversation_page(view, body.held_on, answers.as_typed(body)), layout="all")


def _given(form: ConversationForm, sent: answers.Sent) -> ConversationInput:
    return ConversationInput(
        id=form.id.data,
        form_id=form.form_id.data or uuid.uuid4(),
        base=form.base.data,
        held_on=form.held_on.data or clock.today(),  # never empty: the form was accepted
        performed_by=form.performed_by.data or "",
        respondent=form.respondent.data or "",
        remark=form.remark.data or "",
        next_due=form.next_due.data,
        answers=sent.answers,
        added=sent.added,
        retired=sent.retired,
        same_day=form.same_day.data,
        received=form.received.data,
    )


def _page(
    case: OpenCase, form: ConversationForm, page: ConversationPage, *, layout: str, conflict: Conflict | None = None
) -> str:
    names = [one.name for one in (user(), case.case.holder, case.case.contact) if one is not None]
    return render_template(
        "conversations/new.html",
        case=case,
        form=form,
        page=page,
        layout=layout,
        conflict=conflict,
        names=list(dict.fromkeys(names)),
        hint=words.suits_poorly(case.person, clock.today()),
    )


def _may(case: OpenCase, action: Action) -> bool:
    """Whether a button for ``action`` has anything to do: conversations go on in the case and the reader may."""
    return case.case.talks_go_on and case.may(action)


from psfs.conversations import correction_routes, form_routes  # noqa: E402, F401 -- they add their pages to ``bp``
