"""The case page, and who has looked at it. The room's other views stand in ``routes_*``."""

from __future__ import annotations

from flask import render_template, request

from psfs.accounts.current import permit
from psfs.cases import queries, queries_readings, routes_emergency, routes_find, routes_people
from psfs.cases.blueprint import bp
from psfs.cases.door import OpenCase
from psfs.cases.overview import overview
from psfs.domain.permissions import Action

__all__ = ["bp", "routes_emergency", "routes_find", "routes_people"]


@bp.get("/saker/<uuid:case_id>")
@permit(Action.VIEW)
def show(case: OpenCase) -> str:
    """The case page."""
    until = queries.emergency_until(case.id, case.user.id) if case.in_emergency else None
    return render_template("cases/show.html", case=case, view=overview(case), emergency_until=until)


@bp.get("/saker/<uuid:case_id>/innsyn")
@permit(Action.VIEW_READINGS)
def readings(case: OpenCase) -> str:
    """Who has looked at the case: who, when, what, and why where it was asked; or who saw the name in lists."""
    before, in_lists = request.args.get("for", type=int), request.args.get("vis") == "lister"
    look_up = queries_readings.days_in_lists if in_lists else queries_readings.readings
    page = look_up(case.id, before if before is None or 0 < before < 2**31 else None)
    return render_template("cases/readings.html", case=case, page=page, first=before is None, in_lists=in_lists)
