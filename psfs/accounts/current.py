"""Who is signed in, and the law that every view states its permission."""

from __future__ import annotations

import functools
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import abort, current_app, g, redirect, request, session, url_for
from sqlalchemy.orm import joinedload
from werkzeug.exceptions import NotFound

from psfs import audit, clock
from psfs.accounts import addresses, tokens
from psfs.domain.permissions import CASE_ACTIONS, Action, Role, allowed
from psfs.extensions import db
from psfs.json_answers import refuse, wants_json
from psfs.models import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.wrappers import Response

    from psfs.accounts.sessions import DatabaseSession
    from psfs.config import Config

R = TypeVar("R")
OPEN = "open"
TOUCH_SECONDS = 60


def permit(
    action: Action, *, again: Callable[..., Any] | None = None
) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """State what a view needs. A view on a case gets the opened case as its first argument instead of the id.

    Whoever lacks the permission gets the same 404 as for something that does not exist.

    Args:
        action: what the view does.
        again: for a view that ends its own permission, so that a second tap finds the door shut: told the ids of the
            address, it gives the first tap's answer once more where that very thing was done by the same account,
            else None.
    """

    def decorate(view: Callable[..., R]) -> Callable[..., R]:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> R:
            from psfs.cases.door import open_case  # the door needs this module

            if action in CASE_ACTIONS:
                ids = dict(kwargs)
                try:
                    opened = open_case(kwargs.pop("case_id"), action)
                except NotFound:
                    answer = again(**ids) if again is not None and request.method == "POST" else None
                    if answer is None:
                        raise
                    return cast("R", answer)
                return view(opened, *args, **kwargs)
            if not allowed(Role(user().role), action, ()):
                abort(404)
            return view(*args, **kwargs)

        guarded.permission = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def open_to_all(view: Callable[..., R]) -> Callable[..., R]:
    """Mark one of the few views that need no sign-in."""
    view.permission = OPEN  # type: ignore[attr-defined]
    return view


def user() -> User:
    """The signed-in member of staff; only within a request that passed ``require_sign_in``."""
    return cast("User", g.user)


def begin_session(account: User) -> None:
    """Sign ``account`` in: everything from before is dropped, the session gets a new id."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    moment = clock.now().timestamp()
    session.update(user=str(account.id), stamp=account.stamp, began=moment, seen=moment)
    session["csrf_token"] = tokens.bound_secret(account.id)
    cast("DatabaseSession", session).renew()
    g.pop("csrf_token", None)  # made for the session that was; what is rendered from here on gets a new one
    g.user = account


def end_session() -> None:
    """Sign out: the session is gone here and on the server; only the language stays, under a new id."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
    cast("DatabaseSession", session).renew()
    g.pop("csrf_token", None)
    g.user = None


def signed_in_user() -> User | None:
    """The account of a live session, or None.

    A session ends when it was idle or open for too long, when the account is disabled, or when its stamp changed.
    """
    if "user" not in session:
        return None
    config: Config = current_app.extensions["psfs_config"]
    moment = clock.now()
    began, seen = (datetime.fromtimestamp(session[key], UTC) for key in ("began", "seen"))
    if moment - began > config.absolute or moment - seen > config.idle:
        return None
    account = db.session.get(User, uuid.UUID(session["user"]), options=[joinedload(User.service)])
    if account is None or account.disabled_at is not None or account.stamp != session["stamp"]:
        return None
    if (moment - seen).total_seconds() > TOUCH_SECONDS:
        session["seen"] = moment.timestamp()
    return account


def require_sign_in(app: Flask) -> None:
    """Sign-in is required everywhere but in the open views; an endpoint without a stated permission is refused."""

    @app.before_request
    def check() -> Response | None:
        g.user = None
        failure = cast("DatabaseSession", session).failure
        if failure is not None:
            raise failure
        g.user = signed_in_user()
        if g.user is not None:
            audit.recorder.act_as(audit.Actor(g.user.id, g.user.name))
        if request.url_rule is None:
            return None  # the 404 page, the same for those who are signed in as for a case that is not theirs
        permission = getattr(app.view_functions[request.endpoint or ""], "permission", None)
        if permission is None:
            raise RuntimeError(f"{request.endpoint} states no permission")
        if g.user is not None:
            return None
        if permission == OPEN:
            return None
        return _ask_to_sign_in()


def start_address() -> str:
    """Where the signed-in account begins its work."""
    return url_for("worklist.home" if allowed(Role(user().role), Action.WORKLIST) else "accounts.users")


def _ask_to_sign_in() -> Response:
    """Send a reader to the sign-in page; keep what a writer sent. The session remembers only whose it was."""
    was = session.get("user") or session.get("was")
    for key in [key for key in session if key not in {"language", "was"}]:
        session.pop(key)
    if was:
        session["was"] = was
    if wants_json():
        return refuse("signed_out", 401)
    if request.method not in {"GET", "HEAD"}:
        from psfs.accounts.resume import keep_and_ask  # renders a page

        return keep_and_ask()
    if request.headers.get("HX-Request"):
        response = current_app.make_response("")
        page = addresses.parts_of(request.headers.get("HX-Current-URL", ""))
        response.headers["HX-Redirect"] = url_for("accounts.sign_in", next=page.path or None)
        return response
    return redirect(url_for("accounts.sign_in", next=own_address()), 303)


def own_address() -> str | None:
    """The address asked for, to come back to after signing in; None for the front page."""
    return request.full_path.rstrip("?") if request.path != "/" else None
