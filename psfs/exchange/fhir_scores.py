"""PSFS forms and conversations: questionnaires, responses, and the figures as observations."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from psfs.conversations.queries import figures_for_forms
from psfs.domain.scoring import rounded
from psfs.exchange.fhir_rows import BASE, Resource, columns, reference, resource
from psfs.models import Activity, Conversation, Form, Score, ScoreCorrection

if TYPE_CHECKING:
    from fractions import Fraction

    from psfs.exchange.fhir_file import CaseFile

CODES = f"{BASE}:codes"
CONCEPTS = {
    "score": "Score for one activity, 0 to 10, where 10 is without difficulty",
    "total": "Total of the activities scored in one conversation",
    "average": "Average of the activities scored in one conversation",
    "change-previous": "Change of the average since the previous conversation, over the activities scored in both",
    "change-first": "Change of the average since the first conversation, over the activities scored in both",
}
NAMESPACE = uuid.UUID("7073667d-0000-4000-8000-0000000f4169")


def scores(file: CaseFile) -> list[Resource]:
    """CodeSystem, and for each form a Questionnaire, its responses and their observations."""
    found = [_codes()] if file.of(Form) else []
    figures = figures_for_forms([form.id for form in file.of(Form)]) if file.of(Form) else {}
    answers, corrections = _by_talk(file.of(Score)), _by_talk(file.of(ScoreCorrection))
    for form in file.of(Form):
        activities = [each for each in file.of(Activity) if each.form_id == form.id]
        found.append(_questionnaire(form, activities))
        results = {result.round.id: result for result in figures.get(form.id, ())}
        for talk in (each for each in file.of(Conversation) if each.form_id == form.id):
            found.append(_response(file, form, talk, answers[talk.id], activities))
            found += _scored(file, talk, answers[talk.id], corrections[talk.id], activities)
            found += _figures(file, talk, results.get(talk.id))
    return found


def _by_talk(rows: list[Any]) -> defaultdict[uuid.UUID, list[Any]]:
    found: defaultdict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.conversation_id].append(row)
    return found


def _codes() -> Resource:
    return {
        "resourceType": "CodeSystem",
        "id": str(uuid.uuid5(NAMESPACE, "codes")),
        "url": CODES,
        "name": "PSFS",
        "title": "PSFS: Kva er viktig for deg?",
        "status": "active",
        "content": "complete",
        "concept": [{"code": code, "display": display} for code, display in CONCEPTS.items()],
    }


def _questionnaire(form: Form, activities: list[Activity]) -> Resource:
    items = [
        {"linkId": str(each.id), "type": "integer", "text": each.text, "extension": columns(each)}
        for each in sorted(activities, key=lambda each: each.position)
    ]
    return resource(
        "Questionnaire",
        form,
        url=f"urn:uuid:{form.id}",
        version=form.scale_version,
        title="Kva er viktig for deg?",
        status="retired" if form.closed_on else "active",
        date=form.opened_on.isoformat(),
        item=items,
    )


def _response(
    file: CaseFile, form: Form, talk: Conversation, answers: list[Score], activities: list[Activity]
) -> Resource:
    texts = {each.id: each.text for each in activities}
    items = []
    for each in answers:
        item = {"linkId": str(each.activity_id), "text": texts[each.activity_id], "extension": columns(each)}
        if each.value is not None:
            item["answer"] = [{"valueInteger": each.value}]
        items.append(item)
    return resource(
        "QuestionnaireResponse",
        talk,
        questionnaire=f"urn:uuid:{form.id}",
        status="entered-in-error" if talk.struck_at else "completed",
        subject=reference("Patient", file.person.id),
        authored=talk.held_on.isoformat(),
        author=reference("Practitioner", talk.performed_by_id) if talk.performed_by_id else None,
        source=reference("Patient", file.person.id) if talk.respondent in ("person", "with_help") else None,
        item=items,
    )


def _scored(
    file: CaseFile,
    talk: Conversation,
    answers: list[Score],
    corrections: list[ScoreCorrection],
    activities: list[Activity],
) -> list[Resource]:
    """One observation for each activity that was scored; corrections are its notes."""
    texts = {each.id: each.text for each in activities}
    found = []
    for each in answers:
        made = [one for one in corrections if one.activity_id == each.activity_id]
        if each.value is None and not made:
            continue
        notes = [
            {
                "time": one.corrected_at.isoformat(),
                "authorString": one.corrected_by,
                "text": one.reason,
                "extension": columns(one),
            }
            for one in made
        ]
        row = _observation(file, talk, "score", str(each.activity_id), texts[each.activity_id])
        if each.value is not None:
            row["valueInteger"] = each.value
        found.append(row | ({"note": notes} if notes else {}))
    return found


def _figures(file: CaseFile, talk: Conversation, result: Any) -> list[Resource]:
    """Total, average and changes, as the domain computes them; a struck conversation has none."""
    if result is None or not result.scored:
        return []
    total = _observation(file, talk, "total", "total") | {"valueInteger": result.total}
    found = [total, _observation(file, talk, "average", "average") | _quantity(result.average)]
    for code, change in (("change-previous", result.since_previous), ("change-first", result.since_first)):
        if change.value is not None:
            row = _observation(file, talk, code, code) | _quantity(change.value)
            row["interpretation"] = [{"text": change.flag.value}]
            found.append(row)
    return found


def _quantity(value: Fraction) -> dict[str, Any]:
    """Four decimals; the exact fraction stands beside."""
    exact = {"url": f"{BASE}:exact", "valueString": f"{value.numerator}/{value.denominator}"}
    return {"valueQuantity": {"value": float(rounded(value, 4)), "unit": "points", "extension": [exact]}}


def _observation(file: CaseFile, talk: Conversation, code: str, about: str, text: str = "") -> Resource:
    concept: dict[str, Any] = {"coding": [{"system": CODES, "code": code, "display": CONCEPTS[code]}]}
    if text:
        concept["text"] = text
    return {
        "resourceType": "Observation",
        "id": str(uuid.uuid5(talk.id, about)),
        "status": "entered-in-error" if talk.struck_at else "final",
        "code": concept,
        "subject": reference("Patient", file.person.id),
        "effectiveDateTime": talk.held_on.isoformat(),
        "derivedFrom": [reference("QuestionnaireResponse", talk.id)],
    }
