"""The home page: what waits for me."""

from __future__ import annotations

from flask import Blueprint, render_template

from psfs.accounts.current import permit
from psfs.domain.permissions import Action

bp = Blueprint("worklist", __name__)


@bp.get("/")
@permit(Action.WORKLIST)
def home() -> str:
    """What waits for me, in one list."""
    return render_template("worklist/home.html")
