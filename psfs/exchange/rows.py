"""The rows that an import writes, each case's in its own chain of the log."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import insert, select

from psfs import audit, clock
from psfs.audit.bulk import Batch
from psfs.audit.recorder import case_stream
from psfs.bti.ladders import ladder
from psfs.bti.log import row as log_row
from psfs.cases.names import words
from psfs.domain.due import age_on
from psfs.domain.permissions import Role
from psfs.domain.scoring import SCALE_VERSION, Scale
from psfs.extensions import db
from psfs.models import (
    Activity,
    Case,
    Conversation,
    Form,
    LevelStay,
    LogEntry,
    Person,
    PersonWord,
    Score,
    Service,
    User,
)

from .stored import StoredCase

if TYPE_CHECKING:
    from datetime import date

    from .history import PersonLines
    from .plan import FormPlan, NewTalk, PersonPlan
    from .stored import StoredPerson

ACTOR = audit.Actor(None, "import", action="import")
ACCOUNT = uuid.UUID("7073667d-0000-4000-8000-000000000001")  # the same in every database
ADULT = 18  # years
LEVEL = 1
RESPONDENT = "unknown"  # a spreadsheet does not tell who answered


def account() -> User | None:
    """The account that imported rows are recorded by, if an import has made it."""
    return db.session.get(User, ACCOUNT)


def service_named(name: str) -> Service:
    """The service of that name, made when there is none. Does not commit."""
    found = db.session.scalar(select(Service).where(Service.name == name))
    if found is None:
        with audit.acting(ACTOR):
            found = Service(id=uuid.uuid4(), name=name)
            db.session.add(found)
            db.session.flush()
    return found


def _made_account() -> User:
    """The account, disabled from the start: nobody signs in as the import."""
    found = account()
    if found is None:
        taken = db.session.scalar(select(User.id).where(User.username == "import"))
        with audit.acting(ACTOR):
            found = User(
                id=ACCOUNT,
                username=f"import-{ACCOUNT.hex[:8]}" if taken else "import",
                name=_("Import frå rekneark"),
                role=Role.STAFF.value,
                disabled_at=clock.now(),
                created_at=clock.now(),
            )
            db.session.add(found)
            db.session.flush()
    return found


class Rows:
    """Collects what plans come to; ``write`` sends it to the database. Does not commit."""

    def __init__(self, scale: Scale, service: Service, holder: User | None = None) -> None:
        self._by = _made_account()
        self._scale = scale
        self._service = service
        self._holder = holder
        self._now = clock.now()
        self._batch = Batch(ACTOR)
        self._words: list[dict[str, Any]] = []
        self._stays: list[dict[str, Any]] = []

    def add(self, person: PersonLines, stored: StoredPerson | None, plan: PersonPlan) -> None:
        """Add one person's changes."""
        case = stored.case if stored else None
        if case is None:
            first = min(form.opened_on for form in plan.forms)
            case = self._new_case(person, stored.id if stored else None, first)
        stream = case_stream(case.id)
        self._close(stream, stored, plan)
        for form in plan.forms:
            self._add_form(stream, case, form)

    def write(self) -> None:
        """Send everything collected so far, and its log entries."""
        self._batch.write()
        if self._words:
            db.session.connection().execute(insert(PersonWord), self._words)
        if self._stays:
            db.session.connection().execute(insert(LevelStay), self._stays)
        self._words.clear()
        self._stays.clear()

    def _new_case(self, person: PersonLines, person_id: uuid.UUID | None, first: date) -> StoredCase:
        if person.name is None or person.birth_date is None:
            raise ValueError("a person without a name or a birth date cannot be imported")
        case_id = uuid.uuid4()
        stream = case_stream(case_id)
        if person_id is None:
            person_id = uuid.uuid4()
            self._batch.insert(
                stream,
                Person,
                {
                    "id": person_id,
                    "name": person.name,
                    "birth_date": person.birth_date,
                    "import_ref": person.ref,
                    "created_at": self._now,
                },
            )
            self._words += [{"word": word, "person_id": person_id} for word in words(person.name)]
        steps = ladder("adults" if age_on(person.birth_date, first) >= ADULT else "children")
        level = LEVEL if any(one.number == LEVEL for one in steps.levels) else steps.starts_at
        case = StoredCase(case_id, level, 1, closed=False)
        self._batch.insert(
            stream,
            Case,
            {
                "id": case_id,
                "person_id": person_id,
                "ladder": steps.key,
                "level": level,
                "level_since": first,
                "opened_on": first,
                "service_id": self._service.id,
                "holder_id": self._holder.id if self._holder else None,
                "opened_by_id": self._by.id,
                "created_at": self._now,
            },
        )
        self._stays.append({"id": uuid.uuid4(), "case_id": case_id, "level": level, "from_on": first})
        held = {"holder": self._holder.name} if self._holder else {}
        self._log(case, "opened", first, to_level=level, reason=_("Importert frå rekneark"), details=held)
        return case

    def _log(self, case: StoredCase, kind: str, day: date, **fields: Any) -> None:
        entry = log_row(case.id, self._by, kind, decided_on=day, level=case.level, round=case.round, **fields)
        self._batch.insert(case_stream(case.id), LogEntry, entry)

    def _close(self, stream: str, stored: StoredPerson | None, plan: PersonPlan) -> None:
        """Give known forms the day they are closed on, where it changes."""
        for number, form in (stored.forms if stored else {}).items():
            closed_on = plan.closings[number]
            changes: dict[str, tuple[Any, Any]] = {}
            if closed_on != form.closed_on:
                changes["closed_on"] = (form.closed_on, closed_on)
                if form.closed_on is None:
                    changes["closed_reason"] = ("", _closed_reason())
            self._batch.update(stream, Form, form.id, changes)

    def _add_form(self, stream: str, case: StoredCase, form: FormPlan) -> None:
        stored = form.stored
        if stored is None:
            form_id = uuid.uuid4()
            self._batch.insert(
                stream,
                Form,
                {
                    "id": form_id,
                    "case_id": case.id,
                    "number": form.number,
                    "scale": self._scale.value,
                    "scale_version": SCALE_VERSION,
                    "opened_on": form.opened_on,
                    "closed_on": form.closed_on,
                    "closed_reason": _closed_reason() if form.closed_on else "",
                    "created_by_id": self._by.id,
                    "created_at": self._now,
                },
            )
        else:
            form_id = stored.id
            if form.opened_on != stored.opened_on:
                self._batch.update(stream, Form, form_id, {"opened_on": (stored.opened_on, form.opened_on)})
        activities = self._add_activities(stream, form_id, form)
        for talk in form.talks:
            scores = {activities[text]: value for text, value in talk.scores.items()}
            self._add_talk(stream, case, form_id, form.number, talk, scores)
        for conversation_id, text in form.not_asked:
            self._add_score(stream, conversation_id, activities[text], None)

    def _add_activities(self, stream: str, form_id: uuid.UUID, form: FormPlan) -> dict[str, uuid.UUID]:
        ids: dict[str, uuid.UUID] = {}
        for activity in form.activities:
            new = {
                "position": activity.position,
                "active_from": activity.span.active_from,
                "retired_on": activity.span.retired_on,
            }
            stored = activity.stored
            if stored is None:
                ids[activity.text] = uuid.uuid4()
                row = {"id": ids[activity.text], "form_id": form_id, "text": activity.text, "created_at": self._now}
                self._batch.insert(stream, Activity, row | new)
                continue
            ids[activity.text] = stored.id
            old = {
                "position": stored.position,
                "active_from": stored.span.active_from,
                "retired_on": stored.span.retired_on,
            }
            changes = {name: (old[name], new[name]) for name in new if old[name] != new[name]}
            self._batch.update(stream, Activity, stored.id, changes)
        return ids

    def _add_talk(
        self,
        stream: str,
        case: StoredCase,
        form_id: uuid.UUID,
        form: int,
        talk: NewTalk,
        scores: dict[uuid.UUID, int | None],
    ) -> None:
        talk_id = uuid.uuid4()
        self._batch.insert(
            stream,
            Conversation,
            {
                "id": talk_id,
                "form_id": form_id,
                "held_on": talk.held_on,
                "performed_by": talk.performed_by,
                "respondent": RESPONDENT,
                "recorded_at": self._now,
                "recorded_by_id": self._by.id,
            },
        )
        for activity_id, value in scores.items():
            self._add_score(stream, talk_id, activity_id, value)
        details = {
            "event": "imported",
            "held_on": talk.held_on.isoformat(),
            "form": form,
            "performed_by": talk.performed_by,
            "scored": sum(value is not None for value in scores.values()),
            "active": len(scores),
        }
        self._log(case, "conversation", talk.held_on, subject_id=talk_id, details=details)

    def _add_score(self, stream: str, talk_id: uuid.UUID, activity_id: uuid.UUID, value: int | None) -> None:
        row = {"conversation_id": talk_id, "activity_id": activity_id, "value": value}
        self._batch.insert(stream, Score, row)


def _closed_reason() -> str:
    return _("Eit nyare skjema tok over.")
