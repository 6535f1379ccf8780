"""A test client that acts as a browser does: it carries the CSRF token and checks every page it gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.extensions import db
from tests.support.pages import check_page

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from psfs.models import User

TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


class Browser:
    """One signed-in (or anonymous) browser. ``post`` sends the token of the last page that had one."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client: FlaskClient = app.test_client()
        self.token = ""

    def sign_in(self, user: User) -> Browser:
        """Begin a session for ``user`` as the sign-in page does, without hashing a passphrase."""
        moment = clock.now().timestamp()
        with self.client.session_transaction() as session:
            session.update(user=str(user.id), stamp=user.stamp, began=moment, seen=moment)
        return self

    def get(self, address: str, status: int = 200, **kwargs: Any) -> TestResponse:
        """Fetch a page, expect ``status`` and check the page's form (one h1, ids, labels …)."""
        return self._seen(self._send("GET", address, **kwargs), status)

    def post(self, address: str, data: dict[str, Any] | None = None, status: int = 303, **kwargs: Any) -> TestResponse:
        """Send a form with the CSRF token, expect ``status``, check the page if one comes back."""
        if not self.token:
            self.get("/logg-inn" if not self._signed_in() else "/konto")
        answer = self._send("POST", address, data={"csrf_token": self.token, **(data or {})}, **kwargs)
        return self._seen(answer, status)

    def _send(self, method: str, address: str, **kwargs: Any) -> TestResponse:
        """Send within a context of its own, as a server does: no session, cache or object is shared with the test.

        What the test has read is given up first: it must neither hold a lock nor see old values afterwards.
        """
        db.session.rollback()
        with self.app.app_context():
            return self.client.open(address, method=method, **kwargs)

    def _signed_in(self) -> bool:
        with self.client.session_transaction() as session:
            return "user" in session

    def _seen(self, answer: TestResponse, status: int) -> TestResponse:
        assert answer.status_code == status, (answer.status_code, answer.text[:3000])
        if answer.mimetype == "text/html" and answer.text.lstrip().lower().startswith("<!doctype"):
            check_page(answer.text)
            if found := TOKEN.search(answer.text):
                self.token = found[1]
        return answer
