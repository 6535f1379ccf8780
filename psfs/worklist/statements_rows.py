"""The shape that rows of different kinds have in common, so that one statement brings them all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, String, cast, literal, null, select, true

STANDS = (
    true().label("direct"),
    cast(null(), String(32)).label("carrier_by"),
    *(cast(null(), Date()).label(f"carrier_{name}") for name in ("from", "until", "withdrawn", "born")),
)
"""For rows that no consent carries, in the place of ``standing_columns``."""


def row(
    kind: str,
    row_id: Any,
    case_id: Any,
    name: Any,
    moment: Any,
    on: Any,
    who: Any,
    service: Any,
    standing: Any = (),
    *,
    more: Any = None,
) -> Any:
    """One row of those that somebody waits for an answer to; ``standing``: by what right it is the reader's; ``more``:
    a code that tells such rows apart."""
    return select(
        literal(kind).label("kind"),
        row_id.label("id"),
        case_id.label("case_id"),
        cast(name, String(200)).label("name"),
        moment.label("moment"),
        on.label("on"),
        cast(who, String(200)).label("who"),
        cast(service, String(200)).label("service"),
        cast(null() if more is None else more, String(32)).label("more"),
        *(standing or STANDS),
    )
