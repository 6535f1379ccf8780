"""Signing in, by passphrase, by one-time code or as a demo account; signing out; the language before that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, flash, g, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from psfs.accounts import addresses, demo, resume, service, signing, words
from psfs.accounts.blueprint import bp
from psfs.accounts.current import begin_session, end_session, open_to_all, permit, start_address, user
from psfs.accounts.forms import CodeForm, SignInForm
from psfs.accounts.pages import sign_in_page
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.language import LANGUAGES
from psfs.messages import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response

    from psfs.fields import PageForm
    from psfs.models import User

TOO_MANY = "too_many_attempts"


@bp.get("/logg-inn")
@open_to_all
def sign_in() -> Response | str:
    """The sign-in page."""
    if g.user is not None:
        return redirect(addresses.own(request.args.get("next")) or start_address(), 303)
    form = SignInForm(formdata=None, next=addresses.own(request.args.get("next")) or "")
    return sign_in_page(form)


@bp.post("/logg-inn")
@open_to_all
def check_sign_in() -> Response | str:
    """Sign in with user name and passphrase."""
    form = SignInForm()
    if not form.accepted():
        return _again(sign_in_page, form)
    try:
        account = signing.sign_in(form.username.data or "", form.passphrase.data or "", request.remote_addr or "")
    except Refusal as refusal:
        return _again(sign_in_page, form, refusal)
    return _let_in(account, form.next.data, form.kept.data)


@bp.route("/eingongskode", methods=["GET", "POST"])
@open_to_all
def use_code() -> Response | str:
    """The first sign-in: a one-time code, and a passphrase from now on."""
    form = CodeForm()
    if request.method == "GET":
        return _code_page(form)
    if not form.accepted():
        return _again(_code_page, form)
    try:
        account = signing.use_code(
            form.username.data or "", form.code.data or "", form.passphrase.data or "", request.remote_addr or ""
        )
    except Refusal as refusal:
        return _again(_code_page, form, refusal)
    flash(_("Passfrasen er lagra. Bruk han neste gong du loggar inn."), "success")
    return _let_in(account, None, None)


@bp.post("/demo-innlogging")
@open_to_all
def demo_sign_in() -> Response | str:
    """Sign in as one of the demo accounts; only where they are offered. What was typed comes back here too."""
    name = service.plain_username(request.form.get("username", ""))
    account = next((one for one in demo.accounts() if one.username == name), None)
    if account is None:
        abort(404)
    signing.note_demo_sign_in(account, request.remote_addr or "")
    return _let_in(account, request.form.get("next"), request.form.get("kept"))


@bp.post("/logg-ut")
@permit(Action.OWN_ACCOUNT)
def sign_out() -> Response:
    """End the session here and on the server.

    ``clear`` is the page's word that nothing on this device waits to be sent: only then is the browser told to erase
    what it keeps for the program. Without a script nobody knows, and what waits must not be lost.
    """
    signing.note_sign_out(user())
    end_session()
    flash(_("Du er logga ut."), "success")
    response = redirect(url_for("accounts.sign_in"), 303)
    if request.form.get("clear") == "1":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.post("/sprak/<code>")
@open_to_all
def set_language(code: str) -> Response:
    """Choose the language of the pages."""
    if code not in LANGUAGES:
        abort(404)
    session["language"] = code
    if g.user is not None:
        service.choose_language(user(), code)
    front = start_address() if g.user is not None else url_for("accounts.sign_in")
    return redirect(addresses.came_from() or front, 303)


def _let_in(account: User, next_address: str | None, kept: str | None) -> Response | str:
    begin_session(account)
    if kept:
        page = resume.send_page(account, kept)
        if page is not None:
            return page
        flash(_("Det som var skrive før innlogginga, høyrde til ei anna økt. Det er ikkje sendt."), "warning")
    return redirect(addresses.own(next_address) or start_address(), 303)


def _code_page(form: CodeForm, *, refused: str = "") -> str:
    return render_template("accounts/code.html", form=form, refused=refused)


def _again(show: Callable[..., str], form: PageForm, refusal: Refusal | None = None) -> Response:
    """The same page with what is wrong; 429 and how long to wait after too many attempts."""
    text = message(refusal) if refusal else ""
    seconds = 0
    if refusal is not None and refusal.code == TOO_MANY:
        seconds = int(str(refusal.values["seconds"]))
        text = _("For mange forsøk. Prøv igjen om %(time)s.", time=words.duration(seconds))
    response = make_response(show(form, refused=text), 429 if seconds else 422)
    if seconds:
        response.headers["Retry-After"] = str(seconds)
    return response
