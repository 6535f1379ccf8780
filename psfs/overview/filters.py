"""What a page of the overview is narrowed by: it stands in the address, so that a view can be shared and kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from psfs.domain import age_bands
from psfs.domain.permissions import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psfs.models import User

PARTS = ("team", "koordinator", "plan")
"""What a case may have."""
HAS = (*PARTS, *(f"utan-{part}" for part in PARTS))
TOP_LEVEL = 9
UNDERSTOOD: dict[str, frozenset[str]] = {
    **dict.fromkeys(("figures", "cases"), frozenset({"ladder", "level", "service_id", "band", "has"})),
    **dict.fromkeys(("flow", "rounds", "talks", "talk_list", "team_list"), frozenset({"ladder", "service_id", "band"})),
    "teams": frozenset({"ladder", "service_id"}),
    **dict.fromkeys(("learning", "month_list"), frozenset({"service_id"})),
}
"""The parts of the filter that each page is narrowed by. What a case may have changed since, and is not known for the
time that the page tells of, is not among them; the table of teams has the age bands side by side."""
_NAMES = {"ladder": "stige", "level": "niva", "service_id": "teneste", "band": "alder", "has": "har"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose cases an account may count: everybody's, or one service's (nobody's where there is no service)."""

    everything: bool
    service_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class Filter:
    """What is asked for; what is empty narrows nothing. ``has``: one of ``HAS``."""

    ladder: str = ""
    level: int | None = None
    service_id: uuid.UUID | None = None
    band: str = ""
    has: str = ""

    def address(self, **instead: Any) -> dict[str, Any]:
        """The values for an address with this filter, and with some of its parts changed."""
        return {_NAMES[name]: value for name, value in self._parts(instead) if value not in ("", None)}

    def but(self, **instead: Any) -> Filter:
        """The filter with some of its parts changed."""
        return replace(self, **instead)

    def on(self, page: str) -> Filter:
        """The filter with the parts that the page understands (see ``UNDERSTOOD``)."""
        return Filter(**{name: getattr(self, name) for name in UNDERSTOOD[page]})

    @property
    def parts(self) -> frozenset[str]:
        """The parts that narrow something."""
        return frozenset(name for name, value in self._parts({}) if value not in ("", None))

    def _parts(self, instead: dict[str, Any]) -> list[tuple[str, Any]]:
        return [(each.name, instead.get(each.name, getattr(self, each.name))) for each in fields(self)]


def scope_of(account: User) -> Scope:
    """The coordinating unit counts everybody's cases, others their own service's."""
    return Scope(account.role == Role.KE, account.service_id)


def read(args: Mapping[str, str], scope: Scope) -> Filter:
    """The filter in an address; what makes no sense narrows nothing. Only who sees several services chooses one."""
    level = args.get("niva", "")
    band, has = args.get("alder", ""), args.get("har", "")
    return Filter(
        ladder=args.get("stige", "")[:32],
        level=int(level) if level in map(str, range(TOP_LEVEL + 1)) else None,
        service_id=read_id(args.get("teneste", "")) if scope.everything else None,
        band=band if band in age_bands.KEYS else "",
        has=has if has in HAS else "",
    )


def read_id(text: str) -> uuid.UUID | None:
    """The id in a text, if it is one."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def asked(args: Mapping[str, str], account: User, page: str) -> tuple[Filter, Scope]:
    """The filter of an address, as far as the page understands it, and whose cases the reader may count."""
    scope = scope_of(account)
    return read(args, scope).on(page), scope
