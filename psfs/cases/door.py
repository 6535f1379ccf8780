"""The one door to a case: permission, and the log of who looked.

A reading is written and committed before anything is shown. For an action that changes something the transaction
that checked the permission stays open, so that what was checked still holds when the change is committed.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import abort, after_this_request, g, request
from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import contains_eager, joinedload

from psfs import audit, clock
from psfs.accounts import settings
from psfs.cases.relations import as_it_was, relation_columns, relations_of, who, with_consent
from psfs.domain.permissions import Action, Relation, Role, allowed
from psfs.extensions import begin_write, db, plain_rows
from psfs.models import Case, CaseLook, EmergencyOpening, Person, User

if TYPE_CHECKING:
    import uuid

    from sqlalchemy import Select
    from werkzeug.wrappers import Response

LOOKS = frozenset({"cases.show", "conversations.show", "conversations.summary"})
WANTED = bindparam("wanted", type_=Uuid())
LOCK = select(Case.id).where(Case.id == WANTED).with_for_update(key_share=True)
PAGES = frozenset({200, 409, 422})
"""Answers to what was sent that show a page of the case again."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case that its reader was let into, with how they relate to it."""

    case: Case
    user: User
    relations: frozenset[Relation]

    @property
    def id(self) -> uuid.UUID:
        return self.case.id

    @property
    def person(self) -> Person:
        return self.case.person

    @property
    def in_emergency(self) -> bool:
        """Whether the reader is here by an emergency opening alone."""
        return in_emergency(self.user, self.relations)

    def may(self, action: Action) -> bool:
        """Whether the reader may also do ``action`` here (for showing a button; the door checks again)."""
        return allowed(Role(self.user.role), action, self.relations)


def in_emergency(account: User, relations: frozenset[Relation]) -> bool:
    """Whether nothing but an emergency opening lets the account see the case."""
    otherwise = relations - {Relation.EMERGENCY}
    return Relation.EMERGENCY in relations and not allowed(Role(account.role), Action.VIEW, otherwise)


def open_case(case_id: uuid.UUID, action: Action, *, view: str | None = None) -> OpenCase:
    """Let the signed-in user into a case for ``action``, or answer 404 as if it did not exist.

    Reading (GET) is logged under ``view`` (the endpoint's name unless told otherwise) and committed at once. So is the
    page that is shown again when what was sent is not accepted: it tells as much.
    """
    opened = find_case(case_id, action, view=view)
    if opened is None:
        abort(404)
    return opened


def find_case(
    case_id: uuid.UUID, action: Action, *, view: str | None = None, shows_page: bool = True
) -> OpenCase | None:
    """The same, for those who do something else than answer 404 when there is no way in; None then.

    ``shows_page``: whether an answer of 409 or 422 shows a page of the case.
    """
    account: User = g.user
    reading = request.method in {"GET", "HEAD"}
    begin_write()
    if not reading:
        _lock(case_id)
    row = db.session.execute(_statement(), {"wanted": case_id, **who(account)}).first()
    if row is not None:
        settings.heed(row.own_settings)
    relations = relations_of(row._mapping) if row else frozenset()
    if row is None or not allowed(Role(account.role), action, relations):
        db.session.rollback()
        return None
    case: Case = row[0]
    stream = audit.recorder.case_stream(case.id)
    audit.recorder.act_as(audit.Actor(account.id, account.name, stream, request.endpoint or "change"))
    opened = OpenCase(case, account, relations)
    name = view or request.endpoint or action.value
    if reading:
        log_reading(opened, name)
        if name in LOOKS:
            _look(account, case)
        db.session.commit()
    elif shows_page:
        after_this_request(functools.partial(_log_page, opened, name))
    return opened


def log_reading(opened: OpenCase, view: str) -> None:
    """Note that the reader sees something of the case under the name ``view``. Does not commit."""
    audit.record_reading(
        case_id=opened.id,
        actor_id=opened.user.id,
        actor=opened.user.name,
        view=view,
        by=",".join(sorted(opened.relations)),
        why=_emergency_reason(opened.case, opened.user) if opened.in_emergency else "",
    )


def _log_page(opened: OpenCase, view: str, response: Response) -> Response:
    """Log that something was sent and a page shown instead of saving it; what it had begun to change is given up."""
    if response.status_code in PAGES:
        db.session.rollback()
        begin_write()
        log_reading(opened, view)
        db.session.commit()
    return response


def _lock(case_id: uuid.UUID) -> None:
    """Let nobody else change the case until this transaction ends. Whoever waited asks only then whether they may:
    what was committed meanwhile (a withdrawal, somebody taken out of the team) counts.

    SQLite has one lock for everything, and this transaction began with it. The lock leaves the key alone: who looks at
    the case for the first time points at it with the chain in hand, and would wait for the one who waits for the chain.
    """
    if db.engine.dialect.name == "postgresql":
        plain_rows(LOCK, {"wanted": case_id})


@functools.cache
def _statement() -> Select[*tuple[Any, ...]]:
    """The case with how the reader relates to it, for an account that is as the session found it. Made once for all."""
    query = (
        select(Case, *relation_columns(), settings.OWN.label("own_settings"))
        .join(Case.person)
        .where(Case.id == WANTED, as_it_was())
        .options(
            contains_eager(Case.person),
            joinedload(Case.service),
            joinedload(Case.holder),
            joinedload(Case.contact),
        )
        .execution_options(populate_existing=True)
    )
    return with_consent(query)


def _look(account: User, case: Case) -> None:
    """Note that the reader has seen the case as it now is; what changes after this is news on the worklist."""
    moment = clock.now()
    make = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = make(CaseLook).values(user_id=account.id, case_id=case.id, looked_at=moment)
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["user_id", "case_id"], set_={"looked_at": moment})
    )


def _emergency_reason(case: Case, account: User) -> str:
    latest = select(EmergencyOpening.reason).where(
        EmergencyOpening.case_id == case.id, EmergencyOpening.user_id == account.id
    )
    return db.session.scalar(latest.order_by(EmergencyOpening.opened_at.desc()).limit(1)) or ""
