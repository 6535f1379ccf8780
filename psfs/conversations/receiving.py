"""Taking in a conversation that was held without network: it is kept, or set aside for a hand. It is never dropped.

One conversation is received one time: its id says which it is, and the same bytes again get the same answer.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from psfs import audit, clock
from psfs.cases.door import find_case
from psfs.conversations import bodies
from psfs.conversations.inputs import REASON_LENGTH, TEXT_LENGTH, Conflict, ConversationInput, Refusals
from psfs.conversations.received import RESOLVED, SAVED, SET_ASIDE, VIEW, actor, decide
from psfs.conversations.recording import keep
from psfs.conversations.rows import counting, end_later, find_form, must_be_open, spans
from psfs.domain.activities import check_date
from psfs.domain.errors import Refusal
from psfs.domain.identity_number import looks_like_identity_number
from psfs.domain.permissions import Action
from psfs.domain.receiving import reconcile
from psfs.extensions import begin_write, db
from psfs.models import Case, Conversation, Device, ReceivedItem, Taking

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from psfs.cases.door import OpenCase
    from psfs.conversations.bodies import Body
    from psfs.models import Form, User

NAME_LENGTH = 200
MOST_SKEW = 2**31 - 1  # seconds, 68 years: what the column holds


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation that was kept, and what had changed meanwhile; nothing had where it is empty."""

    id: uuid.UUID
    differences: dict[str, Any]


def receive(device_id: uuid.UUID, account: User, raw: bytes, sent_at: datetime | None) -> str:
    """Take in what a device sends, as ``account``; the answer, in JSON, that the device gets.

    Args:
        device_id: the device; one that the server does not know may hand in as well.
        account: who is signed in.
        raw: the body to the byte, as it was frozen.
        sent_at: what the device's clock said.

    Raises:
        MalformedError: it is no conversation at all; nothing is kept.
        Refusal: "other_body": something else was received under this id.
    """
    body, digest = bodies.read(raw), hashlib.sha256(raw).hexdigest()
    opened = find_case(body.case, Action.RECORD, view=VIEW, shows_page=False)
    if opened is None:
        begin_write()
    _one_at_a_time(body.id)
    before = db.session.get(ReceivedItem, body.id, populate_existing=True)
    if before is not None:
        if before.account_id != account.id or before.digest != digest:
            raise Refusal("other_body")
        return before.answer
    item = _arrived(device_id, account, body, sent_at)
    item.digest = digest
    if opened is None:
        _set_aside(item, account, raw, ["no_access"], _case_once_taken(device_id, account, body.case))
    else:
        try:
            kept = _keep(opened, account, body, device_id)
        except Refusals as refusals:
            _set_aside(item, account, raw, list(dict.fromkeys(fault.code for fault in refusals.faults)), opened.case)
        else:
            _saved(item, kept, opened.case)
    db.session.add(item)
    db.session.commit()
    return item.answer


def try_again(item_id: uuid.UUID, account: User) -> list[str]:
    """Keep a conversation that was set aside, now that what stood in its way may be gone; ``account`` records it.

    Gives what still stands in its way: codes, none when it is kept.
    """
    item = db.session.get_one(ReceivedItem, item_id)
    body = bodies.read(item.body.encode())
    opened = find_case(body.case, Action.RECORD, view=VIEW, shows_page=False)
    if opened is None:
        return ["no_access"]
    item = db.session.get_one(ReceivedItem, item_id, populate_existing=True)
    if item.state != SET_ASIDE:
        return []
    if not body.performed_by:
        body = replace(body, performed_by=item.account.name)
    try:
        kept = _keep(opened, account, body, item.device_id)
    except Refusals as refusals:
        db.session.rollback()
        return list(dict.fromkeys(fault.code for fault in refusals.faults))
    decide(item, account, RESOLVED)
    item.conversation_id, item.body = kept.id, ""
    item.look, item.differences = bool(kept.differences), kept.differences
    db.session.commit()
    return []


def _one_at_a_time(item_id: uuid.UUID) -> None:
    """Let nobody else receive this conversation until this transaction ends; SQLite has one lock for everything."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"received:{item_id}", 0))))


def _arrived(device_id: uuid.UUID, account: User, body: Body, sent_at: datetime | None) -> ReceivedItem:
    now = clock.now()
    return ReceivedItem(
        id=body.id,
        device_id=device_id,
        account_id=account.id,
        made_at=body.made_at,
        sent_at=sent_at,
        received_at=now,
        skew_seconds=_skew(now, sent_at) if sent_at else None,
    )


def _skew(now: datetime, sent_at: datetime) -> int:
    """How far the device's clock is behind, in seconds, as far as the column holds; ``sent_at`` says it exactly."""
    return max(-MOST_SKEW, min(MOST_SKEW, round((now - sent_at).total_seconds())))


