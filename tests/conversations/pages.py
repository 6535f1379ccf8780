"""What the pages of this room would send: their hidden fields as rendered, and what is typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import html5lib

from tests.support.pages import XHTML, words

if TYPE_CHECKING:
    from typing import Any

    from tests.support.client import Browser


def fields(text: str) -> dict[str, str]:
    """What the page's form would send untouched: hidden fields, texts, what is chosen (not the empty new rows)."""
    found: dict[str, str] = {}
    for form in _forms(text):
        for field in form.iter():
            name = field.get("name")
            if not name or name in {"csrf_token", "new"} or name.startswith("text-"):
                continue
            if field.tag == XHTML + "input" and (field.get("type") not in {"radio", "checkbox"} or _on(field)):
                found[name] = field.get("value") or ""
            elif field.tag == XHTML + "textarea":
                found[name] = "".join(field.itertext()).strip("\n")
            elif field.tag == XHTML + "select":
                found[name] = next(
                    (one.get("value") for one in field.iter(XHTML + "option") if "selected" in one.attrib), ""
                )
    return found


def new_ids(text: str) -> list[str]:
    """The ids that the page made for new activities."""
    return [one.get("value") for form in _forms(text) for one in form.iter(XHTML + "input") if one.get("name") == "new"]


def open_page(client: Browser, address: str, **changed: str) -> dict[str, str]:
    """Open a page and give what its form would send, with some fields changed."""
    return fields(client.get(address).text) | changed


def table(text: str) -> list[list[str]]:
    """The cells of the page's first table, row by row, in words."""
    tree = html5lib.HTMLParser().parse(text)
    first = next(tree.iter(XHTML + "table"))
    cells = {XHTML + "th", XHTML + "td"}
    return [[words(cell) for cell in row if cell.tag in cells] for row in first.iter(XHTML + "tr")]


def said(text: str) -> str:
    """All the words of the page, blanks folded."""
    tree = html5lib.HTMLParser().parse(text)
    return re.sub(r"\s+", " ", words(next(tree.iter(XHTML + "main"))))


def _forms(text: str) -> list[Any]:
    tree = html5lib.HTMLParser().parse(text)
    return [form for main in tree.iter(XHTML + "main") for form in main.iter(XHTML + "form")]


def _on(field: Any) -> bool:
    return "checked" in field.attrib
