"""Every text exists in every language and is spelled as it should be, and no library's English reaches people.

The spelling is hunspell's. Its Norwegian lists lack ordinary words and all names of tools: ``words.txt`` holds those.
They also let through words that belong to the other written norm: ``OTHER_NORM`` names the likely ones.
"""

from __future__ import annotations

import gettext
import importlib
import re
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import wtforms
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flask import Flask

ROOT = Path(__file__).resolve().parents[2]
TRANSLATIONS = ROOT / "psfs" / "translations"
TRANSLATED = ("nb", "en")
DICTIONARIES = {"nn": "nn_NO", "nb": "nb_NO"}
FORMS = ("accounts", "bti", "cases", "conversations")

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}|</?[a-z][^>]*>")
NOT_WORDS = re.compile(r"https?://\S*|--[a-z-]+|\w*\d\w*|\w+_\w+")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
OTHER_NORM = {
    "nn": "alene bare begynne dårlig endelig finnes gjelder hun jeg kanskje kommer leser mye nødvendig saken samtaler "
    "siden skriver spille spise teller uke urolig vanskelig venter",
    "nb": "berre brukar frå gonger heim kjem kvar kven sida tilsett veke òg",
}
# What somebody typed, in the made-up town's stories; the first three are the person's own words.
PERSONS_WORDS = ("form", "add", "remark")
STAFFS_WORDS = (
    "accept", "emergency", "end_form", "goal", "ke", "law", "measure", "note", "open", "reason", "relation", "role",
    "skip", "text", "title", "view", "why", "with",
)  # fmt: skip


def texts_of(text: Any) -> tuple[str, ...]:
    """The texts of a message or of its translation: one, or two where it counts something."""
    return (text,) if isinstance(text, str) else tuple(text)


def own(catalog: Catalog) -> dict[tuple[str, ...], Message]:
    """A catalogue's messages by their texts, without its header."""
    return {texts_of(message.id): message for message in catalog if message.id}


def catalogue(language: str) -> Catalog:
    """What is translated into ``language``."""
    with (TRANSLATIONS / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=language)


