"""How numbers, dates and names of things are written for people, by language (P9)."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from psfs import clock
from psfs.domain.scoring import rounded
from psfs.language import current

if TYPE_CHECKING:
    from flask import Flask

MINUS = "\N{MINUS SIGN}"


def figure(value: Fraction | int | None, places: int = 1) -> str:
    """An average with one decimal, decimal comma in Norwegian; "–" when there is none."""
    if value is None:
        return "–"
    text = str(rounded(Fraction(value), places)).replace("-", MINUS)
    return text if current() == "en" else text.replace(".", ",")


def signed(value: Fraction | int | None, places: int = 1) -> str:
    """A change with its sign; zero has none."""
    if value is None:
        return "–"
    text = figure(value, places)
    return text if text.startswith(MINUS) or not rounded(Fraction(value), places) else "+" + text


def whole_signed(value: int) -> str:
    """A change of one score, a whole number with its sign."""
    return signed(value, 0)


def day(value: date | datetime | None) -> str:
    """A date as people write it: 12.01.2026, in English 12 Jan 2026."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    return format_date(value, "d MMM y") if current() == "en" else f"{value:%d.%m.%Y}"


def days_ago(value: date | datetime) -> str:
    """How long ago a day was, in whole days: i dag, for 3 dagar sidan."""
    if isinstance(value, datetime):
        value = clock.local(value).date()
    number = (clock.today() - value).days
    return str(ngettext("for %(num)s dag sidan", "for %(num)s dagar sidan", number) if number > 0 else _("i dag"))


def short_day(value: date) -> str:
    """A date where there is little room: 12.01.26, in English 12 Jan 26."""
    return format_date(value, "d MMM yy") if current() == "en" else f"{value:%d.%m.%y}"


def long_day(value: date | None) -> str:
    """A date in words: 12. januar 2026."""
    return "" if value is None else format_date(value, "d MMMM y" if current() == "en" else "d. MMMM y")


def month(value: date) -> str:
    """A month in words: november 2026."""
    return str(format_date(value, "LLLL y"))


def moment(value: datetime | None) -> str:
    """A date with the time of day in Norway."""
    return "" if value is None else f"{day(value)} {clock.local(value):%H:%M}"


def clock_time(value: datetime) -> str:
    """The time of day in Norway: 14:05."""
    return f"{clock.local(value):%H:%M}"


def as_sentence(value: object) -> str:
    """Typed text as a sentence: it ends with one full stop, or with the mark that it ends with already."""
    text = str(value).strip()
    return text if not text or text.rstrip('»”")').endswith((".", "!", "?", "…")) else text + "."


def init_app(app: Flask) -> None:
    """Register the filters."""
    for name, function in (
        ("figure", figure),
        ("signed", signed),
        ("whole_signed", whole_signed),
        ("day", day),
        ("days_ago", days_ago),
        ("long_day", long_day),
        ("month", month),
        ("moment", moment),
        ("clock_time", clock_time),
        ("as_sentence", as_sentence),
    ):
        app.add_template_filter(function, name)
