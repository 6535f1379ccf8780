"""The program as ``make run`` starts it: gunicorn, two workers, an empty database filled."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from tests.support.server import environment, psfs, serving

if TYPE_CHECKING:
    from pathlib import Path


def fetch(url: str) -> str:
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 - an address made here
        body: str = answer.read().decode()
    return body


@pytest.mark.databases("sqlite", "postgres")
def test_it_fills_an_empty_database_offers_the_demo_and_logs_no_address(database_url: str, tmp_path: Path) -> None:
    url = None if database_url.startswith("sqlite") else database_url
    with serving(tmp_path, url) as app:
        page = fetch(f"{app.url}/logg-inn")
        assert 'action="/demo-innlogging"' in page
        assert len(re.findall(r'name="username"\s+value="', page)) == 5
        fetch(f"{app.url}/logg-inn?next=/sok%3Fq%3DTestine")
    written = app.log.read_text()
    assert app.url in written, "it prints the address"
    assert "Testine" not in written
    assert "Traceback" not in written
    first = psfs("user", "list", env=environment(tmp_path, url))
    app.start()
    app.stop(hard=True)
    with pytest.raises(urllib.error.URLError):
        fetch(f"{app.url}/helse")
    with serving(tmp_path, url, port=app.port) as again:
        assert fetch(f"{again.url}/helse") == "ok\n", "back on its address after a power cut"
    assert psfs("user", "list", env=environment(tmp_path, url)) == first, "filled once"
    assert "Loggen er heil" in psfs("log", "verify", "--heads", str(app.log), env=environment(tmp_path, url))
