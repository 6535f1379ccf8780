"""Signing in and out, one's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from psfs.accounts import passphrases
from psfs.accounts.current import begin_session, open_to_all, permit, user
from psfs.domain.permissions import Action
from psfs.extensions import begin_write, db
from psfs.language import LANGUAGES
from psfs.models import User

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

bp = Blueprint("accounts", __name__)


@bp.route("/logg-inn", methods=["GET", "POST"])
@open_to_all
def sign_in() -> Response | tuple[str, int] | str:
    """Sign in with user name and passphrase."""
    if request.method == "POST":
        account = db.session.scalar(select(User).where(User.username == request.form.get("username", "")))
        good = passphrases.verify(account.passphrase_hash if account else None, request.form.get("passphrase", ""))
        if account is not None and good and account.disabled_at is None:
            begin_session(account)
            return redirect(url_for("worklist.home"), 303)
        return render_template("accounts/sign_in.html", error=_("Feil brukarnamn eller passfrase.")), 422
    return render_template("accounts/sign_in.html", error="")


@bp.post("/logg-ut")
@open_to_all
def sign_out() -> Response:
    """End the session here and on the server."""
    session.clear()
    return redirect(url_for("accounts.sign_in"), 303)


@bp.get("/konto")
@permit(Action.OWN_ACCOUNT)
def own() -> str:
    """One's own account."""
    return render_template("accounts/own.html", account=user())


@bp.post("/sprak/<code>")
@open_to_all
def set_language(code: str) -> Response:
    """Choose the language of the pages."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    if g.user is not None:
        begin_write()
        user().language = code
        db.session.commit()
    return redirect(url_for("worklist.home") if g.user else url_for("accounts.sign_in"), 303)


@bp.get("/tilsette")
@permit(Action.MANAGE_ACCOUNTS)
def users() -> str:
    """Staff accounts."""
    abort(404)


@bp.get("/tenester")
@permit(Action.MANAGE_SERVICES)
def services() -> str:
    """Services."""
    abort(404)


@bp.get("/innstillingar")
@permit(Action.MANAGE_SETTINGS)
def settings() -> str:
    """Settings."""
    abort(404)


@bp.get("/tryggleikslogg")
@permit(Action.READ_SECURITY_LOG)
def security_log() -> str:
    """The security log."""
    abort(404)
