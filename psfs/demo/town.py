"""The municipality's services and staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from psfs.demo.calendar import known_id, moment, phone
from psfs.demo.stories import read
from psfs.extensions import db
from psfs.models import Service, User

if TYPE_CHECKING:
    from psfs.demo.calendar import Calendar

BEGUN = 730  # days since the accounts were made
NINE = 9 * 60


@dataclass(frozen=True)
class Town:
    """Services by key, users by username, what may be written on a step, and the calendar."""

    calendar: Calendar
    services: dict[str, Service]
    users: dict[str, User]
    phrases: dict[str, dict[str, list[str]]]


def found(calendar: Calendar) -> Town:
    """Make services and accounts, added to the session. Nobody has a passphrase: signing in is by tap."""
    data = read("town")
    services = {
        row["key"]: Service(
            id=known_id("service", row["key"]),
            name=row["name"],
            external=row.get("external", False),
            phone=phone(1, serial),
        )
        for serial, row in enumerate(data["services"], 1)
    }
    made = moment(calendar.worked(BEGUN), NINE)
    users = {
        row["key"]: User(
            id=known_id("user", row["key"]),
            username=row["key"],
            name=row["name"],
            role=row["role"],
            service=services.get(row.get("service", "")),
            title=row["title"],
            phone=phone(2, serial),
            created_at=made,
            disabled_at=moment(calendar.worked(row["left"]), NINE) if "left" in row else None,
        )
        for serial, row in enumerate(data["users"], 1)
    }
    db.session.add_all([*services.values(), *users.values()])
    return Town(calendar, services, users, read("phrases"))
