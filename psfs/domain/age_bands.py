"""Age bands of the overview: the ones that Senja counts its teams by. Pure dates; no words for people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from psfs.domain.due import age_on, birthday

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Band:
    """Whole years of age, both ends included; no `last`: and older. `key` stands in addresses."""

    key: str
    first: int
    last: int | None


BANDS = (Band("0-17", 0, 17), Band("18-66", 18, 66), Band("67-79", 67, 79), Band("80-", 80, None))
"""Every band, the youngest first; they follow one another without a gap."""
KEYS = tuple(band.key for band in BANDS)


def band_on(birth_date: date, day: date) -> str:
    """The key of the band that the person is in on that day; who is not yet born is in the youngest."""
    age = age_on(birth_date, day)
    return next((band.key for band in reversed(BANDS) if age >= band.first), BANDS[0].key)


def latest_birth(years: int, day: date) -> date:
    """The latest birth date of somebody who is that old on that day.

    On 29 February, in a year that lacks the day, it is the 28th: who is born on 1 March is a day younger.
    """
    turned = birthday(day, -years)
    return turned if turned.day == day.day else turned - timedelta(days=1)


def born_between(key: str, day: date) -> tuple[date | None, date | None]:
    """For the band: a birth date after which somebody is born, and the latest; None where there is no such end.

    Raises:
        KeyError: there is no such band.
    """
    band = {each.key: each for each in BANDS}[key]
    after = None if band.last is None else latest_birth(band.last + 1, day)
    return after, latest_birth(band.first, day) if band.first else None
