"""Which language a page is in: nynorsk (the source), bokmål or English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Flask, g, has_request_context, request, session, url_for
from flask_babel import Babel, Domain, force_locale, get_locale
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from babel.support import NullTranslations

LANGUAGES = {"nn": "Nynorsk", "nb": "Bokmål", "en": "English"}
_SPOKEN = {"nn": "nn", "no": "nb", "nb": "nb", "en": "en"}


class Catalogues(Domain):
    """The catalogues of all languages, read once by each process and looked up once for each request and language."""

    def get_translations(self) -> NullTranslations:
        """The catalogue of the language in force."""
        if not g:
            return super().get_translations()  # type: ignore[no-any-return, no-untyped-call]
        held = g.__dict__  # asked once: each look through ``g`` costs as much as the translation itself
        locale = getattr(held.get("_flask_babel"), "babel_locale", None)
        kept = held.get("catalogue")
        if kept is None or locale is None or kept[0] is not locale:
            kept = held["catalogue"] = get_locale(), super().get_translations()  # type: ignore[no-untyped-call]
        return kept[1]  # type: ignore[no-any-return]


class Languages(Babel):
    """Babel that keeps its catalogues: its own way is to read them again for every request."""

    domain_instance = Catalogues()  # type: ignore[no-untyped-call]


def words(text: str, **values: object) -> Markup:
    """``_("…")`` in a template: values are escaped. Jinja's own way there is five times slower, and pages are words."""
    text = Languages.domain_instance.get_translations().ugettext(text)
    return Markup(text) % values if values or "%" in text else Markup(text)  # noqa: S704 - our own catalogues


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


def in_language(language: str, part: Callable[..., Any], *args: Any, **values: Any) -> Any:
    """A macro's answer in another language than the page's: what stands there for the person to read, or to be told.

    A language that is not one of ours changes nothing.
    """
    if language not in LANGUAGES or language == current():
        return part(*args, **values)
    with force_locale(language):
        return part(*args, **values)


def init_app(app: Flask, babel: Babel) -> None:
    """Bind Babel and give templates ``lang`` and ``languages``."""
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.globals["current_language"] = current
    app.jinja_env.globals["in_language"] = in_language
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = words
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
