"""A need reported to the coordinating unit: which reports it still has before it, and what it has decided."""

from collections.abc import Mapping

UNDECIDED = ("new", "waiting")
"""The states in which a report waits for somebody; of these a case has at most one."""
DECIDED = "decided"
"""The state of a report that the unit has answered."""
WITHDRAWN = "withdrawn"
"""The state of one that was undecided when its case was closed."""

ANSWERED = "answered"
"""Where a report stands that has got its answer: before the unit again, and not new."""


def stage(state: str, *, answered: bool) -> str:
    """Where the report stands for the unit: its state, or `ANSWERED` where it is before the unit with an answer."""
    return ANSWERED if answered and state == "new" else state


def may_appoint(kind: str, decided: Mapping[str, bool | None] | None) -> bool:
    """Whether somebody may be asked to be coordinator (`kind`: coordinator | childrens_coordinator).

    Not against the unit's last decision in the case. Where it has decided nothing (`decided` is None), or nothing about
    that kind, it decides by asking.
    """
    return decided is None or decided.get(kind) is not False


def may_withdraw(*, appointment: bool, appoints: bool, unit_sees: bool) -> bool:
    """Whether somebody who may hand the baton over may take a question about it back.

    Only the unit appoints (chapter 4), so that only it (`appoints`) takes back its own question to a coordinator
    (`appointment`); where the case is no longer one that it sees, nobody else could, and whoever hands over may.
    """
    return not appointment or appoints or not unit_sees
