"""Reading a ladder from its file (domain rules, chapter 3: "they are data").

A ladder is one TOML file. The built-in ones lie in `BUILT_IN`; a municipality can put its own in
another folder, to reword a built-in ladder (same key) or to add one. A file is checked as a whole
when it is read, and every fault is named, so that whoever edited it can mend them in one go.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from psfs.domain.ladder_data import LANGUAGES, REQUIREMENTS, Ladder, LadderError, Level, Step, Text
from psfs.domain.ladder_faults import faults

BUILT_IN = Path(__file__).with_name("ladders")
_KEY = re.compile(r"[a-z][a-z0-9_]*")


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
    problems.extend(faults(ladder))
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
    table.only("number", "name", "what", "plain", "holder_title", "holder_is_contact", "requires", "steps")
    return Level(
        number=table.number("number"),
        name=table.text("name"),
        what=table.text("what"),
        holder_title=table.text("holder_title") if table.has("holder_title") else None,
        steps=tuple(_step(each, number) for number, each in enumerate(table.tables("steps", "step"), 1)),
        requires=table.requirements("requires"),
        holder_is_contact=table.truth("holder_is_contact"),
        plain=table.text("plain") if table.has("plain") else None,
    )


def _step(table: _Table, number: int) -> Step:
    table.only("key", "name", "decides", "closes", "conversation", "measures", "ke_decides", "requires", "provides")
    return Step(
        key=table.key("key"),
        number=number,
        name=table.text("name"),
        decides=table.truth("decides"),
        closes=table.truth("closes"),
        conversation=table.truth("conversation"),
        measures=table.truth("measures"),
        ke_decides=table.truth("ke_decides"),
        requires=table.requirements("requires"),
        provides=table.requirements("provides"),
    )
