"""One's own account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs.accounts import signing, words
from psfs.accounts.blueprint import bp
from psfs.accounts.current import begin_session, end_session, permit, user
from psfs.accounts.forms import ROLES, ChangePassphraseForm, OwnForm
from psfs.conversations.service import remember_layout
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action, Role, allowed
from psfs.messages import message

if TYPE_CHECKING:
    from werkzeug.wrappers import Response


@bp.route("/konto", methods=["GET", "POST"])
@permit(Action.OWN_ACCOUNT)
def own() -> Response | str | tuple[str, int]:
    """Who one is signed in as, and how one likes to score."""
    account = user()
    form = OwnForm(scoring_layout=account.scoring_layout)
    status = 200
    if request.method == "POST":
        if form.accepted():
            remember_layout(account, form.scoring_layout.data)
            flash(_("Lagra."), "success")
            return redirect(url_for("accounts.own"), 303)
        status = 422
    role = Role(account.role)
    scores = allowed(role, Action.WORKLIST)
    return render_template("accounts/own.html", account=account, role=ROLES[role], form=form, scores=scores), status


@bp.route("/konto/passfrase", methods=["GET", "POST"])
@permit(Action.OWN_ACCOUNT)
def change_passphrase() -> Response | str | tuple[str, int]:
    """Another passphrase; the old one is asked for."""
    account = user()
    form = ChangePassphraseForm()
    if request.method == "GET":
        return render_template("accounts/passphrase.html", form=form)
    refused, status = "", 422
    if form.accepted():
        try:
            signing.change_passphrase(
                account, form.old.data or "", form.passphrase.data or "", request.remote_addr or ""
            )
        except Refusal as refusal:
            refused = message(refusal)
            if "seconds" in refusal.values:
                seconds = int(str(refusal.values["seconds"]))
                refused, status = _("For mange forsøk. Prøv igjen om %(time)s.", time=words.duration(seconds)), 429
        else:
            begin_session(account)
            flash(_("Passfrasen er bytt. Andre stader der du var inne, er du logga ut."), "success")
            return redirect(url_for("accounts.own"), 303)
    return render_template("accounts/passphrase.html", form=form, refused=refused), status


@bp.post("/konto/logg-ut-overalt")
@permit(Action.OWN_ACCOUNT)
def sign_out_everywhere() -> Response:
    """End every session of this account, this one too."""
    signing.end_all_sessions(user())
    end_session()
    flash(_("Du er logga ut overalt."), "success")
    return redirect(url_for("accounts.sign_in"), 303)
