"""Names as they are searched for: folded words, kept in ``person_word`` and in step with the name by ``keep_words``.

One folding for what is stored and for what is typed. It is wide on purpose, since names are written down by ear and
typed on keyboards that lack the letters: å and aa become a, ø and ö become o, æ becomes ae, and accents fall away, so
that «Aase», «Åse» and «ase» meet. What it brings too many of, the birth date sorts out.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from sqlalchemy import delete

from psfs.extensions import db
from psfs.models import Person, PersonWord

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 100  # letters of one word that count, both where it is stored and where it is searched for
_DOUBLE_A = re.compile("a{2,}")
END = "\U0010ffff"  # sorts after every letter: a prefix is the range from itself to itself and this
_LETTERS = str.maketrans(
    {"å": "a", "æ": "ae", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ŋ": "n", "ŧ": "t", "ħ": "h", "þ": "th", "ı": "i"}
)  # those that Unicode does not take apart into a letter and a mark


def fold(text: str) -> str:
    """``text`` without case, accents and marks of direction, everything but letters and digits as blanks."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    kept = "".join(_kept(character) for character in unicodedata.normalize("NFD", plain))
    return _DOUBLE_A.sub("a", kept)


def words(text: str) -> list[str]:
    """The folded words of a name or a search, each once, in the order they stand."""
    return list(dict.fromkeys(word[:LONGEST] for word in fold(text).split()))


def prefix_range(word: str) -> tuple[str, str]:
    """From and up to: the range of ``person_word.word`` that holds the words beginning with ``word``."""
    return word, word + END


def keep_words(person: Person) -> None:
    """Make the person's rows in ``person_word`` say what the name now says. Does not commit.

    Called wherever a person is made or renamed; the person must be in the session.
    """
    db.session.flush()
    db.session.execute(delete(PersonWord).where(PersonWord.person_id == person.id))
    db.session.add_all(PersonWord(word=word, person_id=person.id) for word in words(person.name))


def _kept(character: str) -> str:
    kind = unicodedata.category(character)
    if kind in {"Mn", "Cf"}:  # accents that were taken apart; joiners and marks of direction
        return ""
    return character if kind[0] in "LNM" else " "


def share_a_word(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether a whole word stands in both; a single letter tells too little to count."""
    return any(len(word) > 1 for word in set(one) & set(other))


def may_be_one(one: str, other: str) -> bool:
    """Whether two names may be the same person's: every word of the one stands in the other."""
    fewer, more = sorted((set(words(one)), set(words(other))), key=len)
    return bool(fewer) and fewer <= more
