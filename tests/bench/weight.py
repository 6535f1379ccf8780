"""What a first visit weighs on the wire: a page and all that a browser fetches for it.

That is: style sheets (those for print too) and the fonts and pictures they use, scripts and the modules they import,
pictures, the icon, the manifest with the icon it installs, and what the service worker then fetches to keep.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.client import Answer, Client

FETCHED_LINKS = {"stylesheet", "manifest", "preload", "modulepreload"}
FONT_FACE = re.compile(r"@font-face\s*{([^}]*)}")
URL = re.compile(r"""url\(\s*["']?([^"')]+)""")
CSS_IMPORT = re.compile(r"""@import\s+(?:url\()?["']?([^"')\s;]+)""")
RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", re.IGNORECASE)
JS_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']""")  # import("…") is fetched only when it is run
WORKER = "/sw.js"


@dataclass
class Cache:
    """What a browser has fetched so far: the weight of each address."""

    client: Client
    weights: dict[str, int] = field(default_factory=dict)

    def visit(self, address: str) -> int:
        """Open a page; the bytes that went over the wire because of it, what was there already not counted again."""
        before = sum(self.weights.values())
        answer = self._get(address)
        while answer.status in {301, 302, 303}:
            address = urljoin(address, answer.headers["location"])
            answer = self._get(address)
        page = answer.text
        self._all(_in_page(page), address, page)
        self._worker()
        return sum(self.weights.values()) - before

    def _get(self, address: str) -> Answer:
        answer = self.client.get(address)
        if answer.status >= 400:
            raise RuntimeError(f"{address}: {answer.status}")
        self.weights[address] = self.weights.get(address, 0) + answer.wire
        return answer

    def _all(self, addresses: set[str], base: str, page: str) -> None:
        for address in sorted(urlsplit(urljoin(base, found)).path for found in addresses):
            if address in self.weights:
                continue
            answer = self._get(address)
            kind = answer.headers.get("content-type", "").partition(";")[0]
            if kind == "text/css":
                self._all(set(_in_style(answer.text, page)), address, page)
            elif kind in {"text/javascript", "application/javascript"}:
                self._all(set(JS_IMPORT.findall(answer.text)), address, page)
            elif kind == "application/manifest+json":
                icons = [icon for icon in json.loads(answer.text)["icons"] if icon.get("purpose") != "maskable"]
                self._all({icons[0]["src"]}, address, page)

    def _worker(self) -> None:
        if WORKER in self.weights:
            return
        source = self._get(WORKER).text
        prefix, files, offline = (
            json.loads(re.search(rf"const {name} = (.*);", source)[1])  # type: ignore[index]
            for name in ("PREFIX", "FILES", "OFFLINE")
        )
        for address in [prefix + name for name in files] + [offline]:
            if address not in self.weights:
                self._get(address)  # kept as they are: what they name is fetched when it is used


class _Page(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._icons: list[str] = []
        self.feed(page)
        self.found |= set(self._icons[:1])  # a browser chooses one: the vector

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        kinds = set(has.get("rel", "").split())
        if tag == "link" and kinds & FETCHED_LINKS:
            self.found.add(has["href"])
        elif tag == "link" and "icon" in kinds:
            self._icons.append(has["href"])
        elif tag in {"script", "img"} and has.get("src"):
            self.found.add(has["src"])
        elif tag in {"use", "image"}:
            address = has.get("href") or has.get("xlink:href", "")
            if address and not address.startswith("#"):
                self.found.add(address)


def _in_page(page: str) -> set[str]:
    return {address for address in _Page(page).found if not address.startswith("data:")}


def _in_style(style: str, page: str) -> Iterator[str]:
    """The imports and pictures of a style sheet, and the fonts whose letters the page has."""
    yield from CSS_IMPORT.findall(style)
    for face in FONT_FACE.findall(style):
        if _has_letters(face, page):
            yield from URL.findall(face)[:1]
    for address in URL.findall(FONT_FACE.sub("", CSS_IMPORT.sub("", style))):
        if not address.startswith(("data:", "#")):
            yield address


def _has_letters(face: str, page: str) -> bool:
    declared = re.search(r"unicode-range:([^;}]*)", face)
    if not declared:
        return True
    ranges = [(int(first, 16), int(last or first, 16)) for first, last in RANGE.findall(declared[1])]
    return any(first <= letter <= last for letter in {*map(ord, page)} for first, last in ranges)
