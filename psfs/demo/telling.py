"""Telling one person's story: each event at its day and time, by its verb, in the case's own audit chain."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from psfs import audit
from psfs.bti import log
from psfs.bti.ladders import ladder
from psfs.cases import names
from psfs.demo import form_verbs, ladder_verbs, people_verbs, team_verbs, work_verbs
from psfs.demo.calendar import known_id, moment, number, phone
from psfs.extensions import db
from psfs.models import Case, CaseLook, LogEntry, Person, PersonWord, RelatedPerson

if TYPE_CHECKING:
    import uuid
    from datetime import date, datetime

    from psfs.demo.stories import CaseStory, Event, PersonStory
    from psfs.demo.town import Town
    from psfs.domain.ladder import Ladder
    from psfs.models import (
        CareTeam,
        Consent,
        Coordinator,
        Form,
        Handover,
        IndividualPlan,
        Intervention,
        NeedReport,
        User,
    )

VERBS = ladder_verbs.VERBS | form_verbs.VERBS | people_verbs.VERBS | work_verbs.VERBS
VERBS |= team_verbs.VERBS
MORNING, MINUTES = 8 * 60 + 5, 360
FIRST_BIRTHDAY, BIRTHDAYS = 30, 320


@dataclass
class Telling:
    """A case while its story is told: what stands so far, and the day, the moment and the writer of this event.

    ``looks``: when each account last saw the case. Whoever writes, sees.
    """

    town: Town
    person: Person
    story: CaseStory
    case: Case
    ladder: Ladder
    queue: list[tuple[int, float, Event]] = field(default_factory=list)
    steps: dict[str, Any] = field(default_factory=dict)
    rounds: dict[int, int] = field(default_factory=dict)
    entries: dict[str, LogEntry] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    measures: list[Intervention] = field(default_factory=list)
    offer: Handover | None = None
    report: NeedReport | None = None
    coordinator: Coordinator | None = None
    care_team: CareTeam | None = None
    plan: IndividualPlan | None = None
    related: list[RelatedPerson] = field(default_factory=list)
    looks: dict[uuid.UUID, datetime] = field(default_factory=dict)
    after_all: list[object] = field(default_factory=list)
    ago: int = 0
    on: date = field(init=False)
    at: datetime = field(init=False)
    by: User = field(init=False)
    _minute: int = 0
    _count: itertools.count[int] = field(default_factory=itertools.count)

    def queue_first(self, event: Event) -> None:
        """Put an event in, before those of the same day."""
        heapq.heappush(self.queue, (-event.ago, -float(next(self._count)), event))

    def queue_all(self) -> None:
        """Put the story's events in, by day and then as they stand."""
        for place, event in enumerate(self.story.events):
            heapq.heappush(self.queue, (-event.ago, float(place + 1), event))

    def turn_to(self, event: Event) -> None:
        """Set the day, the moment and the writer."""
        day = self.town.calendar.worked(event.ago)
        fresh = MORNING + number(MINUTES, self.story.key, event.ago)
        later = getattr(self, "on", None) == day
        self._minute = self._minute + 4 + number(18, self._minute, event.verb) if later else fresh
        self.ago, self.on, self.at = event.ago, day, moment(day, self._minute)
        self.by = self.town.users[event.by or self.story.by]

    def id(self, kind: str) -> uuid.UUID:
        """The id of the next thing of this story."""
        return known_id(self.story.key, kind, next(self._count))

    def keep(self, row: object) -> None:
        """Add a row to the session."""
        db.session.add(row)

    def read(self, who: User, view: str, *, by: str = "", why: str = "") -> None:
        """Somebody looks at the case, as the door would have logged it."""
        audit.record_reading(
            case_id=self.case.id, actor_id=who.id, actor=who.name, view=view, by=by, why=why, at=self.at
        )
        self.looks[who.id] = self.at

    def log(self, kind: str, *, name: str = "", **fields: Any) -> LogEntry:
        """Write a line in the case's log; ``name`` is what the story calls it."""
        fields = {"decided_on": self.on, "recorded_at": self.at, "id": self.id("log"), "details": {}, **fields}
        entry = log.write(self.case, self.by, kind, **fields)
        self.looks[self.by.id] = fields["recorded_at"]
        self.rounds[self.case.level] = max(self.case.round, self.rounds.get(self.case.level, 0))
        if name:
            self.entries[name] = entry
        return entry


def tell(story: PersonStory, serial: int, town: Town) -> None:
    """Make the person and every case of theirs, each written in its own chain. Flushes; does not commit."""
    person: Person | None = None
    for case_story in story.cases:
        case_id = known_id("case", case_story.key)
        with audit.acting(audit.Actor(None, "demo", audit.recorder.case_stream(case_id), "demo")):
            person = person or _person(story, serial, town, min(town.calendar.worked(_opened(c)) for c in story.cases))
            _tell_case(case_story, case_id, person, town)


def _opened(story: CaseStory) -> int:
    return story.events[0].ago


def _person(story: PersonStory, serial: int, town: Town, since: date) -> Person:
    calendar = town.calendar
    soon = FIRST_BIRTHDAY + number(BIRTHDAYS, story.key) if story.birthday_in is None else story.birthday_in
    made = moment(since, MORNING)
    person = Person(
        id=known_id("person", story.key),
        name=story.name,
        birth_date=calendar.born((story.age or 0) + 1 if story.turns is None else story.turns, soon),
        language=story.language,
        phone=phone(3, serial + 1),
        journal_ref=f"DEMO-{1000 + serial}",
        shielded=story.shielded,
        cognitive_note=story.cognitive,
        created_at=made,
    )
    db.session.add(person)
    db.session.flush()
    db.session.add_all(PersonWord(word=word, person_id=person.id) for word in names.words(story.name))
    db.session.add_all(
        RelatedPerson(
            id=known_id(story.key, "related", place),
            person_id=person.id,
            name=each.name,
            relation=each.relation,
            guardian=each.guardian,
            phone=phone(4 + place, serial + 1),
            ended_on=calendar.worked(each.ended) if each.ended else None,
            recorded_at=made,
        )
        for place, each in enumerate(story.related)
    )
    return person


def _tell_case(story: CaseStory, case_id: uuid.UUID, person: Person, town: Town) -> None:
    service = town.services[story.service]
    opener = town.users[story.events[0].by or story.by]
    on = town.calendar.worked(_opened(story))
    case = Case(
        id=case_id,
        person=person,
        ladder=story.ladder,
        level=story.events[0].options.get("level", ladder(story.ladder).starts_at),
        round=1,
        level_since=on,
        opened_on=on,
        service=service,
        holder=opener if opener.service is service else None,
        opened_by_id=opener.id,
        reported_to_ke_on=on if opener.role == "ke" else None,
        created_at=moment(on, MORNING),
    )
    db.session.add(case)
    db.session.flush()
    telling = Telling(town, person, story, case, ladder(story.ladder))
    near = select(RelatedPerson).where(RelatedPerson.person_id == person.id)
    telling.related = sorted(db.session.scalars(near), key=lambda row: row.guardian, reverse=True)
    telling.queue_all()
    while telling.queue:
        _day, _place, event = heapq.heappop(telling.queue)
        telling.turn_to(event)
        VERBS[event.verb](telling, event.value, **event.options)
    db.session.flush()
    db.session.add_all(telling.after_all)
    looks = telling.looks.items()
    db.session.add_all(CaseLook(user_id=user_id, case_id=case_id, looked_at=at) for user_id, at in looks)
    db.session.flush()
