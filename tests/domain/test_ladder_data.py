"""A municipality's own ladder: read without touching code, and told what is wrong with it."""

from pathlib import Path

import pytest

from psfs.domain.ladder import (
    BUILT_IN,
    CaseState,
    Close,
    Direction,
    DoStep,
    LadderError,
    Missing,
    Move,
    Open,
    after,
    load,
    may,
    next_step,
    outcomes,
)

OWN = """
key = "newcomers"
name = { nn = "Nykomne", nb = "Nyankomne", en = "Newcomers" }
who = { nn = "Dei som er nye her.", nb = "De som er nye her.", en = "Those new here." }

[[levels]]
number = 1
name = { nn = "Ta imot", nb = "Ta imot", en = "Welcome" }
what = { nn = "Bli kjende.", nb = "Bli kjent.", en = "Get acquainted." }

[[levels.steps]]
key = "meet"
name = { nn = "Møt kvarandre", nb = "Møt hverandre", en = "Meet" }

[[levels.steps]]
key = "meet_decide"
decides = true
name = { nn = "Trengst meir?", nb = "Trengs mer?", en = "Is more needed?" }

[[levels]]
number = 2
requires = ["contact_person"]
name = { nn = "Følg opp", nb = "Følg opp", en = "Follow up" }
what = { nn = "Hjelp i gang.", nb = "Hjelp i gang.", en = "Get started." }
holder_title = { nn = "fadder", nb = "fadder", en = "guide" }

[[levels.steps]]
key = "help_decide"
decides = true
requires = ["consent_log"]
name = { nn = "Kva no?", nb = "Hva nå?", en = "What now?" }

[[levels.steps]]
key = "help_close"
closes = true
name = { nn = "Takk for no", nb = "Takk for nå", en = "Thank you for now" }
"""


@pytest.fixture
def own(tmp_path):
    """Write a ladder into the municipality's own folder; gives the folder."""

    def write(text: str, name: str = "own.toml") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_a_third_ladder_works_without_touching_code(own):
    ladders = load([BUILT_IN, own(OWN)])
    assert set(ladders) == {"children", "adults", "newcomers"}
    ladder = ladders["newcomers"]
    assert ladder.starts_at == 1
    assert ladder.who.en == "Those new here."
    assert outcomes(ladder, 1) == (Direction.UP, Direction.STAY, Direction.CLOSE)
    assert outcomes(ladder, 2) == (Direction.DOWN, Direction.STAY, Direction.CLOSE)
    assert ladder.level(2).holder_title.in_language("en") == "guide"

    case = after(ladder, None, Open(1))
    case = after(ladder, case, DoStep("meet"))
    assert next_step(ladder, case).key == "meet_decide"
    up = DoStep("meet_decide", outcome=Direction.UP)
    assert may(ladder, case, up).missing == (Missing("requirement", requirement="contact_person", level=2),)
    assert may(ladder, case, Move(0, "x")).missing == (Missing("no_such_level", level=0),)
    case = CaseState("newcomers", 1, True, case.steps, frozenset({"contact_person"}))
    case = after(ladder, case, up)
    stay = DoStep("help_decide", outcome=Direction.STAY)
    assert may(ladder, case, stay).missing == (Missing("requirement", requirement="consent_log", level=2),)
    assert not after(ladder, case, Close("no_concern", "Godt i gang")).open


def test_a_municipality_can_reword_a_built_in_ladder_and_start_it_elsewhere(own):
    text = (BUILT_IN / "adults.toml").read_text(encoding="utf-8")
    text = text.replace('name.nn = "Kartlegg"', 'name.nn = "Finn ut korleis det står til"')
    ladders = load([BUILT_IN, own(text.replace("starts_at = 0", "starts_at = 1"))])
    assert ladders["adults"].levels[0].steps[0].name.nn == "Finn ut korleis det står til"
    assert may(ladders["adults"], None, Open(1)).allowed
    assert may(ladders["adults"], None, Open(0)).missing == (Missing("needs_reason"),)
    assert load([BUILT_IN])["adults"].levels[0].steps[0].name.nn == "Kartlegg"


def test_a_file_saved_with_a_byte_order_mark_is_read(own):
    assert "newcomers" in load([own("\ufeff" + OWN)])


