"""What the page for a conversation would send: its hidden fields as it was rendered, and what is tapped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.client import Browser
    from tests.support.people import Town

HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
FIELD = re.compile(r'name="([^"]+)"')
VALUE = re.compile(r'value="([^"]*)"')


def hidden(text: str) -> dict[str, str]:
    """The hidden fields of a page, without the token that the client adds itself."""
    found = {}
    for tag in HIDDEN.findall(text):
        name, value = FIELD.search(tag), VALUE.search(tag)
        if name and name[1] not in {"csrf_token", "new"}:
            found[name[1]] = value[1] if value else ""
    return found


def new_address(town: Town) -> str:
    """The page for a new conversation in the adult's case."""
    return f"/saker/{town.adult.id}/samtalar/ny"


def filled(client: Browser, town: Town, answers: dict[Any, object], **fields: str) -> dict[str, str]:
    """A conversation as the page sends it when ``answers`` (activity id -> score) are tapped."""
    page = client.get(new_address(town))
    about = {"held_on": _value(page.text, "held_on"), "performed_by": _value(page.text, "performed_by")}
    sent = hidden(page.text) | about | {"respondent": "person", "next_due": "", "remark": ""}
    return sent | {f"answer-{key}": str(value) for key, value in answers.items()} | fields


def _value(text: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', text)
    assert tag, name
    value = VALUE.search(tag[0])
    return value[1] if value else ""
