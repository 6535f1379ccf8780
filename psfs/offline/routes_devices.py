"""One's own devices, and for the administrator everybody's: which there are, and revoking one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from psfs.accounts import queries as accounts
from psfs.accounts.current import permit, user
from psfs.accounts.settings import limits
from psfs.domain.permissions import Action
from psfs.offline import devices, queries
from psfs.offline.blueprint import bp

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


PHRASE_LETTERS = 8  # as vault.js has it, which refuses a shorter one


@bp.get("/eining")
@permit(Action.OFFLINE)
def this_device() -> str:
    """The device one sits with: switched on and off, its phrase, and whom it has along. A script does all of it."""
    return render_template("offline/device.html", limits=limits(), letters=PHRASE_LETTERS)


@bp.get("/konto/einingar")
@permit(Action.OFFLINE)
def own_devices() -> str:
    """One's own devices."""
    return render_template("offline/devices.html", account=None, devices=queries.devices_of(user().id))


@bp.post("/konto/einingar/<uuid:device_id>/sperr")
@permit(Action.OFFLINE)
def revoke_own(device_id: uuid.UUID) -> Response:
    """Revoke one's own device."""
    _revoke(device_id, user().id)
    return redirect(url_for("offline.own_devices"), 303)


@bp.get("/tilsette/<uuid:user_id>/einingar")
@permit(Action.MANAGE_ACCOUNTS)
def devices_of(user_id: uuid.UUID) -> str:
    """An account's devices."""
    account = accounts.account(user_id) or abort(404)
    return render_template("offline/devices.html", account=account, devices=queries.devices_of(user_id))


@bp.post("/tilsette/<uuid:user_id>/einingar/<uuid:device_id>/sperr")
@permit(Action.MANAGE_ACCOUNTS)
def revoke_of(user_id: uuid.UUID, device_id: uuid.UUID) -> Response:
    """Revoke an account's device."""
    _revoke(device_id, user_id)
    return redirect(url_for("offline.devices_of", user_id=user_id), 303)


def _revoke(device_id: uuid.UUID, owner_id: uuid.UUID) -> None:
    device = devices.revoke(device_id, owner_id, user()) or abort(404)
    said = _("%(name)s er sperra. Det som ligg der, kan berre opnast med frasen no.", name=device.name)
    flash(said, "success")
