"""The program that turns HTML into PDF, in a process of its own: no database, no Flask, nothing of the app.

``python worker.py STATIC_FOLDER`` reads documents from standard input and answers on standard output. A document is
eight bytes of length and UTF-8; an answer is one byte (``OK`` or ``FAILED``), eight bytes of length, and the PDF or
what failed. One answer is given when the program is ready. It ends when its input does.
"""

from __future__ import annotations

import gc
import logging
import os
import resource
import struct
import sys
import traceback
import urllib.parse
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

OK, FAILED = 0, 1
SCHEME = "static"
STYLES = "css/documents.css"
TYPES = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
MEMORY_BYTES = 2 * 1024**3


class RefusedError(ValueError):
    """The address is not that of one of our static files."""


class StaticFiles(URLFetcher):
    """Fetches ``static:/path`` from one folder and refuses everything else: other schemes, hosts, ``..``, links."""

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=(SCHEME,), allow_redirects=False)  # type: ignore[no-untyped-call]
        self._folder = folder.resolve(strict=True)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The file, or ``RefusedError``."""
        parts = urllib.parse.urlsplit(url)
        path = PurePosixPath(urllib.parse.unquote(parts.path).lstrip("/"))
        if parts.scheme != SCHEME or parts.netloc or parts.query or path.suffix not in TYPES:
            raise RefusedError("not a static file")
        wanted = self._folder.joinpath(*path.parts)
        if wanted.resolve() != wanted or not wanted.is_file():  # «..» and links resolve to something else
            raise RefusedError("not a static file")
        return URLFetcherResponse(url, wanted.read_bytes(), {"Content-Type": TYPES[path.suffix]})


class Press:
    """Makes PDF/UA of one document after another; fonts and styles are read once."""

    def __init__(self, folder: Path) -> None:
        self._fetcher = StaticFiles(folder)
        self._fonts = FontConfiguration()
        self._styles = CSS(url=f"{SCHEME}:/{STYLES}", url_fetcher=self._fetcher, font_config=self._fonts)

    def pdf(self, html: str) -> bytes:
        """The document as PDF."""
        document = HTML(string=html, base_url=f"{SCHEME}:/", url_fetcher=self._fetcher)
        pdf = document.write_pdf(
            stylesheets=[self._styles],
            font_config=self._fonts,
            finisher=_hide_decoration,
            pdf_variant="pdf/ua-1",
        )
        return bytes(pdf)


def _hide_decoration(_document: object, pdf: Any) -> None:
    """Take pictures without a text of their own out of what is read aloud.

    WeasyPrint tags every picture as a figure. PDF/UA wants a text for each figure, and marks what is only decoration
    (``aria-hidden``) as an artifact (ISO 14289-1, 7.1 and 7.3).
    """
    objects = {item.reference: item for item in pdf.objects}
    elements = {reference: item for reference, item in objects.items() if isinstance(item, dict)}
    decoration = {
        reference: item for reference, item in elements.items() if item.get("S") == "/Figure" and "Alt" not in item
    }
    for reference, item in decoration.items():
        elements[item["P"]]["K"].remove(reference)
    marks_of_page = _marks(elements)
    for page in (item for item in elements.values() if item.get("Type") == "/Page"):
        marks = marks_of_page[page["StructParents"]]
        hidden = {mark for mark, reference in enumerate(marks) if reference in decoration}
        _hide(objects[page["Contents"]].stream, hidden)
        marks[:] = ["null" if mark in hidden else reference for mark, reference in enumerate(marks)]


def _marks(elements: Mapping[bytes, Any]) -> dict[int, list[Any]]:
    """For each page, which element each of its marks belongs to (the parent tree, ISO 32000-1, 14.7.4.4)."""
    numbers = next(item["Nums"] for item in elements.values() if "Nums" in item)
    return dict(zip(numbers[::2], numbers[1::2], strict=True))


def _hide(stream: list[Any], hidden: Container[int]) -> None:
    """Rewrite ``/Figure <</MCID n>> BDC`` as ``/Artifact BMC``."""
    for place, part in enumerate(stream):
        if isinstance(part, dict) and part.get("MCID") in hidden:
            stream[place - 1 : place + 2] = [b"/Artifact", b"", b"BMC"]


def _answer(output: IO[bytes], status: int, body: bytes) -> None:
    output.write(struct.pack(">BQ", status, len(body)) + body)
    output.flush()


def _what_failed(error: Exception) -> bytes:
    """The kind of error and where: never its text, which may hold what the document says of a person."""
    places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    return " ".join([type(error).__name__, *places[-4:]]).encode()


def main() -> None:
    """Answer until the input ends."""
    documents, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):  # nothing else may read the documents or mix with the answers
        os.dup2(nowhere, standard)
    logging.getLogger("weasyprint").addHandler(logging.NullHandler())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold a person's document
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for table in (urllib.parse.uses_relative, urllib.parse.uses_netloc):
        table.append(SCHEME)  # so that "../vendor/…" in a style sheet is joined to its own address
    press = Press(Path(sys.argv[1]))
    press.pdf('<html lang="nn"><title>.</title><p>Å <b>å</b>')  # the first document is slow: let it not be a person's
    gc.disable()  # a document is quicker without; what it leaves is collected when it has been handed over
    gc.collect()
    gc.freeze()
    _answer(answers, OK, b"")
    while header := documents.read(8):
        (length,) = struct.unpack(">Q", header)
        try:
            _answer(answers, OK, press.pdf(documents.read(length).decode()))
        except Exception as error:  # whatever it is, the next document may be well
            _answer(answers, FAILED, _what_failed(error))
        gc.collect()


if __name__ == "__main__":
    main()
