"""Words for the codes of the overview: bands, ladders and levels, what a case has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from psfs.bti.ladders import all_ladders
from psfs.domain import age_bands
from psfs.language import current

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask_babel.speaklater import LazyString

HAS: dict[str, LazyString] = {
    "team": _l("Har team"),
    "utan-team": _l("Har ikkje team"),
    "koordinator": _l("Har koordinator"),
    "utan-koordinator": _l("Har ikkje koordinator"),
    "plan": _l("Har individuell plan"),
    "utan-plan": _l("Har ikkje individuell plan"),
}
PARTS: dict[str, LazyString] = {"team": _l("Team"), "koordinator": _l("Koordinator"), "plan": _l("Individuell plan")}


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
