"""A meeting as a calendar file (RFC 5545). Calendars are read by others: no name and nothing of what it is about."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from psfs import clock
from psfs.teams import words

if TYPE_CHECKING:
    from psfs.models import Meeting


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
    found.add_component(event)
    if meeting.starts_at is not None:
        found.add_missing_timezones()
    data: bytes = found.to_ical()
    return data
