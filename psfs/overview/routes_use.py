"""Teams by quarter and age, PSFS in use, and the lists behind their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.domain import measures
from psfs.domain.permissions import Action
from psfs.overview import pages, queries_talks, queries_teams
from psfs.overview.periods import Quarter, quarter_of, read_quarter
from psfs.overview.routes import bp

if TYPE_CHECKING:
    from psfs.overview.filters import Filter, Scope


@bp.get("/team")
@permit(Action.OVERVIEW)
def teams() -> str:
    """Teams active and new in each quarter, by age band."""
    filter_, scope, last = _asked()
    filter_ = filter_.but(band="")
    found = queries_teams.teams(filter_, scope, last)
    newest = quarter_of(clock.today())
    return pages.render("teams", filter_, scope, teams=found.value, counted_at=found.at, last=last, newest=newest)


@bp.get("/team/saker")
@permit(Action.OVERVIEW)
def team_list() -> str:
    """The teams behind a figure."""
    filter_, scope, quarter = _asked()
    new = request.args.get("nye") == "ja"
    found = queries_teams.team_list(filter_, scope, quarter, user(), pages.page_number(), new=new)
    return pages.list_page("team_list", filter_, scope, found, quarter=quarter, new=new)


@bp.get("/samtalar")
@permit(Action.OVERVIEW)
def talks() -> str:
    """First conversations, follow-ups held and due, and shares of considerable change, by service."""
    filter_, scope, quarter = _asked()
    filter_ = filter_.but(band="")
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
    filter_, scope, quarter = _asked()
    filter_ = filter_.but(band="")
    kind = request.args.get("kva", "")
    kind = kind if kind in queries_talks.KINDS else queries_talks.KINDS[0]
    found = queries_talks.talk_list(kind, filter_, scope, quarter, user(), pages.page_number())
    return pages.list_page("talk_list", filter_, scope, found, quarter=quarter, kind=kind)


def _asked() -> tuple[Filter, Scope, Quarter]:
    """The filter without what a case may have changed since, and the quarter."""
    filter_, scope = pages.asked()
    quarter = read_quarter(request.args.get("kvartal", ""), clock.today())
    return filter_.but(level=None, has=""), scope, quarter
