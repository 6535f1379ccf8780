"""The room's blueprint; the routes lie in modules by what they do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from psfs.teams import words

bp = Blueprint("teams", __name__)

from psfs.teams import (  # noqa: E402, F401 -- they hang their routes on the blueprint
    routes_meetings,
    routes_minutes,
    routes_team,
)


@bp.record_once
def _give_words(state: Any) -> None:
    """Templates find the words of this room's codes as ``team_words``."""
    state.app.jinja_env.globals["team_words"] = words
