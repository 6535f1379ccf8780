"""What a ladder is, and reading one from its file (domain rules, chapter 3: "they are data").

A ladder is one TOML file. The built-in ones lie in `BUILT_IN`; a municipality can put its own in
another folder, to reword a built-in ladder (same key) or to add one. A file is checked as a whole
when it is read, and every fault is named, so that whoever edited it can mend them in one go.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

BUILT_IN = Path(__file__).with_name("ladders")
LANGUAGES = ("nn", "nb", "en")
REQUIREMENTS = ("consent_log", "contact_person", "second_service", "reported_to_ke")
"""What a ladder can ask to have in place (B4). The program works out whether it is in place, so a
ladder file chooses among these and cannot invent new ones."""

_KEY = re.compile(r"[a-z][a-z0-9_]*")


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
    `provides`: this step is where the requirement is seen to, so the level's demand for it blocks
    only the steps that come after.
    """

    key: str
    number: int
    name: Text
    decides: bool = False
    closes: bool = False
    requires: tuple[str, ...] = ()
    provides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Level:
    """One rung.

    `what` is one or two lines of help. `requires` is needed to move up to the level and to work on
    it. `holder_title` is what the holder of the case is called here; None: no title on this level.
    """

    number: int
    name: Text
    what: Text
    holder_title: Text | None
    steps: tuple[Step, ...]
    requires: tuple[str, ...]

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


def load(folders: Sequence[Path] = (BUILT_IN,)) -> dict[str, Ladder]:
    """Read every `*.toml` in the folders; ladders by key.

    A ladder in a later folder replaces one with the same key from an earlier folder.
    Raises LadderError for a folder that is missing or has no ladder, a file that cannot be used, or
    the same key twice in one folder.
    """
    ladders: dict[str, Ladder] = {}
    for folder in folders:
        files = sorted(folder.glob("*.toml"))
        if not files:
            raise LadderError(folder, ["there is no ladder file (*.toml) in this folder"])
        found: dict[str, Path] = {}
        for file in files:
            ladder = read(file)
            if ladder.key in found:
                raise LadderError(file, [f'key: "{ladder.key}" is already used by {found[ladder.key].name}'])
            found[ladder.key] = file
            ladders[ladder.key] = ladder
    return ladders


