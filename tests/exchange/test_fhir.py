"""A case as a FHIR bundle: valid, whole, and read back without loss."""

from __future__ import annotations

import json
import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from psfs import audit, clock
from psfs.exchange import fhir
from psfs.exchange.fhir_file import OF_CASE, case_file
from psfs.exchange.fhir_rows import columns, row_of
from psfs.extensions import db
from psfs.models import Activity, Case, Conversation, Form, Person, RelatedPerson, Score, ScoreCorrection
from tests.bti.support import change, fresh
from tests.rules.world import make_world
from tests.support.people import TESTER
from tests.support.statements import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

SPELLS = ["json: det ho sa", "Åse Ærø", "🙂 Emoji", "‫עברית", "<script>alert(1)</script>", "=cmd()", "x" * 200]
TABLES = (*OF_CASE, Activity, Conversation, Score, ScoreCorrection, RelatedPerson)


@pytest.fixture
def case(town: Town) -> Case:
    """A case with one of everything, a struck conversation and a correction, and texts that are hard to carry."""
    world = make_world(town)
    found = db.session.get_one(Case, world.objects["holder"]["case_id"])
    with audit.acting(TESTER):
        talk = db.session.get_one(Conversation, world.objects["holder"]["conversation_id"])
        talk.struck_at, talk.struck_by_id, talk.struck_reason = clock.now(), town.users["kari"].id, SPELLS[0]
        correction = {"conversation_id": talk.id, "activity_id": world.objects["holder"]["activity_id"]}
        by = {"corrected_at": clock.now(), "corrected_by_id": town.users["kari"].id, "corrected_by": "Kari Dikta"}
        db.session.add(ScoreCorrection(old_value=3, new_value=None, reason=SPELLS[2], **correction, **by))
        found.person.name = SPELLS[4]
        db.session.commit()
    return fresh(found)


def made(case: Case) -> dict[str, Any]:
    """The bundle as it comes out of a file."""
    loaded: dict[str, Any] = json.loads(json.dumps(fhir.bundle(case)))
    return loaded


def stored(case: Case) -> dict[str, dict[str, dict[str, Any]]]:
    """What the database holds of the case, without what is empty."""
    file = case_file(case)
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in (case, case.person, *(row for model in TABLES for row in file.of(model))):
        values = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        key = str(values.get("id") or f"{values['conversation_id']}/{values['activity_id']}")
        kept = {name: value for name, value in values.items() if value not in (None, "")}
        found.setdefault(row.__tablename__, {})[key] = kept
    return found


def test_what_is_read_back_is_what_was_there(case: Case) -> None:
    found, wanted = fhir.read(made(case)), stored(case)
    for table in wanted:
        assert found[table] == wanted[table], table
    assert set(found) - set(wanted) == {"service", "user_account"}


def test_every_reference_leads_somewhere_in_the_bundle(case: Case) -> None:
    data = made(case)
    there = {entry["fullUrl"] for entry in data["entry"]}
    assert len(there) == len(data["entry"])

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["reference"]] if isinstance(part.get("reference"), str) else []
            return own + [one for value in part.values() for one in references(value)]
        return [one for each in part for one in references(each)] if isinstance(part, list) else []

    assert set(references(data)) <= there


def test_what_was_struck_is_marked_as_such(case: Case) -> None:
    found = [entry["resource"] for entry in made(case)["entry"]]
    responses = [each for each in found if each["resourceType"] == "QuestionnaireResponse"]
    assert [each["status"] for each in responses] == ["entered-in-error"]
    codes = {each["code"]["coding"][0]["code"] for each in found if each["resourceType"] == "Observation"}
    assert codes == {"score"}  # it leaves every calculation
    notes = [note["text"] for each in found for note in each.get("note", ())]
    assert notes == [SPELLS[2]]


def test_the_kinds_that_are_promised_are_there(browser: Open, case: Case) -> None:
    browser("ola").get(f"/saker/{case.id}")
    kinds = {entry["resource"]["resourceType"] for entry in made(case)["entry"]}
    promised = {"Patient", "Questionnaire", "QuestionnaireResponse", "Observation", "CareTeam", "CarePlan", "Consent"}
    assert promised | {"Provenance", "AuditEvent", "CodeSystem"} <= kinds


