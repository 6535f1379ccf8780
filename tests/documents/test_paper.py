"""The form on paper: empty in three languages, or with activities and without earlier scores."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest

from psfs import audit
from psfs.extensions import db
from psfs.models import Activity
from tests.documents import reading
from tests.documents.conftest import Worked
from tests.support.people import TESTER, Town

Fetch = Callable[[str], bytes]


def test_the_empty_form_word_for_word(pdf: Fetch) -> None:
    document = pdf("/papirskjema.pdf")
    reading.compare("paper.nn", reading.text(document))
    assert len(reading.reader(document).pages) == 1


@pytest.mark.parametrize("language", ["nn", "nb", "en"])
def test_the_language_is_the_staffs_choice(pdf: Fetch, language: str) -> None:
    document = pdf(f"/papirskjema.pdf?sprak={language}")
    assert reading.reader(document).trailer["/Root"]["/Lang"] == language
    assert len(reading.reader(document).pages) == 1


def test_an_unknown_language_is_the_readers_own(pdf: Fetch) -> None:
    assert reading.reader(pdf("/papirskjema.pdf?sprak=xx")).trailer["/Root"]["/Lang"] == "nn"


def test_activities_are_filled_in_and_scores_are_not(pdf: Fetch, worked: Worked, town: Town) -> None:
    document = pdf(f"{worked.address}/papir.pdf")
    reading.compare("paper-filled.nn", reading.text(document))
    text = reading.flat(document)
    assert all(activity in text for activity in worked.activities)
    assert town.adult.person.name in text
    without_scale = text.replace("0 1 2 3 4 5 6 7 8 9 10", "")
    assert not re.search(r"3,3|3,7|5,8|ikkje spurt|Betydeleg betring", without_scale)
    assert not re.search(r"(butikken|middag|Strikke|Bade) \d* ?[4-7]\b(?! \w)", without_scale)


def test_a_retired_activity_is_not_asked_about(pdf: Fetch, worked: Worked) -> None:
    with audit.acting(TESTER):
        activity = db.session.get(Activity, worked.activities["Strikke"])
        assert activity
        activity.retired_on, activity.retire_reason = date(2026, 5, 11), "reached"
        db.session.commit()
    assert "Strikke" not in reading.flat(pdf(f"{worked.address}/papir.pdf"))
