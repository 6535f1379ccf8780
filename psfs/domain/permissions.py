"""Who may do what (domain rules, chapter 4): one table of role x action x relation to the case.

What is not in the table is denied. A relation counts only where it fits the role: a member of staff
gets nothing from a case being at their own service, and an admin gets nothing from any relation.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What kind of account it is."""

    STAFF = "staff"
    LEADER = "leader"
    KE = "ke"
    ADMIN = "admin"


class Relation(StrEnum):
    """How an account stands to one case; there can be several at once, or none."""

    HOLDER = "holder"
    TEAM = "team"
    OPENED_BY = "opened_by"
    CONTACT = "contact"
    OWN_SERVICE = "own_service"
    KE_CASE = "ke_case"
    SUCCESSOR = "successor"
    EMERGENCY = "emergency"


class Action(StrEnum):
    """What an account wants to do: first with one case, then in general."""

    VIEW = "view"
    VIEW_LOG = "view_log"
    VIEW_READINGS = "view_readings"
    PRINT = "print"
    RECORD = "record"
    CORRECT = "correct"
    EDIT_PERSON = "edit_person"
    STEP = "step"
    MOVE = "move"
    INTERVENE = "intervene"
    CONSENT = "consent"
    HAND_OVER = "hand_over"
    ACCEPT = "accept"
    NOTE = "note"
    TEAM = "team"
    REPORT_KE = "report_ke"
    DECIDE = "decide"
    APPOINT = "appoint"
    MEET = "meet"
    PLAN = "plan"
    EXPORT_CASE = "export_case"
    EMERGENCY = "emergency"

    WORKLIST = "worklist"
    SEARCH = "search"
    CREATE_CASE = "create_case"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_SERVICES = "manage_services"
    MANAGE_SETTINGS = "manage_settings"
    READ_SECURITY_LOG = "read_security_log"
    OWN_ACCOUNT = "own_account"
    OFFLINE = "offline"
    COORDINATE = "coordinate"
    OVERVIEW = "overview"
    NOTE_CHANGE = "note_change"
    EXPORT_LIST = "export_list"
    IMPORT_SCORES = "import_scores"


GENERAL_ACTIONS = frozenset(
    {
        Action.WORKLIST,
        Action.SEARCH,
        Action.CREATE_CASE,
        Action.MANAGE_ACCOUNTS,
        Action.MANAGE_SERVICES,
        Action.MANAGE_SETTINGS,
        Action.READ_SECURITY_LOG,
        Action.OWN_ACCOUNT,
        Action.OFFLINE,
        Action.COORDINATE,
        Action.OVERVIEW,
        Action.NOTE_CHANGE,
        Action.EXPORT_LIST,
        Action.IMPORT_SCORES,
    }
)
"""Actions that concern no case."""

CASE_ACTIONS = frozenset(Action) - GENERAL_ACTIONS
"""Actions on one case."""

Grant = Relation | None
"""What a permission hangs on: a relation to the case, or None where none is needed."""

_TAKES_PART: frozenset[Grant] = frozenset({Relation.HOLDER, Relation.TEAM, Relation.OPENED_BY, Relation.CONTACT})
_EMERGENCY: frozenset[Grant] = frozenset({Relation.EMERGENCY})
_OWN_SERVICE: frozenset[Grant] = frozenset({Relation.OWN_SERVICE})
_KE_CASE: frozenset[Grant] = frozenset({Relation.KE_CASE})
_ANYONE: frozenset[Grant] = frozenset({None})

# The baton passes only when the successor accepts (B7): no other relation answers an offer.
_CLINICAL: dict[Action, frozenset[Grant]] = {
    Action.VIEW: _TAKES_PART | _EMERGENCY,
    Action.VIEW_LOG: _TAKES_PART | _EMERGENCY,
    Action.VIEW_READINGS: _TAKES_PART,
    Action.PRINT: _TAKES_PART,
    Action.RECORD: _TAKES_PART,
    Action.CORRECT: _TAKES_PART,
    Action.EDIT_PERSON: _TAKES_PART,
    Action.STEP: _TAKES_PART,
    Action.MOVE: _TAKES_PART,
    Action.INTERVENE: _TAKES_PART,
    Action.CONSENT: _TAKES_PART,
    Action.HAND_OVER: _TAKES_PART,
    Action.ACCEPT: frozenset({Relation.SUCCESSOR}),
    Action.NOTE: _TAKES_PART | _EMERGENCY,
    Action.TEAM: _TAKES_PART,
    Action.REPORT_KE: _TAKES_PART,
    Action.MEET: _TAKES_PART,
    Action.PLAN: _TAKES_PART,
    Action.EXPORT_CASE: _TAKES_PART,
    Action.EMERGENCY: _ANYONE,
    Action.WORKLIST: _ANYONE,
    Action.SEARCH: _ANYONE,
    Action.CREATE_CASE: _ANYONE,
    Action.OWN_ACCOUNT: _ANYONE,
    Action.OFFLINE: _ANYONE,
}
# The coordinating unit decides and appoints; a leader does not, not even in the own service.
_FOR_KE_ONLY = frozenset({Action.DECIDE, Action.APPOINT})
_FOR_OWN_SERVICE = CASE_ACTIONS - {Action.ACCEPT, Action.EMERGENCY} - _FOR_KE_ONLY
_LEADS: dict[Action, frozenset[Grant]] = {
    Action.OVERVIEW: _ANYONE,
    Action.NOTE_CHANGE: _ANYONE,
    Action.EXPORT_LIST: _ANYONE,
}
_FOR_KE_CASE = frozenset(
    {
        Action.VIEW,
        Action.VIEW_LOG,
        Action.VIEW_READINGS,
        Action.PRINT,
        Action.HAND_OVER,
        Action.NOTE,
        Action.PLAN,
        Action.EXPORT_CASE,
    }
)


def _also(actions: Collection[Action], grants: frozenset[Grant]) -> dict[Action, frozenset[Grant]]:
    """What every clinical role has, and `grants` for some of the actions."""
    return {action: had | (grants if action in actions else frozenset()) for action, had in _CLINICAL.items()}


TABLE: Mapping[Role, Mapping[Action, frozenset[Grant]]] = MappingProxyType(
    {
        Role.STAFF: MappingProxyType(_CLINICAL),
        Role.LEADER: MappingProxyType(_also(_FOR_OWN_SERVICE, _OWN_SERVICE) | _LEADS),
        Role.KE: MappingProxyType(
            _also(_FOR_KE_CASE, _KE_CASE)
            | _LEADS
            | dict.fromkeys(_FOR_KE_ONLY, _KE_CASE)
            | {Action.COORDINATE: _ANYONE, Action.IMPORT_SCORES: _ANYONE}
        ),
        Role.ADMIN: MappingProxyType(
            {
                Action.MANAGE_ACCOUNTS: _ANYONE,
                Action.MANAGE_SERVICES: _ANYONE,
                Action.MANAGE_SETTINGS: _ANYONE,
                Action.READ_SECURITY_LOG: _ANYONE,
                Action.OWN_ACCOUNT: _ANYONE,
            }
        ),
    }
)
"""For each role and action, the relations of which one is needed. An absent action is denied."""


def allowed(role: Role, action: Action, relations: Collection[Relation] = ()) -> bool:
    """Whether an account with this role and these relations to the case may do this.

    General actions take no relations. Anything not in the table is denied, unknown values included.
    """
    grants = TABLE.get(role, {}).get(action, frozenset())
    return None in grants or not grants.isdisjoint(relations)
