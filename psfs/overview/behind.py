"""The lists behind the figures as their addresses ask for them: the same rows for a page and for a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.accounts.settings import limits
from psfs.domain import measures
from psfs.overview import (
    filters,
    queries_lists,
    queries_measures,
    queries_months,
    queries_rounds,
    queries_talks,
    queries_teams,
)
from psfs.overview.periods import Quarter, read_quarter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psfs.models import User
    from psfs.overview.filters import Filter, Scope
    from psfs.overview.queries_lists import Listed


@dataclass(frozen=True, slots=True)
class Behind:
    """A list, the filter it is narrowed by, whose cases the reader may count, and what else its address asked for."""

    found: Listed
    filter: Filter
    scope: Scope
    asked: dict[str, Any] = field(default_factory=dict)


def cases(args: Mapping[str, str], account: User, number: int) -> Behind:
    """The open cases. ``number``: of the page, or ``queries_lists.EVERY``; so for all the lists here."""
    filter_, scope = filters.asked(args, account, "cases")
    return Behind(queries_lists.open_cases(filter_, scope, account, number), filter_, scope)


def rounds(args: Mapping[str, str], account: User, number: int) -> Behind:
    """The rounds behind a figure of the flow."""
    filter_, scope = filters.asked(args, account, "rounds")
    asked = queries_rounds.read(args, clock.today())
    found = queries_rounds.rounds(asked, filter_, scope, account, number)
    return Behind(found, filter_, scope, {"asked": asked})


def teams(args: Mapping[str, str], account: User, number: int) -> Behind:
    """The teams of a quarter."""
    filter_, scope, quarter = in_quarter(args, account, "team_list")
    new = args.get("nye") == "ja"
    found = queries_teams.team_list(filter_, scope, quarter, account, number, new=new)
    return Behind(found, filter_, scope, {"quarter": quarter, "new": new})


def talks(args: Mapping[str, str], account: User, number: int) -> Behind:
    """The conversations of a quarter."""
    filter_, scope, quarter = in_quarter(args, account, "talk_list")
    kind = args.get("kva", "")
    kind = kind if kind in queries_talks.LISTS else queries_talks.LISTS[0]
    found = queries_talks.talk_list(kind, filter_, scope, quarter, account, number)
    return Behind(found, filter_, scope, {"quarter": quarter, "kind": kind})


def month(args: Mapping[str, str], account: User, number: int) -> Behind:
    """What a month of a run chart counts. Nothing of a service with too few cases to be shown alone, and where a row
    has no name, such a service has none either."""
    filter_, scope = filters.asked(args, account, "month_list")
    chosen = filter_.service_id if scope.everything else scope.service_id
    asked = queries_months.read(args, clock.today())
    services = queries_measures.shown_alone()
    few = chosen not in services and not (chosen is None and scope.everything)
    found = queries_lists.Listed((), 0, 1)
    if not few:
        found = queries_months.month_list(asked, filter_, scope, account, number)
        names = set(services.values())
        rows = (row if row.name or row.service in names else replace(row, service="") for row in found.rows)
        found = replace(found, rows=tuple(rows))
    return Behind(
        found, filter_, scope, {"asked": asked, "few": few, "fewest": measures.FEWEST_CASES, "limits": limits()}
    )


def in_quarter(args: Mapping[str, str], account: User, page: str) -> tuple[Filter, Scope, Quarter]:
    """The filter of the page, whose cases the reader may count, and the quarter."""
    filter_, scope = filters.asked(args, account, page)
    return filter_, scope, read_quarter(args.get("kvartal", ""), clock.today())
