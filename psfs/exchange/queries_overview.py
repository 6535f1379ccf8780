"""The lists behind the overview's figures as tables: the rows of the page, all of them. Reads only.

Where the reader may not open a case, its row tells what the page does: the service, the level, what the case has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from psfs.accounts.settings import limits
from psfs.domain.measures import Measure
from psfs.exchange.tables import Column, Out, Table
from psfs.overview import behind, filters, words
from psfs.overview.queries_lists import EVERY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from psfs.models import User
    from psfs.overview.behind import Behind
    from psfs.overview.queries_lists import Row

HEADINGS = {"team": _l("Team"), "koordinator": _l("Koordinator"), "plan": _l("Plan")}


def open_cases(args: Mapping[str, str], account: User) -> Out:
    """The open cases."""
    own = (Column(_("Sidan"), "date"),)
    return _table(_("Opne saker"), behind.cases(args, account, EVERY), own, lambda row: (row.from_on,))


def rounds(args: Mapping[str, str], account: User) -> Out:
    """The rounds behind a figure of the flow."""
    own = (Column(_("Frå"), "date"), Column(_("Til"), "date"), Column(_("Vidare")))
    found = behind.rounds(args, account, EVERY)
    return _table(_("Rundar på eit nivå"), found, own, lambda row: (row.from_on, row.until_on, _way(row)))


def teams(args: Mapping[str, str], account: User) -> Out:
    """The teams of a quarter."""
    own = (Column(_("Team frå"), "date"), Column(_("Team til"), "date"))
    found = behind.teams(args, account, EVERY)
    return _table(_("Oppfølgingsteam"), found, own, lambda row: (row.from_on, row.until_on))


def talks(args: Mapping[str, str], account: User) -> Out:
    """The conversations of a quarter."""
    own = (Column(_("Samtale"), "date"), Column(_("Neste innan"), "date"))
    found = behind.talks(args, account, EVERY)
    title = str(words.TALK_LISTS[found.asked["kind"]])
    return _table(title, found, own, lambda row: (row.from_on, row.until_on))


def months(args: Mapping[str, str], account: User) -> Out:
    """What a month of a run chart counts."""
    found = behind.month(args, account, EVERY)
    measure = found.asked["asked"].measure
    title = words.measure(measure, limits())[0]
    match measure:
        case Measure.FOLLOWED_UP:
            names = _("Samtale"), _("Neste innan")
        case Measure.MET:
            names = _("Planlagt"), _("Halde")
        case _:
            names = _("Frå"), _("Til")
    own = [Column(name, "date") for name in names]
    return _table(title, found, own, lambda row: (row.from_on, row.until_on))


def _table(title: str, behind_: Behind, own: Sequence[Column], values: Any) -> Out:
    columns = (
        Column(_("Namn")),
        Column(_("Teneste")),
        Column(_("Stige")),
        Column(_("Nivå"), "number"),
        *own,
        Column(_("Alder")),
        *(Column(str(HEADINGS[part])) for part in filters.PARTS),
    )
    rows = [
        (
            row.name or _("Ei sak"),
            row.service,
            words.ladder(row.ladder),
            row.level,
            *values(row),
            words.band(row.band) if row.band else "",
            *(_("Ja") if part in row.parts else _("Nei") for part in filters.PARTS),
        )
        for row in behind_.found.rows
    ]
    return Out(Table(title, columns, rows), frozenset(behind_.found.named))


def _way(row: Row) -> str:
    """Where the round led, as on the page; empty while it lasts, and where it ended in a case without a name here."""
    return words.way(row.level, row.to_level) if row.until_on or row.to_level is not None else ""
