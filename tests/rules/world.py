"""A case of each kind of relation to ola, with one of everything in it, so that any address can be built."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from psfs import audit, clock
from psfs.domain.permissions import Relation
from psfs.extensions import db
from psfs.models import (
    Activity,
    Case,
    ChangeNote,
    Consent,
    Conversation,
    Device,
    EmergencyOpening,
    Form,
    Handover,
    IndividualPlan,
    Intervention,
    LogEntry,
    Meeting,
    NeedReport,
    ReceivedItem,
    RelatedPerson,
    Score,
    TeamMember,
    User,
)
from tests.support.people import TESTER, Town, make_case

if TYPE_CHECKING:
    from werkzeug.routing import Rule

NOWHERE = uuid.UUID("00000000-0000-4000-8000-000000000000")
# How ola, of the case's own service unless it is "foreign", stands to the case of that name.
STANDS = {
    "holder": Relation.HOLDER,
    "contact": Relation.CONTACT,
    "opened_by": Relation.OPENED_BY,
    "team": Relation.TEAM,
    "successor": Relation.SUCCESSOR,
    "emergency": Relation.EMERGENCY,
    "none": None,
    "ke": None,
    "foreign": None,
}


@dataclass
class World:
    """``objects[kind]`` holds the ids for the parts of an address, by the name the address gives them."""

    town: Town
    objects: dict[str, dict[str, Any]] = field(default_factory=dict)

    def relations(self, name: str, kind: str) -> frozenset[Relation]:
        """How the user of that name stands to the case of that kind, as the rules say (not as the program does)."""
        found = set()
        if name == "ola" and STANDS[kind]:
            found.add(STANDS[kind])
        if name in {"ola", "leader"} and kind != "foreign":
            found.add(Relation.OWN_SERVICE)
        if kind == "ke":
            found.add(Relation.KE_CASE)
        return frozenset(relation for relation in found if relation)

    def address(self, rule: Rule, kind: str = "holder", **instead: Any) -> str:
        """The rule's address for that case. An unknown part fails: say in this module what it stands for."""
        values = {name: {**self.objects[kind], **instead}[name] for name in rule.arguments}
        bound: tuple[str, str] | None = rule.build(values)
        assert bound is not None, rule
        return bound[1]


def make_world(town: Town) -> World:
    """Fill the database and commit."""
    world = World(town)
    users = town.users
    with audit.acting(TESTER):
        for kind in STANDS:
            service = town.school if kind == "foreign" else town.home_care
            owner = users["eva" if kind == "foreign" else "kari"]
            case = make_case(owner, service, f"{kind.title()} Tenkt", date(1950, 1, 2), "adults", level=1)
            world.objects[kind] = fill(case, owner, town)
            _relate(case, kind, users, town)
        db.session.commit()
    return world


def _relate(case: Case, kind: str, users: dict[str, User], town: Town) -> None:
    ola, today, now = users["ola"], clock.today(), clock.now()
    if kind in {"holder", "contact", "opened_by"}:
        setattr(case, f"{kind}_id", ola.id)
    elif kind == "team":
        db.session.add(TeamMember(case_id=case.id, user_id=ola.id, from_on=today))
    elif kind == "successor":
        db.session.add(
            Handover(
                case_id=case.id, from_id=users["kari"].id, to_id=ola.id, offered_by_id=users["kari"].id, offered_at=now
            )
        )
    elif kind == "emergency":
        until = now + timedelta(hours=1)
        db.session.add(
            EmergencyOpening(
                case_id=case.id, user_id=ola.id, service_id=town.home_care.id, reason="x", opened_at=now, until=until
            )
        )
    elif kind == "ke":
        case.reported_to_ke_on = today


