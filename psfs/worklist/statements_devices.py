"""What devices handed in and needs a hand: set aside, or kept beside what others did meanwhile."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Date, and_, case, cast, exists, null, or_
from sqlalchemy.orm import aliased

from psfs.cases.relations import READER, READER_SERVICE, TAKES_PART, case_ids, may_stand, standing_columns, with_consent
from psfs.models import Case, Person, ReceivedItem, Service, User
from psfs.worklist.statements_rows import row


def differences() -> Any:
    """Conversations from devices, kept beside what others did meanwhile: for whoever recorded it and for the holder."""
    item, no_day = ReceivedItem, cast(null(), Date())
    standing = standing_columns(TAKES_PART)
    query = row(
        "skilnad", item.conversation_id, Case.id, Person.name, item.received_at, no_day, User.name, null(), standing
    )
    query = (
        query.select_from(item)
        .join(Case, Case.id == item.case_id)
        .join(Person, Person.id == Case.person_id)
        .join(User, User.id == item.account_id)
        .where(item.look.is_(True), item.looked_at.is_(None), Case.closed_on.is_(None))
        .where(or_(Case.holder_id == READER, and_(item.account_id == READER, Case.id.in_(case_ids(TAKES_PART)))))
        .where(may_stand(TAKES_PART))
    )
    return with_consent(query)


def own_received() -> Any:
    """One's own conversations from devices that were set aside, in cases one still takes part in: so that whoever held
    them knows that they are not in the case yet."""
    item, no_day, standing = ReceivedItem, cast(null(), Date()), standing_columns(TAKES_PART)
    query = row("eigen", item.id, Case.id, Person.name, item.received_at, no_day, null(), Service.name, standing)
    query = query.select_from(item).join(Case, Case.id == item.case_id).join(Person, Person.id == Case.person_id)
    query = query.outerjoin(Service, Service.id == item.service_id)
    query = query.where(item.state == "set_aside", item.account_id == READER, Case.id.in_(case_ids(TAKES_PART)))
    return with_consent(query.where(may_stand(TAKES_PART)))


def received(*, leader: bool) -> Any:
    """Conversations from devices that were set aside: for the service's leader; for KE where nobody leads it."""
    item, no_day = ReceivedItem, cast(null(), Date())
    name = case((item.case_id == Case.id, Person.name), else_=null()) if leader else null()
    query = row("mottatt", item.id, item.case_id, name, item.received_at, no_day, User.name, Service.name)
    query = (
        query.select_from(item)
        .join(User, User.id == item.account_id)
        .outerjoin(Case, and_(Case.id == item.case_id, Case.service_id == item.service_id))
        .outerjoin(Person, Person.id == Case.person_id)
        .outerjoin(Service, Service.id == item.service_id)
        .where(item.state == "set_aside")
    )
    if leader:
        return query.where(item.service_id == READER_SERVICE)
    head = aliased(User)
    leads = head.role == "leader", head.service_id == item.service_id, head.disabled_at.is_(None)
    return query.where(or_(item.service_id.is_(None), ~exists().where(*leads).correlate(item)))
