"""How many open cases there are, and the list behind each figure."""

from __future__ import annotations

from flask import request

from psfs.accounts.current import permit, user
from psfs.domain.permissions import Action
from psfs.overview import behind, filters, pages, queries_figures
from psfs.overview.routes import bp


@bp.get("")
@permit(Action.OVERVIEW)
def figures() -> str:
    """Open cases by ladder, level, service and age band; who has team, coordinator, plan."""
    filter_, scope = filters.asked(request.args, user(), "figures")
    return pages.render("figures", filter_, scope, figures=queries_figures.figures(filter_, scope))


@bp.get("/saker")
@permit(Action.OVERVIEW)
def cases() -> str:
    """The open cases behind a figure."""
    return pages.list_page("cases", behind.cases(request.args, user(), pages.page_number()))
