"""A device of kari's, and a conversation as it hands it in."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from psfs import clock
from psfs.extensions import db
from tests.conversations.conftest import Worked, worked

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.test import TestResponse

    from tests.support.client import Browser
    from tests.support.people import Town

__all__ = ["worked"]


class Tablet:
    """One device of one account: it asks in JSON, as the page's modules do."""

    def __init__(self, browser: Browser, device_id: uuid.UUID | None = None) -> None:
        self.browser = browser
        self.id = device_id or uuid.uuid4()

    def ask(
        self, what: str, body: object = None, status: int = 200, *, post: bool = True, clock_says: str = ""
    ) -> dict[str, Any]:
        """``what`` is the end of the address; ``body`` an object, or bytes to be sent as they are."""
        if post and not self.browser.token:
            self.browser.get("/konto")
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Accept": "application/json", "X-CSRFToken": self.browser.token}
        if clock_says:
            headers["Device-Time"] = clock_says
        answer: TestResponse = self.browser._send(
            "POST" if post else "GET",
            f"/eining/{self.id}/{what}" if what else "/eining",
            data=raw if post else None,
            content_type="application/json",
            headers=headers,
        )
        assert answer.status_code == status, (answer.status_code, answer.text)
        assert answer.mimetype == "application/json"
        assert answer.headers["Cache-Control"] == "no-store"
        found: dict[str, Any] = answer.json
        return found

    def make_known(self, status: int = 201) -> dict[str, Any]:
        """Turn offline on."""
        return self.ask("", {"id": str(self.id), "name": "Prøvebrett"}, status)

    def take(self, *cases: uuid.UUID) -> dict[str, Any]:
        """Take cases along."""
        return self.ask("ta-med", {"cases": [str(each) for each in cases]})

    def state(self) -> dict[str, Any]:
        """How it stands."""
        return self.ask("tilstand", post=False)


@pytest.fixture
def tablet(browser: Callable[[str], Browser]) -> Callable[[str], Tablet]:
    """``tablet("kari")``: a device that is known."""

    def make(name: str) -> Tablet:
        made = Tablet(browser(name))
        made.make_known()
        return made

    return make


@pytest.fixture
def talk(worked: Worked, town: Town) -> Callable[..., dict[str, Any]]:
    """A conversation held today in the worked example's form, as the contract has it."""

    def make(*scores: int, **other: Any) -> dict[str, Any]:
        moment = clock.now()
        body = {
            "v": 1,
            "id": str(uuid.uuid4()),
            "case": str(town.adult.id),
            "form": str(worked.form.id),
            "base": str(worked.talks[-1].id),
            "held_on": clock.today().isoformat(),
            "performed_by": "",
            "respondent": "person",
            "remark": "Kjem seg meir ut",
            "next_due": (clock.today() + timedelta(days=90)).isoformat(),
            "answers": {
                str(key): {"score": score}
                for key, score in zip(worked.ids.values(), scores or (7, 6, 6, 4), strict=True)
            },
            "added": [],
            "retired": {},
            "made_at": moment.isoformat(),
            "zone": "Europe/Oslo",
        }
        return {**body, **other}

    return make


@pytest.fixture(autouse=True)
def _apart(app: Flask) -> Any:
    """What a test leaves in the session is nobody else's."""
    yield
    db.session.rollback()
