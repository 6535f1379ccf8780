"""The room's blueprint; the routes lie in modules by what they do."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("bti", __name__)

from psfs.bti import (  # noqa: E402, F401 -- they hang their routes on the blueprint
    routes_baton,
    routes_consents,
    routes_interventions,
    routes_ladder,
    routes_log,
)
