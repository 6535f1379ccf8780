"""How cases move between levels and how long they stay, and the rounds behind each figure."""

from __future__ import annotations

from flask import request

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.domain import measures
from psfs.domain.permissions import Action
from psfs.overview import behind, pages, queries_flow, queries_rounds
from psfs.overview.periods import quarter_of
from psfs.overview.routes import bp


@bp.get("/flyt")
@permit(Action.OVERVIEW)
def flow() -> str:
    """Moves, openings and closings by quarter; days on each level; level 0 decided in time."""
    filter_, scope, last = behind.in_quarter(request.args, user(), "flow")
    found = queries_flow.flow(filter_, scope, last)
    keys = {interval: key for key, interval in queries_rounds.INTERVALS.items()}
    return pages.render(
        "flow",
        filter_,
        scope,
        flow=found.value,
        counted_at=found.at,
        last=last,
        newest=quarter_of(clock.today()),
        intervals=measures.INTERVALS,
        keys=keys,
    )


@bp.get("/flyt/saker")
@permit(Action.OVERVIEW)
def rounds() -> str:
    """The rounds behind a figure of the flow, one line each."""
    return pages.list_page("rounds", behind.rounds(request.args, user(), pages.page_number()))
