"""The score summary: the worked example in figures and words, on paper that fits, in the person's language."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from pypdf._text_extraction import mult

from psfs import audit
from psfs.extensions import db
from psfs.models import Person
from tests.conversations.rows import make_conversation, make_form
from tests.documents import reading
from tests.documents.conftest import Worked
from tests.support.people import TESTER

if TYPE_CHECKING:
    from psfs.models import Case
    from tests.support.client import Browser
    from tests.support.people import Town

Fetch = Callable[[str], bytes]
DAYS = [date(2026, month, 2) for month in range(1, 10)]
PAGE_HEIGHT, FOOT = 842, 57  # points: A4, and where the margin with the number of the page begins
FIVE = ("Leike ute", "Sove heile natta", "Gjere lekser", "Vere med på fotball", "Ete frukost")


def change(person: Person, **values: object) -> None:
    with audit.acting(TESTER):
        for name, value in values.items():
            setattr(person, name, value)
        db.session.commit()


def conversations(town: Town, case: Case, count: int, texts: tuple[str, ...] = FIVE) -> str:
    """A form with five activities and ``count`` conversations; the summary's address."""
    form = make_form(case, town.users["kari"], *texts, opened_on=DAYS[0])
    ids: list[uuid.UUID] = [activity.id for activity in form.activities]
    for number in range(count):
        make_conversation(form, town.users["kari"], DAYS[number], {key: (n + number) % 11 for n, key in enumerate(ids)})
    return f"/saker/{case.id}/skjema/{form.id}/oppsummering.pdf"


@pytest.mark.parametrize(("name", "query"), [("summary", ""), ("summary-large", "?stor=1")])
def test_the_worked_example_word_for_word(pdf: Fetch, worked: Worked, name: str, query: str) -> None:
    reading.compare(f"{name}.nn", reading.text(pdf(f"{worked.address}/oppsummering.pdf{query}")))


def test_the_figures_and_flags_of_the_worked_example(pdf: Fetch, worked: Worked) -> None:
    text = reading.flat(pdf(f"{worked.address}/oppsummering.pdf"))
    assert "Sum 10 11 3 av 4 svar 23" in text
    assert "Gjennomsnitt 3,3 3,7 3 av 4 svar 5,8" in text
    assert "Endring sidan sist +1,5 +2,0 Betydeleg betring" in text
    assert "Endring sidan første gong +1,5 +3,0 Betydeleg betring" in text
    assert "Det gjeld det som fekk svar begge gongene: Gå til butikken, Strikke og Bade." in text


def test_a_struck_conversation_is_not_in_the_summary(pdf: Fetch, worked: Worked, town: Town) -> None:
    with audit.acting(TESTER):
        talk = worked.talks[1]
        talk.struck_at, talk.struck_by_id, talk.struck_reason = talk.recorded_at, town.users["kari"].id, "Feil"
        db.session.commit()
    text = reading.flat(pdf(f"{worked.address}/oppsummering.pdf"))
    assert "03.03.2026" not in text.replace("ny 03.03.2026", "")
    assert "Gjennomsnitt 3,3 5,8" in text


def test_five_activities_and_four_conversations_fit_one_page(pdf: Fetch, town: Town) -> None:
    document = pdf(conversations(town, town.adult, 4))
    assert len(reading.reader(document).pages) == 1
    assert "Side 1 av 1" in reading.flat(document)


@pytest.mark.parametrize(("query", "shown"), [("", 6), ("?stor=1", 3)])
def test_with_many_conversations_the_first_and_the_latest_are_shown(
    pdf: Fetch, town: Town, query: str, shown: int
) -> None:
    text = reading.flat(pdf(conversations(town, town.adult, 9) + query))
    table = text[text.index("Aktivitet ") : text.index("Leike ute")]
    days = [f"{day:%d.%m.%y}" if shown > 4 else f"{day:%d.%m.%Y}" for day in (DAYS[0], *DAYS[9 - shown + 1 :])]
    assert table.split()[1:] == days
    assert f"den første samtalen og dei {shown - 1} siste av 9" in text


@pytest.mark.parametrize("query", ["", "?stor=1"])
def test_long_texts_are_not_cut_off(pdf: Fetch, town: Town, query: str) -> None:
    texts = tuple(f"{'langsamt og ' * 15}slutt nummer {number}"[:200] for number in range(5))
    name = "Prøve " + "Langtnamn-" * 19 + "Sist"
    change(town.child.person, name=name)
    document = pdf(conversations(town, town.child, 6, texts) + query)
    found = "".join(reading.text(document).split())
    assert "".join(name.split()) in found
    assert all(found.count(f"sluttnummer{number}") >= 2 for number in range(5)), "in the table and under the chart"
    for page in reading.reader(document).pages:
        _check_within(page)


def _check_within(page: object) -> None:
    """No letter starts outside the page's margins."""
    places: list[tuple[float, float]] = []

    def note(text: str, page_matrix: list[float], matrix: list[float], *_rest: object) -> None:
        if text.strip() and not re.fullmatch(r"[\d.,\s]+", text):  # the chart's figures have a measure of their own
            places.append(tuple(mult(matrix, page_matrix)[4:]))

    page.extract_text(visitor_text=note)  # type: ignore[attr-defined]
    assert places
    assert [place for place in places if not 30 <= place[0] <= 595 - 30] == []


