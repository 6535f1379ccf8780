"""Days and times of the demo municipality, relative to today; and ids and choices that are the same every time."""

from __future__ import annotations

import uuid
import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar

from psfs.clock import OSLO

if TYPE_CHECKING:
    from collections.abc import Sequence

Item = TypeVar("Item")
NAMESPACE = uuid.UUID("f1c7da1e-0000-5000-8000-000000000000")
FRIDAY = 4


@dataclass(frozen=True)
class Calendar:
    """What the days of a story are called on the calendar. Nobody here works at weekends."""

    today: date

    def worked(self, ago: int) -> date:
        """The day that many days ago; a weekend's becomes the Friday before."""
        day = self.today - timedelta(days=ago)
        return day - timedelta(days=max(0, day.weekday() - FRIDAY))

    def agreed(self, ahead: int) -> date:
        """The day that many days from today (before it, if negative); a weekend's becomes the Monday after."""
        day = self.today + timedelta(days=ahead)
        return day if day.weekday() <= FRIDAY else day + timedelta(days=7 - day.weekday())

    def born(self, turns: int, ahead: int) -> date:
        """The birth date of somebody who turns that many years in so many days."""
        day = self.today + timedelta(days=ahead)
        try:
            return day.replace(year=day.year - turns)
        except ValueError:  # 29 February
            return day.replace(year=day.year - turns, day=28)


def moment(day: date, minute: int) -> datetime:
    """That minute of the day on a Norwegian clock, in UTC."""
    return datetime.combine(day, time(minute // 60, minute % 60), OSLO).astimezone(UTC)


def known_id(*parts: object) -> uuid.UUID:
    """The id of what is called this, the same in every demo."""
    return uuid.uuid5(NAMESPACE, "/".join(map(str, parts)))


def number(limit: int, *parts: object) -> int:
    """A number from 0 to below ``limit`` that looks drawn by lot, the same every time."""
    return zlib.crc32("/".join(map(str, parts)).encode()) % limit


def pick(items: Sequence[Item], *parts: object) -> Item:
    """One of the items, the same every time."""
    return items[number(len(items), *parts)]


def phone(group: int, serial: int) -> str:
    """A telephone number that nobody can have."""
    return f"00 00 {group:02} {serial:02}"
