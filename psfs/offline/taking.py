"""Taking cases along on a device, giving them back, and what the device tells of having opened them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from psfs import audit, clock
from psfs.accounts.settings import limits
from psfs.cases.door import find_case, log_reading
from psfs.conversations.queries import open_form_id
from psfs.conversations.rows import counting, last_recorded, spans, standing, talks_around
from psfs.domain.activities import active_on
from psfs.domain.errors import Refusal
from psfs.domain.permissions import Action
from psfs.extensions import begin_write, db
from psfs.models import DeviceOpening, Taking
from psfs.offline.devices import own

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement

    from psfs.cases.door import OpenCase
    from psfs.models import User

VIEW = "offline.take"
OPENED = "offline.opened"


@dataclass(frozen=True, slots=True)
class Taken:
    """What lies on the device for one case; nothing else about it does."""

    case: uuid.UUID
    name: str
    form: uuid.UUID
    base: uuid.UUID | None
    last_held_on: date | None
    activities: tuple[tuple[uuid.UUID, str], ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Opening:
    """The device's word that a case was opened on it, at ``at`` by its clock."""

    id: uuid.UUID
    case: uuid.UUID
    at: datetime


def take(device_id: uuid.UUID, account: User, case_id: uuid.UUID, *, again: bool = False) -> Taken:
    """Take one case along, for as many days as the municipality has set: what lies on the device, logged as a reading.

    ``again``: what lies there already, as it now is; its days go on as they were.

    Raises Refusal "not_found" (also for a case that is not the account's to record in), "revoked" (the device),
    "case_closed", "no_form", "too_many" (``limit``), "not_taken" (``again``, and it does not lie there).
    """
    opened = find_case(case_id, Action.RECORD, view=VIEW, shows_page=False)
    if opened is None:
        raise Refusal("not_found")
    own(device_id, account)
    if not opened.case.talks_go_on:
        raise Refusal("case_closed")
    form_id = open_form_id(case_id)
    if form_id is None:
        raise Refusal("no_form")
    now, in_force = clock.now(), limits()
    earlier = _live(device_id, Taking.case_id == case_id)
    lies_until = max((each.expires_at for each in earlier if each.expires_at > now), default=None)
    if again and lies_until is None:
        raise Refusal("not_taken")
    if lies_until is None and _count(device_id) >= in_force.offline_cases:
        raise Refusal("too_many", limit=in_force.offline_cases)
    for each in earlier:
        each.given_back_at = now
    expires_at = lies_until if again and lies_until else now + timedelta(days=in_force.offline_days)
    taken = _what(opened, form_id, expires_at)
    db.session.add(
        Taking(
            id=uuid.uuid4(),
            device_id=device_id,
            case_id=case_id,
            activities=[str(activity_id) for activity_id, _text in taken.activities],
            taken_at=now,
            expires_at=taken.expires_at,
        )
    )
    log_reading(opened, VIEW)
    db.session.commit()
    return taken


def give_back(device_id: uuid.UUID, account: User, case_ids: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Note that these cases no longer lie on the account's device; of a revoked one as well.

    Raises Refusal "not_found".
    """
    _give_back(device_id, account, Taking.case_id.in_(case_ids))
    return list(case_ids)


def keep_only(device_id: uuid.UUID, account: User, case_ids: Sequence[uuid.UUID]) -> None:
    """Note that of all that was taken along, only these cases lie on the account's device: it has erased the rest
    without the keys to tell which.

    Raises Refusal "not_found".
    """
    _give_back(device_id, account, Taking.case_id.not_in(case_ids))


def _give_back(device_id: uuid.UUID, account: User, those: ColumnElement[bool]) -> None:
    begin_write()
    _known(device_id, account)
    for row in _live(device_id, those):
        with audit.acting(audit.Actor(account.id, account.name, audit.recorder.case_stream(row.case_id))):
            row.given_back_at = clock.now()
            db.session.flush()
    db.session.commit()


def note_openings(device_id: uuid.UUID, account: User, told: Iterable[Opening]) -> list[uuid.UUID]:
    """Keep in each case's log what the device claims to have shown of it; the ids that are kept, now or before.

    What is told of a case that this device never took along is not kept: the log of a case is not anybody's to fill.

    Raises Refusal "not_found".
    """
    begin_write()
    _known(device_id, account)
    openings = {each.id: each for each in told}
    before = {row.id: row for row in db.session.scalars(select(DeviceOpening).where(DeviceOpening.id.in_(openings)))}
    taken = set(db.session.scalars(select(Taking.case_id).where(Taking.device_id == device_id)))
    kept = [each for each, row in before.items() if row.device_id == device_id]
    for opening in sorted(openings.values(), key=lambda one: (str(one.case), one.at)):
        if opening.id in before or opening.case not in taken:
            continue
        stream = audit.recorder.case_stream(opening.case)
        with audit.acting(audit.Actor(account.id, account.name, stream, OPENED)):
            db.session.add(
                DeviceOpening(
                    id=opening.id,
                    device_id=device_id,
                    case_id=opening.case,
                    opened_at=opening.at,
                    received_at=clock.now(),
                )
            )
            db.session.flush()
        audit.record_reading(
            case_id=opening.case, actor_id=account.id, actor=account.name, view=OPENED, claimed_at=opening.at
        )
        kept.append(opening.id)
    db.session.commit()
    return kept


def _known(device_id: uuid.UUID, account: User) -> None:
    try:
        own(device_id, account)
    except Refusal as refusal:
        if refusal.code != "revoked":
            raise


def _what(opened: OpenCase, form_id: uuid.UUID, expires_at: datetime) -> Taken:
    talks = talks_around(form_id, uuid.uuid4())
    form = standing(opened.case, form_id, talks)
    texts = {one.id: one.text for one in form.activities}
    last, held = last_recorded(form), [talk.held_on for talk in counting(form)]
    return Taken(
        case=opened.id,
        name=opened.person.name,
        form=form_id,
        base=last.id if last else None,
        last_held_on=max(held, default=None),
        activities=tuple((span.id, texts[span.id]) for span in active_on(spans(form.activities), clock.today())),
        expires_at=expires_at,
    )


def _live(device_id: uuid.UUID, those: ColumnElement[bool]) -> Sequence[Taking]:
    return db.session.scalars(
        select(Taking)
        .where(Taking.device_id == device_id, those, Taking.given_back_at.is_(None))
        .order_by(Taking.case_id)
    ).all()


def _count(device_id: uuid.UUID) -> int:
    lies = Taking.device_id == device_id, Taking.given_back_at.is_(None), Taking.expires_at > clock.now()
    return db.session.scalar(select(func.count(Taking.case_id.distinct())).where(*lies)) or 0