@pytest.mark.parametrize("activities", [1, 3, 5])
@pytest.mark.parametrize("count", [1, 2, 3])
def test_no_page_of_large_print_is_half_empty_but_the_last(pdf: Fetch, town: Town, activities: int, count: int) -> None:
    texts = ("Gå til butikken", "Lage middag", "Strikke", "Bade", "Leike ute")[:activities]
    for page in list(reading.reader(pdf(conversations(town, town.adult, count, texts) + "?stor=1")).pages)[:-1]:
        heights: list[float] = []

        def note(text: str, page_matrix: list[float], matrix: list[float], *_rest: object) -> None:
            if text.strip():
                heights.append(mult(matrix, page_matrix)[5])  # noqa: B023 -- called at once

        page.extract_text(visitor_text=note)
        assert min(height for height in heights if height > FOOT) < PAGE_HEIGHT / 2


def test_large_print_is_at_least_eighteen_points(pdf: Fetch, worked: Worked) -> None:
    sizes: dict[float, int] = {}

    def note(text: str, _cm: object, matrix: list[float], _font: object, size: float) -> None:
        sizes[round(abs(matrix[3]) * size, 1)] = sizes.get(round(abs(matrix[3]) * size, 1), 0) + len(text.strip())

    for page in reading.reader(pdf(f"{worked.address}/oppsummering.pdf?stor=1")).pages:
        page.extract_text(visitor_text=note)
    assert max(sizes, key=lambda size: sizes[size]) >= 18


def test_the_persons_language_whatever_the_staffs(
    browser: Callable[[str], Browser], worked: Worked, town: Town
) -> None:
    change(town.adult.person, language="en")
    assert town.users["kari"].language == "nn"
    kari = browser("kari")
    document = kari.get(f"{worked.address}/oppsummering.pdf").data
    assert reading.reader(document).trailer["/Root"]["/Lang"] == "en"
    text = reading.flat(document)
    assert "10 May 2026" in text
    assert "3.3 3.7 3 of 4 answers 5.8" in text
    assert 'lang="nn"' in kari.get("/finst-ikkje", status=404).text, "the staff's own pages stay as they were"


def test_first_conversation_says_what_comes(pdf: Fetch, town: Town) -> None:
    text = reading.flat(pdf(conversations(town, town.adult, 1)))
    assert "Dette var den første samtalen" in text
    assert "Endring" not in text
    assert "Slik har det gått" not in text


def test_a_form_without_conversations_is_no_error(pdf: Fetch, town: Town) -> None:
    assert "Vi har ikkje hatt nokon samtale enno." in reading.flat(pdf(conversations(town, town.adult, 0)))


def test_a_case_without_a_holder_names_the_service(pdf: Fetch, town: Town) -> None:
    address = conversations(town, town.adult, 1)
    with audit.acting(TESTER):
        town.adult.holder_id = None
        db.session.commit()
    assert "Heimetenesta Telefon 52 00 00 01" in reading.flat(pdf(address))


def test_who_did_not_answer_is_not_said_to_have(pdf: Fetch, worked: Worked) -> None:
    with audit.acting(TESTER):
        worked.talks[-1].respondent = "proxy"
        db.session.commit()
    text = reading.flat(pdf(f"{worked.address}/oppsummering.pdf"))
    assert "Dette vart sagt: «Det er godt å kome seg ut att.»" in text
    assert "Ein annan svara for deg." in text
    for words in ("Du sa", "Svara dine", "du svara"):
        assert words not in text, words


def test_worse_is_said_in_words(pdf: Fetch, town: Town) -> None:
    form = make_form(town.adult, town.users["kari"], "Strikke", "Lese", opened_on=DAYS[0])
    ids = [activity.id for activity in form.activities]
    make_conversation(form, town.users["kari"], DAYS[0], {ids[0]: 8, ids[1]: 7})
    make_conversation(form, town.users["kari"], DAYS[1], {ids[0]: 4, ids[1]: 6})
    text = reading.flat(pdf(f"/saker/{town.adult.id}/skjema/{form.id}/oppsummering.pdf"))
    assert "Sidan sist har det vorte mykje tyngre for deg (−2,5)." in text
    assert "Tyngre no: Strikke (frå 8 til 4)." in text
    assert "−2,5 Betydeleg forverring" in text


def test_nothing_in_common_cannot_be_compared(pdf: Fetch, town: Town) -> None:
    form = make_form(town.adult, town.users["kari"], "Strikke", "Lese", opened_on=DAYS[0])
    ids = [activity.id for activity in form.activities]
    make_conversation(form, town.users["kari"], DAYS[0], {ids[0]: 8, ids[1]: None})
    make_conversation(form, town.users["kari"], DAYS[1], {ids[0]: None, ids[1]: 6})
    text = reading.flat(pdf(f"/saker/{town.adult.id}/skjema/{form.id}/oppsummering.pdf"))
    assert "Vi kan ikkje samanlikne med sist." in text
    assert "Kan ikkje samanliknast" in text


@pytest.mark.parametrize("query", ["", "?stor=1"])
def test_pictures_that_people_write_with_are_no_empty_boxes(pdf: Fetch, town: Town, query: str) -> None:
    change(town.adult.person, name="Prøve Namnesen 🌸")
    texts = ("Kjærleik 💛", "Gå tur 🚶‍♀️ ute", "Køyre bil 👍🏽", "Hjarte ❤️", "Flagg 🇳🇴 og tal 1️⃣")
    document = pdf(conversations(town, town.adult, 2, texts) + query)
    assert all(name.startswith(("Source Sans 3", "Noto Emoji")) for name in reading.fonts(document))
    assert "Kjærleik 💛" in reading.flat(document)
    assert len(document) < 200_000


def test_markup_in_names_and_activities_stays_text(pdf: Fetch, town: Town) -> None:
    nasty = "<img src=http://127.0.0.1:9/x>"
    change(town.adult.person, name=nasty)
    text = reading.flat(pdf(conversations(town, town.adult, 2, (nasty, "</table><style>*{display:none}</style>"))))
    assert text.count(nasty) >= 3
    assert "</table><style>*{display:none}</style>" in text
