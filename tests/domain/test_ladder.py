"""B1-B5: what may be done to a case on its ladder. The expectations are written from the rules, and
the cases are generated from the ladders as loaded."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psfs.domain.ladder import (
    BUILT_IN,
    CLOSE_REASONS,
    REQUIREMENTS,
    CaseState,
    Close,
    Direction,
    DoStep,
    Missing,
    Move,
    Open,
    Reopen,
    after,
    load,
    may,
    missing_requirements,
    next_step,
    outcomes,
    requirements_for,
    to_provide,
)

LADDERS = load([BUILT_IN])
CHILDREN, ADULTS = LADDERS["children"], LADDERS["adults"]
EVERYTHING = frozenset(REQUIREMENTS)
UP, DOWN, STAY, CLOSE = Direction.UP, Direction.DOWN, Direction.STAY, Direction.CLOSE

# --- What the rules say, apart from the data ------------------------------------------------------

LEVELS = (0, 1, 2, 3)
DECIDING = {("children", 0): 4, ("adults", 0): 4} | {
    (ladder, level): 5 for ladder in ("children", "adults") for level in (1, 2, 3)
}
TO_ENTER = {
    ("children", 0): set(),
    ("children", 1): set(),
    ("children", 2): {"consent_log", "second_service"},
    ("children", 3): {"consent_log", "second_service", "reported_to_ke"},
    ("adults", 0): set(),
    ("adults", 1): set(),
    ("adults", 2): {"second_service"},
    ("adults", 3): {"second_service", "reported_to_ke"},
}
# (ladder, level) -> per step number, what must be in place before it
CONSENT, CONTACT, SECOND = {"consent_log"}, {"contact_person"}, {"second_service"}
REPORTED = {"second_service", "reported_to_ke"}
TO_DO = {
    ("children", 0): [set(), set(), set(), set(), set()],
    ("children", 1): [set(), CONSENT, CONSENT, CONSENT, CONSENT],
    ("children", 2): [CONSENT | SECOND] * 5,
    ("children", 3): [CONSENT | REPORTED] * 5,
    ("adults", 0): [set(), set(), set(), set()],
    ("adults", 1): [set(), CONTACT, CONTACT, CONTACT, CONTACT],
    ("adults", 2): [SECOND] * 5,
    ("adults", 3): [SECOND, SECOND, REPORTED, REPORTED, REPORTED],
}
# What a step is there to see to: it cannot be said to be done before that is in place.
SEES_TO = {("children", 1, 1): CONSENT, ("adults", 1, 1): CONTACT, ("adults", 3, 2): {"reported_to_ke"}}
LACKING = [frozenset(), *(frozenset({key}) for key in REQUIREMENTS), EVERYTHING]
# What somebody who holds the baton sees to by that, and the steps that say that a conversation was held.
HOLDER_IS_CONTACT = {("adults", 0), ("adults", 1), ("adults", 2)}
SAYS_A_TALK_WAS_HELD = {("adults", 1): 2, ("adults", 2): 2}
# What is lacking; whether somebody holds the baton; whether a conversation was held in this round
SITUATIONS = [
    *((lacking, False, True) for lacking in LACKING),
    (frozenset(CONTACT), True, True),
    (EVERYTHING, True, True),
    (frozenset(), False, False),
    (EVERYTHING, True, False),
]


def expected(ladder, level, request, situation):
    """What stands in the way of a request, with every earlier step done: a set of codes and keys."""
    lacking, held, talked = situation
    if held and (ladder, level) in HOLDER_IS_CONTACT:
        lacking -= CONTACT
    number = {step.key: step.number for step in LADDERS[ladder].level(level).steps}
    match request:
        case DoStep(skip=True):
            if number[request.key] == DECIDING[ladder, level]:
                return {"cannot_skip"}
            if number[request.key] > DECIDING[ladder, level]:
                return {"close_instead"}
            return set() if request.reason else {"needs_reason"}
        case DoStep(outcome=None):
            if number[request.key] == DECIDING[ladder, level]:
                return {"needs_outcome"}
            if number[request.key] > DECIDING[ladder, level]:
                return {"close_instead"}
            own = SEES_TO.get((ladder, level, number[request.key]), set())
            stands = (TO_DO[ladder, level][number[request.key] - 1] | own) & lacking
            says_so = SAYS_A_TALK_WAS_HELD.get((ladder, level)) == number[request.key]
            return stands | {"needs_conversation"} if says_so and not talked else stands
        case DoStep(outcome=Direction.CLOSE):
            return set()
        case DoStep(outcome=Direction.STAY):
            return TO_DO[ladder, level][-1] & lacking
        case DoStep(to_level=target) | Move(to_level=target):
            if target not in LEVELS:
                return {"no_such_level"}
            if target == level:
                return {"already_there"}
            stands = set()
            if not request.reason and (isinstance(request, Move) or abs(target - level) > 1):
                stands.add("needs_reason")
            if target > level:
                stands |= TO_ENTER[ladder, target] & lacking
                if isinstance(request, DoStep):
                    stands |= TO_DO[ladder, level][-1] & lacking
            return stands
        case Close():
            return set()
        case Reopen() | Open():
            return {"already_open"}


def every_request(ladder, level):
    for step in ladder.level(level).steps:
        yield DoStep(step.key)
        for reason in ("", "Det er gjort før"):
            yield DoStep(step.key, skip=True, reason=reason)
    deciding = ladder.level(level).deciding.key
    yield DoStep(deciding, outcome=CLOSE)
    yield DoStep(deciding, outcome=STAY)
    for target in (-1, *LEVELS, 4):
        for reason in ("", "Behovet er kjent"):
            yield Move(target, reason)
            if target != level:
                way = UP if target > level else DOWN
                yield DoStep(deciding, outcome=way, to_level=target, reason=reason)
    yield Close("moved", "Familien har flytta")
    yield Reopen("Ny uro")
    yield Open(level, "Ny sak")


def generated():
    for key, ladder in LADDERS.items():
        for level in LEVELS:
            for request in every_request(ladder, level):
                for situation in SITUATIONS:
                    lacking, held, talked = situation
                    named = "+".join(sorted(lacking)) or "nothing"
                    named += ("-held" if held else "") + ("" if talked else "-untalked")
                    yield pytest.param(key, level, request, situation, id=f"{key}-{level}-{request}-without-{named}")


def in_short(decision):
    return {each.values["requirement"] if each.code == "requirement" else each.code for each in decision.missing}


def standing(ladder, level, *, done=0, lacking=frozenset(), **more):
    """An open case with the first `done` steps of the level behind it and all in place but `lacking`."""
    steps = {step.key: "done" for step in ladder.level(level).steps[:done]}
    return CaseState(ladder.key, level, True, steps, EVERYTHING - lacking, **{"talked": True, **more})


@pytest.mark.parametrize(("key", "level", "request_", "situation"), list(generated()))
def test_every_level_and_request_and_missing_requirement(key, level, request_, situation):
    ladder = LADDERS[key]
    done = 0
    if isinstance(request_, DoStep):
        done = ladder.level(level).step(request_.key).number - 1
    lacking, held, talked = situation
    state = standing(ladder, level, done=done, lacking=lacking, held=held, talked=talked)
    decision = may(ladder, state, request_)
    assert in_short(decision) == expected(key, level, request_, situation)
    assert decision.allowed is not bool(decision.missing)
    if decision.allowed:
        target = getattr(request_, "to_level", None)
        then = after(ladder, state, request_)
        assert then.level == (level if target is None else target)
        assert then.open is not isinstance(request_, Close)
    else:
        with pytest.raises(ValueError, match="not allowed"):
            after(ladder, state, request_)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("key", LADDERS)
def test_what_is_required_is_told_by_level_and_step(key, level):
    ladder = LADDERS[key]
    assert set(requirements_for(ladder, level)) == TO_ENTER[key, level]
    for step, needed in zip(ladder.level(level).steps, TO_DO[key, level], strict=True):
        assert set(requirements_for(ladder, level, step.key)) == needed
        assert set(step.provides) == SEES_TO.get((key, level, step.number), set())
    for lacking in LACKING:
        named = missing_requirements(ladder, standing(ladder, level, lacking=lacking))
        everything = TO_ENTER[key, level].union(*TO_DO[key, level])
        assert {each.values["requirement"] for each in named} == everything & lacking
        assert {each.code for each in named} <= {"requirement"}
        assert {each.values["level"] for each in named} <= {level}


@pytest.mark.parametrize(
    ("level", "possible"),
    [
        (0, {UP, STAY, CLOSE}),
        (1, {UP, DOWN, STAY, CLOSE}),
        (2, {UP, DOWN, STAY, CLOSE}),
        (3, {DOWN, STAY, CLOSE}),
    ],
)
@pytest.mark.parametrize("key", LADDERS)
def test_the_outcomes_offered_are_those_allowed(key, level, possible):
    ladder = LADDERS[key]
    state = standing(ladder, level, done=DECIDING[key, level] - 1)
    assert set(outcomes(ladder, level)) == possible
    deciding = ladder.level(level).deciding.key
    for outcome in Direction:
        decision = may(ladder, state, DoStep(deciding, outcome=outcome))
        assert decision.allowed is (outcome in possible)
        assert in_short(decision) == (set() if outcome in possible else {"no_such_level"})


# --- The ladders themselves -----------------------------------------------------------------------

WORDING = {
    "children": {
        "Avklar undring": [
            "Definer uroa",
            "Del uroa med leiaren din",
            "Del uroa med barnet/ungdommen, føresette eller den gravide",
            "Grunn til vidare oppfølging?",
            "Avslutt saka",
        ],
        "Intern innsats": [
            "Samtykke til stafettlogg",
            "Skap felles forståing",
            "Set i verk tiltak",
            "Evalueringssamling: drøfting",
            "Evalueringssamling: avgjerd om vegen vidare",
        ],
        "Samarbeid to": [
            "Nettverksmøte: oppstart",
            "Nettverksmøte: planlegg tiltak",
            "Set i verk tiltak",
            "Evalueringssamling: drøfting",
            "Evalueringssamling: avgjerd om vegen vidare",
        ],
        "Samarbeid fleire": [
            "Første møte med aktuell instans",
            "Planlegg tiltak",
            "Set i verk koordinerte tiltak",
            "Evalueringssamling: drøfting",
            "Evalueringssamling: avgjerd om vegen vidare, koordinert innsats",
        ],
    },
    "adults": {
        "Avklar bekymring": [
            "Kartlegg",
            "Del observasjonen",
            "Snakk med den det gjeld",
            "Trengst vidare oppfølging?",
        ],
        "Tiltak frå ei teneste": [
            "Definer kontaktperson",
            "PSFS-samtale",
            "Set i verk tiltak",
            "Evaluer",
            "Avgjer vegen vidare",
        ],
        "Samarbeid to": [
            "Samarbeidssamling",
            "PSFS-samtale",
            "Set i verk tiltak mellom tenestene",
            "Evaluer",
            "Avgjer vegen vidare",
        ],
        "Samarbeid fleire": [
            "Vurder koordineringsbehov",
            "Meld behov til KE",
            "KE avgjer koordinator og/eller individuell plan",
            "Oppfølgingsteam i gang",
            "Evaluer og avgjer vegen vidare",
        ],
    },
}


@pytest.mark.parametrize("key", LADDERS)
def test_the_wording_is_that_of_the_papers(key):
    ladder = LADDERS[key]
    assert [level.number for level in ladder.levels] == list(LEVELS)
    assert ladder.starts_at == 0
    assert {level.name.nn: [step.name.nn for step in level.steps] for level in ladder.levels} == WORDING[key]
    for level in ladder.levels:
        assert [step.number for step in level.steps] == list(range(1, len(level.steps) + 1))
        assert level.deciding.number == DECIDING[key, level.number]
    closing = [step.name.nn for level in ladder.levels for step in level.steps if step.closes]
    assert closing == (["Avslutt saka"] if key == "children" else [])


@pytest.mark.parametrize(
    ("key", "titles"),
    [
        ("children", [None, "stafetthaldar", "stafetthaldar", "stafetthaldar"]),
        ("adults", [None, "kontaktperson", "kontaktperson / primærkontakt", "koordinator"]),
    ],
)
def test_the_holder_has_a_title_that_goes_with_the_level(key, titles):
    found = [level.holder_title and level.holder_title.nn for level in LADDERS[key].levels]
    assert found == titles


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nn", "Tiltak frå ei teneste"),
        ("nn_NO", "Tiltak frå ei teneste"),
        ("nb", "Tiltak fra én tjeneste"),
        ("nb-NO", "Tiltak fra én tjeneste"),
        ("en", "Measures from one service"),
        ("en_GB", "Measures from one service"),
        ("se", "Tiltak frå ei teneste"),
    ],
)
def test_texts_come_in_the_language_asked_for(language, words):
    assert ADULTS.level(1).name.in_language(language) == words


def test_levels_and_steps_are_found_by_number_and_key():
    assert ADULTS.step("several_report").name.nn == "Meld behov til KE"
    assert ADULTS.step("gone") is None
    with pytest.raises(KeyError):
        ADULTS.level(4)
    with pytest.raises(KeyError):
        ADULTS.level(-1)
    with pytest.raises(KeyError):
        requirements_for(ADULTS, 0, "one_psfs")


# --- B1: opening ----------------------------------------------------------------------------------


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_a_case_opens_at_level_0_and_higher_only_with_a_reason(ladder):
    assert may(ladder, None, Open(0)).allowed
    for level in (1, 2, 3):
        assert in_short(may(ladder, None, Open(level, " "))) == {"needs_reason"}
        assert may(ladder, None, Open(level, "Behovet er kjent frå før")).allowed
    assert may(ladder, None, Open(4, "Behovet er kjent frå før")).missing == (Missing("no_such_level", level=4),)


def test_a_case_opened_high_names_what_is_missing_and_waits_for_it():
    case = after(ADULTS, None, Open(3, "Utskriven frå sjukehus"))
    assert case == CaseState("adults", 3, True)
    assert missing_requirements(ADULTS, case) == (
        Missing("requirement", requirement="second_service", level=3),
        Missing("requirement", requirement="reported_to_ke", level=3),
    )
    assert in_short(may(ADULTS, case, DoStep("several_assess"))) == {"second_service"}

    case = replace(case, fulfilled=frozenset({"second_service"}))
    case = after(ADULTS, case, DoStep("several_assess"))
    assert in_short(may(ADULTS, case, DoStep("several_report"))) == {"reported_to_ke"}
    skipped = after(ADULTS, case, DoStep("several_report", skip=True, reason="Meldt på telefon"))
    assert in_short(may(ADULTS, skipped, DoStep("several_coordinator"))) == {"reported_to_ke"}

    case = replace(case, fulfilled=case.fulfilled | {"reported_to_ke"})
    case = after(ADULTS, case, DoStep("several_report"))
    assert may(ADULTS, case, DoStep("several_coordinator")).allowed
    assert missing_requirements(ADULTS, case) == ()


def test_an_earlier_closed_case_is_no_hindrance_to_a_new_one_but_an_open_one_is():
    old = CaseState("adults", 2, open=False)
    assert may(ADULTS, old, Open(0)).allowed
    assert after(ADULTS, old, Open(0)) == CaseState("adults", 0, True)
    assert in_short(may(ADULTS, replace(old, open=True), Open(0))) == {"already_open"}


def test_nothing_else_can_be_done_without_a_case():
    for request in (DoStep("clarify_survey"), Move(1, "x"), Close("other", "x", "y"), Reopen("x")):
        assert in_short(may(ADULTS, None, request)) == {"no_case"}


# --- B2: steps ------------------------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_steps_are_done_in_order(ladder, level):
    for done in range(DECIDING[ladder.key, level]):
        state = standing(ladder, level, done=done)
        first = ladder.level(level).steps[done]
        assert next_step(ladder, state) == first
        for step in ladder.level(level).steps[done + 1 : DECIDING[ladder.key, level]]:
            outcome = STAY if step.decides else None
            assert may(ladder, state, DoStep(step.key, outcome=outcome)).missing == (
                Missing("step_out_of_order", step=first.key),
            )
            if not step.decides:
                skip = DoStep(step.key, skip=True)
                assert in_short(may(ladder, state, skip)) == {"step_out_of_order", "needs_reason"}
        for step in ladder.level(level).steps[:done]:
            for again in (DoStep(step.key), DoStep(step.key, skip=True, reason="x")):
                assert may(ladder, state, again).missing == (Missing("already_done", step=step.key),)


def test_a_skipped_step_counts_as_passed_and_can_be_done_after_all():
    case = standing(CHILDREN, 0)
    case = after(CHILDREN, case, DoStep("clarify_define", skip=True, reason="Kjent uro"))
    assert case.steps == {"clarify_define": "skipped"}
    assert next_step(CHILDREN, case).key == "clarify_leader"
    case = after(CHILDREN, case, DoStep("clarify_leader"))
    again = DoStep("clarify_define", skip=True, reason="Kjent uro")
    assert in_short(may(CHILDREN, case, again)) == {"already_done"}
    case = after(CHILDREN, case, DoStep("clarify_define"))
    assert case.steps == {"clarify_define": "done", "clarify_leader": "done"}


def test_skipping_gets_nobody_past_a_requirement():
    case = standing(CHILDREN, 1, done=1, lacking={"consent_log"})
    case = after(CHILDREN, case, DoStep("one_understanding", skip=True, reason="Gjort i fjor"))
    assert in_short(may(CHILDREN, case, DoStep("one_measures"))) == {"consent_log"}


@pytest.mark.parametrize(("level", "held", "lacks"), [(1, False, CONTACT), (1, True, set()), (3, True, set())])
def test_who_holds_the_baton_of_an_adult_is_the_contact_person(level, held, lacks):
    state = standing(ADULTS, level, lacking={"contact_person"}, held=held)
    assert {each.values["requirement"] for each in missing_requirements(ADULTS, state)} == lacks
    assert ADULTS.level(level).holder_is_contact is (level < 3)
    assert not CHILDREN.level(level).holder_is_contact


def test_the_step_that_names_a_contact_person_has_nothing_to_see_to_once_somebody_holds_the_baton():
    nobody = standing(ADULTS, 1, lacking={"contact_person"})
    named, talk = ADULTS.level(1).steps[:2]
    assert to_provide(ADULTS, nobody, named) == (Missing("requirement", requirement="contact_person", level=1),)
    assert may(ADULTS, nobody, DoStep(named.key)).missing == to_provide(ADULTS, nobody, named)
    assert to_provide(ADULTS, replace(nobody, held=True), named) == ()
    assert to_provide(ADULTS, nobody, talk) == ()


@pytest.mark.parametrize(("key", "level", "number"), SEES_TO)
def test_a_step_is_done_once_what_it_sees_to_is_in_place_or_skipped_with_a_reason(key, level, number):
    ladder, lacks = LADDERS[key], SEES_TO[key, level, number]
    step = ladder.level(level).steps[number - 1]
    state = standing(ladder, level, done=number - 1, lacking=lacks)
    assert in_short(may(ladder, state, DoStep(step.key))) == lacks
    passed = after(ladder, state, DoStep(step.key, skip=True, reason="Ho er innlagd"))
    assert in_short(may(ladder, passed, DoStep(step.key))) == lacks, "taken up again, it rests on the same"
    assert after(ladder, replace(passed, fulfilled=EVERYTHING), DoStep(step.key)).steps[step.key] == "done"


@pytest.mark.parametrize(("level", "step"), [(1, "one_psfs"), (2, "two_psfs")])
def test_a_step_that_says_a_conversation_was_held_rests_on_one_or_is_skipped(level, step):
    state = standing(ADULTS, level, done=1, talked=False)
    assert may(ADULTS, state, DoStep(step)).missing == (Missing("needs_conversation", step=step),)
    assert after(ADULTS, state, DoStep(step, skip=True, reason="For sjuk no")).steps[step] == "skipped"
    assert may(ADULTS, replace(state, talked=True), DoStep(step)).allowed


def test_a_conversation_of_the_round_before_is_not_one_of_this_round():
    again = after(ADULTS, standing(ADULTS, 1, done=4), DoStep("one_decision", outcome=STAY))
    again = after(ADULTS, again, DoStep("one_contact"))
    assert in_short(may(ADULTS, again, DoStep("one_psfs"))) == {"needs_conversation"}


def test_a_step_of_another_level_is_unknown():
    state = standing(CHILDREN, 1)
    assert may(CHILDREN, state, DoStep("two_start")).missing == (Missing("unknown_step", step="two_start", level=1),)


def test_only_the_deciding_step_takes_an_outcome():
    for request in (
        DoStep("clarify_define", outcome=UP),
        DoStep("clarify_define", skip=True, reason="x", outcome=STAY),
    ):
        assert in_short(may(CHILDREN, standing(CHILDREN, 0), request)) == {"outcome_not_possible"}


@pytest.mark.parametrize(("outcome", "to_level"), [(UP, 1), (UP, 2), (DOWN, 2), (DOWN, 3), (STAY, 3), (CLOSE, 1)])
def test_the_outcome_and_the_level_must_agree(outcome, to_level):
    state = standing(ADULTS, 2, done=4)
    request = DoStep("two_decision", outcome=outcome, to_level=to_level, reason="x")
    assert may(ADULTS, state, request).missing == (Missing("wrong_direction", outcome=outcome, level=to_level),)


@pytest.mark.parametrize(
    ("request_", "level"),
    [
        (DoStep("two_decision", outcome=UP), 3),
        (DoStep("two_decision", outcome=STAY), 2),
        (DoStep("two_decision", outcome=DOWN), 1),
        (DoStep("two_decision", outcome=DOWN, to_level=0, reason="x"), 0),
        (Move(0, "x"), 0),
        (Move(3, "x"), 3),
    ],
)
def test_a_new_level_or_a_new_round_begins_with_no_steps_done(request_, level):
    state = standing(ADULTS, 2, done=4)
    assert after(ADULTS, state, request_) == replace(state, level=level, steps={}, talked=False)


def test_a_decision_to_close_waits_for_the_closing_and_can_be_taken_again():
    case = after(CHILDREN, standing(CHILDREN, 0, done=3), DoStep("clarify_decision", outcome=CLOSE))
    assert case.open
    assert next_step(CHILDREN, case).name.nn == "Avslutt saka"
    assert in_short(may(CHILDREN, case, DoStep("clarify_close"))) == {"close_instead"}
    closed = after(CHILDREN, case, Close("no_concern", "Alt går fint"))
    assert not closed.open
    assert closed.steps["clarify_close"] == "done"
    assert after(CHILDREN, case, DoStep("clarify_decision", outcome=STAY)).steps == {}
    assert after(CHILDREN, case, DoStep("clarify_decision", outcome=UP)).level == 1


# --- B3: moves ------------------------------------------------------------------------------------


def test_a_move_of_one_level_right_after_the_decision_needs_no_reason():
    decided = standing(ADULTS, 1, done=5)
    assert may(ADULTS, decided, Move(2)).allowed
    assert may(ADULTS, decided, Move(0)).allowed
    assert in_short(may(ADULTS, decided, Move(3))) == {"needs_reason"}
    assert in_short(may(ADULTS, standing(ADULTS, 1, done=4), Move(2))) == {"needs_reason"}


def test_everything_that_is_missing_is_named_at_once():
    state = standing(CHILDREN, 0, lacking=EVERYTHING)
    assert may(CHILDREN, state, Move(3)).missing == (
        Missing("needs_reason"),
        Missing("requirement", requirement="consent_log", level=3),
        Missing("requirement", requirement="second_service", level=3),
        Missing("requirement", requirement="reported_to_ke", level=3),
    )


def test_a_requirement_of_both_levels_is_named_once():
    state = standing(ADULTS, 2, done=4, lacking=EVERYTHING)
    assert may(ADULTS, state, DoStep("two_decision", outcome=UP)).missing == (
        Missing("requirement", requirement="second_service", level=2),
        Missing("requirement", requirement="reported_to_ke", level=3),
    )


@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_a_withdrawn_consent_never_locks_a_case_in(ladder):
    for level in (1, 2, 3):
        state = standing(ladder, level, done=4, lacking=EVERYTHING)
        deciding = ladder.level(level).deciding.key
        assert may(ladder, state, DoStep(deciding, outcome=DOWN)).allowed
        assert may(ladder, state, DoStep(deciding, outcome=CLOSE)).allowed
        assert may(ladder, state, Move(level - 1, "Samtykket er trekt")).allowed
        assert may(ladder, state, Close("their_wish", "Dei ønskjer ikkje meir")).allowed


# --- B5: closing and reopening --------------------------------------------------------------------


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_closing_asks_why_and_for_a_last_evaluation(ladder, level):
    state = standing(ladder, level)
    assert set(CLOSE_REASONS) == {
        "no_concern",
        "their_wish",
        "individual_plan",
        "moved",
        "dead",
        "other",
    }
    for code in CLOSE_REASONS:
        assert may(ladder, state, Close(code, "Målet er nådd", "Sjå referatet")).allowed
        assert may(ladder, state, Close(code, "Målet er nådd", " \n")).allowed is (code != "other")
        assert in_short(may(ladder, state, Close(code, " \n", "x"))) == {"last_evaluation"}
    assert in_short(may(ladder, state, Close("other", "x"))) == {"needs_reason"}
    assert in_short(may(ladder, state, Close("", ""))) == {"needs_reason", "last_evaluation"}
    assert in_short(may(ladder, state, Close("bored", "x"))) == {"unknown_close_reason"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("ladder", LADDERS.values(), ids=LADDERS)
def test_a_closed_case_is_read_only_until_it_is_reopened(ladder, level):
    closed = after(ladder, standing(ladder, level, done=2), Close("moved", "Flytta"))
    for request in every_request(ladder, level):
        if isinstance(request, DoStep | Move | Close):
            assert in_short(may(ladder, closed, request)) == {"case_closed"}
    assert next_step(ladder, closed) is None
    assert in_short(may(ladder, closed, Reopen(""))) == {"needs_reason"}
    reopened = after(ladder, closed, Reopen("Flytta heim att"))
    assert reopened == standing(ladder, level, talked=False)
    assert in_short(may(ladder, reopened, Reopen("x"))) == {"already_open"}


# --- Whatever is asked, in whatever order ---------------------------------------------------------

ANY_REQUEST = st.one_of(
    st.builds(
        DoStep,
        st.sampled_from([step.key for level in CHILDREN.levels for step in level.steps]),
        skip=st.booleans(),
        reason=st.sampled_from(["", "x"]),
        outcome=st.none() | st.sampled_from(Direction),
        to_level=st.none() | st.integers(-1, 4),
    ),
    st.builds(Move, st.integers(-1, 4), st.sampled_from(["", "x"])),
    st.builds(Close, st.sampled_from([*CLOSE_REASONS, ""]), st.sampled_from(["", "x"])),
    st.builds(Reopen, st.sampled_from(["", "x"])),
)
IN_PLACE = st.frozensets(st.sampled_from(REQUIREMENTS))


@given(st.lists(st.tuples(ANY_REQUEST, IN_PLACE), max_size=40))
def test_no_way_leads_to_a_state_that_cannot_be(way):
    case = after(CHILDREN, None, Open(0))
    for request, in_place in way:
        before = replace(case, fulfilled=in_place)
        if not may(CHILDREN, before, request).allowed:
            continue
        case = after(CHILDREN, before, request)
        assert case.level in LEVELS
        assert case.fulfilled == in_place
        assert set(case.steps) <= {step.key for step in CHILDREN.level(case.level).steps}
        assert before.open is not isinstance(request, Reopen)
        assert case.open is not isinstance(request, Close)
        if case.level > before.level:
            assert TO_ENTER["children", case.level] <= in_place
        if abs(case.level - before.level) > 1:
            assert request.reason


# --- A ladder that was changed under a running case -----------------------------------------------


def test_a_case_from_another_ladder_is_a_mistake_in_the_program():
    with pytest.raises(ValueError, match="children"):
        may(ADULTS, standing(CHILDREN, 0), Move(1, "x"))


def test_a_case_on_a_level_that_is_gone_can_be_moved_or_closed():
    lost = CaseState("adults", 7, True, {"gone": "done"}, EVERYTHING)
    assert next_step(ADULTS, lost) is None
    assert missing_requirements(ADULTS, lost) == ()
    assert may(ADULTS, lost, DoStep("gone")).missing == (Missing("no_such_level", level=7),)
    assert in_short(may(ADULTS, lost, Move(3))) == {"needs_reason"}
    assert after(ADULTS, lost, Move(3, "Nivået er borte")).level == 3
    assert not after(ADULTS, lost, Close("other", "x", "y")).open


def test_a_step_that_is_gone_is_no_hindrance():
    state = replace(standing(ADULTS, 0), steps={"gone": "done"})
    assert next_step(ADULTS, state).key == "clarify_survey"
    assert may(ADULTS, state, DoStep("clarify_survey")).allowed


def test_missing_things_can_be_compared_and_collected():
    one = Missing("requirement", requirement="consent_log", level=1)
    assert one == Missing("requirement", level=1, requirement="consent_log")
    assert len({one, Missing("requirement", requirement="consent_log", level=1)}) == 1
    assert one != Missing("requirement", requirement="consent_log", level=2)
