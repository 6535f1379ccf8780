"""What lies between a tablet and the server: a line that can be cut, lose an answer on its way, or answer by itself."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.support.server import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
CODES = {
    400: "csrf",
    401: "signed_out",
    404: "not_found",
    409: "other_body",
    413: "too_large",
    422: "malformed",
    500: "busy",
    503: "busy",
}
LOST = 0  # in place of a status: the server has done it, and nobody hears of it
HANGS = -1  # and: nothing is heard, and nothing is done, for as long as the line is open


@dataclass
class Line:
    """The address that the tablet knows (``url``), and what is to happen to the next requests on the line."""

    upstream: str
    port: int = field(default_factory=free_port)
    passed: list[str] = field(default_factory=list)  # «POST /path» of all that came to the server
    _edits: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    _rules: list[tuple[str, int]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def next(self, ending: str, *statuses: int) -> None:
        """Answer the next requests whose path has that ``ending`` with these, one each; ``LOST``, ``HANGS``."""
        with self._lock:
            self._rules += [(ending, status) for status in statuses]

    def edit(self, path: str, old: str, new: str) -> None:
        """From now on what comes from ``path`` says ``new`` where the server said ``old``, as a later version does."""
        self._edits[path] = (old.encode(), new.encode())

    def asks_without(self, path: str) -> set[str]:
        """Headers that are not handed on: what is to be edited is asked for whole and unpacked."""
        return {"accept-encoding", "if-none-match", "if-modified-since"} if path in self._edits else set()

    def edited(self, path: str, text: bytes) -> bytes:
        """What arrives of an answer."""
        return text.replace(*self._edits[path]) if path in self._edits else text

    @property
    def untouched(self) -> int:
        """How many of these are still to come."""
        with self._lock:
            return len(self._rules)

    def rule_for(self, path: str) -> int | None:
        """What happens to a request: it is used up; nothing in particular gives None."""
        with self._lock:
            for rule in self._rules:
                if path.endswith(rule[0]):
                    self._rules.remove(rule)
                    return rule[1]
        return None

    @contextlib.contextmanager
    def open(self) -> Iterator[None]:
        """Carry requests until the block ends; then nobody listens there."""

        class Carrier(_Carrier):
            line = self

        with ThreadingHTTPServer(("127.0.0.1", self.port), Carrier) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield
            finally:
                self.ended.set()
                server.shutdown()
                thread.join()


class _Carrier(BaseHTTPRequestHandler):
    line: Line

    def _carry(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        status = self.line.rule_for(path)
        if status == HANGS:
            self.line.ended.wait()
            self.close_connection = True
            return
        if status:
            self._answer(status, [("Content-Type", "application/json")], json.dumps({"code": CODES[status]}).encode())
            return
        upstream = http.client.HTTPConnection(urlsplit(self.line.upstream).netloc, timeout=60)
        with contextlib.closing(upstream):
            left_out = HOP_BY_HOP | self.line.asks_without(path)
            headers = {key: value for key, value in self.headers.items() if key.lower() not in left_out}
            try:
                upstream.request(self.command, self.path, body or None, headers)
                answer = upstream.getresponse()
                text = answer.read()
            except OSError:  # the server is stopped: as if nobody listened here
                self.close_connection = True
                return
        self.line.passed.append(f"{self.command} {path}")
        if status == LOST:
            self.close_connection = True
            return
        kept = [(key, value) for key, value in answer.getheaders() if key.lower() not in HOP_BY_HOP]
        self._answer(answer.status, kept, self.line.edited(path, text))

    do_GET = do_POST = do_HEAD = _carry  # noqa: N815 - the names that http.server calls

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        with contextlib.suppress(OSError):  # whoever asked may be gone
            self.send_response_only(status)
            for key, value in headers:
                self.send_header(key, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

    def log_message(self, *_values: object) -> None:
        """Say nothing."""
