"""A file's lines put together: persons, their forms, the conversations of each. And when an activity is active. Pure.

An activity is active from its first line to its last within (``person_ref``, form); a line that is missing in between
means that it was not asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from psfs.domain.activities import Span

from .parse import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .parse import Line

Scores = dict[str, int | None]


@dataclass(slots=True)
class Talk:
    """One conversation of the file: the line it begins on, its scores by activity, the line of each.

    ``whole`` is False when one of its lines is faulty: then what is missing in it says nothing.
    """

    line: int
    held_on: date
    performed_by: str | None
    scores: Scores = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    whole: bool = True


@dataclass(slots=True)
class FormLines:
    """One form of the file, its conversations by date."""

    number: int
    line: int
    talks: dict[date, Talk] = field(default_factory=dict)


@dataclass(slots=True)
class PersonLines:
    """One person of the file, the forms by number. Name and birth date are None when no line has a sound one.

    ``whole`` is False when a line of theirs could not be put into any conversation.
    """

    ref: str
    line: int
    name: str | None
    birth_date: date | None
    forms: dict[int, FormLines] = field(default_factory=dict)
    whole: bool = True


def people(lines: Iterable[Line], faults: list[Fault]) -> Iterator[PersonLines]:
    """The persons of the file in order of ``person_ref``; what their lines say against each other is a fault."""
    ordered = sorted(lines, key=lambda line: (line.person_ref, line.number))
    for ref, own in groupby(ordered, key=lambda line: line.person_ref):
        yield _person(ref, list(own), faults)


def _person(ref: str, lines: Sequence[Line], faults: list[Fault]) -> PersonLines:
    name = _agreed(lines, "name", faults)
    birth_date = _agreed(lines, "birth_date", faults)
    person = PersonLines(ref, lines[0].number, name, birth_date)
    for line in lines:
        if line.form is not None and line.held_on is not None:
            form = person.forms.setdefault(line.form, FormLines(line.form, line.number))
            _add(form, line, line.held_on, faults)
        else:
            person.whole = False
    return person


def _agreed(lines: Sequence[Line], part: str, faults: list[Fault]) -> Any:
    """What the lines say of a part, by the first sound one; each that says otherwise is a fault."""
    told = [(line.number, value) for line in lines if (value := getattr(line, part)) is not None]
    if not told:
        return None
    begins, first = told[0]
    faults += [Fault(number, f"{part}_differs", {"line": begins}) for number, value in told if value != first]
    return first


def _add(form: FormLines, line: Line, held_on: date, faults: list[Fault]) -> None:
    talk = form.talks.get(held_on)
    if talk is None:
        talk = form.talks[held_on] = Talk(line.number, held_on, line.performed_by)
    elif talk.performed_by is None:
        talk.performed_by = line.performed_by
    elif line.performed_by is not None and line.performed_by != talk.performed_by:
        faults.append(Fault(line.number, "performed_by_differs", {"line": talk.line}))
    talk.whole = talk.whole and line.sound
    if line.activity is None:
        return
    if line.activity in talk.lines:
        faults.append(Fault(line.number, "same_activity", {"line": talk.lines[line.activity]}))
        return
    talk.scores[line.activity] = line.score
    talk.lines[line.activity] = line.number


def spans(talks: Mapping[date, Iterable[str]]) -> dict[str, Span[str]]:
    """When each activity is active, from the activities that each conversation has a line for.

    Active from the day of its first line, and from the form's start if that is the first conversation; retired on the
    day of the first conversation after its last line, and not at all if that is the last conversation.
    """
    days = sorted(talks)
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    for place, day in enumerate(days):
        for activity in talks[day]:
            first.setdefault(activity, place)
            last[activity] = place
    return {
        activity: Span(
            activity,
            days[place] if place else None,
            days[last[activity] + 1] if last[activity] + 1 < len(days) else None,
        )
        for activity, place in first.items()
    }
