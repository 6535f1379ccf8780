"""What a file may look like, and everything it is refused for."""

from __future__ import annotations

import io
import random
from datetime import date
from pathlib import Path

import pytest

from psfs.domain.scoring import Scale
from psfs.exchange.history import people
from psfs.exchange.parse import COLUMNS, read
from psfs.exchange.plan import plan_person

TODAY = date(2026, 6, 1)
HEADER = ",".join(COLUMNS)
GOOD = {
    "person_ref": "P1",
    "name": "Testine Tenkt",
    "birth_date": "1941-05-17",
    "form": "1",
    "activity": "Strikke",
    "conversation_date": "2026-01-12",
    "score": "5",
    "performed_by": "Kari Dikta",
}
EXAMPLE = Path(__file__).with_name("worked_example.csv").read_bytes()


def row(**changes: str) -> str:
    return ",".join({**GOOD, **changes}.values())


def file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def reading(content: bytes, scale: Scale = Scale.HIGHER_IS_BETTER):
    return read(io.BytesIO(content), today=TODAY, scale=scale)


def faults(content: bytes) -> list[tuple[int, str]]:
    """All faults that show without a database, as the import finds them."""
    found = reading(content)
    for person in people(found.lines, found.faults):
        plan_person(person, None, Scale.HIGHER_IS_BETTER, found.faults, whole=not found.unplaced)
    return sorted((fault.line, fault.code) for fault in found.faults)


def told(content: bytes) -> list[tuple[object, ...]]:
    found = reading(content)
    assert found.faults == []
    return [(one.person_ref, one.form, one.activity, one.held_on, one.score, one.performed_by) for one in found.lines]


SIX = [row(activity=f"Aktivitet {number}") for number in range(6)]

FILES = {
    "score 11": ([row(score="11")], [(2, "score")]),
    "score -1": ([row(score="-1")], [(2, "score")]),
    "score 3.5": ([row(score="3.5")], [(2, "score")]),
    "score 3,5": ([row(score='"3,5"')], [(2, "score")]),
    "score with a space after": ([row(score="3 ")], [(2, "score")]),
    "score with a space before": ([row(score=" 3")], [(2, "score")]),
    "score +3": ([row(score="+3")], [(2, "score")]),
    "score 03": ([row(score="03")], [(2, "score")]),
    "score 1e1": ([row(score="1e1")], [(2, "score")]),
    "score with Arabic digits": ([row(score="٣")], [(2, "score")]),
    "score in superscript": ([row(score="³")], [(2, "score")]),
    "score of a space": ([row(score=" ")], [(2, "score")]),
    "score n": ([row(score="n")], [(2, "score")]),
    "no such day": ([row(conversation_date="2026-02-30")], [(2, "not_a_date")]),
    "day without hyphens": ([row(conversation_date="20260112")], [(2, "not_a_date")]),
    "week date": ([row(conversation_date="2026-W02-1")], [(2, "not_a_date")]),
    "Norwegian date": ([row(conversation_date="12.01.2026")], [(2, "not_a_date")]),
    "date with a time": ([row(conversation_date="2026-01-12T00:00")], [(2, "not_a_date")]),
    "date with a space": ([row(conversation_date="2026-01-12 ")], [(2, "not_a_date")]),
    "date with Arabic digits": ([row(conversation_date="٢٠٢٦-01-12")], [(2, "not_a_date")]),
    "year 0": ([row(birth_date="0000-01-01")], [(2, "not_a_date")]),
    "tomorrow": ([row(conversation_date="2026-06-02")], [(2, "date_in_future")]),
    "before birth": ([row(conversation_date="1941-05-16")], [(2, "date_before_birth")]),
    "birth ahead": ([row(birth_date="2026-06-02")], [(2, "birth_date_in_future")]),
    "birth is none": ([row(birth_date="1941")], [(2, "not_a_date")]),
    "form 0": ([row(form="0")], [(2, "form_number")]),
    "form 01": ([row(form="01")], [(2, "form_number")]),
    "form 1.0": ([row(form="1.0")], [(2, "form_number")]),
    "form -1": ([row(form="-1")], [(2, "form_number")]),
    "form ١": ([row(form="١")], [(2, "form_number")]),
    "form far too big": ([row(form="9999999999")], [(2, "form_number")]),
    "too few columns": (["P1,Testine Tenkt"], [(2, "column_count")]),
    "too many columns": ([row() + ","], [(2, "column_count")]),
    "only separators": ([",,,,,,,"], [(2, "blank")]),
    "name with a space before": ([row(name=" Testine")], [(2, "edge_space")]),
    "name with a hard space after": ([row(name="Testine\u00a0")], [(2, "edge_space")]),
    "reference with a space after": ([row(person_ref="P1 ")], [(2, "edge_space")]),
    "activity of a space": ([row(activity=" ")], [(2, "edge_space")]),
    "name too long": ([row(name="x" * 201)], [(2, "too_long")]),
    "activity too long": ([row(activity="x" * 201)], [(2, "too_long")]),
    "performed_by too long": ([row(performed_by="x" * 201)], [(2, "too_long")]),
    "reference too long": ([row(person_ref="x" * 201)], [(2, "too_long")]),
    "NUL": ([row(name="Test\0ine")], [(2, "unseen_character")]),
    "tab": ([row(activity="Gå\tut")], [(2, "unseen_character")]),
    "byte order mark inside": ([row(person_ref="\ufeffP1")], [(2, "unseen_character")]),
    "line break in the reference": ([row(person_ref='"P\n1"')], [(2, "unseen_character")]),
    "identity number": ([row(person_ref="01014112345")], [(2, "identity_number")]),
    "identity number after a letter": ([row(person_ref="P01014112345")], [(2, "identity_number")]),
    "identity number in a name": ([row(name="Testine 010141 12345")], [(2, "identity_number")]),
    "another name": ([row(), row(name="Testine Tenkte", activity="Bade")], [(3, "name_differs")]),
    "another birth date": (
        [row(), row(birth_date="1941-05-18", conversation_date="2026-02-01")],
        [(3, "birth_date_differs")],
    ),
    "another name in another form": (
        [row(), row(), row(name="X", form="2")],
        [(3, "same_activity"), (4, "name_differs")],
    ),
    "held by another": ([row(), row(activity="Bade", performed_by="Ola")], [(3, "performed_by_differs")]),
    "same activity": ([row(), row(activity="Bade"), row(score="6")], [(4, "same_activity")]),
    "same activity, composed otherwise": (
        [row(activity="Gå"), row(activity="Ga\u030a")],
        [(3, "same_activity")],
    ),
    "six at once": (SIX, [(2, "too_many_activities")]),
    "six by the first and the last line": (
        [
            row(conversation_date="2026-01-01"),
            *(row(activity=f"Aktivitet {number}", conversation_date="2026-02-01") for number in range(5)),
            row(conversation_date="2026-03-01"),
        ],
        [(3, "too_many_activities")],
    ),
    "quote in the middle": (
        ['P1,"Testine" Tenkt,1941-05-17,1,a,2026-01-12,5,b', row(score="x")],
        [(2, "quotes"), (3, "score")],
    ),
    "quote never closed": (
        ['P1,"Testine,1941-05-17,1,a,2026-01-12,5,b', row(score="x"), row(score="y")],
        [(2, "quotes"), (3, "score"), (4, "same_activity"), (4, "score")],
    ),
    "endless line": (["x" * 70000, row(score="x")], [(2, "line_too_long"), (3, "score")]),
}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_line_is_found_where_it_is(name: str) -> None:
    rows, expected = FILES[name]
    assert faults(file(*rows)) == expected