def test_every_table_that_tells_of_a_case_goes_along() -> None:
    """But for when each looked last, what is made anew from other rows (stays from the log, sightings from the audit),
    and what devices took with them, or sent and nobody has settled yet."""
    of_a_case = {each.class_ for each in db.Model.registry.mappers if "case_id" in each.columns}
    left_out = {"CaseLook", "LevelStay", "ListSighting", "Taking", "DeviceOpening", "ReceivedItem"}
    assert {each.__name__ for each in of_a_case} - left_out == {each.__name__ for each in OF_CASE}


def test_who_was_shown_the_name_in_a_list_goes_along(browser: Open, case: Case) -> None:
    change(case, reported_to_ke_on=clock.today())
    browser("ke").get("/individuelle-planar")
    events = [
        each["resource"] for each in made(fresh(case))["entry"] if each["resource"]["resourceType"] == "AuditEvent"
    ]
    assert ("coordination.register", "Ke Dikta") in {(e["subtype"][0]["code"], e["agent"][0]["name"]) for e in events}


def test_nothing_of_the_accounts_goes_along(case: Case) -> None:
    text = json.dumps(made(case))
    assert "passphrase" not in text
    assert "username" not in text


def test_it_takes_few_statements(case: Case) -> None:
    with counted() as statements:
        fhir.bundle(fresh(case))
    assert len(statements) <= 30


def test_ids_that_are_made_from_names_are_valid_too(case: Case) -> None:
    near = RelatedPerson(id=uuid.uuid5(uuid.NAMESPACE_URL, "near"), person_id=case.person_id, name="Dotter Tenkt")
    change(near, relation="dotter", recorded_at=clock.now())
    assert str(near.id) in fhir.read(made(fresh(case)))["related_person"]


def test_an_empty_case(town: Town) -> None:
    found = fhir.read(made(fresh(town.child)))
    assert found["case_file"][str(town.child.id)]["ladder"] == "children"


def test_what_is_no_bundle_is_refused() -> None:
    for wrong in ({}, {"resourceType": "Patient"}, {"resourceType": "Bundle", "type": "collection", "entry": 7}):
        with pytest.raises(ValueError, match="validation error"):
            fhir.read(wrong)


def test_the_file_is_for_those_with_access_and_is_logged(browser: Open, case: Case) -> None:
    answer = browser("ola").get(f"/saker/{case.id}/fhir.json")
    assert answer.mimetype == "application/fhir+json"
    assert fhir.read(answer.json or {})["person"]
    browser("eva").get(f"/saker/{case.id}/fhir.json", status=404)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30).filter(str.strip)
    ),
    values=st.lists(st.one_of(st.none(), st.integers(0, 10)), min_size=2, max_size=2),
    days=st.integers(0, 4000),
)
def test_any_history_comes_back(town: Town, texts: list[str], values: list[int | None], days: int) -> None:
    person = Person(id=uuid.uuid4(), name="Testine Tenkt", birth_date=date(1941, 5, 17), created_at=clock.now())
    form = Form(
        id=uuid.uuid4(),
        case_id=town.adult.id,
        number=1,
        scale="higher-is-better",
        scale_version="psfs-nn-1",
        opened_on=clock.today() - timedelta(days=days),
        created_by_id=town.users["kari"].id,
        created_at=clock.now(),
    )
    rows = [
        person,
        form,
        *(Activity(id=uuid.uuid4(), form_id=form.id, position=1, text=text, created_at=clock.now()) for text in texts),
    ]
    rows += [Score(conversation_id=form.id, activity_id=person.id, value=value) for value in values]
    for row in rows:
        table, found = row_of(json.loads(json.dumps(columns(row))))
        wanted = {column.key: getattr(row, column.key) for column in row.__table__.columns}
        assert table == row.__tablename__
        assert found == {name: value for name, value in wanted.items() if value not in (None, "")}
    assert db.session.scalars(select(Form)).all() == []
