"""Words for the codes of the overview: bands, ladders and levels, what a case has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from psfs.bti.ladders import all_ladders
from psfs.domain import age_bands
from psfs.domain.measures import MEETING_DAYS, Measure
from psfs.domain.run_chart import Runs
from psfs.formatting import day, month
from psfs.language import current
from psfs.overview import queries_months, queries_rounds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from flask_babel.speaklater import LazyString

    from psfs.domain.due import Limits
    from psfs.overview.charts import Signal
    from psfs.overview.periods import Quarter
    from psfs.overview.queries_lists import Row
    from psfs.overview.queries_rounds import Asked

HAS: dict[str, LazyString] = {
    "team": _l("Har team"),
    "utan-team": _l("Har ikkje team"),
    "koordinator": _l("Har koordinator"),
    "utan-koordinator": _l("Har ikkje koordinator"),
    "plan": _l("Har individuell plan"),
    "utan-plan": _l("Har ikkje individuell plan"),
}
PARTS: dict[str, LazyString] = {"team": _l("Team"), "koordinator": _l("Koordinator"), "plan": _l("Individuell plan")}

TIME: dict[str, LazyString | str] = {
    "": "",
    queries_rounds.IN_TIME: _l("avgjort innan fristen"),
    queries_rounds.LATE: _l("avgjort etter fristen"),
}
WAITING: dict[str, LazyString] = {
    "": _l("Ventar på avgjerd på nivå 0"),
    queries_rounds.IN_TIME: _l("Ventar på avgjerd på nivå 0, innanfor fristen"),
    queries_rounds.LATE: _l("Ventar på avgjerd på nivå 0, over fristen"),
}

RUNS: dict[Runs, LazyString] = {
    Runs.TOO_FEW: _l("Linja kryssar medianen færre gonger enn tilfeldig variasjon gjev."),
    Runs.TOO_MANY: _l(
        "Linja kryssar medianen fleire gonger enn tilfeldig variasjon gjev. Det kan vere at ulike ting er blanda."
    ),
}

TALKS: dict[str, LazyString] = {
    "forste": _l("Første samtalar"),
    "oppfolging": _l("Oppfølgingar haldne"),
    "forfall": _l("Oppfølgingar med frist"),
    "i-tide": _l("Haldne innan fristen"),
    "over": _l("Ikkje haldne innan fristen"),
    "ventar": _l("Ventar, fristen er ikkje komen"),
}
"""Conversations of a quarter, as ``queries_talks.KINDS``."""
TALK_LISTS: dict[str, LazyString] = {**TALKS, "samanlikna": _l("Samanliknbare samtalar")}
"""What the lists of them are called, as ``queries_talks.LISTS``."""
WHICH: dict[str, LazyString] = {
    "": _l("Alle som tel"),
    queries_months.GOOD: _l("I orden"),
    queries_months.OTHER: _l("Ikkje i orden"),
}
"""Which of a month of a run chart a list holds."""
FLAGS: dict[str, LazyString] = {
    "improved": _l("Betydeleg betring"),
    "worsened": _l("Betydeleg forverring"),
    "none": _l("Inga betydeleg endring"),
}


def band(key: str) -> str:
    """What a band of ages is called."""
    found = next(each for each in age_bands.BANDS if each.key == key)
    if found.last is None:
        return _("%(first)s år og eldre", first=found.first)
    return _("%(first)s–%(last)s år", first=found.first, last=found.last)


def bands() -> dict[str, str]:
    """Every band, the youngest first."""
    return {key: band(key) for key in age_bands.KEYS}


def ladder(key: str) -> str:
    """What a ladder is called; its key where it is gone."""
    found = all_ladders().get(key)
    return found.name.in_language(current()) if found else key


def ladders() -> dict[str, str]:
    """Every ladder."""
    return {key: ladder(key) for key in all_ladders()}


def level(ladder_key: str, number: int) -> str:
    """What a level of a ladder is called."""
    found = all_ladders().get(ladder_key)
    if found is None or not found.has(number):
        return _("Nivå %(number)s", number=number)
    return _("Nivå %(number)s: %(name)s", number=number, name=found.level(number).name.in_language(current()))


def levels(keys: Iterable[str] = ()) -> list[int]:
    """The numbers of the levels of these ladders, or of all."""
    wanted = set(keys)
    found = {each.number for key, one in all_ladders().items() if not wanted or key in wanted for each in one.levels}
    return sorted(found)


def has(parts: Iterable[str]) -> str:
    """What a case has, in one line."""
    return ", ".join(str(PARTS[part]).lower() for part in parts)


def quarter(one: Quarter) -> str:
    """What a quarter is called."""
    return _("%(number)s. kvartal %(year)s", number=one.number, year=one.year)


def way(start: int, to: int | None) -> str:
    """What a move is called."""
    if to is None:
        return _("Avslutta frå nivå %(number)s", number=start)
    if to == start:
        return _("Ny runde på nivå %(number)s", number=start)
    return _("Frå nivå %(start)s til nivå %(to)s", start=start, to=to)


def days(interval: tuple[int, int | None]) -> str:
    """What an interval of days is called."""
    first, last = interval
    if last is None:
        return _("%(first)s dagar eller meir", first=first)
    return _("%(first)s–%(last)s dagar", first=first, last=last)


def rounds(asked: Asked) -> str:
    """What a list of rounds holds, in one line."""
    if asked.what == queries_rounds.WAITING:
        return str(WAITING[asked.time])
    if asked.what == queries_rounds.OPENED:
        what = _("Opna") if asked.start is None else _("Opna på nivå %(number)s", number=asked.start)
    elif asked.to and asked.start is not None:
        what = way(asked.start, None if asked.to == queries_rounds.CLOSED else int(asked.to))
    elif asked.to:
        closed = asked.to == queries_rounds.CLOSED
        what = _("Avslutta") if closed else _("Til nivå %(number)s", number=asked.to)
    else:
        what = _("Rundar som tok slutt") if asked.start is None else _("Rundar på nivå %(number)s", number=asked.start)
    told = [what, str(TIME[asked.time])]
    if asked.interval:
        told.append(days(queries_rounds.INTERVALS[asked.interval]))
    first, last = asked.last.back(asked.count - 1), asked.last
    told.append(quarter(last) if first == last else f"{quarter(first)} – {quarter(last)}")
    return ", ".join(filter(None, told))


def measure(one: Measure, in_force: Limits) -> tuple[str, str]:
    """What a measure is called, and what it counts."""
    match one:
        case Measure.DECIDED:
            return _("Nivå 0 avgjort i tide"), _(
                "Saker på nivå 0 som skulle vere avgjorde i månaden: kor mange vart det innan %(days)s dagar?",
                days=in_force.level0_days,
            )
        case Measure.FOLLOWED_UP:
            return _("Oppfølgingssamtale i tide"), _(
                "Samtalar som skulle haldast i månaden: kor mange vart haldne innan den avtalte dagen? "
                "Der ingen dag var avtalt, er fristen %(days)s dagar.",
                days=in_force.follow_up_days,
            )
        case Measure.CONSENTED:
            return _("Gyldig samtykke på nivå 2 og 3"), _(
                "Saker på nivå 2 eller høgare siste dagen i månaden: kor mange hadde gyldig samtykke, "
                "eller heimel, for ei anna teneste?"
            )
        case Measure.COORDINATED:
            return _("Koordinator på nivå 3"), _(
                "Saker på nivå 3 siste dagen i månaden: kor mange hadde ein koordinator som hadde sagt ja?"
            )
        case _:
            return _("Møte haldne som planlagt"), _(
                "Møte som var planlagde i månaden og ikkje avlyste før dagen: "
                "kor mange vart haldne innan %(days)s dagar frå den planlagde dagen?",
                days=MEETING_DAYS,
            )


def counted(one: Measure, number: int) -> str:
    """How many a month of a measure counts."""
    match one:
        case Measure.DECIDED:
            return ngettext("%(num)s runde", "%(num)s rundar", number)
        case Measure.FOLLOWED_UP:
            return ngettext("%(num)s samtale", "%(num)s samtalar", number)
        case Measure.MET:
            return ngettext("%(num)s møte", "%(num)s møte", number)
        case _:
            return ngettext("%(num)s sak", "%(num)s saker", number)


def counted_day(one: Measure, row: Row) -> str:
    """The days of one of them; nothing where the row tells none."""
    if row.from_on is None:
        return ""
    start, end = day(row.from_on), day(row.until_on) if row.until_on else ""
    match one:
        case Measure.DECIDED:
            return f"{start} – {end or _('no')}"
        case Measure.FOLLOWED_UP:
            return _("samtale %(day)s, neste innan %(due)s", day=start, due=end)
        case Measure.MET:
            planned = _("planlagt %(day)s", day=start)
            return f"{planned}, " + (_("halde %(day)s", day=end) if end else _("ikkje halde"))
        case _:
            return _("på nivået sidan %(day)s", day=start)


def signal(one: Signal, points: int) -> str:
    """What a shift or a trend tells."""
    months = f"{month(one.first)} – {month(one.last)}"
    match one.kind, one.up:
        case "shift", True:
            return _(
                "Skift: %(points)s eller fleire månader på rad over medianen, %(months)s.", points=points, months=months
            )
        case "shift", False:
            return _(
                "Skift: %(points)s eller fleire månader på rad under medianen, %(months)s.",
                points=points,
                months=months,
            )
        case _, True:
            return _(
                "Trend: %(points)s eller fleire månader på rad på veg opp, %(months)s.", points=points, months=months
            )
        case _:
            return _(
                "Trend: %(points)s eller fleire månader på rad på veg ned, %(months)s.", points=points, months=months
            )


def short_month(value: date) -> str:
    """A month where there is little room: jan. 26."""
    return str(format_date(value, "LLL yy"))
