"""Passphrases: argon2id, at least twelve characters, none of the common ones, no rules of composition.

Length counts, not signs (NIST SP 800-63B, 3.1.1.2). The lists of what is common are our own, in ``data/``.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from psfs.domain.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST, LONGEST = 12, 200
FEWEST_DIFFERENT = 5
LOOKALIKES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i"})
ROWS = ("abcdefghijklmnopqrstuvwxyzæøå", "qwertyuiopåasdfghjkløæzxcvbnm", "01234567890123456789")
FOLDER = Path(__file__).parent / "data"
HASHER = PasswordHasher()
_at_once = threading.BoundedSemaphore(2)  # each takes 64 MiB: many sign-ins at once must not take it all
_NOBODY = HASHER.hash("nobody has this passphrase")


def make_hash(passphrase: str) -> str:
    """What is kept of a passphrase. Takes a tenth of a second: never call it while the database is locked."""
    with _at_once:
        return HASHER.hash(_same(passphrase))


def verify(stored: str | None, given: str) -> bool:
    """Whether ``given`` is the passphrase; takes as long for an account that has none or does not exist."""
    with _at_once:
        try:
            HASHER.verify(stored or _NOBODY, _same(given)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def check(passphrase: str, about: Iterable[str] = ()) -> None:
    """Refuse what others would guess.

    Args:
        passphrase: as typed; counted in characters once equal writings are made one (NFKC).
        about: what is known of its owner (user name, name): alone, or with digits, it is too easy.

    Raises:
        Refusal: ``passphrase_short``, ``passphrase_long``, ``passphrase_simple`` or ``passphrase_common``.
    """
    same = _same(passphrase)
    if len(same) < SHORTEST:
        raise Refusal("passphrase_short", least=SHORTEST)
    if len(same) > LONGEST:
        raise Refusal("passphrase_long", most=LONGEST)
    small = same.casefold()
    if len(set(small)) < FEWEST_DIFFERENT or _repeats(small) or _runs(small):
        raise Refusal("passphrase_simple")
    known = {_letters(text) for text in about} | {_letters(part) for text in about for part in text.split()}
    for form in _forms(small):
        if form in _common() or form in known or _unit(form) in _words() | known:
            raise Refusal("passphrase_common")


def _same(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _letters(text: str) -> str:
    """Letters and digits only, in small letters."""
    return re.sub(r"[\W_]", "", _same(text).casefold())


def _forms(text: str) -> set[str]:
    """The passphrase as it may stand in a list: bare, without what pads it, and with signs read as letters."""
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)
    return {_letters(form) for whole in (text, core) for form in (whole, whole.translate(LOOKALIKES))} - {""}


def _unit(text: str) -> str:
    """What a text repeats: "passordpassord" gives "passord"; the text itself where it repeats nothing."""
    return text[: (text + text).index(text, 1)] if text else text


def _repeats(text: str) -> bool:
    """Whether it is a few characters over and over."""
    return len(_unit(text)) <= SHORTEST // 3


def _runs(text: str) -> bool:
    """Whether it only walks along the alphabet, the keyboard or the digits, either way."""
    rows = [row * 2 for row in ROWS]
    return any(text in row or text in row[::-1] for row in rows)


@cache
def _common() -> frozenset[str]:
    phrases = _list("common_passphrases.txt")
    return phrases | {_letters(phrase.translate(LOOKALIKES)) for phrase in phrases} | _words()


@cache
def _words() -> frozenset[str]:
    return _list("common_words.txt")


def _list(name: str) -> frozenset[str]:
    return frozenset(_letters(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines())
