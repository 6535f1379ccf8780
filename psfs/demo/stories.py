"""Reading the stories: who the people are, and what happened in each case.

A story is a list of events in the order they were written down. ``d`` is how many days ago that was; the next key names
the verb and holds its main value; the rest are the verb's options. The verbs:

    open step steps move close reopen                       ladder_verbs
    form talk retire correct strike end_form                form_verbs
    contact team offer accept consent basis withdraw        people_verbs
    ke ke_ask ke_decide appoint plan                        team_verbs
    care_team external kin met meets                        team_verbs
    measure evaluate note meeting put_right emergency look  work_verbs

Days ahead (``deadline``, ``evaluate``, ``until``) are counted from today and are negative when they have passed.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DATA = Path(__file__).with_name("data")
FILES = ("home_kari", "home_others", "adults", "children_school", "children_health")
COMMON = ("d", "by")


@dataclass(frozen=True)
class Event:
    """One thing that was written down ``ago`` days before today. ``by`` is a username; empty: the case's own."""

    ago: int
    verb: str
    value: Any
    by: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseStory:
    """One case: where it belongs, who mostly writes, and what happened."""

    key: str
    ladder: str
    service: str
    by: str
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Relative:
    """A guardian or next of kin; ``ended``: days since they no longer were."""

    name: str
    relation: str
    guardian: bool = False
    ended: int | None = None


@dataclass(frozen=True)
class PersonStory:
    """A person. Age is either ``age`` in whole years, or ``turns`` years in ``birthday_in`` days."""

    key: str
    name: str
    cases: tuple[CaseStory, ...]
    age: int | None = None
    turns: int | None = None
    birthday_in: int | None = None
    language: str = "nn"
    shielded: bool = False
    cognitive: bool = False
    related: tuple[Relative, ...] = ()


def read(name: str) -> dict[str, Any]:
    """One data file."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def people() -> Iterator[PersonStory]:
    """Everybody, in the order of the files."""
    for name in FILES:
        for row in read(name)["people"]:
            cases = tuple(_case(row["key"], case) for case in row.pop("cases"))
            related = tuple(Relative(**each) for each in row.pop("related", ()))
            yield PersonStory(**row, cases=cases, related=related)


def _case(person: str, row: dict[str, Any]) -> CaseStory:
    story = row.pop("story")
    return CaseStory(**{"key": person, **row}, events=tuple(map(_event, story)))


def _event(row: dict[str, Any]) -> Event:
    rest = {key: value for key, value in row.items() if key not in COMMON}
    verb = next(iter(rest))
    return Event(row["d"], verb, rest.pop(verb), row.get("by", ""), rest)
