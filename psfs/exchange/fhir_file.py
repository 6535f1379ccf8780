"""All there is of one case, as rows: a statement for each table, however much there is. Reads only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from psfs.audit.recorder import case_stream
from psfs.extensions import db
from psfs.models import (
    Activity,
    AuditEntry,
    CareTeam,
    Case,
    Consent,
    Conversation,
    Coordinator,
    EmergencyOpening,
    Form,
    Handover,
    IndividualPlan,
    Intervention,
    ListSighting,
    LogEntry,
    Meeting,
    MeetingAddition,
    NeedReport,
    Person,
    RelatedPerson,
    Score,
    ScoreCorrection,
    Service,
    TeamMember,
    User,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

OF_CASE: tuple[Any, ...] = (
    Form,
    Consent,
    Intervention,
    LogEntry,
    TeamMember,
    CareTeam,
    Coordinator,
    Handover,
    Meeting,
    NeedReport,
    IndividualPlan,
    EmergencyOpening,
)
"""The tables whose rows say which case they are of."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The rows of one case by their model, with the people and services they point at."""

    case: Case
    person: Person
    rows: dict[type, list[Any]]
    users: dict[uuid.UUID, User]
    services: dict[uuid.UUID, Service]
    readings: list[AuditEntry] = field(default_factory=list)

    def of(self, model: type) -> list[Any]:
        """The rows of that model, in a fixed order."""
        return self.rows.get(model, [])


def case_file(case: Case) -> CaseFile:
    """Read it all."""
    rows: dict[type, list[Any]] = {model: _of(model, model.case_id, [case.id]) for model in OF_CASE}
    forms = [form.id for form in rows[Form]]
    rows[Activity] = _of(Activity, Activity.form_id, forms)
    rows[Conversation] = _of(Conversation, Conversation.form_id, forms)
    talks = [talk.id for talk in rows[Conversation]]
    rows[Score] = _of(Score, Score.conversation_id, talks)
    rows[ScoreCorrection] = _of(ScoreCorrection, ScoreCorrection.conversation_id, talks)
    meetings = [meeting.id for meeting in rows[Meeting]]
    rows[MeetingAddition] = _of(MeetingAddition, MeetingAddition.meeting_id, meetings)
    rows[RelatedPerson] = _of(RelatedPerson, RelatedPerson.person_id, [case.person_id])
    everything = [case, *(row for some in rows.values() for row in some)]
    users = _pointed_at(everything, User)
    services = _pointed_at([*everything, *users.values()], Service)
    return CaseFile(case, case.person, rows, users, services, _readings(case))


def _readings(case: Case) -> list[AuditEntry]:
    """Who saw something of the case, and who was shown the person's name in a list, in that order."""
    own = AuditEntry.stream == case_stream(case.id), AuditEntry.kind == "reading"
    opened = db.session.scalars(select(AuditEntry).where(*own).order_by(AuditEntry.seq)).all()
    sighted = select(ListSighting.entry_id).where(ListSighting.case_id == case.id)
    listed = db.session.scalars(select(AuditEntry).where(AuditEntry.id.in_(sighted)).order_by(AuditEntry.id)).all()
    return [*opened, *listed]


def _of(model: Any, column: Any, ids: Sequence[uuid.UUID]) -> list[Any]:
    if not ids:
        return []
    return list(db.session.scalars(select(model).where(column.in_(ids)).order_by(*model.__table__.primary_key)))


def _pointed_at(rows: Iterable[Any], model: Any) -> dict[uuid.UUID, Any]:
    """The rows of ``model`` that any foreign key of these rows points at. One statement."""
    wanted = {
        getattr(row, column.key)
        for row in rows
        for column in row.__table__.columns
        for key in column.foreign_keys
        if key.column.table is model.__table__
    } - {None}
    found = db.session.scalars(select(model).where(model.id.in_(wanted)).order_by(model.id)) if wanted else ()
    return {row.id: row for row in found}
