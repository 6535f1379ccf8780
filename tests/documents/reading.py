"""Reading a PDF back: its words, and what it tells a screen reader."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.dates import format_date
from pypdf import PdfReader
from pypdf.generic import ArrayObject, ContentStream, DictionaryObject

from psfs import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPECTED = Path(__file__).with_name("expected")


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def text(pdf: bytes) -> str:
    """The words, one line for each line on the paper, pages apart; today's date taken out."""
    pages = [page.extract_text() for page in reader(pdf).pages]
    lines = [re.sub(r"\s+", " ", line).strip() for line in "\n--- \n".join(pages).splitlines()]
    return "\n".join(_without_today(line) for line in lines if line) + "\n"


def _without_today(line: str) -> str:
    for language, form in (("nn", "d. MMMM y"), ("nb", "d. MMMM y"), ("en", "d MMMM y")):
        line = line.replace(format_date(clock.today(), form, locale=language), "(i dag)")
    return line


def flat(pdf: bytes) -> str:
    """All words on one line, for finding a sentence that is broken over lines."""
    return " ".join(text(pdf).split())


def compare(name: str, found: str) -> None:
    """Hold a text against the one that is kept; UPDATE_EXPECTED=1 keeps the new one."""
    path = EXPECTED / f"{name}.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        EXPECTED.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class Element:
    """One element of the structure tree."""

    tag: str
    values: DictionaryObject
    marks: int


def elements(pdf: bytes) -> list[Element]:
    """The structure tree, in reading order."""
    root: Any = reader(pdf).trailer["/Root"]["/StructTreeRoot"]
    return list(_walk(root["/K"]))


def _walk(node: Any) -> Iterator[Element]:
    node = node.get_object()
    if isinstance(node, ArrayObject):
        for child in node:
            yield from _walk(child)
    elif isinstance(node, DictionaryObject) and "/S" in node:
        children = node.get("/K", ArrayObject()).get_object()
        marks = sum(isinstance(child.get_object(), int) for child in children)
        yield Element(str(node["/S"]).removeprefix("/"), node, marks)
        yield from _walk(children)


def loose_marks(pdf: bytes) -> list[tuple[int, int]]:
    """Marked content that belongs to no element: (page, mark). A screen reader would stumble on it."""
    found = reader(pdf)
    root: Any = found.trailer["/Root"]
    numbers = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    owners = {int(numbers[place]): numbers[place + 1].get_object() for place in range(0, len(numbers), 2)}
    loose = []
    for number, page in enumerate(found.pages):
        for mark in _marks(page, found):
            owner = owners[number]
            if mark >= len(owner) or not isinstance(owner[mark].get_object(), DictionaryObject):
                loose.append((number, mark))
    return loose


def _marks(page: Any, found: PdfReader) -> Iterator[int]:
    for operands, operator in ContentStream(page.get_contents(), found).operations:
        if operator == b"BDC" and "/MCID" in operands[1]:
            yield int(operands[1]["/MCID"])


def artifacts(pdf: bytes) -> int:
    """How many pieces are marked as decoration."""
    found = reader(pdf)
    return sum(
        operator == b"BMC" and operands[0] == "/Artifact"
        for page in found.pages
        for operands, operator in ContentStream(page.get_contents(), found).operations
    )


def fonts(pdf: bytes) -> set[str]:
    """The fonts that are drawn with, by name."""
    names = {
        str(font.get_object()["/BaseFont"]).split("+")[-1]
        for page in reader(pdf).pages
        for font in page["/Resources"].get_object()["/Font"].get_object().values()
    }
    return {re.sub(r"[^A-Za-z0-9]+", " ", name).strip() for name in names}
