"""A site that does everything wrong: it leaves a name in every place where a browser keeps things."""

from __future__ import annotations

import contextlib
import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import brotli

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = {
    "IndexedDB": "Åsine Tøvegard",
    "IndexedDB, long value": "Bæline Tøvegard",
    "IndexedDB, bytes": "Cæsarine Tøvegard",
    "Cache Storage": "Dølgine Tøvegard",
    "localStorage": "Eldine Tøvegård",
    "sessionStorage": "Frøydine Tøvegard",
    "cookies": "Gydine Tovegard",
    "HTTP cache": "Håvardine Tøvegard",
    "HTTP cache, gzip": "Ingøine Tøvegard",
    "HTTP cache, Brotli": "Jærine Tøvegard",
    "title": "Kåraine Tøvegard",
}
# Text that packs well, so that whoever packs does pack it.
FILLER = "Kva er viktig for deg? " * 4000
PLANT = """
const [places, filler] = args;
const opened = indexedDB.open("plants", 1);
opened.onupgradeneeded = () => opened.result.createObjectStore("people", { keyPath: "id" });
await new Promise((yes) => { opened.onsuccess = yes; });
const doing = opened.result.transaction("people", "readwrite", { durability: "strict" });
const people = doing.objectStore("people");
people.put({ id: 1, name: places["IndexedDB"], answers: { sleep: { score: 7 } } });
people.put({ id: 2, name: filler + places["IndexedDB, long value"] + filler });
people.put({ id: 3, data: new TextEncoder().encode(places["IndexedDB, bytes"]) });
await new Promise((yes) => { doing.oncomplete = yes; });
const cache = await caches.open("plants");
await cache.put("/person", new Response(places["Cache Storage"]));
localStorage.name = places["localStorage"];
sessionStorage.name = places["sessionStorage"];
document.cookie = `name=${places["cookies"]}; Max-Age=9999`;
document.title = places["title"];
for (const path of ["/plain", "/gzip", "/br"]) await (await fetch(path)).text();
"""


class _Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        text = {"/plain": "HTTP cache", "/gzip": "HTTP cache, gzip", "/br": "HTTP cache, Brotli"}.get(self.path)
        body = (f"{FILLER} {PLACES[text]}" if text else "<!doctype html><h1>Plantar</h1>").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain" if text else "text/html")
        if text:
            self.send_header("Cache-Control", "max-age=9999")
        if self.path == "/gzip":
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        if self.path == "/br":
            body = brotli.compress(body)
            self.send_header("Content-Encoding", "br")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_values: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def site() -> Iterator[str]:
    """Serve it; gives its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
