"""The line between tablet and server does what it is told to, and nothing else."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

import pytest

from tests.support import planting
from tests.support.between import LOST, Line


def fetch(url: str, data: bytes | None = None) -> bytes:
    with urllib.request.urlopen(url, data, timeout=20) as answer:  # noqa: S310 - an address made here
        body: bytes = answer.read()
    return body


def test_a_line_carries_loses_answers_by_itself_and_is_cut() -> None:
    with planting.site() as upstream:
        line = Line(upstream)
        with line.open():
            assert fetch(f"{line.url}/plain") == fetch(f"{upstream}/plain")
            line.next("/plain", LOST, 500, 413)
            with pytest.raises(http.client.RemoteDisconnected):
                fetch(f"{line.url}/plain")
            assert line.passed == ["GET /plain"] * 2, "the server had it all the same"
            assert b"Plantar" in fetch(f"{line.url}/another")
            for status in (500, 413):
                with pytest.raises(urllib.error.HTTPError, match=str(status)):
                    fetch(f"{line.url}/plain")
            assert len(line.passed) == 3, "what it answered itself never came to the server"
            assert line.untouched == 0
            assert fetch(f"{line.url}/plain") == fetch(f"{upstream}/plain")
    with pytest.raises(urllib.error.URLError, match="refused"):
        fetch(f"{line.url}/plain")


def test_a_line_to_a_stopped_server_gives_no_answer() -> None:
    with planting.site() as upstream:
        line = Line(upstream)
    with line.open(), pytest.raises(http.client.RemoteDisconnected):
        fetch(f"{line.url}/plain")
