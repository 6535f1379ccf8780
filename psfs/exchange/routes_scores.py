"""Scores in from a file: what would come of it first, then all of it or nothing."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from psfs.accounts.current import permit, user
from psfs.cases.queries import own_services
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.domain.scoring import Scale
from psfs.exchange import forms, service_scores
from psfs.exchange.routes import bp
from psfs.extensions import db
from psfs.fields import options
from psfs.messages import message

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

SHOWN = 100
"""Faults that the page lists; the rest are counted."""


@bp.route("/les-inn-skarar", methods=["GET", "POST"])
@permit(Action.IMPORT_SCORES)
def scores() -> ResponseReturnValue:
    """Choose a file, and see what would come of it. Nothing is written."""
    form = _form()
    if request.method == "GET":
        return _page(form)
    if not form.accepted():
        return _page(form), 422
    content = form.file.data.read()
    try:
        found = service_scores.look(content, Scale(form.scale.data), form.service.data or None)
    except Refusal as refusal:
        db.session.rollback()
        form.refuse("file", message(refusal))
        return _page(form), 422
    kept = base64.b64encode(content).decode()
    confirm = forms.ConfirmForm(formdata=None, content=kept, scale=form.scale.data, service=form.service.data)
    return _page(form, found=found, confirm=confirm), 422 if found.faults else 200


@bp.post("/les-inn-skarar/stadfest")
@permit(Action.IMPORT_SCORES)
def bring_scores() -> ResponseReturnValue:
    """Read the file in; everything is checked once more."""
    given: Any = forms.ConfirmForm()
    try:
        if not given.accepted():
            raise Refusal("empty_file")
        content = base64.b64decode(given.content.data or "", validate=True)
        done = service_scores.bring(content, Scale(given.scale.data), given.service.data or None, user())
    except (Refusal, ValueError, binascii.Error) as error:
        db.session.rollback()
        form = _form()
        form.refuse("file", message(error if isinstance(error, Refusal) else Refusal("empty_file")))
        return _page(form), 422
    if done.faults:
        return _page(_form(), found=done), 422
    told = ngettext("%(num)s samtale er lesen inn.", "%(num)s samtalar er lesne inn.", done.counts.talks)
    flash(told if done.counts.talks else _("Alt i fila er lese inn frå før. Ingenting er endra."), "success")
    return redirect(url_for("exchange.scores"), 303)


def _form() -> Any:
    form: Any = forms.ScoresForm()
    names = [(each.name, each.name) for each in own_services()]
    form.service.choices = options([("", _("Ei eiga teneste for importerte skjema")), *names])
    return form


def _page(form: Any, **values: Any) -> str:
    return render_template("exchange/scores.html", form=form, shown=SHOWN, **values)
