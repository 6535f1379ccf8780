"""What a browser leaves behind, read as whoever finds the tablet would: every file of the profile, byte by byte,
unpacked where a browser packs, and every store asked through the browser itself."""

from __future__ import annotations

import base64
import contextlib
import html
import json
import re
import shutil
import sqlite3
import struct
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import brotli

from tests.support import leveldb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.support.tablets import Tablet

GZIP = b"\x1f\x8b\x08"
SIMPLE_CACHE = struct.pack("<Q", 0xFCFB6D1BA7725C30)  # how Chromium's cached answers begin
SIMPLE_CACHE_HEADER = 24
BLINK_SNAPPY = b"\xff\x11\x02"  # how Chromium marks a value that it compressed itself
UNPACKED_AT_MOST = 50_000_000
# A score as it stands in JSON, in Chromium's and in WebKit's structured clones.
SCORES = {
    "JSON": re.compile(rb'"score\\*"\s*:\s*\d'),
    "JSON, two bytes a letter": re.compile(rb'"\0s\0c\0o\0r\0e\0\\?\0?"\0:\0 ?\0?\d\0'),
    "Chromium": re.compile(rb'"\x05scoreI'),
    "WebKit": re.compile(rb"\x05\0\0\x80score"),
}
DUMP = """
const found = [];
const plain = (value) => {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer ?? value, value.byteOffset ?? 0, value.byteLength);
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return { base64: btoa(text) };
  }
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Date) return value.toISOString();
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
  }
  return value;
};
const done = (request) => new Promise((yes, no) => {
  request.onsuccess = () => yes(request.result);
  request.onerror = () => no(request.error);
});
for (const { name } of await indexedDB.databases()) {
  const database = await done(indexedDB.open(name));
  for (const store of database.objectStoreNames) {
    const objects = database.transaction(store).objectStore(store);
    const keys = await done(objects.getAllKeys());
    const values = await done(database.transaction(store).objectStore(store).getAll());
    keys.forEach((key, n) => found.push([`IndexedDB ${name}/${store}/${key}`, plain([key, values[n]])]));
  }
  database.close();
}
for (const name of await caches.keys()) {
  const cache = await caches.open(name);
  for (const request of await cache.keys()) {
    const answer = await cache.match(request);
    const text = answer.body ? await answer.text() : "";
    found.push([`Cache Storage ${name} ${request.url}`, [request.url, [...answer.headers], text]]);
  }
}
for (const [place, storage] of Object.entries({ localStorage, sessionStorage })) {
  for (const [key, value] of Object.entries(storage)) found.push([`${place} ${key}`, [key, value]]);
}
return found;
"""


@dataclass(frozen=True)
class Find:
    """Something in the clear: what, and where."""

    what: str
    place: str


def asked_of(tablet: Tablet) -> list[tuple[str, bytes]]:
    """Every record, kept answer, stored value and cookie, as the browser itself gives them to its page."""
    found = []
    for place, value in tablet.js(DUMP):
        found.append((place, json.dumps(value, ensure_ascii=False).encode()))
        found += [(place, inner) for inner in _bytes_in(value)]
    for cookie in tablet.cookies():
        text = f"{cookie['name']}={cookie['value']}".encode()
        found += [(f"cookie {cookie['name']}", piece) for piece in (text, *_unpacked_cookie(cookie["value"]))]
    return found


def _bytes_in(value: object) -> Iterator[bytes]:
    if isinstance(value, list):
        for inner in value:
            yield from _bytes_in(inner)
    elif isinstance(value, dict):
        if set(value) == {"base64"}:
            yield base64.b64decode(value["base64"])
        else:
            yield from _bytes_in(list(value.values()))


def _unpacked_cookie(value: str) -> Iterator[bytes]:
    """What a signed cookie says: base64 of JSON, compressed where it begins with a full stop."""
    body = value.lstrip(".").split(".")[0]
    with contextlib.suppress(ValueError, zlib.error):
        data = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        yield zlib.decompress(data) if value.startswith(".") else data


