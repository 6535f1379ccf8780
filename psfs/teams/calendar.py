"""A meeting as a calendar file (RFC 5545). Calendars are read by others: no name and nothing of what it is about."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard

from psfs import clock
from psfs.teams import words

if TYPE_CHECKING:
    from psfs.models import Meeting

WINTER, SUMMER = timedelta(hours=1), timedelta(hours=2)
"""What the clock in Norway shows more than UTC."""


def calendar(meeting: Meeting, address: str) -> bytes:
    """The meeting; a cancelled one takes itself out of the calendar. ``address``: its own page."""
    event = Event()
    event.add("uid", f"{meeting.id}@psfs")
    event.add("dtstamp", clock.now())
    event.add("sequence", meeting.version - 1)
    event.add("summary", str(words.EVENT))
    event.add("description", str(words.EVENT_TEXT))
    event.add("url", address)
    if meeting.place:
        event.add("location", meeting.place)
    if meeting.starts_at is not None:
        begins = datetime.combine(meeting.planned_on, meeting.starts_at, clock.OSLO)
        event.add("dtstart", begins)
        event.add("dtend", begins + timedelta(minutes=meeting.minutes_long))
    else:
        event.add("dtstart", meeting.planned_on)
        event.add("dtend", meeting.planned_on + timedelta(days=1))
    cancelled = meeting.state == "cancelled"
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    found = Calendar()
    found.add("prodid", "-//psfs//psfs//NN")
    found.add("version", "2.0")
    found.add("method", "CANCEL" if cancelled else "PUBLISH")
    if meeting.starts_at is not None:
        found.add_component(_oslo())
    found.add_component(event)
    data: bytes = found.to_ical()
    return data


def _oslo() -> Timezone:
    """When the clock changes in Norway, the same each year since 1996.

    Not the library's own ``add_missing_timezones``: there the summer begins at three by the clock, and RFC 5545
    (3.6.5) reckons by the clock before it changed, which is two.
    """
    zone = Timezone()
    zone.add("tzid", clock.OSLO.key)
    for kind, name, begins, before, after in (
        (TimezoneStandard, "CET", datetime.combine(date(1996, 10, 27), time(3)), SUMMER, WINTER),
        (TimezoneDaylight, "CEST", datetime.combine(date(1996, 3, 31), time(2)), WINTER, SUMMER),
    ):
        part = kind()
        part.add("dtstart", begins)
        part.add("rrule", {"freq": "yearly", "bymonth": begins.month, "byday": "-1su"})
        part.add("tzname", name)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        zone.add_component(part)
    return zone