@pytest.mark.parametrize("column", [one for one in COLUMNS if one not in ("score", "performed_by")])
def test_what_must_be_there_is_missed(column: str) -> None:
    assert faults(file(row(activity="Bade"), row(**{column: ""}))) == [(3, "missing")]


HEADERS = {
    "unknown": (HEADER + ",remark", [(1, "unknown_column"), (2, "column_count")]),
    "unknown for known": (HEADER.replace("score", "Score"), [(1, "missing_column"), (1, "unknown_column")]),
    "with a space": (HEADER.replace(",score", ", score"), [(1, "missing_column"), (1, "unknown_column")]),
    "twice": (HEADER.replace("performed_by", "name"), [(1, "duplicate_column"), (1, "missing_column")]),
    "missing": (HEADER.replace(",performed_by", ""), [(1, "missing_column"), (2, "column_count")]),
    "none": (row(), [(1, "no_header")]),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_bad_header_is_told_on_its_line(name: str) -> None:
    header, expected = HEADERS[name]
    assert faults(file(row(), header=header)) == expected


def test_an_empty_file_and_one_of_a_header_alone() -> None:
    assert faults(b"") == faults(b"\n\n") == faults(b"\xef\xbb\xbf") == [(1, "empty")]
    assert told(file()) == []


def test_latin_1_is_refused_on_every_line_that_shows_it() -> None:
    content = "\n".join([HEADER, row(), row(activity="Gå"), row(activity="Bade", score="11"), row(name="Ås")])
    assert faults(content.encode("latin-1")) == [(3, "encoding"), (4, "score"), (5, "encoding")]


def test_utf_16_is_named() -> None:
    assert faults(file(row()).decode().encode("utf-16")) == [(1, "utf16")]


def test_a_bad_byte_inside_a_quoted_text_is_told_on_its_own_line() -> None:
    content = file(row(activity='"Gå\nut"'), row(activity='"a\nXb"'), row(score="11", activity="z"))
    assert faults(content.replace(b"X", b"\xe5")) == [(5, "encoding"), (6, "score")]


def test_line_numbers_are_of_the_line_where_the_record_begins() -> None:
    rows = [row(activity='"Gå\nlangt\n\nut"'), "", row(activity='"Bade\nlenge"', score="11"), row(score="x")]
    assert faults(file(*rows)) == [(7, "score"), (9, "score")]
    assert faults(file(*rows).replace(b"\n", b"\r\n")) == [(7, "score"), (9, "score")]
    assert faults(file(*rows).replace(b"\n", b"\r")) == [(7, "score"), (9, "score")]


def test_all_faults_of_a_file_are_told_at_once() -> None:
    rows = [
        row(score="11", form="0", birth_date="x", name=" y"),
        row(conversation_date="2027-01-01"),
        "a,b",
        row(activity="Bade"),
        row(activity="Bade", score="3.5"),
    ]
    assert faults(file(*rows, header=HEADER + "x")) == [
        (1, "missing_column"),
        (1, "unknown_column"),
        (2, "edge_space"),
        (2, "form_number"),
        (2, "not_a_date"),
        (2, "score"),
        (3, "date_in_future"),
        (4, "column_count"),
        (6, "same_activity"),
        (6, "score"),
    ]


def test_a_faulty_line_brings_no_faults_upon_the_others() -> None:
    """What is missing from a file because it could not be read is not held against the rest of it."""
    rows = [row(name=" Testine Tenkt"), row(activity="Bade", performed_by=" x"), row(activity="Gå")]
    assert faults(file(*rows)) == [(2, "edge_space"), (3, "edge_space")]


VARIANTS = {
    "a byte order mark": b"\xef\xbb\xbf" + EXAMPLE,
    "semicolons": EXAMPLE.replace(b",", b";"),
    "a byte order mark and semicolons": b"\xef\xbb\xbf" + EXAMPLE.replace(b",", b";"),
    "Windows line ends": EXAMPLE.replace(b"\n", b"\r\n"),
    "old Macintosh line ends": EXAMPLE.replace(b"\n", b"\r"),
    "no line end at the end": EXAMPLE.rstrip(b"\n"),
    "empty lines": EXAMPLE.replace(b"\n", b"\n\n"),
    "every field quoted": b"\n".join(b'"' + line.replace(b",", b'","') + b'"' for line in EXAMPLE.splitlines()),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_same_is_read_from(name: str) -> None:
    assert told(VARIANTS[name]) == told(EXAMPLE)


def test_columns_may_stand_in_any_order() -> None:
    order = random.Random(3).sample(COLUMNS, len(COLUMNS))
    content = file(",".join(GOOD[name] for name in order), header=",".join(order))
    assert told(content) == told(file(row()))


def test_empty_is_not_asked_and_zero_is_zero() -> None:
    scores = [one[4] for one in told(file(row(score=""), row(activity="b", score="0"), row(activity="c", score="10")))]
    assert scores == [None, 0, 10]


def test_a_scale_that_runs_the_other_way_is_turned() -> None:
    content = file(row(score=""), row(activity="b", score="0"), row(activity="c", score="7"))
    assert [one.score for one in reading(content, Scale.LOWER_IS_BETTER).lines] == [None, 10, 3]


def test_line_breaks_in_a_text_become_spaces_and_the_form_of_letters_is_one() -> None:
    content = file(row(activity='"Ga\u030a til\r\nbutikken"', performed_by=""))
    assert told(content) == [("P1", 1, "Gå til butikken", date(2026, 1, 12), 5, "")]


def test_texts_may_be_as_long_as_there_is_room_for() -> None:
    assert len(told(file(row(name="å" * 200, activity="å" * 200, person_ref="å" * 200)))) == 1


@pytest.mark.parametrize(
    "ref", ["aaaaaaaa-aaaa-4aaa-8aaa-a01014112345", "b7a01014112345c4", "10101411234567", "+4701014112345"]
)
def test_a_key_that_a_machine_made_is_no_identity_number(ref: str) -> None:
    assert len(told(file(row(person_ref=ref)))) == 1


def test_a_lone_quote_late_in_a_big_file_costs_one_line() -> None:
    rows = [row(activity=f"a{number}", conversation_date=f"2026-01-{number % 28 + 1:02}") for number in range(2000)]
    rows[1000] = rows[1000].replace("Kari", '"Kari')
    found = reading(file(*rows))
    assert [(fault.line, fault.code) for fault in found.faults] == [(1002, "quotes")]
    assert len(found.lines) == 1999
