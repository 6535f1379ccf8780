"""What waits for somebody: one list, the most urgent first. Every rule is ``domain.due``'s or ``domain.scoring``'s."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.accounts.settings import limits
from psfs.bti.queries_interventions import evaluation_due as measure_due
from psfs.cases import names
from psfs.cases.relations import KE_LEVEL, grants, stands, who
from psfs.conversations.queries import figures_for_forms
from psfs.domain import consents, due
from psfs.domain.due import Limits, Urgency
from psfs.domain.permissions import Action, Role
from psfs.domain.scoring import Flag
from psfs.extensions import db
from psfs.worklist import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from psfs.models import User

KINDS = (
    "naudopning",
    "stafett",
    "mottatt",
    "skilnad",
    "endring",
    "melding",
    "svar",
    "avgjerd",
    "koordinator",
    "haldar",
    "dobbel",
    "avklaring",
    "samtale",
    "mote",
    "evaluering",
    "tiltak",
    "samtykke",
    "plan",
)
"""Every kind of row, as it stands in the address, in the order of the filters."""
ANSWERS = {"nei": "declined", "ja": "accepted"}
"""The flag of a baton that somebody would not take, or took."""
OWN = "own"
"""The flag of a conversation from one's own device that somebody else is to see to."""
MINUTES = {"referat": "minutes", "andres": "minutes_of_another"}
"""The flag of a meeting whose minutes are begun and not closed: one's own, or somebody else's."""
GRANTED, ENDED = "granted", "ended"
"""What KE has decided and nobody has carried out yet; a coordinator's time that has ended since."""
TOLD = timedelta(days=14)
"""For how long it is told that somebody took the baton."""
_RANK = {Urgency.OVERDUE: 0, Urgency.TODAY: 1, Urgency.SOON: 2, Urgency.LATER: 3}


@dataclass(frozen=True, slots=True)
class Item:
    """One row. ``on`` is the due day, or the day it began to wait; ``name`` is empty where it must not be told.

    ``more`` tells rows of a kind apart: what somebody is asked or was asked to be (``Coordinator.kind``), a report that
    was ANSWERED, what KE has GRANTED or what has ENDED since. ``asked_at``: when ``detail`` was asked to be that.
    """

    kind: str
    case_id: uuid.UUID
    name: str
    on: date
    urgency: Urgency
    endpoint: str
    args: dict[str, Any] = field(default_factory=dict)
    detail: str = ""
    service: str = ""
    flag: str = ""
    more: str = ""
    asked_at: datetime | None = None

    @property
    def late(self) -> bool:
        """Whether the due day has passed."""
        return self.urgency == Urgency.OVERDUE


@dataclass(frozen=True, slots=True)
class Worklist:
    """The rows, and how many there are of each kind."""

    items: tuple[Item, ...]
    counts: Counter[str]


def worklist(account: User) -> Worklist:
    """Everything that waits for the account. Six statements, one more when somebody else recorded conversations."""
    items = sorted(_items(account), key=lambda item: (_RANK[item.urgency], item.on, item.name, item.kind))
    return Worklist(tuple(items), Counter(item.kind for item in items))


def _items(account: User) -> Iterator[Item]:
    in_force, today = limits(), clock.today()
    values = {**who(account), **asdict(due.horizon(today, in_force)), "told_from": clock.now() - TOLD}
    yield from _asked(account, values)
    yield from _news(account, values)
    mine = grants(account, Action.RECORD)
    for row in _rows(statements.cases(mine), values):
        yield from _of_case(row, today, in_force)
    yield from _interventions(_rows(statements.interventions(mine), values), today, in_force)
    yield from _consents(_rows(statements.consents(mine), values), today, in_force)


def _rows(query: Any, values: dict[str, Any]) -> list[Any]:
    """What the statement brings, without what is no longer the reader's to see (B6)."""
    return [row for row in db.session.execute(query, values) if stands(row)]


