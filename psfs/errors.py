"""Error answers: the same page for what is unknown and what is not yours, and an id to tell support."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from flask import render_template
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from psfs.domain.errors import Refusal
from psfs.extensions import db
from psfs.messages import message
from psfs.security import places

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("psfs.error")


class SavingFailedError(HTTPException):
    """The database could not keep the change (full disk, locked): nothing was written."""

    code = 503


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(Exception, _unexpected)


def page(status: int, title: str, text: str, error_id: str = "") -> tuple[str, int]:
    """One error page. ``error_id`` is what the server log names the event by."""
    db.session.rollback()
    return render_template("error.html", heading=title, text=text, error_id=error_id), status


def _csrf(_error: CSRFError) -> tuple[str, int]:
    return page(
        400,
        _("Sida var for gamal"),
        _("Det du sende er ikkje lagra. Gå tilbake, last sida på nytt og send ein gong til."),
    )


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code is None or error.code < 400:
        return error
    words = {
        404: (_("Finn ikkje sida"), _("Sida finst ikkje, eller du har ikkje tilgang til ho.")),
        405: (_("Det går ikkje her"), _("Gå tilbake og prøv frå sida du kom frå.")),
        409: (_("Noko er endra"), error.description or ""),
        413: (_("For mykje på ein gong"), _("Det du sende er for stort. Ingenting er lagra.")),
        429: (_("For mange forsøk"), _("Vent litt før du prøver igjen.")),
    }
    title, text = words.get(error.code, (_("Det gjekk ikkje"), _("Gå tilbake og prøv igjen.")))
    return page(error.code, title, text)


def _refusal(error: Refusal) -> tuple[str, int]:
    """A refusal that no form caught: nothing was written."""
    return page(422, _("Det går ikkje no"), message(error))


def _database(error: OperationalError) -> tuple[str, int]:
    """A full disk or a locked database: nothing half-written, and the page says so."""
    error_id = _note(error)
    return page(
        503,
        _("Ikkje lagra, prøv igjen"),
        _("Lageret svarar ikkje no. Ingenting er lagra. Gå tilbake: det du skreiv, står der."),
        error_id,
    )


def _unexpected(error: Exception) -> tuple[str, int]:
    error_id = _note(error)
    return page(
        InternalServerError.code,
        _("Noko gjekk gale hos oss"),
        _("Prøv igjen. Går det gale fleire gonger, sei frå og oppgje koden under."),
        error_id,
    )


def _note(error: Exception) -> str:
    """Log where an error arose and its kind, never its text: that may hold a name or a score."""
    error_id = secrets.token_hex(4)
    where = places(error.__traceback__)
    log.error("error", extra={"error_id": error_id, "error": type(error).__name__, "where": where})
    return error_id
