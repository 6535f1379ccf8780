"""National identity numbers are not kept here: a number that looks like one is refused where people type."""

from __future__ import annotations

import re
import unicodedata

# Six digits that may be a date, then five; written together, or with blanks, dots or a hyphen between the groups.
# After a plus sign it is a telephone number.
_NUMBER = re.compile(r"(?<![\d+])(\d{2})[ .]?(\d{2})[ .]?\d{2}[ .-]?\d{3} ?\d{2}(?!\d)")
# D numbers add 40 to the day; test numbers add 40, 65 or 80 to the month.
_DAYS = frozenset((*range(1, 32), *range(41, 72)))
_MONTHS = frozenset(month + shift for month in range(1, 13) for shift in (0, 40, 65, 80))


def looks_like_identity_number(text: str) -> bool:
    """Whether a number of eleven digits in ``text`` begins with a date, as a Norwegian national identity number does.

    The control digits are not looked at: a number typed with an error in it still tells who is meant.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").replace("\N{EN DASH}", "-")
    return any(int(day) in _DAYS and int(month) in _MONTHS for day, month in _NUMBER.findall(plain))