@pytest.fixture(scope="module")
def source() -> dict[tuple[str, ...], Message]:
    """Every text that the program and its pages hold, found as ``make messages`` finds them."""
    with (TRANSLATIONS / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None}
    inside = str(ROOT / "psfs")
    found = Catalog()
    for name, line, message, _comments, context in extract_from_dir(
        str(ROOT), methods, options, keywords, directory_filter=lambda folder: folder.startswith(inside)
    ):
        found.add(message, None, [(name, line)], context=context)
    messages = own(found)
    assert len(messages) > 1000, "the texts were not found"
    return messages


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_holds_every_text_and_no_other(source: dict[tuple[str, ...], Message], language: str) -> None:
    catalog = catalogue(language)
    translated = own(catalog)
    assert sorted(source.keys() - translated.keys()) == [], "run make messages, and translate"
    assert sorted(translated.keys() - source.keys()) == [], "no longer in the program: run make messages"
    assert list(catalog.obsolete) == []
    assert [text for text, message in translated.items() if not all(texts_of(message.string))] == [], "untranslated"
    assert [text for text, message in translated.items() if message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_values_and_blanks(language: str) -> None:
    def fixed(text: str) -> tuple[list[str], list[str]]:
        return sorted(PLACEHOLDER.findall(text)), re.findall(r"^\s+|\s+$", text)

    wrong = {}
    for text, message in own(catalogue(language)).items():
        translation = texts_of(message.string)
        if len(text) != len(translation) or list(map(fixed, text)) != list(map(fixed, translation)):
            wrong[text] = translation
    assert wrong == {}


def ladder_texts(language: str) -> Iterator[str]:
    """Every text of the built-in ladders in ``language``."""

    def inside(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for key, value in part.items():
                if key == language and isinstance(value, str):
                    yield value
                yield from inside(value)
        elif isinstance(part, list):
            for value in part:
                yield from inside(value)

    for path in sorted((ROOT / "psfs" / "domain" / "ladders").glob("*.toml")):
        yield from inside(tomllib.loads(path.read_text(encoding="utf-8")))


def program_texts(source: Iterable[tuple[str, ...]], language: str) -> list[str]:
    """Every text of the program in ``language``: its own, and the ladders'."""
    if language == "nn":
        mine = [each for text in source for each in text]
    else:
        mine = [each for message in own(catalogue(language)).values() for each in texts_of(message.string)]
    return [*mine, *ladder_texts(language)]


@pytest.mark.parametrize("language", ["nn", *TRANSLATED])
def test_no_text_shouts(source: dict[tuple[str, ...], Message], language: str) -> None:
    assert [text for text in program_texts(source, language) if "!" in text] == []


def allowed(language: str) -> set[str]:
    """The words that hunspell does not know and that are right all the same, in ``language``."""
    sections = tomllib.loads((Path(__file__).with_name("words.txt")).read_text(encoding="utf-8"))
    return {word for part in ("both", language) for word in sections[part]["words"].split()}


def misspelled(texts: Iterable[str], language: str, more: Iterable[str] = ()) -> list[str]:
    """The words of ``texts`` that are no words of ``language``; ``more`` are names."""
    known = allowed(language) | set(more)
    plain = [NOT_WORDS.sub(" ", PLACEHOLDER.sub(" ", text)) for text in texts]
    words = {word for text in plain for word in WORD.findall(text)}
    unknown = [word for word in words if not {word, word.lower()} & known]
    asked = {part for word in unknown for part in word.split("-") if not {part, part.lower()} & known}
    answer = subprocess.run(
        ["hunspell", "-d", DICTIONARIES[language], "-i", "utf-8", "-l"],
        input="\n".join(sorted(asked)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert not answer.stderr, answer.stderr
    others = set(OTHER_NORM[language].split())
    return sorted({*answer.stdout.split(), *(word for word in words if word.lower() in others)})


@pytest.mark.parametrize("language", DICTIONARIES)
def test_the_texts_are_spelled_as_they_should_be(source: dict[tuple[str, ...], Message], language: str) -> None:
    assert misspelled(program_texts(source, language), language) == []


def test_hunspell_finds_what_is_wrong() -> None:
    assert misspelled(["Samtalen er lagret, jeg venter"], "nn") == ["jeg", "lagret", "venter"]
    assert misspelled(["Samtalen er lagra, eg kjem frå skulen"], "nb") == ["eg", "frå", "kjem", "skulen"]


def told() -> Iterator[tuple[str, str]]:
    """Language and text of everything that somebody typed in the made-up town."""

    def inside(part: Any, language: str, key: str) -> Iterator[tuple[str, str]]:
        if isinstance(part, dict):
            spoken = part.get("language", language)
            for name, value in part.items():
                yield from inside(value, spoken, name)
        elif isinstance(part, list):
            for value in part:
                yield from inside(value, language, key)
        elif isinstance(part, str) and key in PERSONS_WORDS:
            yield language, part
        elif isinstance(part, str) and (key in STAFFS_WORDS and (key != "why" or " " in part)):
            yield "nn", part

    for path in sorted((ROOT / "psfs" / "demo" / "data").glob("*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        if path.stem == "phrases":
            yield from (("nn", each) for ladder in data.values() for texts in ladder.values() for each in texts)
        elif path.stem == "town":
            yield from (("nn", each["title"]) for each in data["users"])
        else:
            yield from inside(data, "nn", "")


def demo_names() -> set[str]:
    """The words in the names of the made-up town's people and services."""
    files = (ROOT / "psfs" / "demo" / "data").glob("*.toml")
    names = [name for path in files for name in re.findall(r'\bname = "([^"]+)"', path.read_text(encoding="utf-8"))]
    return {word for name in names for word in WORD.findall(name) if word[0].isupper()}


@pytest.mark.parametrize("language", DICTIONARIES)
def test_the_made_up_town_is_spelled_as_it_should_be(language: str) -> None:
    # What stands in quotation marks may be a word of the other norm.
    texts = [re.sub("«[^»]*»", " ", text) for spoken, text in told() if spoken == language]
    assert len(texts) > 5
    assert misspelled(texts, language, demo_names()) == []


def forms() -> dict[str, type[FlaskForm]]:
    """Every form of the program, by room and name."""
    found = {}
    for room in FORMS:
        for name, form in vars(importlib.import_module(f"psfs.{room}.forms")).items():
            if isinstance(form, type) and issubclass(form, FlaskForm) and list(form()):
                found[f"{room}.{name}"] = form
    return found


def library_messages() -> list[re.Pattern[str]]:
    """Everything WTForms says by itself."""
    folder = Path(wtforms.__file__).parent / "locale" / "nb" / "LC_MESSAGES"
    with (folder / "wtforms.mo").open("rb") as file:
        keys = vars(gettext.GNUTranslations(file))["_catalog"]
    texts = {key if isinstance(key, str) else key[0] for key in keys if key}
    return [re.compile(re.sub(r"%\\\(\w+\\\)[ds]", ".*", re.escape(text))) for text in texts]


@pytest.mark.parametrize("typed", ["", "-5", "no such thing", "x" * 20_000])
def test_forms_answer_in_words_of_our_own(app: Flask, typed: str) -> None:
    library = library_messages()
    assert any(pattern.fullmatch("Not a valid choice.") for pattern in library)
    found = set()
    with app.test_request_context("/", method="POST"):
        for name, form in forms().items():
            data = MultiDict({field.name: typed for field in form(formdata=None)})
            filled = form(formdata=data, meta={"csrf": False})
            for field in filled:
                if getattr(field, "choices", ()) is None:
                    field.choices = []
            filled.validate()
            for key, faults in filled.errors.items():
                found |= {(name, key, str(fault)) for fault in faults if any(p.fullmatch(str(fault)) for p in library)}
    assert found == set()


PAPERS_WORDS = (
    "I kor stor grad kan du utføra aktiviteten?",
    "Kan ikkje utføra aktiviteten",
    "Kan utføra aktiviteten utan vanskar",
)


def test_only_the_papers_own_words_say_utfoera(source: dict[tuple[str, ...], Message]) -> None:
    """The paper writes both «utføre» and «utføra»; what is not said or quoted word for word keeps to the first."""
    whole = {words.lower() for words in PAPERS_WORDS}
    for text in (text for texts in source for text in texts):
        own_words = re.sub(r"«[^«»]*»", "", text)
        said = {sentence.lower() for sentence in re.split(r"(?<=[?.]) ", own_words) if "utføra" in sentence}
        assert said <= whole, text
