"""Cases and persons."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from psfs.accounts.current import permit
from psfs.cases.door import OpenCase
from psfs.domain.permissions import Action

bp = Blueprint("cases", __name__)


@bp.get("/sok")
@permit(Action.SEARCH)
def search() -> str:
    """Find a person."""
    abort(404)


@bp.get("/personar/ny")
@permit(Action.CREATE_CASE)
def new() -> str:
    """A new person and case."""
    abort(404)


@bp.get("/saker/<uuid:case_id>")
@permit(Action.VIEW)
def show(case: OpenCase) -> str:
    """The case page."""
    return render_template("cases/show.html", case=case)