def _asked(account: User, values: dict[str, Any]) -> Iterator[Item]:
    pages = {
        "referat": "teams.minutes",
        "andres": "teams.meeting",
        "stafett": "bti.answer_handover",
        "nei": "bti.hand_over",
        "ja": "cases.show",
        "eigen": "cases.show",
        "naudopning": "worklist.emergency",
        "koordinator": "coordination.appoint",
        "melding": "coordination.report",
        "svar": "coordination.report",
        "avgjerd": "coordination.report",
        "plan": "coordination.plan",
        "haldar": "bti.hand_over",
        "mottatt": "offline.show_received",
        "skilnad": "offline.compare",
    }
    hands_over = grants(account, Action.HAND_OVER)
    leads = account.role == Role.LEADER
    query = statements.asked(leads, account.role == Role.KE, hands_over, grants(account), grants(account, Action.MEET))
    rows = _rows(query, values)
    yield from _doubles(row for row in rows if row.kind == "dobbel")
    for row in rows:
        if row.kind == "dobbel":
            continue
        args = _address(row)
        on = row.on or _day(row.moment)
        name, service = row.name or "", row.service or ""
        urgency, page, more = _urgency_of(row, on), pages[row.kind], row.more or ""
        if row.kind == "nei" and more:
            page = "coordination.appoint"
        if row.kind == "melding":
            on = due.report_due(on, limits())
        flag = ANSWERS.get(row.kind, "")
        kind = "stafett" if flag else row.kind
        if row.kind == "eigen":
            kind, flag = "mottatt", OWN
        if row.kind in MINUTES:
            kind, flag = "mote", MINUTES[row.kind]
        asked_at = row.moment if row.kind == "koordinator" else None
        detail = row.who or ""
        yield Item(kind, row.case_id, name, on, urgency, page, args, detail, service, flag, more, asked_at)


def _urgency_of(row: Any, on: date) -> Urgency:
    """How much it hastes. An import can bring many that nobody holds: they must not stand before what is due today."""
    in_force, today = limits(), clock.today()
    match row.kind:
        case "haldar" | "andres":
            return Urgency.SOON
        case "melding":
            return _at_least(Urgency.TODAY, due.urgency(due.report_due(on, in_force), today, in_force))
        case "koordinator" | "plan" if row.more in (GRANTED, ENDED):
            waits = row.kind == "plan" or row.who  # somebody else's turn, until it is late
            last = due.carried_out_due(on, in_force)
            return _at_least(Urgency.SOON if waits else Urgency.TODAY, due.urgency(last, today, in_force))
        case "koordinator" if row.who:
            return Urgency.SOON
        case "plan":
            return due.urgency(on, today, in_force)
        case _:
            return Urgency.TODAY


def _at_least(least: Urgency, found: Urgency) -> Urgency:
    return min(least, found, key=_RANK.__getitem__)


def _doubles(rows: Iterable[Any]) -> Iterator[Item]:
    """Whose case may be double, one row for each service to ask. The other case is named nowhere, its log included:
    there it would be read by those who must not know of this one."""
    found = {(row.case_id, row.service): row for row in rows if names.may_be_one(row.name, row.who)}
    for (case_id, ask), row in found.items():
        on, args = _day(row.moment), {"case_id": case_id}
        yield Item("dobbel", case_id, row.name, on, Urgency.SOON, "cases.show", args, ask)


def _address(row: Any) -> dict[str, Any]:
    match row.kind:
        case "naudopning":
            return {"opening_id": row.id}
        case "mottatt":
            return {"item_id": row.id}
        case "skilnad":
            return {"case_id": row.case_id, "conversation_id": row.id}
        case "referat" | "andres":
            return {"case_id": row.case_id, "meeting_id": row.id}
        case "melding" | "svar" | "avgjerd":
            return {"case_id": row.case_id, "report_id": row.id}
        case _:
            return {"case_id": row.case_id}


