"""National identity numbers are not kept here: a number that looks like one is refused where people type."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def _one_of(numbers: Iterable[int]) -> str:
    return "|".join(f"{number:02}" for number in sorted(numbers))


# D numbers add 40 to the day; test numbers add 40, 65 or 80 to the month.
_DAY = _one_of((*range(1, 32), *range(41, 72)))
_MONTH = _one_of(month + shift for month in range(1, 13) for shift in (0, 40, 65, 80))
# Six digits that may be a date, then five; written together, or with blanks, dots or a hyphen (or what stands for one)
# between the groups. After a plus sign it is a telephone number.
PATTERN = rf"(?:^|[^0-9+])(?:{_DAY})[ .]?(?:{_MONTH})[ .]?[0-9]{{2}}[ .\-\u2212\u2013]?[0-9]{{3}} ?[0-9]{{2}}(?![0-9])"
"""As Python and browsers read it; for a text in the form NFKC, found anywhere in it."""
_NUMBER = re.compile(PATTERN)


def looks_like_identity_number(text: str) -> bool:
    """Whether a number of eleven digits in ``text`` begins with a date, as a Norwegian national identity number does.

    The control digits are not looked at: a number typed with an error in it still tells who is meant.
    """
    return _NUMBER.search("".join(map(_as_digit, unicodedata.normalize("NFKC", text)))) is not None


def _as_digit(letter: str) -> str:
    """A digit of whatever script as ours; anything else as it is."""
    return str(unicodedata.decimal(letter, letter))
