"""Chapter 4 of the domain rules, written out in full: every role x action x relation to the case."""

from itertools import combinations

import pytest

from psfs.domain.permissions import (
    CASE_ACTIONS,
    GENERAL_ACTIONS,
    TABLE,
    Action,
    Relation,
    Role,
    allowed,
)

RELATIONS = (
    None,
    Relation.HOLDER,
    Relation.TEAM,
    Relation.OPENED_BY,
    Relation.CONTACT,
    Relation.OWN_SERVICE,
    Relation.KE_CASE,
    Relation.SUCCESSOR,
    Relation.EMERGENCY,
)

# Columns as in RELATIONS: n(one) h(older) t(eam) o(pened by) c(ontact) s(ervice) k(e case)
# s(uccessor) e(mergency). An x is a yes.
EXPECTED = {
    Role.STAFF: """
                          n h t o c s k s e
        view              - x x x x - - - x
        view_log          - x x x x - - - x
        view_readings     - x x x x - - - -
        print             - x x x x - - - -
        record            - x x x x - - - -
        correct           - x x x x - - - -
        edit_person       - x x x x - - - -
        step              - x x x x - - - -
        move              - x x x x - - - -
        intervene         - x x x x - - - -
        consent           - x x x x - - - -
        hand_over         - x x x x - - - -
        accept            - - - - - - - x -
        note              - x x x x - - - x
        team              - x x x x - - - -
        report_ke         - x x x x - - - -
        decide            - - - - - - - - -
        appoint           - - - - - - - - -
        meet              - x x x x - - - -
        plan              - x x x x - - - -
        export_case       - x x x x - - - -
        emergency         x x x x x x x x x
        worklist          x x x x x x x x x
        search            x x x x x x x x x
        create_case       x x x x x x x x x
        manage_accounts   - - - - - - - - -
        manage_services   - - - - - - - - -
        manage_settings   - - - - - - - - -
        read_security_log - - - - - - - - -
        own_account       x x x x x x x x x
        offline           x x x x x x x x x
        coordinate        - - - - - - - - -
        overview          - - - - - - - - -
        note_change       - - - - - - - - -
        export_list       - - - - - - - - -
        import_scores     - - - - - - - - -
    """,
    Role.LEADER: """
                          n h t o c s k s e
        view              - x x x x x - - x
        view_log          - x x x x x - - x
        view_readings     - x x x x x - - -
        print             - x x x x x - - -
        record            - x x x x x - - -
        correct           - x x x x x - - -
        edit_person       - x x x x x - - -
        step              - x x x x x - - -
        move              - x x x x x - - -
        intervene         - x x x x x - - -
        consent           - x x x x x - - -
        hand_over         - x x x x x - - -
        accept            - - - - - - - x -
        note              - x x x x x - - x
        team              - x x x x x - - -
        report_ke         - x x x x x - - -
        decide            - - - - - - - - -
        appoint           - - - - - - - - -
        meet              - x x x x x - - -
        plan              - x x x x x - - -
        export_case       - x x x x x - - -
        emergency         x x x x x x x x x
        worklist          x x x x x x x x x
        search            x x x x x x x x x
        create_case       x x x x x x x x x
        manage_accounts   - - - - - - - - -
        manage_services   - - - - - - - - -
        manage_settings   - - - - - - - - -
        read_security_log - - - - - - - - -
        own_account       x x x x x x x x x
        offline           x x x x x x x x x
        coordinate        - - - - - - - - -
        overview          x x x x x x x x x
        note_change       x x x x x x x x x
        export_list       x x x x x x x x x
        import_scores     - - - - - - - - -
    """,
    Role.KE: """
                          n h t o c s k s e
        view              - x x x x - x - x
        view_log          - x x x x - x - x
        view_readings     - x x x x - x - -
        print             - x x x x - x - -
        record            - x x x x - - - -
        correct           - x x x x - - - -
        edit_person       - x x x x - - - -
        step              - x x x x - - - -
        move              - x x x x - - - -
        intervene         - x x x x - - - -
        consent           - x x x x - - - -
        hand_over         - x x x x - x - -
        accept            - - - - - - - x -
        note              - x x x x - x - x
        team              - x x x x - - - -
        report_ke         - x x x x - - - -
        decide            - - - - - - x - -
        appoint           - - - - - - x - -
        meet              - x x x x - - - -
        plan              - x x x x - x - -
        export_case       - x x x x - x - -
        emergency         x x x x x x x x x
        worklist          x x x x x x x x x
        search            x x x x x x x x x
        create_case       x x x x x x x x x
        manage_accounts   - - - - - - - - -
        manage_services   - - - - - - - - -
        manage_settings   - - - - - - - - -
        read_security_log - - - - - - - - -
        own_account       x x x x x x x x x
        offline           x x x x x x x x x
        coordinate        x x x x x x x x x
        overview          x x x x x x x x x
        note_change       x x x x x x x x x
        export_list       x x x x x x x x x
        import_scores     x x x x x x x x x
    """,
    Role.ADMIN: """
                          n h t o c s k s e
        view              - - - - - - - - -
        view_log          - - - - - - - - -
        view_readings     - - - - - - - - -
        print             - - - - - - - - -
        record            - - - - - - - - -
        correct           - - - - - - - - -
        edit_person       - - - - - - - - -
        step              - - - - - - - - -
        move              - - - - - - - - -
        intervene         - - - - - - - - -
        consent           - - - - - - - - -
        hand_over         - - - - - - - - -
        accept            - - - - - - - - -
        note              - - - - - - - - -
        team              - - - - - - - - -
        report_ke         - - - - - - - - -
        decide            - - - - - - - - -
        appoint           - - - - - - - - -
        meet              - - - - - - - - -
        plan              - - - - - - - - -
        export_case       - - - - - - - - -
        emergency         - - - - - - - - -
        worklist          - - - - - - - - -
        search            - - - - - - - - -
        create_case       - - - - - - - - -
        manage_accounts   x x x x x x x x x
        manage_services   x x x x x x x x x
        manage_settings   x x x x x x x x x
        read_security_log x x x x x x x x x
        own_account       x x x x x x x x x
        offline           - - - - - - - - -
        coordinate        - - - - - - - - -
        overview          - - - - - - - - -
        note_change       - - - - - - - - -
        export_list       - - - - - - - - -
        import_scores     - - - - - - - - -
    """,
}

