"""The person, those nearest, staff and services, as the standard names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psfs.exchange.fhir_rows import BASE, Resource, columns, reference, resource
from psfs.models import RelatedPerson

if TYPE_CHECKING:
    from psfs.exchange.fhir_file import CaseFile
    from psfs.models import User

NO_BASIS_PATIENT = "http://hl7.no/fhir/StructureDefinition/no-basis-Patient"
GUARDIAN = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "GUARD"}]}
LANGUAGES = {"nn": "nn", "nb": "nb", "en": "en"}


def people(file: CaseFile) -> list[Resource]:
    """Patient, RelatedPerson, Practitioner and Organization; the case itself as an EpisodeOfCare."""
    return [
        _patient(file),
        _episode(file),
        *(_related(file, row) for row in file.of(RelatedPerson)),
        *(_practitioner(user) for user in file.users.values()),
        *(_organization(row) for row in file.services.values()),
    ]


def name(text: str) -> list[dict[str, Any]]:
    """A name: the last word is taken for the family's, and the whole stands as it is written."""
    given, _space, family = text.rpartition(" ")
    found: dict[str, Any] = {"text": text, "family": family}
    return [found | ({"given": given.split()} if given.split() else {})]


def phone(number: str) -> list[dict[str, str]]:
    """A telephone number, if there is one."""
    return [{"system": "phone", "value": number}] if number else []


def _patient(file: CaseFile) -> Resource:
    person = file.person
    identifiers = [{"system": f"{BASE}:person", "value": str(person.id)}]
    if person.journal_ref:
        identifiers.append({"system": f"{BASE}:journal-reference", "value": person.journal_ref})
    return resource(
        "Patient",
        person,
        meta={"profile": [NO_BASIS_PATIENT]},
        identifier=identifiers,
        name=name(person.name),
        birthDate=person.birth_date.isoformat(),
        telecom=phone(person.phone),
        communication=[
            {
                "language": {
                    "coding": [{"system": "urn:ietf:bcp:47", "code": LANGUAGES.get(person.language, person.language)}]
                },
                "preferred": True,
            }
        ],
    )


def _episode(file: CaseFile) -> Resource:
    case = file.case
    period = {"start": case.opened_on.isoformat()}
    if case.closed_on:
        period["end"] = case.closed_on.isoformat()
    return resource(
        "EpisodeOfCare",
        case,
        status="finished" if case.closed_on else "active",
        patient=reference("Patient", case.person_id),
        managingOrganization=reference("Organization", case.service_id),
        period=period,
        careManager=reference("Practitioner", case.holder_id) if case.holder_id else None,
        type=[{"text": f"BTI {case.ladder}, level {case.level}"}],
    )


def _related(file: CaseFile, row: RelatedPerson) -> Resource:
    found = [{"text": row.relation}]
    return resource(
        "RelatedPerson",
        row,
        active=row.ended_on is None,
        patient=reference("Patient", file.person.id),
        relationship=[*found, GUARDIAN] if row.guardian else found,
        name=name(row.name),
        telecom=phone(row.phone),
    )


def _practitioner(user: User) -> Resource:
    """A member of staff: name, title, telephone and service; nothing of the account."""
    kept = {"id", "name", "title", "phone", "service_id"}
    known = [each for each in columns(user) if each["url"].rpartition(":")[2] in kept]
    return {
        "resourceType": "Practitioner",
        "id": str(user.id),
        "extension": [{"url": f"{BASE}:table", "valueString": "user_account"}, *known],
        "name": name(user.name),
        **({"telecom": phone(user.phone)} if user.phone else {}),
    }


def _organization(row: Any) -> Resource:
    return resource("Organization", row, active=row.active, name=row.name, telecom=phone(row.phone))
