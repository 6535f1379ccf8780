"""Scores in from a file: what would come of it first, then all of it or nothing."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.cases.queries import own_services
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.domain.scoring import Scale
from psfs.exchange import forms, sample, service_scores, tables, words
from psfs.exchange.importer import summary
from psfs.exchange.receiving import holders
from psfs.exchange.routes import bp
from psfs.exchange.service_scores import Given
from psfs.extensions import db
from psfs.fields import options
from psfs.messages import message

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

BESIDE = 8 * 1024
"""Bytes of a request that are left for everything beside the file."""
PLACE = {"unused_service": "service", "no_such_holder": "holder", "holder_elsewhere": "holder"}
"""The field that a refusal is about, where it is not the file."""


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
    if len(content) > _most():
        form.refuse("file", _("Fila er for stor: høgst %(size)d kB. Del ho i fleire.", size=_most() // 1024))
        return _page(form), 422
    given = Given(content, Scale(form.scale.data), form.service.data or None, form.holder.data or None)
    try:
        found = service_scores.look(given)
    except Refusal as refusal:
        return _refused(form, refusal)
    confirm = forms.ConfirmForm(
        formdata=None,
        content=base64.urlsafe_b64encode(content).decode(),
        scale=form.scale.data,
        service=form.service.data,
        holder=form.holder.data,
        seal=service_scores.seal(given, user()),
    )
    return _page(form, found=found, confirm=confirm), 422 if found.faults else 200


@bp.get("/les-inn-skarar/eksempel.csv")
@permit(Action.IMPORT_SCORES)
def sample_scores() -> ResponseReturnValue:
    """A file as it should be, of somebody made up."""
    return tables.answer(sample.table(clock.today()), "csv", "skarar-eksempel")


@bp.post("/les-inn-skarar/stadfest")
@permit(Action.IMPORT_SCORES)
def bring_scores() -> ResponseReturnValue:
    """Read the file in, if it is just what the preview showed; everything is checked once more."""
    form = _form()
    given = _confirmed()
    if given is None:
        form.refuse("file", _("Vel fila og sjå over ho før du les ho inn."))
        return _page(form), 422
    try:
        done = service_scores.bring(given, user())
    except Refusal as refusal:
        return _refused(form, refusal)
    if done.faults:
        return _page(form, found=done), 422
    flash(summary(done.counts), "success")
    return redirect(url_for("exchange.scores"), 303)


def _confirmed() -> Given | None:
    """What was seen and is said yes to; None where it is anything else."""
    sent: Any = forms.ConfirmForm()
    if not sent.accepted():
        return None
    try:
        content = base64.b64decode(sent.content.data or "", altchars=b"-_", validate=True)
        given = Given(content, Scale(sent.scale.data), sent.service.data or None, sent.holder.data or None)
    except ValueError:
        return None
    return given if service_scores.was_seen(given, user(), sent.seal.data or "") else None


def _most() -> int:
    """Bytes of a file that goes back and forth within a request, where each three become four."""
    return (int(current_app.config["MAX_CONTENT_LENGTH"]) - BESIDE) // 4 * 3


def _form() -> Any:
    form: Any = forms.ScoresForm()
    names = [(each.name, each.name) for each in own_services()]
    form.service.choices = options([("", _("Ei eiga teneste for importerte skjema")), *names])
    people = [one for service, staff in holders().items() for one in options(staff, service)]
    form.holder.choices = [*options([("", _("Ingen enno: leiaren i tenesta vel"))]), *people]
    return form


def _refused(form: Any, refusal: Refusal) -> ResponseReturnValue:
    db.session.rollback()
    form.refuse(PLACE.get(refusal.code, "file"), message(refusal))
    return _page(form), 422


def _page(form: Any, **values: Any) -> str:
    kilobytes = _most() // 1024
    return render_template(
        "exchange/scores.html",
        form=form,
        kilobytes=kilobytes,
        summary=summary,
        columns=words.COLUMNS,
        **values,
    )
