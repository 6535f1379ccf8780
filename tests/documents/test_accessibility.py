"""PDF/UA: what a screen reader, a search and an archive need. Fonts travel with the document."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.documents import reading
from tests.documents.conftest import Worked
from tests.support.people import Town

Fetch = Callable[[str], bytes]
DOCUMENTS = {
    "summary": "{form}/oppsummering.pdf",
    "large": "{form}/oppsummering.pdf?stor=1",
    "paper": "{form}/papir.pdf",
    "blank": "/papirskjema.pdf",
    "log": "{case}/stafettlogg.pdf",
    "readings": "{case}/innsyn.pdf",
    "everything": "{case}/alt.pdf",
    "my case": "{case}/mi-sak.pdf",
}


@pytest.fixture
def documents(pdf: Fetch, worked: Worked, town: Town) -> dict[str, bytes]:
    """One of each kind."""
    places = {"form": worked.address, "case": f"/saker/{town.adult.id}"}
    return {name: pdf(address.format(**places)) for name, address in DOCUMENTS.items()}


def test_each_is_marked_as_pdf_ua(documents: dict[str, bytes]) -> None:
    for name, document in documents.items():
        found = reading.reader(document)
        root: Any = found.trailer["/Root"]
        assert root["/Lang"] == "nn", name
        assert root["/MarkInfo"]["/Marked"], name
        assert root["/ViewerPreferences"]["/DisplayDocTitle"], name
        assert re.search(rb"pdfuaid:part(>|=.)1", root["/Metadata"].get_data()), name


def test_the_title_and_the_bookmarks_begin_with_the_heading(documents: dict[str, bytes]) -> None:
    for name, document in documents.items():
        found = reading.reader(document)
        first: Any = found.outline[0]
        assert found.metadata, name
        assert (found.metadata.title or "").startswith(first.title), name


def test_headings_begin_with_one_h1_and_skip_no_level(documents: dict[str, bytes]) -> None:
    for name, document in documents.items():
        levels = [int(one.tag[1]) for one in reading.elements(document) if re.fullmatch(r"H\d", one.tag)]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), (name, levels)


def test_every_picture_has_words_or_is_decoration(documents: dict[str, bytes]) -> None:
    for name, document in documents.items():
        figures = [one for one in reading.elements(document) if one.tag == "Figure"]
        assert all(one.values.get("/Alt") for one in figures), name
        assert reading.loose_marks(document) == [], name


def test_every_cell_knows_its_headings(documents: dict[str, bytes]) -> None:
    for name, document in documents.items():
        elements = reading.elements(document)
        headings = {str(one.values["/ID"]) for one in elements if one.tag == "TH"}
        cells = [{str(each) for each in one.values["/A"]["/Headers"]} for one in elements if one.tag == "TD"]
        assert bool(cells) == bool(headings), name
        assert all(cell and cell <= headings for cell in cells), name


def test_fonts_are_embedded_and_ours(documents: dict[str, bytes]) -> None:
    for name, document in documents.items():
        for page in reading.reader(document).pages:
            fonts: Any = page["/Resources"]["/Font"].get_object()  # type: ignore[index]
            for font in fonts.values():
                (descendant,) = font.get_object()["/DescendantFonts"]
                described = descendant.get_object()["/FontDescriptor"]
                assert "Source-Sans" in described["/FontName"], name
                assert {"/FontFile2", "/FontFile3"} & set(described), name


def test_the_chart_says_its_figures_and_the_faces_are_decoration(pdf: Fetch, worked: Worked) -> None:
    document = pdf(f"{worked.address}/oppsummering.pdf")
    (chart,) = (one for one in reading.elements(document) if one.tag == "Figure")
    assert "12.01.2026: 3,3, 03.03.2026: 3,7, 10.05.2026: 5,8" in chart.values["/Alt"]
    assert reading.artifacts(document) >= 10, "a face beside each score"


def test_the_table_of_scores_has_headings_both_ways(pdf: Fetch, worked: Worked) -> None:
    elements = reading.elements(pdf(f"{worked.address}/oppsummering.pdf"))
    tags = Counter(one.tag for one in elements)
    assert tags["Table"] == 1
    assert tags["TH"] == 4 + 8, "four columns; four activities and four figures"
    assert all(len(one.values["/A"]["/Headers"]) == 2 for one in elements if one.tag == "TD")
