"""How names are folded, so that a search finds them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psfs.cases import names
from psfs.domain.identity_number import looks_like_identity_number


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Åse Blåtann", ["ase", "blatann"]),
        ("Aase Blaatann", ["ase", "blatann"]),
        ("Bjørg Ærlig", ["bjorg", "aerlig"]),
        ("BJÖRG", ["bjorg"]),
        ("A\u030ase", ["ase"]),  # a and a ring, as some keyboards send it
        ("Anne-Lise D'Oro", ["anne", "lise", "d", "oro"]),
        ("Máret Čáhci Ŋuorra", ["maret", "cahci", "nuorra"]),
        ("José José", ["jose"]),
        ("\u202egnav\u202c Test", ["gnav", "test"]),
        ("محمد", ["محمد"]),
        ("% _ 😀 <script>", ["script"]),
        ("", []),
    ],
)
def test_words(name: str, found: list[str]) -> None:
    assert names.words(name) == found


@given(st.text(max_size=60))
def test_what_is_folded_stays_as_it_is(text: str) -> None:
    folded = names.fold(text)
    assert names.fold(folded) == folded


@given(st.text(max_size=60))
def test_case_makes_no_difference(text: str) -> None:
    assert names.words(text.upper()) == names.words(text.upper().lower().upper())


@given(st.text("abcæøåéü -", min_size=1, max_size=20), st.integers(1, 20))
def test_the_beginning_of_a_word_lies_in_its_range(text: str, length: int) -> None:
    for word in names.words(text):
        least, most = names.prefix_range(word[:length])
        assert least <= word < most


@pytest.mark.parametrize(
    "text",
    ["17054112345", "170541 12345", "17 05 41 12345", "170541-12345", "nr 17054112345.", "57054112345", "17854112345"],
)
def test_what_looks_like_an_identity_number(text: str) -> None:
    assert looks_like_identity_number(text)


@pytest.mark.parametrize(
    "text",
    ["", "90 00 00 00", "+46 70 123 45 67", "+17054112345", "17.05.1941", "99994112345", "1705411234", "170541123456",
     "17.05.1941 123", "fødd 17.05.1941, sak 12345"],
)  # fmt: skip
def test_what_does_not(text: str) -> None:
    assert not looks_like_identity_number(text)
