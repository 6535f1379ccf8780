"""Routes of the room."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("conversations", __name__)