def read(file: Path) -> Ladder:
    """Read and check one ladder file. Raises LadderError with every fault in it."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LadderError(file, [f"cannot be read: {error}"]) from error
    problems: list[str] = []
    ladder = _ladder(_Table(content, "", problems))
    problems.extend(_faults(ladder))
    if problems:
        raise LadderError(file, problems)
    return ladder


class _Table:
    """One table of a file.

    Each getter notes what is wrong and answers with a stand-in, so that reading goes on.
    """

    def __init__(self, content: Mapping[str, object], where: str, problems: list[str]) -> None:
        self._content = content
        self._where = where
        self._problems = problems

    def fault(self, name: str, what: str) -> None:
        self._problems.append(f"{self._where}{name}: {what}")

    def only(self, *names: str) -> None:
        for name in self._content:
            if name not in names:
                self.fault(name, f"is not known here (known: {', '.join(names)})")

    def has(self, name: str) -> bool:
        return name in self._content

    def key(self, name: str) -> str:
        value = self._content.get(name)
        if not isinstance(value, str) or not _KEY.fullmatch(value):
            self.fault(name, "must be a word of a-z, 0-9 and _ that starts with a letter")
            return ""
        return value

    def number(self, name: str) -> int:
        value = self._content.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self.fault(name, "must be a whole number from 0")
            return 0
        return value

    def truth(self, name: str) -> bool:
        value = self._content.get(name, False)
        if not isinstance(value, bool):
            self.fault(name, "must be true or false")
            return False
        return value

    def text(self, name: str) -> Text:
        value = self._content.get(name)
        if not isinstance(value, dict):
            self.fault(name, f"must be given in {', '.join(LANGUAGES)}")
            return Text("", "", "")
        for language in value:
            if language not in LANGUAGES:
                self.fault(f"{name}.{language}", f"is not a known language (known: {', '.join(LANGUAGES)})")
        words = {}
        for language in LANGUAGES:
            word = value.get(language)
            if not isinstance(word, str) or not word.strip():
                self.fault(f"{name}.{language}", "is missing or empty")
                word = ""
            words[language] = word
        return Text(**words)

    def requirements(self, name: str) -> tuple[str, ...]:
        value = self._content.get(name, [])
        if not isinstance(value, list):
            self.fault(name, "must be a list")
            return ()
        known = []
        for item in value:
            if item not in REQUIREMENTS:
                self.fault(name, f'unknown requirement "{item}" (known: {", ".join(REQUIREMENTS)})')
            elif item in known:
                self.fault(name, f'"{item}" is listed twice')
            else:
                known.append(item)
        return tuple(known)

    def tables(self, name: str, called: str) -> "Iterator[_Table]":
        value = self._content.get(name)
        if not isinstance(value, list) or not value:
            self.fault(name, f"there must be at least one [[{name}]]")
            return
        for position, item in enumerate(value, start=1):
            where = f"{self._where}{called} no. {position}"
            if isinstance(item, dict):
                yield _Table(item, f"{where}, ", self._problems)
            else:
                self._problems.append(f"{where}: must be a table")


def _ladder(table: _Table) -> Ladder:
    table.only("key", "name", "who", "starts_at", "levels")
    key, name, who = table.key("key"), table.text("name"), table.text("who")
    levels = tuple(_level(each) for each in table.tables("levels", "level"))
    lowest = levels[0].number if levels else 0
    starts_at = table.number("starts_at") if table.has("starts_at") else lowest
    return Ladder(key, name, who, levels, starts_at)


def _level(table: _Table) -> Level:
    table.only("number", "name", "what", "holder_title", "requires", "steps")
    return Level(
        number=table.number("number"),
        name=table.text("name"),
        what=table.text("what"),
        holder_title=table.text("holder_title") if table.has("holder_title") else None,
        steps=tuple(_step(each, number) for number, each in enumerate(table.tables("steps", "step"), 1)),
        requires=table.requirements("requires"),
    )


def _step(table: _Table, number: int) -> Step:
    table.only("key", "name", "decides", "closes", "requires", "provides")
    return Step(
        key=table.key("key"),
        number=number,
        name=table.text("name"),
        decides=table.truth("decides"),
        closes=table.truth("closes"),
        requires=table.requirements("requires"),
        provides=table.requirements("provides"),
    )


def _faults(ladder: Ladder) -> Iterator[str]:
    """What is wrong with how the parts fit together."""
    numbers = [level.number for level in ladder.levels]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        shown = ", ".join(map(str, numbers))
        yield f"levels: the numbers must follow one another upwards, but are {shown}"
    if ladder.levels and ladder.starts_at not in numbers:
        yield f"starts_at: there is no level {ladder.starts_at}"
    seen: dict[str, int] = {}
    for level in ladder.levels:
        for step in level.steps:
            if step.key and step.key in seen:
                yield (f'level {level.number}: the step key "{step.key}" is already used on level {seen[step.key]}')
            seen.setdefault(step.key, level.number)
        yield from (f"level {level.number}: {fault}" for fault in _level_faults(level))


def _level_faults(level: Level) -> Iterator[str]:
    deciding = [step for step in level.steps if step.decides]
    if level.steps and not deciding:
        yield "no deciding step: exactly one step must have decides = true"
    if len(deciding) > 1:
        keys = ", ".join(step.key for step in deciding)
        yield f"more than one deciding step ({keys}): exactly one step must have decides = true"
    provided: dict[str, Step] = {}
    for step in level.steps:
        if step.decides and step.closes:
            yield f'step "{step.key}" cannot both decide and close'
        if len(deciding) == 1 and step.closes != (step.number > deciding[0].number) and not step.decides:
            yield (
                f'step "{step.key}": only steps with closes = true come after the deciding step '
                f'"{deciding[0].key}", and they come nowhere else'
            )
        for key in step.provides:
            if key in provided:
                yield f'"{key}" is provided by both "{provided[key].key}" and "{step.key}"'
            provided.setdefault(key, step)
    for step in level.steps:
        for key in step.requires:
            if key in provided and step.number <= provided[key].number:
                yield (f'step "{step.key}" requires "{key}", which is first provided by step "{provided[key].key}"')
