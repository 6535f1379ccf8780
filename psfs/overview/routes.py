"""The room's blueprint; the routes lie in modules by what they do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from psfs.overview import words

bp = Blueprint("overview", __name__, url_prefix="/oversyn")

from psfs.overview import (  # noqa: E402, F401 -- they hang their routes on the blueprint
    routes_figures,
    routes_flow,
    routes_learning,
    routes_use,
)


@bp.record_once
def _give_words(state: Any) -> None:
    """Templates find the words of this room's codes as ``overview_words``."""
    state.app.jinja_env.globals["overview_words"] = words