ROWS = [
    (role, words[0], relation, mark == "x")
    for role, grid in EXPECTED.items()
    for words in (line.split() for line in grid.strip().splitlines()[1:])
    for relation, mark in zip(RELATIONS, words[1:], strict=True)
]
YES = {(role, action, relation) for role, action, relation, answer in ROWS if answer}


@pytest.mark.parametrize(("role", "action", "relation", "answer"), ROWS)
def test_every_role_action_and_relation(role, action, relation, answer):
    relations = () if relation is None else (relation,)
    assert allowed(role, Action(action), relations) is answer


def test_the_expectation_covers_everything_there_is():
    assert {(role, action, relation) for role, action, relation, _ in ROWS} == {
        (role, action.value, relation) for role in Role for action in Action for relation in (None, *Relation)
    }
    assert len(ROWS) == len(Role) * len(Action) * (len(Relation) + 1)


@pytest.mark.parametrize("role", Role)
def test_several_relations_give_what_each_of_them_gives(role):
    for action in Action:
        for first, second in combinations(Relation, 2):
            either = (role, action, first) in YES or (role, action, second) in YES
            assert allowed(role, action, {first, second}) is either


@pytest.mark.parametrize("action", sorted(CASE_ACTIONS))
def test_an_admin_gets_into_no_case_whatever_the_relations(action):
    assert not allowed(Role.ADMIN, action, set(Relation))


def test_only_the_successor_answers_an_offer():
    everyone_else = set(Relation) - {Relation.SUCCESSOR}
    assert not any(allowed(role, Action.ACCEPT, everyone_else) for role in Role)


def test_what_is_not_in_the_table_is_denied():
    assert not allowed("visitor", Action.VIEW, set(Relation))
    assert not allowed(Role.STAFF, "delete", set(Relation))
    assert not allowed(Role.STAFF, Action.VIEW, {"friend"})
    assert not allowed(Role.STAFF, Action.VIEW, {None})


def test_an_action_on_a_case_is_never_a_general_one():
    assert set(Action) == CASE_ACTIONS | GENERAL_ACTIONS
    assert not CASE_ACTIONS & GENERAL_ACTIONS
    needing_nothing = {action for _, action, relation in YES if relation is None}
    assert needing_nothing == GENERAL_ACTIONS | {Action.EMERGENCY}


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        TABLE[Role.ADMIN][Action.VIEW] = frozenset({None})
