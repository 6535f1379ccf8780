"""Months and quarters, and how they stand in addresses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year; ``number`` is 1 to 4."""

    year: int
    number: int

    @property
    def key(self) -> str:
        """As it stands in an address: 2026-4."""
        return f"{self.year}-{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.back(-1).first - timedelta(days=1)

    def back(self, number: int) -> Quarter:
        """The quarter so many before this one."""
        place = self.year * 4 + self.number - 1 - number
        return Quarter(place // 4, place % 4 + 1)

    def and_before(self, count: int) -> tuple[Quarter, ...]:
        """So many quarters, this one the last."""
        return tuple(self.back(number) for number in reversed(range(count)))


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month, by its first day."""

    first: date

    @property
    def key(self) -> str:
        """As it stands in an address: 2026-11."""
        return month_key(self.first)

    @property
    def last(self) -> date:
        """Its last day."""
        return month_end(self.first)


Period = Quarter | Month


def as_of(period: Period, today: date) -> date:
    """The day on which ages are counted for a period: its last, or today where that is not yet come."""
    return min(period.last, today)


def quarter_of(day: date) -> Quarter:
    """The quarter that a day is in."""
    return Quarter(day.year, (day.month + 2) // 3)


def quarter_of_month(month: str) -> Quarter:
    """The quarter of a month that is written as 2026-11."""
    return quarter_of(first_of(month))


def read_quarter(text: str, today: date) -> Quarter:
    """The quarter in an address; today's where there is none, or one that has not begun."""
    year, _, number = text.partition("-")
    if len(year) == 4 and year.isdecimal() and number in {"1", "2", "3", "4"} and int(year) > 1900:
        return min(Quarter(int(year), int(number)), quarter_of(today))
    return quarter_of(today)


def first_of(month: str) -> date:
    """The first day of a month that is written as 2026-11."""
    return date.fromisoformat(f"{month}-01")


def month_key(day: date) -> str:
    """A day's month, as 2026-11."""
    return f"{day:%Y-%m}"


def whole_months(today: date, count: int) -> tuple[date, ...]:
    """The first days of so many months, the last of them the one before today's."""
    place = today.year * 12 + today.month - 1
    return tuple(date(number // 12, number % 12 + 1, 1) for number in range(place - count, place))


def month_end(first: date) -> date:
    """The last day of the month that begins on that day."""
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
