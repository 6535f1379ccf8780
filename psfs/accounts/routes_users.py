"""Staff accounts, for the administrator."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from psfs import audit
from psfs.accounts import queries, service, words
from psfs.accounts.blueprint import bp
from psfs.accounts.current import permit, user
from psfs.accounts.forms import ROLES, UserForm
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action, Role
from psfs.messages import message

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.accounts.queries import Account
    from psfs.config import Config


@bp.get("/tilsette")
@permit(Action.MANAGE_ACCOUNTS)
def users() -> str:
    """Every account."""
    return render_template("accounts/users.html", accounts=queries.accounts(), states=words.STATES, roles=ROLES)


@bp.route("/tilsette/ny", methods=["GET", "POST"])
@permit(Action.MANAGE_ACCOUNTS)
def new_user() -> Response | str | tuple[str, int]:
    """A new account, with a one-time code that is shown once."""
    form = UserForm()
    form.offer(queries.service_choices())
    if request.method == "GET":
        form.for_new()
        return render_template("accounts/user_new.html", form=form)
    refused = ""
    if form.accepted():
        try:
            code = service.add_user(
                _actor(),
                id=_id(form.id.data),
                username=form.username.data or "",
                name=form.name.data or "",
                role=Role(form.role.data),
                service_id=form.service_id,
                phone=form.phone.data or "",
            )
        except Refusal as refusal:
            refused = message(refusal)
        else:
            if code is None:
                flash(_("Kontoen er alt laga. Lag ein ny kode om du ikkje fekk med deg den første."), "info")
                return redirect(url_for("accounts.users"), 303)
            return _code_page(queries.account(_id(form.id.data)), code)
    return render_template("accounts/user_new.html", form=form, refused=refused), 422


@bp.route("/tilsette/<uuid:user_id>", methods=["GET", "POST"])
@permit(Action.MANAGE_ACCOUNTS)
def edit_user(user_id: uuid.UUID) -> Response | str | tuple[str, int]:
    """One account: name, role, service, phone."""
    account = _account(user_id)
    form = UserForm(
        username=account.username,
        name=account.name,
        role=account.role,
        service=str(account.service_id or ""),
        phone=account.phone,
    )
    form.offer(queries.service_choices(account.service_id))
    form.username.data = account.username
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.accepted():
            try:
                service.edit_user(
                    _actor(),
                    user_id,
                    name=form.name.data or "",
                    role=Role(form.role.data),
                    service_id=form.service_id,
                    phone=form.phone.data or "",
                )
            except Refusal as refusal:
                refused = message(refusal)
            else:
                flash(_("Lagra."), "success")
                return redirect(url_for("accounts.users"), 303)
    page = render_template(
        "accounts/user.html", form=form, account=account, state=words.STATES[account.state], refused=refused
    )
    return page, status


@bp.post("/tilsette/<uuid:user_id>/ny-kode")
@permit(Action.MANAGE_ACCOUNTS)
def reset_user(user_id: uuid.UUID) -> Response | str:
    """A new one-time code; the old passphrase stops working."""
    account = _account(user_id)
    if account.id == user().id:
        flash(_("Du kan ikkje nullstille di eiga innlogging. Byt passfrase i staden."), "warning")
        return redirect(url_for("accounts.change_passphrase"), 303)
    return _code_page(account, service.reset_user(_actor(), user_id))


@bp.post("/tilsette/<uuid:user_id>/steng")
@permit(Action.MANAGE_ACCOUNTS)
def disable_user(user_id: uuid.UUID) -> Response:
    """Close an account; its sessions end at once."""
    account = _account(user_id)
    try:
        service.disable_user(_actor(), user_id)
    except Refusal as refusal:
        flash(message(refusal), "warning")
    else:
        flash(_("Kontoen til %(name)s er stengd.", name=account.name), "success")
    return redirect(url_for("accounts.users"), 303)


def _account(user_id: uuid.UUID) -> Account:
    account = queries.account(user_id)
    if account is None:
        abort(404)
    return account


def _code_page(account: Account | None, code: str) -> str:
    if account is None:
        abort(404)
    config: Config = current_app.extensions["psfs_config"]
    hours = round(config.code_lifetime.total_seconds() / 3600)
    return render_template("accounts/code_made.html", account=account, code=code, hours=hours)


def _actor() -> audit.Actor:
    return audit.Actor(user().id, user().name)


def _id(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        abort(400)
