"""Demo accounts: one tap, on this machine, in a database that is marked; nowhere else."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from psfs.accounts import demo
from psfs.extensions import db
from tests.accounts.conftest import events
from tests.support.apps import running_app
from tests.support.client import Browser
from tests.support.people import make_town

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Visit = Callable[..., Browser]


@pytest.fixture
def visit(tmp_path: Path, sqlite_url: str) -> Iterator[Visit]:
    """``visit(marked=True, listen=…, remote=…, **env)``: a browser at such a server."""
    with ExitStack() as stack:

        def start(
            *, marked: bool = True, listen: str = "127.0.0.1:8000", remote: str = "127.0.0.1", **env: str
        ) -> Browser:
            app = stack.enter_context(running_app(sqlite_url, tmp_path, PSFS_LISTEN=listen, **env))
            make_town()
            if marked:
                demo.mark()
            browser = Browser(app)
            browser.client.environ_base["REMOTE_ADDR"] = remote
            return browser

        yield start


def test_the_page_offers_each_role_and_one_tap_signs_in(visit: Visit) -> None:
    visitor = visit()
    page = visitor.get("/logg-inn").text
    for name in ("kari", "ola", "leader", "ke", "admin"):
        assert f'value="{name}"' in page
    assert 'value="eva"' not in page
    assert visitor.post("/demo-innlogging", {"username": "kari"}).location == "/"
    assert "Kari Dikta" in visitor.get("/konto").text
    assert [event.action for event in events()] == ["signed_in"]


@pytest.mark.parametrize("listen", ["[::1]:8000", "127.0.0.53:1", "localhost:8000"])
def test_other_names_of_this_machine(visit: Visit, listen: str) -> None:
    visit(listen=listen, remote="::1").post("/demo-innlogging", {"username": "kari"})


@pytest.mark.parametrize(
    "conditions",
    [
        {"marked": False},
        {"listen": ""},
        {"listen": "0.0.0.0:8000"},
        {"listen": "192.0.2.1:8000"},
        {"listen": "127.example.org:80"},
        {"remote": "192.0.2.1"},
        {"PSFS_PROXIES": "1"},
    ],
)
def test_nowhere_else(visit: Visit, conditions: dict[str, str]) -> None:
    visitor = visit(**conditions)
    assert "demo-innlogging" not in visitor.get("/logg-inn").text
    visitor.post("/demo-innlogging", {"username": "kari"}, status=404)
    visitor.get("/konto", status=303)


@pytest.mark.parametrize(
    "headers", [{"Host": "kommune.example"}, {"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=x"}]
)
def test_not_through_a_proxy_and_not_under_another_name(visit: Visit, headers: dict[str, str]) -> None:
    visitor = visit()
    assert "demo-innlogging" not in visitor.get("/logg-inn", headers=headers).text


def test_only_the_marked_accounts(visit: Visit) -> None:
    visitor = visit()
    for name in ("eva", "nobody", ""):
        visitor.post("/demo-innlogging", {"username": name}, status=404)
    assert db.session.is_active
