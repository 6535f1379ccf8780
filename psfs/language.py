"""Which language a page is in: nynorsk (the source), bokmål or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, g, has_request_context, request, session, url_for
from flask_babel import get_locale

if TYPE_CHECKING:
    from flask_babel import Babel

LANGUAGES = {"nn": "Nynorsk", "nb": "Bokmål", "en": "English"}
_SPOKEN = {"nn": "nn", "no": "nb", "nb": "nb", "en": "en"}


def choose() -> str:
    """The signed-in person's choice, the browser session's, the browser's wish, or nynorsk."""
    if not has_request_context():
        return "nn"
    account = g.get("user")
    if account is not None and account.language in LANGUAGES:
        return str(account.language)
    if (chosen := session.get("language")) in LANGUAGES:
        return str(chosen)
    wished = request.accept_languages.best_match(list(_SPOKEN))
    return _SPOKEN[wished] if wished else "nn"


def current() -> str:
    """The language of what is being written now, one of ``LANGUAGES``."""
    locale = get_locale()
    return locale.language if locale is not None and locale.language in LANGUAGES else "nn"


def init_app(app: Flask, babel: Babel) -> None:
    """Bind Babel and give templates ``lang`` and ``languages``."""
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.globals["current_language"] = current
    app.context_processor(_layout)


def _layout() -> dict[str, Any]:
    chosen = current()
    return {
        "lang": chosen,
        "languages": [
            {
                "code": code,
                "label": label,
                "href": url_for("accounts.set_language", code=code),
                "current": code == chosen,
            }
            for code, label in LANGUAGES.items()
        ],
    }
