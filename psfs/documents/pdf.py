"""From a template and its values to a PDF answer, in the language of the one it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, make_response, render_template
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from psfs import clock, errors
from psfs.documents.renderer import RenderingError, TooSlowError, renderer
from psfs.extensions import db
from psfs.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Response
    from flask.sansio.blueprints import BlueprintSetupState
    from flask.typing import ResponseReturnValue

    from psfs.config import Config

SOURCE_LANGUAGE = "nn"
POLICY = "script-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""A document runs nothing and is shown in no frame. The pages' own policy is stricter still, and leaves it blank:
Chromium holds its viewer's styles to the document's policy (crbug.com/271452)."""


class NotReadyError(HTTPException):
    """The document did not become a PDF within the time limit, or at all."""

    code = 503


def answer(template: str, language: str, name: str, values: Callable[[], dict[str, Any]]) -> Response:
    """Make the document and answer with it.

    Args:
        template: a template that extends ``documents/base.html``.
        language: the reader's; nynorsk if it is not one of ours.
        name: what the file is called, without date and ending. Never a person's name: files land in shared folders.
        values: gives the template's values; called with the language in force.

    Raises:
        NotReadyError: answered with a page that says so.
    """
    config: Config = current_app.extensions["psfs_config"]
    with force_locale(language if language in LANGUAGES else SOURCE_LANGUAGE):
        html = render_template(template, static=_address, today=clock.today(), **values())
    db.session.commit()  # nothing is changed: the reading ends here, so that no writer waits for the layout
    try:
        pdf = renderer(config.static_dir).pdf(html, config.render_seconds)
    except RenderingError as error:
        raise NotReadyError from error
    response = make_response(pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}-{clock.today():%Y-%m-%d}.pdf"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def not_ready(error: NotReadyError) -> ResponseReturnValue:
    """The page shown instead of a document."""
    if isinstance(error.__cause__, TooSlowError):
        text = _("Det tok for lang tid. Prøv igjen om litt.")
    else:
        text = _("Noko gjekk gale då dokumentet vart laga. Prøv igjen om litt.")
    return errors.page(NotReadyError.code, _("Dokumentet vart ikkje ferdig, prøv igjen"), text)


def warm_up(state: BlueprintSetupState) -> None:
    """Where the program serves (and not in a command or a test), have a worker ready before the first document."""
    config: Config = state.app.extensions["psfs_config"]
    if config.listen:
        renderer(config.static_dir).warm_up()


def _address(path: str) -> str:
    """Address of a static file as the layout program knows it."""
    return f"static:/{path}"