def _case_once_taken(device_id: uuid.UUID, account: User, case_id: uuid.UUID) -> Case | None:
    """The case, if the account once had it along on this device: then it belongs with the case's own service."""
    taken = exists().where(Taking.case_id == Case.id, Taking.device_id == device_id)
    own = exists().where(Device.id == device_id, Device.account_id == account.id)
    return db.session.scalar(select(Case).where(Case.id == case_id, taken, own))


def _set_aside(item: ReceivedItem, account: User, raw: bytes, reasons: list[str], case: Case | None) -> None:
    item.case_id = case.id if case is not None else None
    item.service_id = case.service_id if case is not None else account.service_id
    item.state, item.reasons, item.body = SET_ASIDE, reasons, raw.decode()
    item.answer = _json(id=str(item.id), state=SET_ASIDE, reasons=reasons)
    audit.recorder.act_as(actor(account, item.case_id))


def _saved(item: ReceivedItem, kept: Kept, case: Case) -> None:
    item.case_id, item.service_id, item.conversation_id = case.id, case.service_id, kept.id
    item.state, item.look, item.differences = SAVED, bool(kept.differences), kept.differences
    item.answer = _json(
        id=str(item.id), state=SAVED, conversation=str(kept.id), case=str(case.id), look=bool(kept.differences)
    )


def _json(**values: Any) -> str:
    return json.dumps(values, sort_keys=True)


def _keep(opened: OpenCase, account: User, body: Body, device_id: uuid.UUID) -> Kept:
    """Keep it by the rules that hold online; nothing of it stays where they refuse.

    Raises Refusals.
    """
    given = ConversationInput(
        id=body.id,
        form_id=body.form,
        base=body.base,
        held_on=body.held_on,
        performed_by=body.performed_by or account.name,
        respondent=body.respondent,
        remark=body.remark,
        next_due=body.next_due,
        answers=body.answers,
        added=body.added,
        retired=body.retired,
    )
    there = db.session.get(Conversation, body.id)
    if there is not None:  # the page had saved it, and the answer was lost
        if there.form.case_id == opened.id and there.fingerprint == given.fingerprint:
            return Kept(there.id, {})
        raise Refusals([Refusal("id_used")])
    if faults := _unfit_texts(given):
        raise Refusals(faults)
    try:
        with db.session.begin_nested():
            return _keep_in(opened, account, given, _known(device_id, opened.id))
    except Refusals:
        raise
    except (Refusal, Conflict) as refusal:
        raise Refusals([refusal]) from None


def _keep_in(opened: OpenCase, account: User, given: ConversationInput, known: set[str] | None) -> Kept:
    form = find_form(opened.case, given.form_id)
    if form is None:
        raise Refusal("form_gone")
    must_be_open(opened.case, form)
    check_date(given.held_on, today=clock.today(), birth_date=opened.person.birth_date)  # ends are counted from it
    activities = {each.id: each for each in form.activities}
    had = None if known is None else {key for key in activities if str(key) in known}
    found = reconcile(spans(form.activities), given.held_on, given.answers, given.retired, had)
    differences: dict[str, Any] = {
        "others": [str(talk.id) for talk in _others(form, given, account)],
        "not_on_device": [str(key) for key in found.not_on_device],
        "left_out": [str(key) for key in found.left_out],
        "ends": {str(key): day.isoformat() for key, day in found.ends.items()},
    }
    for key, day in found.ends.items():
        end_later(form, activities[key], day)
    retired = {key: why for key, why in given.retired.items() if key in found.retired}
    keep(opened.case, account, form, replace(given, answers=found.answers, retired=retired))
    return Kept(given.id, {key: value for key, value in differences.items() if value})


def _others(form: Form, given: ConversationInput, account: User) -> list[Conversation]:
    """Conversations of the same day, and those that somebody else recorded since this one was begun."""
    base = next((talk.recorded_at for talk in form.conversations if talk.id == given.base), None)
    return [
        talk
        for talk in counting(form)
        if talk.held_on == given.held_on
        or (talk.recorded_by_id != account.id and (base is None or talk.recorded_at > base))
    ]


def _known(device_id: uuid.UUID, case_id: uuid.UUID) -> set[str] | None:
    """The activities that were along on the device, the last time and the times before; None where nobody knows."""
    rows = db.session.scalars(
        select(Taking.activities).where(Taking.device_id == device_id, Taking.case_id == case_id)
    ).all()
    return set().union(*rows) if rows else None


def _unfit_texts(given: ConversationInput) -> list[Refusal]:
    texts = [
        (given.performed_by, NAME_LENGTH),
        (given.remark, TEXT_LENGTH),
        *((answer.reason, REASON_LENGTH) for answer in given.answers.values()),
        *((why.note, TEXT_LENGTH) for why in given.retired.values()),
    ]
    faults = [Refusal("text_too_long")] if any(len(text) > most for text, most in texts) else []
    if any(looks_like_identity_number(text) for text, _most in texts):
        faults.append(Refusal("identity_number"))
    return faults
