"""The room's blueprint; ``routes.py`` brings its views together."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("cases", __name__)
