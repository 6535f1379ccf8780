"""What the database already holds of the persons in a file: few statements for many persons. Nothing here writes."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select

from psfs.domain.activities import Span
from psfs.extensions import db
from psfs.models import Activity, Case, Conversation, Form, Person, Score

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy import Row


@dataclass(slots=True)
class StoredActivity:
    """An activity and when it is active; ``reasoned`` when someone has said why it was retired."""

    id: uuid.UUID
    text: str
    position: int
    span: Span[str]
    reasoned: bool


@dataclass(slots=True)
class StoredTalk:
    """One conversation, its scores by the activity's text."""

    id: uuid.UUID
    held_on: date
    performed_by: str
    struck: bool
    scores: dict[str, int | None] = field(default_factory=dict)


@dataclass(slots=True)
class StoredForm:
    """One form; ``imported`` when an import made it."""

    id: uuid.UUID
    number: int
    scale: str
    opened_on: date
    closed_on: date | None
    imported: bool
    activities: list[StoredActivity] = field(default_factory=list)
    talks: list[StoredTalk] = field(default_factory=list)

    @property
    def live(self) -> list[StoredTalk]:
        """The conversations that count: those that are not struck."""
        return [talk for talk in self.talks if not talk.struck]


@dataclass(slots=True)
class StoredCase:
    """The case that a person's imported forms belong to."""

    id: uuid.UUID
    level: int
    round: int
    closed: bool


@dataclass(slots=True)
class StoredPerson:
    """A person that an earlier import made, with the forms of that case by number."""

    id: uuid.UUID
    name: str
    birth_date: date
    case: StoredCase | None = None
    forms: dict[int, StoredForm] = field(default_factory=dict)


def known_among(refs: Iterable[str]) -> set[str]:
    """Those of the keys that some person has already."""
    return {row.import_ref for row in _rows(Person.import_ref, refs)}


def load(refs: Iterable[str], importer: uuid.UUID | None) -> dict[str, StoredPerson]:
    """The persons known by these keys, their cases locked until the transaction ends (for some hundred at a time).

    Args:
        refs: values of ``person_ref``.
        importer: the account that imports, if there is one yet.
    """
    rows = list(_rows(Person.import_ref, refs, Person.id, Person.name, Person.birth_date))
    people = {row.id: StoredPerson(row.id, row.name, row.birth_date) for row in rows}
    if people:
        _add_cases(people, importer)
        _add_forms([person for person in people.values() if person.case], importer)
    return {row.import_ref: people[row.id] for row in rows}


def _add_cases(people: dict[uuid.UUID, StoredPerson], importer: uuid.UUID | None) -> None:
    columns = (Case.id, Case.person_id, Case.level, Case.round, Case.closed_on, Case.opened_by_id)
    query = select(*columns).where(Case.person_id.in_(people)).order_by(Case.created_at, Case.id)
    by_person: dict[uuid.UUID, list[Row[Any]]] = defaultdict(list)
    for row in db.session.execute(query.with_for_update(of=Case)):
        by_person[row.person_id].append(cast("Row[Any]", row))
    for person_id, cases in by_person.items():
        # The one that an import opened; else an open one.
        case = min(cases, key=lambda one: (one.opened_by_id != importer, one.closed_on is not None))
        people[person_id].case = StoredCase(case.id, case.level, case.round, case.closed_on is not None)


def _add_forms(people: Sequence[StoredPerson], importer: uuid.UUID | None) -> None:
    owner = {person.case.id: person for person in people if person.case}
    forms: dict[uuid.UUID, StoredForm] = {}
    columns = (Form.id, Form.case_id, Form.number, Form.scale, Form.opened_on, Form.closed_on, Form.created_by_id)
    for row in db.session.execute(select(*columns).where(Form.case_id.in_(owner))):
        imported = row.created_by_id == importer
        form = StoredForm(row.id, row.number, row.scale, row.opened_on, row.closed_on, imported)
        owner[row.case_id].forms[row.number] = forms[row.id] = form
    texts: dict[uuid.UUID, str] = {}
    for activity in _rows(
        Activity.form_id,
        forms,
        Activity.id,
        Activity.text,
        Activity.position,
        Activity.active_from,
        Activity.retired_on,
        Activity.retire_reason,
    ):
        texts[activity.id] = activity.text
        span = Span(activity.text, activity.active_from, activity.retired_on)
        forms[activity.form_id].activities.append(
            StoredActivity(activity.id, activity.text, activity.position, span, activity.retire_reason is not None)
        )
    talks: dict[uuid.UUID, StoredTalk] = {}
    for kept in _rows(
        Conversation.form_id,
        forms,
        Conversation.id,
        Conversation.held_on,
        Conversation.performed_by,
        Conversation.struck_at,
    ):
        talk = StoredTalk(kept.id, kept.held_on, kept.performed_by, kept.struck_at is not None)
        talks[kept.id] = talk
        forms[kept.form_id].talks.append(talk)
    for score in _rows(Score.conversation_id, talks, Score.activity_id, Score.value):
        talks[score.conversation_id].scores[texts[score.activity_id]] = score.value


def _rows(key: Any, keys: Iterable[object], *columns: Any) -> Iterable[Row[Any]]:
    """Rows whose ``key`` is among ``keys``, some thousand at a time."""
    wanted = list(keys)
    for start in range(0, len(wanted), CHUNK):
        yield from db.session.execute(select(key, *columns).where(key.in_(wanted[start : start + CHUNK])))


CHUNK = 5000  # SQLite takes 32,766 values in a statement