FAULTS = [
    ("text missing", ', en = "Newcomers"', "", "name.en: is missing or empty"),
    ("text empty", 'nb = "Møt hverandre"', 'nb = " "', "level no. 1, step no. 1, name.nb: is missing"),
    ("not a text", 'nn = "fadder"', "nn = 3", "level no. 2, holder_title.nn: is missing or empty"),
    ("one language only", '{ nn = "Hjelp i gang.", nb = "Hjelp i gang.", en = "Get started." }',
     '"Hjelp i gang."', "level no. 2, what: must be given in nn, nb, en"),
    ("unknown language", 'en = "Welcome"', 'en = "Welcome", sv = "x"', "name.sv: is not a known language"),
    ("no key", 'key = "newcomers"', "", "key: must be a word"),
    ("bad step key", 'key = "meet"', 'key = "Møt oss"', "level no. 1, step no. 1, key: must be a word"),
    ("step key twice", 'key = "help_decide"', 'key = "meet"',
     'level 2: the step key "meet" is already used on level 1'),
    ("misspelt word", "decides = true\nname = { nn = \"Trengst",
     "decide = true\nname = { nn = \"Trengst", "level no. 1, step no. 2, decide: is not known here"),
    ("no deciding step", "decides = true\nname = { nn = \"Trengst",
     "name = { nn = \"Trengst", "level 1: no deciding step"),
    ("two deciding steps", 'key = "meet"\n', 'key = "meet"\ndecides = true\n',
     "level 1: more than one deciding step (meet, meet_decide)"),
    ("decides is no truth", "decides = true", 'decides = "yes"', "decides: must be true or false"),
    ("closing before the decision", 'key = "meet"\n', 'key = "meet"\ncloses = true\n',
     'level 1: step "meet": only steps with closes = true come after the deciding step "meet_decide"'),
    ("ordinary step after the decision", "closes = true", "",
     'level 2: step "help_close": only steps with closes = true'),
    ("decides and closes", 'key = "help_decide"\n', 'key = "help_decide"\ncloses = true\n',
     'level 2: step "help_decide" cannot both decide and close'),
    ("a decision is no conversation", 'key = "help_decide"\n', 'key = "help_decide"\nconversation = true\n',
     'level 2: step "help_decide" cannot say that a conversation was held, since it decides or closes'),
    ("unknown requirement", '["contact_person"]', '["kontakt"]',
     'level no. 2, requires: unknown requirement "kontakt" (known: consent_log, contact_person,'),
    ("requirement twice", '["contact_person"]', '["contact_person", "contact_person"]',
     '"contact_person" is listed twice'),
    ("requirements no list", '["contact_person"]', '"contact_person"', "requires: must be a list"),
    ("required before provided", 'requires = ["consent_log"]',
     'requires = ["consent_log"]\nprovides = ["consent_log"]',
     'step "help_decide" requires "consent_log", which is first provided by step "help_decide"'),
    ("provided twice", "closes = true", 'closes = true\nprovides = ["contact_person"]\n'
     '[[levels.steps]]\nkey = "more"\ncloses = true\nprovides = ["contact_person"]',
     '"contact_person" is provided by both "help_close" and "more"'),
    ("a number left out", "number = 2", "number = 3", "numbers must follow one another upwards, but are 1, 3"),
    ("a number twice", "number = 2", "number = 1", "numbers must follow one another upwards, but are 1, 1"),
    ("a negative number", "number = 1", "number = -1", "level no. 1, number: must be a whole number from 0"),
    ("a number in words", "number = 1", 'number = "1"', "number: must be a whole number from 0"),
    ("no number", "number = 1", "", "number: must be a whole number from 0"),
    ("a start that is not there", 'key = "newcomers"', 'key = "newcomers"\nstarts_at = 0',
     "starts_at: there is no level 0"),
    ("a level without steps", OWN[OWN.index("[[levels.steps]]\nkey = \"help_decide\"") :], "",
     "level no. 2, steps: there must be at least one [[steps]]"),
    ("no levels", OWN[OWN.index("[[levels]]") :], "", "levels: there must be at least one [[levels]]"),
    ("levels are no tables", OWN[OWN.index("[[levels]]") :], "levels = [1]", "level no. 1: must be a table"),
    ("not TOML", 'key = "newcomers"', "key = newcomers", "cannot be read: Invalid value (at line 2"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), [fault[1:] for fault in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_in_a_ladder_file_is_told(own, old, new, told):
    assert old in OWN
    folder = own(OWN.replace(old, new, 1))
    with pytest.raises(LadderError) as refused:
        load([BUILT_IN, folder])
    assert refused.value.source == folder / "own.toml"
    assert any(told in problem for problem in refused.value.problems), refused.value.problems
    assert str(folder / "own.toml") in str(refused.value)


def test_every_fault_is_told_at_once(own):
    text = OWN.replace(', en = "Meet"', "").replace('["contact_person"]', '["x"]').replace("closes", "shuts")
    with pytest.raises(LadderError) as refused:
        load([own(text)])
    assert refused.value.problems == (
        "level no. 1, step no. 1, name.en: is missing or empty",
        "level no. 2, step no. 2, shuts: is not known here (known: key, name, decides, closes, "
        "conversation, measures, ke_decides, requires, provides)",
        'level no. 2, requires: unknown requirement "x" '
        "(known: consent_log, contact_person, second_service, reported_to_ke)",
        'level 2: step "help_close": only steps with closes = true come after the deciding step '
        '"help_decide", and they come nowhere else',
    )


def test_two_files_in_one_folder_cannot_share_a_key(own):
    own(OWN, "first.toml")
    with pytest.raises(LadderError, match=r'second\.toml: key: "newcomers" is already used by first\.toml'):
        load([own(OWN, "second.toml")])


def test_a_folder_without_ladders_is_told(tmp_path):
    for folder in (tmp_path, tmp_path / "gone"):
        with pytest.raises(LadderError, match="there is no ladder file"):
            load([BUILT_IN, folder])


def test_a_file_that_is_not_utf8_is_told(tmp_path):
    (tmp_path / "own.toml").write_bytes(OWN.encode("latin-1"))
    with pytest.raises(LadderError, match="cannot be read"):
        load([tmp_path])