def fill(case: Case, by: User, town: Town) -> dict[str, Any]:
    """One of everything that hangs on a case; the ids by the names that addresses use."""
    today, now = clock.today(), clock.now()
    by_whom = {"recorded_at": now, "recorded_by_id": by.id}
    form = Form(
        id=uuid.uuid4(),
        case_id=case.id,
        number=1,
        scale="higher-is-better",
        scale_version="psfs-nn-1",
        opened_on=today,
        created_by_id=by.id,
        created_at=now,
    )
    activities = [
        Activity(id=uuid.uuid4(), form_id=form.id, position=number, text=text, created_at=now)
        for number, text in enumerate(("Gå tur", "Strikke"), start=1)
    ]
    talk = Conversation(
        id=uuid.uuid4(), form_id=form.id, held_on=today, performed_by=by.name, respondent="person", **by_whom
    )
    consent = Consent(
        id=uuid.uuid4(), case_id=case.id, basis="consent", given_by="person", how="oral", from_on=today, **by_whom
    )
    measure = Intervention(
        id=uuid.uuid4(),
        case_id=case.id,
        goal="x",
        what="x",
        responsible=by.name,
        responsible_id=by.id,
        level=1,
        started_on=today,
        **by_whom,
    )
    entry = LogEntry(
        id=uuid.uuid4(),
        case_id=case.id,
        kind="note",
        text="x",
        decided_on=today,
        recorded_by=by.name,
        level=1,
        round=1,
        **by_whom,
    )
    near = RelatedPerson(id=uuid.uuid4(), person_id=case.person_id, name="Nær Tenkt", relation="bror", recorded_at=now)
    member = TeamMember(id=uuid.uuid4(), case_id=case.id, user_id=by.id, from_on=today)
    opening = EmergencyOpening(
        id=uuid.uuid4(),
        case_id=case.id,
        user_id=town.users["other_leader"].id,
        service_id=case.service_id,
        reason="x",
        opened_at=now - timedelta(days=1),
        until=now - timedelta(hours=23),
    )
    db.session.add(form)
    db.session.flush()
    device = Device(
        id=uuid.uuid4(), account_id=town.users["ola"].id, name="x", server_key=b"x" * 32, created_at=now, seen_at=now
    )
    item = ReceivedItem(
        id=uuid.uuid4(),
        device_id=device.id,
        account_id=by.id,
        case_id=case.id,
        service_id=case.service_id,
        digest="",
        body=_handed_in(case, form),
        answer="",
        state="set_aside",
        reasons=["form_closed"],
        made_at=now,
        received_at=now,
    )
    beside = ReceivedItem(
        id=uuid.uuid4(),
        device_id=device.id,
        account_id=by.id,
        case_id=case.id,
        service_id=case.service_id,
        digest="",
        answer="",
        state="saved",
        look=True,
        differences={"others": [str(uuid.uuid4())], "not_on_device": [str(activities[0].id)]},
        made_at=now,
        received_at=now,
    )
    report = NeedReport(
        id=uuid.uuid4(),
        case_id=case.id,
        reported_on=today,
        recorded_at=now,
        changed_at=now,
        reported_by_id=by.id,
        need="x",
        basis="consent",
    )
    meeting = Meeting(
        id=uuid.uuid4(), case_id=case.id, planned_on=today, invited=[{"member": "", "name": "x", "role": ""}], **by_whom
    )
    plan = IndividualPlan(id=uuid.uuid4(), case_id=case.id, state="wanted", since=today, recorded_at=now)
    change = ChangeNote(id=uuid.uuid4(), service_id=case.service_id, on=today, text="x", recorded_by="x", **by_whom)
    rows = [
        meeting,
        plan,
        change,
        *activities,
        talk,
        consent,
        measure,
        entry,
        near,
        member,
        opening,
        device,
        item,
        beside,
        report,
    ]
    db.session.add_all(rows)
    db.session.flush()
    beside.conversation_id = talk.id
    db.session.add_all(Score(conversation_id=talk.id, activity_id=one.id, value=4) for one in activities)
    return {
        "case_id": case.id,
        "form_id": form.id,
        "activity_id": activities[0].id,
        "conversation_id": talk.id,
        "consent_id": consent.id,
        "intervention_id": measure.id,
        "entry_id": entry.id,
        "related_id": near.id,
        "member_id": member.id,
        "opening_id": opening.id,
        "user_id": town.users["eva"].id,
        "service_id": town.school.id,
        "code": "en",
        "device_id": device.id,
        "item_id": item.id,
        "report_id": report.id,
        "meeting_id": meeting.id,
        "note_id": change.id,
    }


def _handed_in(case: Case, form: Form) -> str:
    """A conversation as a device hands it in, without an answer: what the rules refuse."""
    moment = clock.now().isoformat()
    body = {
        "v": 1,
        "id": str(uuid.uuid4()),
        "case": str(case.id),
        "form": str(form.id),
        "base": None,
        "held_on": clock.today().isoformat(),
        "performed_by": "",
        "respondent": "person",
        "remark": "",
        "next_due": None,
        "answers": {},
        "added": [],
        "retired": {},
        "made_at": moment,
        "zone": "Europe/Oslo",
    }
    return json.dumps(body)