def _news(account: User, values: dict[str, Any]) -> Iterator[Item]:
    """Considerable changes that somebody else recorded since the reader last looked: the newest of each case."""
    rows = {row.id: row for row in _rows(statements.news(grants(account)), values)}
    if not rows:
        return
    flagged: dict[uuid.UUID, tuple[Any, Flag]] = {}
    for results in figures_for_forms({row.form_id for row in rows.values()}).values():
        for result in results:
            row, flag = rows.get(result.round.id), result.since_previous.flag
            if row is not None and flag in (Flag.IMPROVED, Flag.WORSENED):
                flagged[row.case_id] = max(
                    flagged.get(row.case_id, (row, flag)), (row, flag), key=lambda each: each[0].recorded_at
                )
    for row, flag in flagged.values():
        args = {"case_id": row.case_id, "form_id": row.form_id}
        on, page = _day(row.recorded_at), "conversations.summary"
        yield Item("endring", row.case_id, row.name, on, Urgency.TODAY, page, args, row.performed_by, flag=flag)


def _interventions(rows: Any, today: date, in_force: Limits) -> Iterator[Item]:
    for row in rows:
        waits = measure_due(row)
        if waits is not None:
            page, args = "bti.evaluate_intervention", {"intervention_id": row.id}
            yield from _due("tiltak", row, row.case_id, waits, page, today, in_force, args, row.what)


def _of_case(row: Any, today: date, in_force: Limits) -> Iterator[Item]:
    if row.held_on is not None:
        waits = due.conversation_due(row.held_on, row.next_due, in_force)
        yield from _due("samtale", row, row.id, waits, "conversations.new", today, in_force)
    meets = due.meeting_due(row.on_level_since, row.met_on, row.meets_on, in_force) if _meets(row) else None
    if meets is not None:
        yield from _due("mote", row, row.id, meets, "teams.meetings", today, in_force)
    if row.closed_on is not None:
        return  # the log has ended; the conversations go on
    if row.level == 0:
        waits = due.level0_due(row.level_since, in_force)
        yield from _due("avklaring", row, row.id, waits, "bti.ladder", today, in_force)
    else:
        waits = due.evaluation_due(row.level_since, None, in_force)
        yield from _due("evaluering", row, row.id, waits, "bti.ladder", today, in_force)


def _meets(row: Any) -> bool:
    """Whether the log goes on, and the team has a meeting planned or the level asks for one."""
    return row.closed_on is None and (row.meets_on is not None or row.level >= KE_LEVEL)


def _consents(rows: Any, today: date, in_force: Limits) -> Iterator[Item]:
    """Of several for the same service only the one that lasts longest counts."""
    longest: dict[tuple[uuid.UUID, uuid.UUID | None], tuple[date, Any]] = {}
    for row in rows:
        last = consents.lasts_until(row, row.birth_date, in_force) or date.max
        key = (row.case_id, row.service_id)
        if key not in longest or last > longest[key][0]:
            longest[key] = (last, row)
    for last, row in longest.values():
        ends = due.consent_ends_soon(last, today, in_force)
        if not ends and not due.is_overdue(last, today):
            continue
        urgency = _at_least(Urgency.SOON, due.urgency(last, today, in_force))
        args = {"case_id": row.case_id}
        yield Item("samtykke", row.case_id, row.name, last, urgency, "bti.consents", args, service=row.service or "")


def _due(
    kind: str,
    row: Any,
    case_id: uuid.UUID,
    on: date,
    page: str,
    today: date,
    in_force: Limits,
    args: dict[str, Any] | None = None,
    detail: str = "",
) -> Iterator[Item]:
    urgency = due.urgency(on, today, in_force)
    if urgency != Urgency.LATER:
        yield Item(kind, case_id, row.name, on, urgency, page, {"case_id": case_id, **(args or {})}, detail)


def _day(moment: datetime) -> date:
    return clock.local(moment).date()
