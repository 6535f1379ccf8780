"""The room's blueprint; the routes lie in modules by what they do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from psfs.coordination import words

bp = Blueprint("coordination", __name__)

from psfs.coordination import (  # noqa: E402, F401 -- they hang their routes on the blueprint
    routes_plans,
    routes_reports,
)


@bp.record_once
def _give_words(state: Any) -> None:
    """Templates find the words of this room's codes as ``ke_words``."""
    state.app.jinja_env.globals["ke_words"] = words
