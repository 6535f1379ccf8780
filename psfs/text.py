"""Typed text, before it is kept or searched for."""

from __future__ import annotations

import re
import unicodedata

# Control characters, halves of characters, and marks that turn the direction of what stands after them.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


def one_line(value: str | None) -> str:
    """Typed text as one line: blanks folded, unseen characters gone, letters composed."""
    return " ".join(lines(value).split())


def lines(value: str | None) -> str:
    """Typed text that keeps its lines, with plain line ends and no blanks at the ends of them."""
    text = _UNSEEN.sub("", (value or "").replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip() for line in unicodedata.normalize("NFC", text).split("\n")).strip()
