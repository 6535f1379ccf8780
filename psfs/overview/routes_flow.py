"""How cases move between levels and how long they stay, and the rounds behind each figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from psfs import clock
from psfs.accounts.current import permit, user
from psfs.domain import measures
from psfs.domain.permissions import Action
from psfs.overview import pages, queries_flow, queries_rounds
from psfs.overview.periods import quarter_of, read_quarter
from psfs.overview.routes import bp

if TYPE_CHECKING:
    from psfs.overview.filters import Filter, Scope


@bp.get("/flyt")
@permit(Action.OVERVIEW)
def flow() -> str:
    """Moves, openings and closings by quarter; days on each level; level 0 decided in time."""
    filter_, scope = _asked()
    today = clock.today()
    last = read_quarter(request.args.get("kvartal", ""), today)
    found = queries_flow.flow(filter_, scope, last)
    keys = {interval: key for key, interval in queries_rounds.INTERVALS.items()}
    return pages.render(
        "flow",
        filter_,
        scope,
        flow=found.value,
        counted_at=found.at,
        last=last,
        newest=quarter_of(today),
        intervals=measures.INTERVALS,
        keys=keys,
    )


@bp.get("/flyt/saker")
@permit(Action.OVERVIEW)
def rounds() -> str:
    """The rounds behind a figure of the flow, one line each."""
    filter_, scope = _asked()
    asked = queries_rounds.read(request.args, clock.today())
    found = queries_rounds.rounds(asked, filter_, scope, user(), pages.page_number())
    return pages.list_page("rounds", filter_, scope, found, asked=asked)


def _asked() -> tuple[Filter, Scope]:
    """The parts of the filter that stay the same while a case moves."""
    filter_, scope = pages.asked()
    return filter_.but(level=None, band="", has=""), scope
