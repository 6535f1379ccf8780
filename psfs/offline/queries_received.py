"""What devices handed in that waits for a hand: who it waits for, and what of it they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import joinedload

from psfs.cases.door import find_case
from psfs.conversations import bodies
from psfs.conversations.received import SAVED, SET_ASIDE
from psfs.domain.permissions import Action, Role
from psfs.extensions import db
from psfs.models import Activity, Form, ReceivedItem, Service, User
from psfs.offline import words

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement

    from psfs.conversations.bodies import Body

MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """What was answered for one activity: its words where they are known, a score or None for not asked."""

    text: str
    new: bool
    score: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Content:
    """What stands in the conversation."""

    held_on: date
    performed_by: str
    respondent: str
    remark: str
    next_due: date | None
    lines: tuple[Line, ...]
    retired: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Received:
    """One conversation that was set aside. ``content`` is None for those who may know no more than that it waits."""

    id: uuid.UUID
    case_id: uuid.UUID | None
    name: str
    service: str
    sender: str
    made_at: datetime
    received_at: datetime
    skew_seconds: int | None
    state: str
    reasons: tuple[str, ...]
    decision: str
    decided_at: datetime | None
    content: Content | None
    may_record: bool

    @property
    def waits(self) -> bool:
        """Whether it still waits."""
        return self.state == SET_ASIDE


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list."""

    id: uuid.UUID
    sender: str
    service: str
    received_at: datetime
    reasons: tuple[str, ...]


def waiting(account: User) -> Sequence[Row]:
    """What waits for the account as leader, or as KE where nobody leads; the oldest first."""
    query = (
        select(ReceivedItem, User.name, Service.name.label("service"))
        .join(User, User.id == ReceivedItem.account_id)
        .outerjoin(Service, Service.id == ReceivedItem.service_id)
        .where(ReceivedItem.state == SET_ASIDE, theirs(account))
        .order_by(ReceivedItem.received_at, ReceivedItem.id)
        .limit(MOST)
    )
    return [
        Row(row[0].id, row.name, row.service or "", row[0].received_at, tuple(words.reasons(row[0].reasons)))
        for row in db.session.execute(query)
    ]


def theirs(account: User) -> ColumnElement[bool]:
    """What waits for the account: the leader's service's, and for KE that of services which nobody leads."""
    if account.role == Role.LEADER:
        return ReceivedItem.service_id == account.service_id
    if account.role == Role.KE:
        leads = User.role == Role.LEADER.value, User.service_id == ReceivedItem.service_id, User.disabled_at.is_(None)
        return or_(ReceivedItem.service_id.is_(None), ~exists().where(*leads).correlate(ReceivedItem))
    return and_(ReceivedItem.account_id == account.id, ReceivedItem.case_id.is_not(None))


def received(item_id: uuid.UUID, account: User) -> Received | None:
    """One conversation that was set aside, for whom it waits for; for its sender while the case is open to them.

    None for anybody else. Whoever sees what stands in it is logged as a reader of the case.
    """
    found = db.session.execute(
        select(ReceivedItem, theirs(account).label("leads"), Service.name.label("service"))
        .outerjoin(Service, Service.id == ReceivedItem.service_id)
        .where(ReceivedItem.id == item_id, ReceivedItem.state != SAVED)
        .where(or_(theirs(account), ReceivedItem.account_id == account.id))
        .options(joinedload(ReceivedItem.account))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        return None
    item: ReceivedItem = found[0]
    leads = found.leads and account.role in (Role.LEADER, Role.KE)
    opened = find_case(item.case_id, Action.VIEW, view="offline.received") if item.case_id else None
    nobodys = item.case_id is None and account.role == Role.LEADER
    if opened is None and not leads:
        return None
    shown = item.body and (opened is not None or nobodys)
    return Received(
        id=item.id,
        case_id=opened.id if opened else None,
        name=opened.person.name if opened else "",
        service=found.service or "",
        sender=item.account.name,
        made_at=item.made_at,
        received_at=item.received_at,
        skew_seconds=item.skew_seconds,
        state=item.state,
        reasons=tuple(words.reasons(item.reasons)),
        decision=item.decision,
        decided_at=item.decided_at,
        content=_content(bodies.read(item.body.encode()), opened.id if opened else None, item) if shown else None,
        may_record=opened is not None and opened.may(Action.RECORD) and opened.case.talks_go_on,
    )


def _content(body: Body, case_id: uuid.UUID | None, item: ReceivedItem) -> Content:
    texts = {new.id: new.text for new in body.added}
    if case_id is not None:
        wanted = [*body.answers, *body.retired]
        known = select(Activity.id, Activity.text).join(Form, Form.id == Activity.form_id)
        rows = db.session.execute(known.where(Form.case_id == case_id, Activity.id.in_(wanted)))
        texts |= {row.id: row.text for row in rows}
    new = {one.id for one in body.added}
    return Content(
        held_on=body.held_on,
        performed_by=body.performed_by or item.account.name,
        respondent=body.respondent,
        remark=body.remark,
        next_due=body.next_due,
        lines=tuple(
            Line(texts.get(key, ""), key in new, answer.score, answer.reason) for key, answer in body.answers.items()
        ),
        retired=tuple(texts[key] for key in body.retired if key in texts),
    )
