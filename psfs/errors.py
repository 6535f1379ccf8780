"""Error answers: the same page for what is unknown and what is not yours, and an id to tell support."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from flask import g, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy import inspect
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException

from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.json_answers import CODES, refuse, wants_json
from psfs.messages import message
from psfs.security import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask
    from werkzeug.wrappers import Response

    Fields = Sequence[tuple[str, str]]

log = logging.getLogger("psfs.error")


# What a database says when it cannot do its work now: locked, full, out of reach. Locks waited for in vain, deadlocks
# and full disks are operational errors with SQLite and with psycopg (its classes 40, 53, 55 and 57).
UNAVAILABLE = (OperationalError, InterfaceError, TimeoutError)


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    for kind in UNAVAILABLE:
        app.register_error_handler(kind, _database)
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, title: str, text: str, error_id: str = "", unsent: Fields = ()) -> Response:
    """One error page. ``error_id`` is what the server log names the event by, ``unsent`` what may be sent again.

    For htmx it is a notice above the page, which stays as it is with everything typed in it; for a script, JSON.
    """
    db.session.rollback()
    if wants_json():
        return refuse(CODES.get(status, "refused"), status)
    fragment = request.headers.get("HX-Request")
    template = "_error.html" if fragment else "error.html"
    response = make_response(
        render_template(template, heading=title, text=text, error_id=error_id, unsent=unsent), status
    )
    if fragment:
        response.headers["HX-Retarget"] = "#flashes"
        response.headers["HX-Reswap"] = "innerHTML show:top"
    return response


def _csrf(_error: CSRFError) -> Response:
    from psfs.accounts.resume import ask_to_send_again  # renders pages, which need this module

    if wants_json():
        db.session.rollback()
        return refuse("csrf", 400)
    account = g.get("user")
    again = ask_to_send_again(account) if account is not None else None
    return again or page(
        400,
        _("Sida var for gamal"),
        _("Det du sende, er ikkje lagra. Gå tilbake, last sida på nytt og send ein gong til."),
    )


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    original = getattr(error, "original_exception", None)  # what went wrong outside any view
    if original is not None:
        return _database(original) if isinstance(original, UNAVAILABLE) else _unexpected(original)
    words = {
        404: (_("Finn ikkje sida"), _("Sida finst ikkje, eller du har ikkje tilgang til ho.")),
        405: (_("Det går ikkje her"), _("Gå tilbake og prøv frå sida du kom frå.")),
        409: (_("Noko er endra"), _own_words(error)),
        413: (_("For mykje på ein gong"), _("Det du sende, er for stort. Ingenting er lagra.")),
        429: (_("For mange forsøk"), _("Vent litt før du prøver igjen.")),
    }
    title, text = words.get(error.code, (_("Det gjekk ikkje"), _("Gå tilbake og prøv igjen.")))
    return page(error.code, title, text)


def _refusal(error: Refusal) -> Response:
    """A refusal that no form caught: nothing was written."""
    return page(422, _("Det går ikkje no"), message(error))


def _database(error: Exception) -> Response:
    """A full disk or a locked database: nothing half-written, and the page says so."""
    error_id = _note(error)
    _let_go_of_the_database()
    text = _("Det går ikkje å lagre akkurat no. Ingenting er lagra. Det du skreiv, står her enno.")
    return page(503, _("Ikkje lagra, prøv igjen"), text, error_id, _typed())


def _typed() -> Fields:
    """What a form held, to be sent again from the error page: the browser does not bring the old page back filled in.

    The token stays the one that came along: where the session could not be read, a new one would belong to nobody.
    Never what was typed to sign in, and never what another site's page has put into the form.
    """
    from psfs.accounts.resume import sent_by_our_own_page

    if request.method != "POST" or request.blueprint == "accounts" or sent_by_our_own_page() is False:
        return ()
    return list(request.form.items(multi=True))


def _let_go_of_the_database() -> None:
    """Keep what is known of the reader, and ask the database for nothing more: the error page must not need it."""
    account = g.get("user")
    if account is not None and (inspect(account).expired_attributes or "service" in inspect(account).unloaded):
        g.user = None
    db.session.expunge_all()


def _own_words(error: HTTPException) -> str:
    """What the view said; the library's own words are in English and say nothing of use."""
    return "" if error.description == type(error).description else error.description or ""


def _unexpected(error: Exception) -> Response:
    error_id = _note(error)
    return page(
        500,
        _("Noko gjekk gale hos oss"),
        _("Prøv igjen. Går det gale fleire gonger, sei frå og oppgje feilnummeret under."),
        error_id,
    )


def _note(error: Exception) -> str:
    """Log where an error arose and its kind, never its text: that may hold a name or a score."""
    error_id = secrets.token_hex(4)
    where = places(error.__traceback__)
    log.error("error", extra={"error_id": error_id, "error": type(error).__name__, "where": where})
    return error_id
