"""Consents, the team, plans and measures, the log, and who did and saw what."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from psfs import clock
from psfs.exchange.fhir_rows import BASE, Resource, columns, reference, resource
from psfs.models import (
    CareTeam,
    Consent,
    Conversation,
    Coordinator,
    EmergencyOpening,
    Handover,
    IndividualPlan,
    Intervention,
    LogEntry,
    Meeting,
    MeetingAddition,
    NeedReport,
    TeamMember,
)

if TYPE_CHECKING:
    from datetime import date

    from psfs.exchange.fhir_file import CaseFile

SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
LOINC_CONSENT = {"coding": [{"system": "http://loinc.org", "code": "59284-0", "display": "Consent Document"}]}
REST = "http://terminology.hl7.org/CodeSystem/audit-event-type"
PLAN_STATES = {"wanted": "draft", "has": "active", "declined": "revoked", "ended": "completed"}
RESULTS = {"reached": "completed", "partly": "completed", "not_reached": "completed", "stopped": "stopped"}


def care(file: CaseFile) -> list[Resource]:
    """Everything of the case that is neither people nor scores."""
    others = (LogEntry, Handover, NeedReport, Meeting, MeetingAddition, Coordinator, EmergencyOpening)
    basics = [_basic(file, row) for model in others for row in file.of(model)]
    consents = [_consent(file, row) for row in file.of(Consent)]
    recorded = [*file.of(Conversation), *file.of(Consent), *file.of(Intervention)]
    return [
        _team(file),
        _plan(file),
        *consents,
        *basics,
        *(_provenance(file, row) for row in recorded if row.recorded_by_id in file.users),
        *(_event(row) for row in file.readings),
    ]


def _consent(file: CaseFile, row: Consent) -> Resource:
    ended = row.withdrawn_on is not None or (row.until_on is not None and row.until_on < clock.today())
    provision: dict[str, Any] = {"type": "permit", "period": period(row.from_on, row.until_on)}
    if row.service_id:
        role = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleClass", "code": "PROV"}]}
        provision["actor"] = [{"role": role, "reference": reference("Organization", row.service_id)}]
    policy = [{"uri": f"{BASE}:legal-basis"}] if row.basis == "legal_basis" else []
    return resource(
        "Consent",
        row,
        status="inactive" if ended else "active",
        scope={"coding": [{"system": SCOPE, "code": "patient-privacy"}]},
        category=[LOINC_CONSENT],
        patient=reference("Patient", file.person.id),
        dateTime=row.from_on.isoformat(),
        policy=policy or None,
        policyRule=None if policy else {"text": "samtykke"},
        provision=provision,
    )


def _team(file: CaseFile) -> Resource:
    """The members of all time, each with a role and a period; the rows of the team itself are its extensions."""
    participants = []
    for row in file.of(TeamMember):
        one: dict[str, Any] = {"extension": columns(row), "period": period(row.from_on, row.until_on)}
        if row.role:
            one["role"] = [{"text": row.role}]
        member = _member(file, row)
        participants.append(one | ({"member": member} if member else {}))
    if file.case.holder_id:
        holder = reference("Practitioner", file.case.holder_id)
        participants.append({"role": [{"text": "stafetthaldar"}], "member": holder})
    teams = file.of(CareTeam)
    found: Resource = {
        "resourceType": "CareTeam",
        "id": str(uuid.uuid5(file.case.id, "care team")),
        "status": "active" if any(team.ended_on is None for team in teams) else "inactive",
        "subject": reference("Patient", file.person.id),
        "category": [{"text": "oppfølgingsteam", "extension": columns(team)} for team in teams],
        "participant": participants,
    }
    return {name: value for name, value in found.items() if value != []}


def _member(file: CaseFile, row: TeamMember) -> dict[str, Any] | None:
    if row.user_id:
        return reference("Practitioner", row.user_id)
    if row.related_id:
        return reference("RelatedPerson", row.related_id)
    if row.kind == "person":
        return reference("Patient", file.person.id)
    return {"display": row.name}


def _plan(file: CaseFile) -> Resource:
    """The measures as activities; where the individual plan lies, and its goals in the person's own words."""
    plan: IndividualPlan | None = next(iter(file.of(IndividualPlan)), None)
    activities = []
    for row in file.of(Intervention):
        detail: dict[str, Any] = {
            "status": RESULTS.get(row.result or "", "completed") if row.ended_on else "in-progress",
            "description": row.what,
            "scheduledPeriod": period(row.started_on, row.deadline),
        }
        if row.responsible_id:
            detail["performer"] = [reference("Practitioner", row.responsible_id)]
        elif row.responsible:
            detail["performer"] = [{"display": row.responsible}]
        activities.append({"extension": columns(row), "detail": detail})
    found: Resource = {
        "resourceType": "CarePlan",
        "id": str(plan.id if plan else uuid.uuid5(file.case.id, "care plan")),
        "extension": columns(plan) if plan else [],
        "status": PLAN_STATES[plan.state] if plan else "active",
        "intent": "plan",
        "title": "Individuell plan" if plan else "Tiltak",
        "description": plan.goals if plan else "",
        "subject": reference("Patient", file.person.id),
        "identifier": [{"system": f"{BASE}:plan", "value": plan.reference}] if plan and plan.reference else [],
        "careTeam": [reference("CareTeam", uuid.uuid5(file.case.id, "care team"))],
        "activity": activities,
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def _basic(file: CaseFile, row: Any) -> Resource:
    """What the standard has no resource for: the log and what goes with it."""
    code = {"coding": [{"system": f"{BASE}:tables", "code": row.__tablename__}]}
    return resource("Basic", row, code=code, subject=reference("Patient", file.person.id))


def _provenance(file: CaseFile, row: Any) -> Resource:
    """Who recorded it, and when."""
    kinds = {Conversation: "QuestionnaireResponse", Consent: "Consent", Intervention: "CarePlan"}
    plan = next((each.id for each in file.of(IndividualPlan)), uuid.uuid5(file.case.id, "care plan"))
    target = plan if isinstance(row, Intervention) else row.id
    return {
        "resourceType": "Provenance",
        "id": str(uuid.uuid5(row.id, "provenance")),
        "target": [reference(kinds[type(row)], target)],
        "recorded": row.recorded_at.isoformat(),
        "agent": [{"who": reference("Practitioner", row.recorded_by_id)}],
    }


def _event(entry: Any) -> Resource:
    """Somebody saw something of the case."""
    return {
        "resourceType": "AuditEvent",
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{entry.stream}/{entry.seq}")),
        "type": {"system": REST, "code": "rest"},
        "subtype": [{"system": f"{BASE}:views", "code": entry.action}],
        "action": "R",
        "recorded": entry.at.isoformat(),
        "agent": [{"requestor": True, "name": entry.actor or "–"}],
        "source": {"observer": {"display": "Kva er viktig for deg?"}},
    }


def period(start: date, end: date | None) -> dict[str, str]:
    """From and until."""
    return {"start": start.isoformat()} | ({"end": end.isoformat()} if end else {})
