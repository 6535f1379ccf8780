"""The room's blueprint; its views lie in the ``routes_…`` modules."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)
