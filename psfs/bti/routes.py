"""The room's blueprint; the routes lie in modules by what they do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from psfs.bti import words

bp = Blueprint("bti", __name__)

from psfs.bti import (  # noqa: E402, F401 -- they hang their routes on the blueprint
    routes_baton,
    routes_consents,
    routes_interventions,
    routes_ladder,
    routes_log,
)


@bp.record_once
def _give_words(state: Any) -> None:
    """Templates, and the macros they import, find the words of this room's codes as ``bti_words``."""
    state.app.jinja_env.globals["bti_words"] = words
