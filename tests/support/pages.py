"""What every page must be: valid HTML, one h1 that the title begins with, unique ids, labels, nothing inline.

A heading that names somebody is marked ``data-named``, and the title is another: it stays in the browser's history.
"""

from __future__ import annotations

import re
from typing import Any

import html5lib

XHTML = "{http://www.w3.org/1999/xhtml}"
LABELLED = {"input", "select", "textarea"}


def parse(text: str) -> Any:
    """The page as a tree; a parse error fails."""
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parse(text)
    assert not parser.errors, [(position, code) for position, code, _ in parser.errors][:5]
    return tree


def check_page(text: str) -> None:
    """Fail on whatever no page may have or lack."""
    tree = parse(text)
    assert tree.get("lang") in {"nn", "nb", "en"}, "no language"
    elements = list(tree.iter())
    names = [element.tag.removeprefix(XHTML) for element in elements if isinstance(element.tag, str)]
    headings = [element for element in elements if element.tag == XHTML + "h1"]
    assert len(headings) == 1, f"one h1, not {[words(element) for element in headings]}"
    heading, named = words(headings[0]), headings[0].get("data-named") is not None
    title = next(words(element) for element in elements if element.tag == XHTML + "title")
    assert title.startswith(heading) != named, f"the title {title!r} and the heading {heading!r}, which names: {named}"
    assert not title.startswith("–"), "a title without words"
    ids = [element.get("id") for element in elements if element.get("id")]
    assert len(ids) == len(set(ids)), f"ids twice: {sorted({i for i in ids if ids.count(i) > 1})}"
    assert "style" not in names, "a style element"
    for element in elements:
        _check_element(element, set(ids))
    _check_labels(elements)


def words(element: Any) -> str:
    """The text of an element, blanks folded."""
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def _check_element(element: Any, ids: set[str]) -> None:
    if not isinstance(element.tag, str):
        return
    name = element.tag.removeprefix(XHTML)
    inline = [key for key in element.attrib if key == "style" or re.match(r"on[a-z]+$", key) or key.startswith("hx-on")]
    assert not inline, f"{name} has {inline}"
    assert name != "script" or element.get("src"), "an inline script"
    for key in ("aria-describedby", "aria-labelledby", "aria-controls", "for", "list"):
        for target in (element.get(key) or "").split():
            assert target in ids, f"{name} {key} points at nothing: {target}"
    if name == "form" and (element.get("method") or "get").lower() == "post":
        tokens = [field for field in element.iter(XHTML + "input") if field.get("name") == "csrf_token"]
        assert len(tokens) == 1, f"a form without its one token: {element.get('action')}"


def _check_labels(elements: list[Any]) -> None:
    labelled = {element.get("for") for element in elements if element.tag == XHTML + "label"}
    wrapped = {
        id(field)
        for element in elements
        if element.tag == XHTML + "label"
        for field in element.iter()
        if field is not element
    }
    for element in elements:
        name = element.tag.removeprefix(XHTML) if isinstance(element.tag, str) else ""
        if name not in LABELLED or element.get("type") in {"hidden", "submit", "button"}:
            continue
        named = element.get("aria-label") or element.get("aria-labelledby")
        assert named or element.get("id") in labelled or id(element) in wrapped, f"no label: {dict(element.attrib)}"
