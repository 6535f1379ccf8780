"""The only clocks outside the pure core: one place to read the time, one to freeze in tests."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date where the municipality is (Europe/Oslo)."""
    return now().astimezone(OSLO).date()


def local(moment: datetime) -> datetime:
    """The same moment on a Norwegian clock; in UTC at the calendar's end: a device's clock may say anything."""
    try:
        return moment.astimezone(OSLO)
    except OverflowError:
        return moment.astimezone(UTC)
