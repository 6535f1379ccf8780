"""A client that keeps its connection and its cookies, and times each request to the last byte of its answer."""

from __future__ import annotations

import gzip
import http.client
import re
import time
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import brotli

from tests.bench.stack import PROCESS, STATEMENTS

IDLE_SECONDS = 1.5  # gunicorn closes a connection that was idle for two
TIMEOUT = 60.0
TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    """One answer. ``wire`` is its size on the wire, headers included; ``seconds`` the time it took."""

    status: int
    headers: dict[str, str]
    body: bytes
    wire: int
    seconds: float

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def statements(self) -> int:
        return int(self.headers[STATEMENTS.lower()])

    @property
    def process(self) -> str:
        return self.headers[PROCESS.lower()]


class Client:
    """One browser as a server sees it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0
        self.cookies: dict[str, str] = {}

    def get(self, address: str) -> Answer:
        """Fetch an address."""
        return self._send("GET", address, b"", {})

    def post(self, address: str, fields: dict[str, str] | list[tuple[str, str]]) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", address, urlencode(fields).encode(), kind)

    def close(self) -> None:
        """Hang up; the next request calls again, perhaps another worker."""
        if self._connection:
            self._connection.close()
        self._connection = None

    def _send(self, method: str, address: str, body: bytes, headers: dict[str, str]) -> Answer:
        connection = self._ready()
        headers = {
            **headers,
            "Accept": "text/html,*/*",
            "Accept-Encoding": "gzip, br",
            "Accept-Language": "nn",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        started = time.perf_counter()
        connection.request(method, address, body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - started
        self._used = time.monotonic()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders()) + 17
        wire = head + len(content)
        packed = answer.headers.get("Content-Encoding", "")
        content = {"br": brotli.decompress, "gzip": gzip.decompress}.get(packed, bytes)(content)
        lower = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, lower, content, wire, seconds)

    def _ready(self) -> http.client.HTTPConnection:
        """The connection, called up anew (outside what is timed) where the server may have closed it."""
        if self._connection is None or time.monotonic() - self._used > IDLE_SECONDS:
            self.close()
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
            self._connection.connect()
        return self._connection


def token(page: str) -> str:
    """The token that a page's forms must carry."""
    found = TOKEN.search(page)
    if not found:
        raise RuntimeError(f"no token in the page: {page[:500]}")
    return unescape(found[1])


class Fields(HTMLParser):
    """The fields of a page's form with a given id, as a browser would send them untouched."""

    def __init__(self, page: str, form_id: str) -> None:
        super().__init__()
        self._form_id = form_id
        self._inside = False
        self.sent: list[tuple[str, str]] = []
        self.radios: dict[str, list[str]] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = has.get("id") == self._form_id
        if not self._inside or "name" not in has:
            return
        kind = has.get("type", "text") if tag == "input" else tag
        if kind == "radio":
            self.radios.setdefault(has["name"], []).append(has["value"])
            if "checked" in has:
                self.sent.append((has["name"], has["value"]))
        elif kind in {"text", "hidden", "date", "textarea", "select"}:
            self.sent.append((has["name"], has.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