def files_of(profile: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of a profile: as it lies there, and unpacked."""
    for path in sorted(profile.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        name = path.relative_to(profile).as_posix()
        try:
            data = path.read_bytes()
        except FileNotFoundError:  # a running browser removed it just now
            continue
        yield name, data
        for how, inner in _unpacked(path, data):
            yield f"{name} ({how})", inner


def _unpacked(path: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    if data.startswith(b"SQLite format 3\0"):
        yield from (("SQLite", value) for value in _database_values(path))
    elif leveldb.is_table(data):
        yield from (("LevelDB", block) for block in _with_values_unpacked(leveldb.table_blocks(data)))
    elif path.suffix == ".log" and (path.parent / "CURRENT").exists():
        yield from (("LevelDB", record) for record in _with_values_unpacked(leveldb.log_records(data)))
    if data.startswith(SIMPLE_CACHE):
        body = SIMPLE_CACHE_HEADER + struct.unpack("<I", data[12:16])[0]
        yield "Brotli", _unbrotli(data[body:])
    at = data.find(GZIP)
    while at >= 0:
        with contextlib.suppress(zlib.error):
            yield "gzip", zlib.decompressobj(31).decompress(data[at:], UNPACKED_AT_MOST)
        at = data.find(GZIP, at + 1)


def _with_values_unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, and what a marked value in them says once unpacked: its end shows only in that it unpacks."""
    for piece in pieces:
        yield piece
        at = piece.find(BLINK_SNAPPY)
        while at >= 0:
            yield _unsnap_some(piece[at + len(BLINK_SNAPPY) :])
            at = piece.find(BLINK_SNAPPY, at + 1)


def _unsnap_some(data: bytes) -> bytes:
    """Snappy with something after it."""
    with contextlib.suppress(ValueError, IndexError):
        return leveldb.unsnap(data, exactly=False)
    return b""


def _unbrotli(data: bytes) -> bytes:
    """What can be read of Brotli that something else may follow."""
    decompressor, out = brotli.Decompressor(), bytearray()
    with contextlib.suppress(brotli.error):
        for byte in data:  # one by one: what comes with the first wrong byte is lost
            out += decompressor.process(bytes([byte]))
            if decompressor.is_finished() or len(out) > UNPACKED_AT_MOST:
                break
    return bytes(out)


def _database_values(path: Path) -> Iterator[bytes]:
    """Every value in every table: those too that lie across two pages of the file."""
    with tempfile.TemporaryDirectory() as folder:
        for file in path.parent.glob(f"{path.name}*"):  # with its journal or write-ahead log
            shutil.copy(file, folder)
        database = sqlite3.connect(Path(folder, path.name))
        with contextlib.closing(database), contextlib.suppress(sqlite3.DatabaseError):
            database.text_factory = bytes
            tables = [row[0].decode() for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")]
            for table in tables:
                with contextlib.suppress(sqlite3.DatabaseError):
                    for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - the file's own names
                        yield b"\0".join(value if isinstance(value, bytes) else str(value).encode() for value in row)


def spellings(text: str) -> set[bytes]:
    """The bytes that a text can lie there as."""
    escaped = json.dumps(text)[1:-1]
    found = {form.encode() for form in (text, escaped, html.escape(text), quote(text))}
    found |= {text.encode("utf-16-le"), text.encode("utf-16-be"), text.encode("latin-1", "replace")}
    for skipped in range(3):  # base64 of something longer, whichever byte it begins at
        packed = base64.b64encode(b"\0" * skipped + text.encode())
        found.add(packed[(0, 2, 3)[skipped] : len(packed) - 4])
    return {form for form in found if len(form) >= 4}


def in_the_clear(pieces: Iterable[tuple[str, bytes]], texts: Iterable[str]) -> list[Find]:
    """Every text that can be read in the pieces, in whichever spelling, and every score."""
    needles = {text: spellings(text) for text in texts}
    found = set()
    for place, data in pieces:
        found |= {Find(text, place) for text, forms in needles.items() if any(form in data for form in forms)}
        found |= {Find("a score", place) for pattern in SCORES.values() if pattern.search(data)}
    return sorted(found, key=lambda find: (find.what, find.place))
