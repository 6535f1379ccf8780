"""Run charts of the five measures, and the notes on their time axis."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _

from psfs.accounts.current import permit, user
from psfs.accounts.settings import limits
from psfs.domain import measures, run_chart
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.fields import options
from psfs.messages import message
from psfs.overview import behind, filters, forms, pages, queries_figures, queries_measures, queries_notes, service
from psfs.overview.charts import charts
from psfs.overview.routes import bp

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

FIELDS = {"date_in_future": "on", "service_unavailable": "service"}


@bp.get("/utvikling")
@permit(Action.OVERVIEW)
def learning() -> str:
    """The run charts, for all services or for one."""
    filter_, scope = filters.asked(request.args, user(), "learning")
    chosen = filter_.service_id if scope.everything else scope.service_id
    form = _form(scope)
    form.service.data = str(chosen) if chosen else forms.ALL
    return _page(scope, chosen, form)


@bp.get("/utvikling/saker")
@permit(Action.OVERVIEW)
def month_list() -> str:
    """What is counted in a month of a run chart."""
    return pages.list_page("month_list", behind.month(request.args, user(), pages.page_number()))


@bp.post("/utvikling/notat")
@permit(Action.NOTE_CHANGE)
def add_note() -> ResponseReturnValue:
    """Note what was changed."""
    scope = filters.scope_of(user())
    chosen = filters.read_id(request.args.get("teneste", "")) if scope.everything else scope.service_id
    form = _form(scope)
    if not form.accepted():
        return _page(scope, chosen, form), 422
    for_one = filters.read_id(form.service.data)
    try:
        service.add_note(user(), scope, form.id.data, for_one, form.on.data, form.text.data)
    except Refusal as refusal:
        form.refuse(FIELDS.get(refusal.code, "text"), message(refusal))
        if refusal.code == "id_taken":
            form.id.data = uuid.uuid4()  # sent again, it is meant as another
        return _page(scope, chosen, form), 422
    flash(_("Notatet er lagra."), "success")
    return redirect(_back(scope, for_one or chosen), 303)


@bp.post("/utvikling/notat/<uuid:note_id>/bort")
@permit(Action.NOTE_CHANGE)
def remove_note(note_id: uuid.UUID) -> ResponseReturnValue:
    """Take a note away."""
    scope = filters.scope_of(user())
    if not service.remove_note(scope, note_id):
        abort(404)
    flash(_("Notatet er teke bort."), "success")
    return redirect(_back(scope, filters.read_id(request.args.get("teneste", ""))), 303)


def _form(scope: filters.Scope) -> Any:
    form: Any = forms.NoteForm()
    services = queries_figures.services(scope)
    choices = [(str(each), name) for each, name in services.items()]
    form.service.choices = options([(forms.ALL, _("Alle tenestene")), *choices] if scope.everything else choices)
    return form


def _back(scope: filters.Scope, service_id: uuid.UUID | None) -> str:
    return url_for("overview.learning", teneste=service_id if scope.everything else None)


def _page(scope: filters.Scope, chosen: uuid.UUID | None, form: Any) -> str:
    """The page for the chosen service, or for all; one with few cases is not shown alone."""
    found = queries_measures.measured()
    alone = chosen is not None or not scope.everything
    few = alone and not found.value.shown_alone(chosen)
    notes = queries_notes.notes(chosen)
    services = [chosen] if alone and chosen else found.value.services
    return pages.render(
        "learning",
        filters.Filter(service_id=chosen if scope.everything else None),
        scope,
        charts=[] if few else charts(found.value, services, notes),
        counted_at=found.at,
        few=few,
        chosen=chosen,
        notes=notes,
        form=form,
        limits=limits(),
        measured=found.value,
        rules=run_chart,
        kinds=measures,
    )
