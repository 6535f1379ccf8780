"""What a ladder is. A ladder is data: see ``ladder_file`` for how it is read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("nn", "nb", "en")
REQUIREMENTS = ("consent_log", "contact_person", "second_service", "reported_to_ke")
"""What a ladder can ask to have in place (B4). The program works out whether it is in place, so a
ladder file chooses among these and cannot invent new ones."""


class LadderError(ValueError):
    """A ladder file or folder that cannot be used. `problems` names every fault found."""

    def __init__(self, source: Path, problems: Sequence[str]) -> None:
        self.source = source
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))


@dataclass(frozen=True)
class Text:
    """A text for people in the three languages of the interface."""

    nn: str
    nb: str
    en: str

    def in_language(self, lang: str) -> str:
        """The text in `lang` ("nb", "nb_NO", "en-GB" …); any other language gives nynorsk."""
        match re.split(r"[-_]", lang.lower(), maxsplit=1)[0]:
            case "nb":
                return self.nb
            case "en":
                return self.en
            case _:
                return self.nn


@dataclass(frozen=True)
class Step:
    """One step on a level.

    `number` counts from 1 within the level. `decides`: takes an outcome (B2). `closes`: is carried
    out by closing the case. `requires`: must be in place before this step and those after it.
    `provides`: this step is where the requirement is seen to, so the level's demand for it does not
    block the steps before, and the step is done once it is in place. `conversation`: says that a PSFS
    conversation was held, so it rests on one of this round. `measures`: says that agreed measures are
    under way, so those of the case stand beside it. `ke_decides`: says that the coordinating unit has
    decided, so its last decision stands beside it.
    """

    key: str
    number: int
    name: Text
    decides: bool = False
    closes: bool = False
    conversation: bool = False
    measures: bool = False
    ke_decides: bool = False
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """One rung.

    `what` is one or two lines of help; `plain` says the level to the person, where the file does.
    `requires` is needed to move up to the level and to work on it. `holder_title` is what the holder
    of the case is called here; None: no title on this level. `holder_is_contact`: whoever holds the
    case is the contact person here, and no other is chosen.
    """

    number: int
    name: Text
    what: Text
    holder_title: Text | None
    steps: tuple[Step, ...]
    requires: tuple[str, ...]
    holder_is_contact: bool = False
    plain: Text | None = None

    @property
    def deciding(self) -> Step:
        """The step that takes an outcome; every level has exactly one."""
        return next(step for step in self.steps if step.decides)

    def step(self, key: str) -> Step | None:
        """The step with this key on this level, or None."""
        return next((step for step in self.steps if step.key == key), None)


@dataclass(frozen=True)
class Ladder:
    """A whole ladder: whom it is for, its levels upwards, and where a case normally opens (B1)."""

    key: str
    name: Text
    who: Text
    levels: tuple[Level, ...]
    starts_at: int

    @property
    def lowest(self) -> int:
        """The number of the bottom level."""
        return self.levels[0].number

    @property
    def highest(self) -> int:
        """The number of the top level."""
        return self.levels[-1].number

    def has(self, number: int) -> bool:
        """Whether there is a level with this number."""
        return self.lowest <= number <= self.highest

    def level(self, number: int) -> Level:
        """The level with this number. Raises KeyError if there is none."""
        if not self.has(number):
            raise KeyError(number)
        return self.levels[number - self.lowest]

    def step(self, key: str) -> Step | None:
        """The step with this key on any level, or None: a log may name one that was dropped."""
        return next((step for level in self.levels for step in level.steps if step.key == key), None)
