"""Which passphrases are refused, and that equal writings are one."""

from __future__ import annotations

import pytest

from psfs.accounts import passphrases
from psfs.domain.errors import Refusal

LISTED = sorted(passphrases._common())
LONG_ENOUGH = [text for text in LISTED if len(text) >= passphrases.SHORTEST]


def refusal(text: str, *about: str) -> str:
    try:
        passphrases.check(text, about)
    except Refusal as refused:
        return refused.code
    return ""


@pytest.mark.parametrize(
    "text",
    [
        "hest hatt fjord lampe",
        "gul traktor i mars",
        "æøå og ei bytte",
        "x" * 3 + "qzåpwm 91 å lø",
        "Ærleg talt 7 ørretar",
    ],
)
def test_what_nobody_would_guess_is_fine(text: str) -> None:
    assert refusal(text, "kari", "Kari Dikta") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("elleve tei", "passphrase_short"),
        ("abcdefgh jk", "passphrase_short"),
        ("lang setning " * 16, "passphrase_long"),
        ("aaaaaaaaaaaa", "passphrase_simple"),
        ("abcabcabcabc", "passphrase_simple"),
        ("123456789012", "passphrase_simple"),
        ("987654321098", "passphrase_simple"),
        ("qwertyuiopåasd", "passphrase_simple"),
        ("passord12345", "passphrase_common"),
        ("Passord Passord", "passphrase_common"),
        ("P@ssw0rd1234", "passphrase_common"),
        ("sommar2026!!", "passphrase_common"),
        ("Kva er viktig for deg?", "passphrase_common"),
        ("correct-horse-battery-staple", "passphrase_common"),
        ("Kari Dikta 2026", "passphrase_common"),
        ("kari-kari-kari", "passphrase_common"),
    ],
)
def test_what_others_would_guess_is_refused(text: str, code: str) -> None:
    assert refusal(text, "kari", "Kari Dikta") == code


def test_every_listed_one_is_refused() -> None:
    assert len(LONG_ENOUGH) > 150
    assert [text for text in LONG_ENOUGH if not refusal(text)] == []


def test_length_is_counted_in_characters_once_composed() -> None:
    decomposed = "a\u030a" * 4 + "bcdef"  # nine characters, thirteen code points before they are composed
    assert refusal(decomposed) == "passphrase_short"


def test_twelve_is_enough_and_two_hundred_too() -> None:
    assert refusal("hest3fjord7x") == ""
    assert refusal("".join(chr(0x4E00 + number) for number in range(200))) == ""
    assert refusal("".join(chr(0x4E00 + number) for number in range(201))) == "passphrase_long"


def test_equal_writings_are_one_passphrase() -> None:
    stored = passphrases.make_hash("fire sm\u00e5 ørretar")
    assert passphrases.verify(stored, "fire sma\u030a ørretar")
    assert not passphrases.verify(stored, "fire sma orretar")
    assert not passphrases.verify(None, "nobody has this passphrase")


def test_the_parameters_are_not_weakened() -> None:
    made = passphrases.HASHER
    assert (made.type.name, made.memory_cost >= 64 * 1024, made.time_cost >= 3) == ("ID", True, True)
