"""The home page: what waits for me; and the page that tells of an emergency opening."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, abort, redirect, render_template, request, url_for

from psfs.accounts.current import permit, user
from psfs.cases.search import has_own
from psfs.cases.service_emergency import acknowledge_emergency
from psfs.cases.service_lists import note_own
from psfs.domain.permissions import Action, Role, allowed
from psfs.worklist import queries, queries_emergency, service
from psfs.worklist.words import KINDS

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("worklist", __name__)
SHOWN = 100


@bp.get("/")
@permit(Action.OWN_ACCOUNT)
def home() -> str | Response:
    """What waits for me, in one list; who has none is shown the way to the accounts."""
    if not allowed(Role(user().role), Action.WORKLIST):
        return redirect(url_for("accounts.users"), 303)
    found = queries.worklist(user())
    kind = request.args.get("slag", "")
    kind = kind if kind in queries.KINDS else ""
    items = [item for item in found.items if kind in ("", item.kind)]
    shown, more = items[:SHOWN], len(items) - SHOWN
    note_own("worklist.home", {item.case_id for item in shown if item.name}, user())
    kinds = {key: (str(label), sign) for key, (label, sign) in KINDS.items()}  # in words once, not for every row
    return render_template(
        "worklist/home.html",
        items=shown,
        more=more,
        counts=found.counts,
        kind=kind,
        kinds=kinds,
        takes_part=has_own(user()),
    )


@bp.get("/naudopningar/<uuid:opening_id>")
@permit(Action.WORKLIST)
def emergency(opening_id: uuid.UUID) -> str:
    """An emergency opening, for the leader of the service and for KE."""
    opening = queries_emergency.emergency_opening(opening_id, user()) or abort(404)
    service.note_emergency(opening, user())
    return render_template("worklist/emergency.html", opening=opening)


@bp.post("/naudopningar/<uuid:opening_id>/sett")
@permit(Action.WORKLIST)
def acknowledge(opening_id: uuid.UUID) -> Response:
    """Take notice of an emergency opening."""
    if not acknowledge_emergency(opening_id, user()):
        abort(404)
    return redirect(url_for("worklist.home"), 303)
