"""How many open cases there are, and the list behind each figure."""

from __future__ import annotations

from psfs.accounts.current import permit, user
from psfs.domain.permissions import Action
from psfs.overview import pages, queries_figures, queries_lists
from psfs.overview.routes import bp


@bp.get("")
@permit(Action.OVERVIEW)
def figures() -> str:
    """Open cases by ladder, level, service and age band; who has team, coordinator, plan."""
    filter_, scope = pages.asked()
    return pages.render("figures", filter_, scope, figures=queries_figures.figures(filter_, scope))


@bp.get("/saker")
@permit(Action.OVERVIEW)
def cases() -> str:
    """The open cases behind a figure."""
    filter_, scope = pages.asked()
    found = queries_lists.open_cases(filter_, scope, user(), pages.page_number())
    return pages.list_page("cases", filter_, scope, found)
