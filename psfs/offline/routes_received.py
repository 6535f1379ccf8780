"""What devices handed in and needs a hand: set aside, or kept beside what others did meanwhile."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit, user
from psfs.cases.door import OpenCase
from psfs.conversations import received, receiving
from psfs.conversations.queries import form_id_of
from psfs.conversations.queries_form import form_view
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.messages import message
from psfs.offline import queries_received, words
from psfs.offline.blueprint import bp
from psfs.offline.forms import PutAwayForm
from psfs.offline.queries_compare import comparison

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.offline.queries_received import Received


@bp.get("/mottekne")
@permit(Action.OFFLINE)
def waiting() -> str:
    """What was set aside and waits for the reader."""
    return render_template("offline/waiting.html", rows=queries_received.waiting(user()))


@bp.get("/mottekne/<uuid:item_id>")
@permit(Action.OFFLINE)
def show_received(item_id: uuid.UUID) -> str:
    """One conversation that was set aside."""
    return _page(_item(item_id), PutAwayForm())


@bp.post("/mottekne/<uuid:item_id>/lagre")
@permit(Action.OFFLINE)
def keep_received(item_id: uuid.UUID) -> Response | tuple[str, int]:
    """Keep it after all, now that what stood in its way may be gone."""
    item = _item(item_id)
    if not item.waits or not item.may_record:
        abort(404)
    left = receiving.try_again(item_id, user())
    if left:
        return _page(_item(item_id), PutAwayForm(formdata=None), words.reasons(left)), 422
    flash(_("Samtalen er lagra."), "success")
    return redirect(url_for("cases.show", case_id=item.case_id), 303)


@bp.post("/mottekne/<uuid:item_id>/legg-bort")
@permit(Action.OFFLINE)
def put_away(item_id: uuid.UUID) -> Response | tuple[str, int]:
    """Decide that it is not to be kept as a conversation."""
    item, form = _item(item_id), PutAwayForm()
    if form.accepted():
        try:
            received.put_away(item_id, user(), form.reason.data or "")
        except Refusal as refusal:
            form.refuse("reason", message(refusal))
        else:
            flash(_("Samtalen er lagd bort. Han kan framleis lesast."), "success")
            return redirect(url_for("offline.waiting"), 303)
    return _page(item, form), 422


@bp.route("/saker/<uuid:case_id>/samtalar/<uuid:conversation_id>/sjaa-over", methods=["GET", "POST"])
@permit(Action.CORRECT)
def compare(case: OpenCase, conversation_id: uuid.UUID) -> str | Response:
    """How a conversation from a device differs from what others did meanwhile: strike one, or keep them."""
    view = form_view(form_id_of(conversation_id), case.id)
    if request.method == "POST":
        received.keep_both(case.case, user(), conversation_id)
        flash(_("Begge samtalane står."), "success")
        return redirect(url_for("conversations.summary", case_id=case.id, form_id=view.id), 303)
    shown = comparison(view, case.id, conversation_id)
    if shown is None:
        return redirect(url_for("conversations.show", case_id=case.id, conversation_id=conversation_id), 303)
    return render_template("offline/compare.html", case=case, view=view, shown=shown, open=case.case.talks_go_on)


def _item(item_id: uuid.UUID) -> Received:
    return queries_received.received(item_id, user()) or abort(404)


def _page(item: Received, form: PutAwayForm, left: list[str] | None = None) -> str:
    return render_template("offline/received.html", item=item, form=form, left=left or [], states=words.STATES)
