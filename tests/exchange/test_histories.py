"""Random histories: what comes out is what an independent, slow count gives, however they came in."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from psfs.domain.activities import MAX_ACTIVE
from tests.domain import oracle
from tests.exchange.support import HIGHER, LOWER, bring_in, everything, exported, history

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

    from psfs.domain.scoring import Scale

# The database is one test's, the persons are one example's.
EXAMPLES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = date(2020, 1, 1)
POOL = ("Gå", "Bade", "Lese", "Sy", "Ro", "Stå", "Le")
Lines = dict[date, dict[str, int | None]]  # of one form: day, activity, score; None is an empty score


@st.composite
def forms(draw: st.DrawFn) -> dict[int, Lines]:
    """Some forms by number, each with conversations on different days."""
    numbers = draw(st.lists(st.integers(1, 30), min_size=1, max_size=3, unique=True))
    return {number: draw(conversations()) for number in numbers}


@st.composite
def conversations(draw: st.DrawFn) -> Lines:
    days = sorted(draw(st.lists(st.integers(0, 400), min_size=1, max_size=6, unique=True)))
    told: Lines = {}
    active = [0] * len(days)
    for activity in draw(st.permutations(POOL)):
        first, last = sorted((draw(st.integers(0, len(days) - 1)), draw(st.integers(0, len(days) - 1))))
        if max(active[first : last + 1]) == MAX_ACTIVE:
            continue
        for place in range(first, last + 1):
            active[place] += 1
            if place in (first, last) or draw(st.booleans()):
                talk = told.setdefault(DAY + timedelta(days[place]), {})
                talk[activity] = draw(st.none() | st.integers(0, 10))
    return told


def rows(ref: str, number: int, day: date, talk: dict[str, int | None]) -> list[str]:
    return [
        f"{ref},Prøve Testesen,1950-01-01,{number},{text},{day},{'' if score is None else score},Kari {day}"
        for text, score in talk.items()
    ]


def matrix(told: Lines, scale: Scale) -> list[tuple]:
    """The oracle's rows: an activity counts where it has a line on that day or both before and after it."""
    found = []
    for day in told:
        scores = {}
        for text in POOL:
            lines = [other for other in told if text in told[other]]
            if any(other <= day for other in lines) and any(other >= day for other in lines):
                score = told[day].get(text)
                scores[text] = score if score is None or scale is HIGHER else 10 - score
        found.append((day, 0, str(day), scores))
    return found


def figures(ref: str, all_forms: dict[int, Lines], scale: Scale) -> list[str]:
    """The export that the oracle expects."""
    expected = []
    for number in sorted(all_forms):
        results = oracle.evaluate(matrix(all_forms[number], scale))
        for place, (day, (points, scored, _active), previous, first) in enumerate(results, 1):
            cells = [ref, number, place, day, scored, points, oracle.written(points, scored, 4) if scored else ""]
            for change in (previous, first):
                after, before, count = change["sums"]
                written = oracle.written(after - before, count, 4) if count else ""
                cells += [count, written, change["flag"]]
            expected.append(",".join(map(str, cells)))
    return expected


@EXAMPLES
@given(all_forms=forms(), scale=st.sampled_from((HIGHER, LOWER)), seed=st.integers())
def test_the_export_is_what_a_slow_count_gives(
    app: Flask, tmp_path: Path, all_forms: dict[int, Lines], scale: Scale, seed: int
) -> None:
    ref = uuid.uuid4().hex
    lines = [
        row for number, told in all_forms.items() for day, talk in told.items() for row in rows(ref, number, day, talk)
    ]
    random.Random(seed).shuffle(lines)
    assert bring_in(tmp_path, *lines, scale=scale) == 0
    assert [row for row in exported(tmp_path) if row.startswith(ref)] == figures(ref, all_forms, scale)


@EXAMPLES
@given(all_forms=forms(), seed=st.integers(), parts=st.integers(2, 5))
def test_files_one_after_the_other_end_where_one_file_does(
    app: Flask, tmp_path: Path, all_forms: dict[int, Lines], seed: int, parts: int
) -> None:
    whole, pieces = uuid.uuid4().hex, uuid.uuid4().hex
    talks = [(number, day, talk) for number, told in all_forms.items() for day, talk in told.items()]
    assert bring_in(tmp_path, *(row for talk in talks for row in rows(whole, *talk))) == 0
    dice = random.Random(seed)
    dice.shuffle(talks)
    files = [[] for _ in range(parts)]
    for talk in talks:
        for file in dice.sample(files, dice.choice((1, 1, 2))):  # some conversations come twice
            file.append(talk)
    for file in files:
        assert bring_in(tmp_path, *(row for talk in file for row in rows(pieces, *talk))) == 0
    assert history(pieces) == history(whole)
    before = everything()
    assert bring_in(tmp_path, *(row for talk in talks for row in rows(pieces, *talk))) == 0
    assert everything() == before
