"""Teams by quarter and age, PSFS in use, and the lists behind their figures."""

from __future__ import annotations

from flask import request

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.domain import measures
from psfs.domain.permissions import Action
from psfs.overview import behind, pages, queries_talks, queries_teams
from psfs.overview.periods import quarter_of
from psfs.overview.routes import bp


@bp.get("/team")
@permit(Action.OVERVIEW)
def teams() -> str:
    """Teams active and new in each quarter, by age band."""
    filter_, scope, last = behind.in_quarter(request.args, user(), "teams")
    found = queries_teams.teams(filter_, scope, last)
    newest = quarter_of(clock.today())
    return pages.render("teams", filter_, scope, teams=found.value, counted_at=found.at, last=last, newest=newest)


@bp.get("/team/saker")
@permit(Action.OVERVIEW)
def team_list() -> str:
    """The teams behind a figure."""
    return pages.list_page("team_list", behind.teams(request.args, user(), pages.page_number()))


@bp.get("/samtalar")
@permit(Action.OVERVIEW)
def talks() -> str:
    """First conversations, follow-ups held and due, and shares of considerable change, by service."""
    filter_, scope, quarter = behind.in_quarter(request.args, user(), "talks")
    found = queries_talks.use(filter_, scope, quarter)
    return pages.render(
        "talks",
        filter_,
        scope,
        talks=found.value,
        counted_at=found.at,
        last=quarter,
        newest=quarter_of(clock.today()),
        fewest=measures.FEWEST_CHANGES,
        flags=queries_talks.FLAGS,
    )


@bp.get("/samtalar/saker")
@permit(Action.OVERVIEW)
def talk_list() -> str:
    """The conversations behind a figure."""
    return pages.list_page("talk_list", behind.talks(request.args, user(), pages.page_number()))
