"""Nothing typed is lost when a session has ended: the form is kept on the sign-in page and sent again.

It is kept in the page itself, signed, never on the server: what was typed about a person lies where it was typed.
Only the account that typed it gets it back, and only a page of ours can have sent it.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flask import make_response, render_template, request, session

from psfs.accounts import addresses, tokens
from psfs.accounts.forms import SignInForm
from psfs.accounts.pages import sign_in_page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from psfs.models import User

PURPOSE = "resume"
LIFETIME = timedelta(hours=12)
MOST_CHARACTERS = 100_000
NEVER = re.compile(r"^(?:csrf_token|code|kept)$|passphrase|passfrase|password", re.IGNORECASE)


@dataclass(frozen=True)
class Unsent:
    """A form that was posted when the session had ended: whose it is, where it was going and what it held."""

    user: str
    path: str
    fields: list[tuple[str, str]]


def keep_and_ask() -> Response:
    """Answer a post whose session has ended: 401 and the sign-in page, with the form kept in it where that is safe."""
    form = SignInForm(formdata=None, kept=keep(session.get("was")))
    return _whole_page(make_response(sign_in_page(form, ended=True), 401))


def ask_to_send_again(account: User) -> Response | None:
    """Answer a post whose token is from an earlier session of the same account: the form, ready to send.

    None where the token is not that: then it is refused as any other.
    """
    secret = tokens.form_token_secret(request.form.get("csrf_token") or request.headers.get("X-CSRFToken", ""))
    if not tokens.is_bound_to(secret, account.id):
        return None
    kept = keep(str(account.id))
    return _whole_page(make_response(send_page(account, kept), 400)) if kept else None


def keep(owner: str | None) -> str:
    """The posted form as signed text; empty if there is no knowing whose it is or where it came from."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if not NEVER.search(name)]
    size = sum(len(name) + len(value) for name, value in fields)
    if not owner or request.blueprint == "accounts" or size > MOST_CHARACTERS or not sent_by_our_own_page():
        return ""
    return tokens.sign(PURPOSE, asdict(Unsent(owner, request.path, fields)))


def send_page(account: User, kept: str) -> str | None:
    """The page «Send det du skreiv», for the account that typed it; None for anyone else."""
    data = tokens.read(PURPOSE, kept, LIFETIME)
    if data is None or data["user"] != str(account.id):
        return None
    return render_template("accounts/send.html", unsent=Unsent(**data))


def sent_by_our_own_page() -> bool | None:
    """Whether a page of this very origin sent the request, by what the browser says of it; None if it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    if "Origin" not in request.headers:
        return None
    origin = addresses.parts_of(request.headers["Origin"])
    return (origin.scheme, origin.netloc) == (request.scheme, request.host)


def _whole_page(response: Response) -> Response:
    """For htmx too: the page takes the place of what is there, not of the part that was asked for."""
    if request.headers.get("HX-Request"):
        response.headers["HX-Retarget"] = "body"
        response.headers["HX-Reswap"] = "outerHTML"
    return response
