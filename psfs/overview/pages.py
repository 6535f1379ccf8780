"""What every page of the overview is made of: who reads, the filter of its address, and the choices for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request

from psfs.accounts.current import user
from psfs.cases.service_lists import note_list
from psfs.overview import filters, queries_figures

if TYPE_CHECKING:
    from psfs.overview.behind import Behind
    from psfs.overview.filters import Filter, Scope

VIEW = "overview.cases"
"""What the log of names in lists calls every list of this room."""


def render(template: str, filter_: Filter, scope: Scope, **values: Any) -> str:
    """A page of the room, with the services that the filter can choose."""
    services = queries_figures.services(scope)
    return render_template(
        f"overview/{template}.html", filter=filter_, scope=scope, services=services, HAS=filters.HAS, **values
    )


def page_number() -> int:
    """Which page of a list is asked for."""
    text = request.args.get("side", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 6 else 1


def list_page(template: str, behind: Behind) -> str:
    """A list behind a figure; whose names it shows is logged first."""
    note_list(VIEW, behind.found.named, user())
    return render(template, behind.filter, behind.scope, found=behind.found, **behind.asked)
