"""A made-up municipality of any size, written straight to the tables: for measuring only.

Each person has one case with one form of five conversations and four or five activities: 20,000 people are 100,000
conversations and 450,000 scores. Seven of ten cases are closed, over five years. The first ``KARIS`` people are
kari's, in the next ``SHARED`` cases she is one of the team, and all of these are open and the same, to the letter,
however many others there are.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import create_engine, insert, text

from psfs.accounts.passphrases import make_hash
from psfs.audit.chain import START, canonical, digest
from psfs.audit.recorder import case_stream
from psfs.cases import names
from psfs.domain.due import age_on
from psfs.domain.ladder import BUILT_IN, load
from psfs.domain.scoring import SCALE_VERSION, Scale
from psfs.extensions import Base
from psfs.models import (
    Activity,
    AuditEntry,
    CareTeam,
    Case,
    CaseLook,
    Consent,
    Conversation,
    Coordinator,
    Form,
    Intervention,
    LevelStay,
    LogEntry,
    Meeting,
    Person,
    PersonWord,
    Score,
    Service,
    TeamMember,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

KARIS, SHARED = 30, 5
TALKS = 5
DAYS_BETWEEN = 60
CLOSED_OF_TEN, YEARS = 7, 5  # so many cases of ten are closed, over so many years
FREE_DAYS = 22  # without a conversation, up to today: a measurer saves one a day in each case
CHUNK = 1000  # people whose rows are written together
PEOPLE_PER_STAFF = 50
LADDERS = load([BUILT_IN])
PASSPHRASE = "sju raude ballongar over fjorden"
SERVICES = (
    "Heimetenesta", "Skulen", "Barnehagen", "Helsestasjonen", "Ergoterapi", "Fysioterapi", "Psykisk helse", "NAV"
)  # fmt: skip
FIRST = (
    "Testine", "Prøve", "Dikta", "Eksempla", "Modella", "Utkasta", "Skissa", "Fabula", "Mønstra", "Tenkja",
    "Førestilla",     "Påfunna", "Kladda", "Temine", "Oppdikt", "Ideina", "Figurine", "Romana", "Eventyra", "Novella",
)  # fmt: skip
LAST = (
    "Tenkt", "Testesen", "Prøvedal", "Dikteng", "Eksempelvik", "Modellås", "Utkastli", "Skissestad", "Fabelbakk",
    "Mønsternes", "Temahaug", "Oppdikthaug", "Påfunnsmo", "Kladdebø", "Ideholm", "Figurstrand", "Romanvoll",
    "Eventyrtun", "Novellegard", "Teikningsrud",
)  # fmt: skip
DOINGS = (
    "Gå til butikken", "Lage middag", "Strikke", "Hogge ved", "Lese avisa", "Ringje dottera", "Stelle i hagen",
    "Gå på tur til Prøvevatnet", "Syngje i koret", "Kle på seg", "Ha vener på besøk", "Sykle til skulen",
)  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True)
class Town:
    """What a measurer must know: kari's cases with their forms, somebody's birth date, and how much there is.

    ``saved`` counts the conversations that were saved in each case while measuring.
    """

    today: date
    cases: tuple[tuple[UUID, UUID], ...]
    birth_date: date
    rows: dict[str, int]
    saved: Counter[UUID] = field(default_factory=Counter)

    def free_day(self, case_id: UUID) -> date:
        """A day on which nobody has held a conversation in the case; each only once."""
        day = self.today - timedelta(days=self.saved[case_id])
        self.saved[case_id] += 1
        return day


def fill(url: str, people: int, today: date) -> Town:
    """Fill a migrated, empty database with ``people`` people."""
    engine = create_engine(url, hide_parameters=True)
    made = _Maker(people, today)
    counts: dict[str, int] = defaultdict(int)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size = -400000")
        write = _copy if engine.dialect.name == "postgresql" else _insert
        made.staff()
        for start in range(0, people, CHUNK):
            for number in range(start, min(start + CHUNK, people)):
                made.person(number)
            for table, rows in made.take():
                write(connection, table, rows)
                counts[table.name] += len(rows)
        if write is _copy:
            next_id = text("SELECT setval('audit_entry_id_seq', :last)")
            connection.execute(next_id, {"last": counts["audit_entry"]})
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))  # what the server does by itself in its own time
            connection.execute(text("CHECKPOINT"))
    engine.dispose()
    return Town(today, tuple(made.karis), made.first_birth_date, dict(counts))


def _insert(connection: Connection, table: Any, rows: list[Row]) -> None:
    connection.execute(insert(table), rows)


def _copy(connection: Connection, table: Any, rows: list[Row]) -> None:
    columns = list(rows[0])
    listed = ", ".join(f'"{name}"' for name in columns)
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row([json.dumps(v) if isinstance(v, dict | list) else v for v in row.values()])


class _Maker:
    def __init__(self, people: int, today: date) -> None:
        self.people, self.today = people, today
        self.karis: list[tuple[UUID, UUID]] = []
        self.first_birth_date = today
        self._rows: dict[str, list[Row]] = defaultdict(list)
        self._staff: dict[int, list[tuple[UUID, str]]] = defaultdict(list)
        self._entries = 0
        self._heads: dict[str, tuple[int, str]] = {}
        self._services = [UUID(int=Random(f"service {n}").getrandbits(128), version=4) for n in range(len(SERVICES))]

    def take(self) -> Iterator[tuple[Any, list[Row]]]:
        """What has been made since the last time, in an order that foreign keys allow."""
        for table in Base.metadata.sorted_tables:
            if rows := self._rows.pop(table.name, None):
                yield table, rows

    def _add(self, model: Any, **row: Any) -> None:
        self._rows[model.__tablename__].append(row)

    def staff(self) -> None:
        """The services, kari, a leader, KE and admin, and as many others as the people need."""
        for number, name in enumerate(SERVICES):
            self._add(
                Service,
                id=self._services[number],
                name=name,
                external=False,
                phone=f"52 00 00 {number:02}",
                active=True,
            )
        named = [("kari", "staff", 0), ("leader", "leader", 0), ("ke", "ke", None), ("admin", "admin", None)]
        others = max(len(SERVICES), self.people // PEOPLE_PER_STAFF)
        named += [(f"tilsett{number}", "staff", number % len(SERVICES)) for number in range(others)]
        hashed = make_hash(PASSPHRASE)
        for username, role, place in named:
            user_id = UUID(int=Random(username).getrandbits(128), version=4)
            name = f"{username.title()} Dikta"
            self._add(
                User,
                id=user_id,
                username=username,
                name=name,
                role=role,
                service_id=None if place is None else self._services[place],
                phone="900 00 000",
                title="",
                language="nn",
                scoring_layout="one",
                passphrase_hash=hashed,
                stamp=user_id.hex,
                disabled_at=None,
                created_at=self._at(self.today - timedelta(days=900)),
            )
            if role == "staff":
                self._staff[place or 0].append((user_id, name))

    def _at(self, day: date, minute: int = 0) -> datetime:
        return datetime.combine(day, time(9), UTC) + timedelta(minutes=minute)

    def person(self, number: int) -> None:
        """A person with a case and everything in it."""
        dice = Random(number)
        _Story(self, number, dice).tell()

    def entry(self, case_id: UUID, at: datetime, who: tuple[UUID, str], kind: str, action: str, data: object) -> None:
        """One link of the case's chain."""
        stream = case_stream(case_id)
        seq, previous = self._heads.get(stream, (0, START))
        self._entries += 1
        row: Row = {
            "stream": stream,
            "seq": seq + 1,
            "at": at,
            "actor_id": who[0],
            "actor": who[1],
            "kind": kind,
            "action": action,
            "data": canonical(data),
            "previous": previous,
        }
        row["digest"] = digest(**row)
        self._heads[stream] = (row["seq"], row["digest"])
        self._add(AuditEntry, id=self._entries, **row)


class _Story:
    """One person's rows. All chance comes from the person's own number."""

    def __init__(self, maker: _Maker, number: int, dice: Random) -> None:
        self.maker, self.number, self.dice = maker, number, dice
        mine = number < KARIS
        self.place = 0 if mine else number % len(SERVICES)
        staff = maker._staff[self.place]
        self.same = number < KARIS + SHARED
        others = staff[1:] if self.place == 0 else staff
        self.who = staff[0] if mine else others[0 if self.same else dice.randrange(len(others))]
        self.case_id, self.form_id = self.id(), self.id()
        self.closed_on = self._closed_on()
        self.now = self.closed_on or maker.today
        self.talk_days = self._talk_days()
        self.opened_on = self.talk_days[0] - timedelta(days=14)
        self.changes: list[Row] = []

    def id(self) -> UUID:
        return UUID(int=self.dice.getrandbits(128), version=4)

    def _closed_on(self) -> date | None:
        if self.same or self.number % 10 >= CLOSED_OF_TEN:
            return None
        return self.maker.today - timedelta(days=self.dice.randrange(1, (YEARS - 1) * 365))

    def _talk_days(self) -> list[date]:
        last = self.now - timedelta(days=self.dice.randrange(FREE_DAYS, 64))
        return [last - timedelta(days=DAYS_BETWEEN * back) for back in reversed(range(TALKS))]

    def add(self, model: Any, **row: Any) -> None:
        """A row, which the audit will tell of."""
        self.maker._add(model, **row)
        change: Row = {"table": model.__tablename__, "id": str(row.get("id", "")), "op": "insert"}
        if self.same:  # the others' chains are as long, but say less: it is only kari's that are read
            change["new"] = {name: value for name, value in row.items() if value is not None}
        self.changes.append(change)

    def keep(self, action: str, at: datetime) -> None:
        """The audit's entry of what was added since the last."""
        self.maker.entry(self.case_id, at, self.who, "change", action, {"changes": self.changes})
        self.changes = []

    def tell(self) -> None:
        maker, dice = self.maker, self.dice
        born = self._person()
        at = maker._at(self.opened_on)
        rungs = LADDERS["adults" if age_on(born, self.opened_on) >= 18 else "children"]
        self.level = dice.choices((0, 1, 2, 3), (1, 9, 5, 1))[0]
        self._case(born, rungs.key, at)
        self._log("opened", self.opened_on, at, reason="Oppdikta grunn til uro.", to_level=0)
        self.keep("cases.new", at)
        self._consents(at)
        steps = rungs.level(self.level).steps
        for step in steps[: dice.randrange(len(steps))]:
            moment = at + timedelta(days=1, minutes=step.number)
            self._log("step", moment.date(), moment, step=step.key, outcome="done")
        self._measure(at)
        self.keep("bti.do_step", at + timedelta(days=1, hours=2))
        activities = self._form(at)
        for order, day in enumerate(self.talk_days):
            self._talk(order, day, activities)
        if self.closed_on:
            moment = maker._at(self.closed_on, 400)
            self._log("closed", self.closed_on, moment, outcome="no_concern", text="Det går godt.")
            self.keep("bti.close", moment)
        for back in (30, 20, 10):
            seen = maker._at(self.now - timedelta(days=back), self.number % 300)
            maker.entry(self.case_id, seen, self.who, "reading", "cases.show", {"by": "contact,holder,opened_by"})
        looked_at = maker._at(self.talk_days[-1] - timedelta(days=5))
        watcher = maker._staff[0][0] if self.same else self.who
        maker._add(CaseLook, user_id=watcher[0], case_id=self.case_id, looked_at=looked_at)
        if self.number < KARIS:
            maker.karis.append((self.case_id, self.form_id))

    def _person(self) -> date:
        name = f"{self.dice.choice(FIRST)} {self.dice.choice(FIRST)} {self.dice.choice(LAST)}"
        born = self.maker.today - timedelta(days=self.dice.randrange(365 * (YEARS + 4), 365 * 97))
        self.person_id = self.id()
        self.add(
            Person,
            id=self.person_id,
            name=name,
            birth_date=born,
            language="nn",
            phone="",
            journal_ref="",
            import_ref=None,
            shielded=self.number % 500 == 499,
            cognitive_note=False,
            version=1,
            created_at=self.maker._at(self.opened_on),
        )
        for word in names.words(name):
            self.maker._add(PersonWord, word=word, person_id=self.person_id)
        if self.number == 0:
            self.maker.first_birth_date = born
        return born

    def _case(self, born: date, ladder_key: str, at: datetime) -> None:
        self.add(
            Case,
            id=self.case_id,
            person_id=self.person_id,
            ladder=ladder_key,
            level=self.level,
            round=1,
            level_since=self.now - timedelta(days=self.dice.randrange(1, 100)),
            opened_on=self.opened_on,
            closed_on=self.closed_on,
            close_reason="no_concern" if self.closed_on else None,
            service_id=self.maker._services[self.place],
            holder_id=self.who[0],
            contact_id=self.who[0],
            opened_by_id=self.who[0],
            reported_to_ke_on=self.opened_on if self.level == 3 else None,
            created_at=at,
        )
        colleagues = self.maker._staff[(self.place + 1) % len(SERVICES)]
        if self.same:
            member = colleagues[0] if self.number < KARIS else self.maker._staff[0][0]
        else:
            member = self.dice.choice(colleagues[1:] or colleagues)
        self.add(
            TeamMember,
            id=self.id(),
            case_id=self.case_id,
            user_id=member[0],
            role="Koordinator",
            from_on=self.opened_on,
            until_on=self.closed_on,
        )
        self._coordination()

    def _coordination(self) -> None:
        """The rounds on each level up to now; at level 3 a team with a coordinator, and two meetings a year."""
        begun = self.opened_on
        for level in range(self.level + 1):
            last = level == self.level
            until = self.closed_on if last else begun + timedelta(days=self.dice.randrange(3, 30))
            self.maker._add(
                LevelStay,
                id=self.id(),
                case_id=self.case_id,
                level=level,
                from_on=begun,
                until_on=until,
                next_level=None if last else level + 1,
            )
            begun = until or begun
        if self.level < 3:
            return
        of_case = {"case_id": self.case_id}
        self.add(
            Coordinator,
            id=self.id(),
            user_id=self.who[0],
            kind="coordinator",
            from_on=begun,
            until_on=self.closed_on,
            **of_case,
        )
        self.add(CareTeam, id=self.id(), started_on=begun, ended_on=self.closed_on, reason="", **of_case)
        for back in (20, 200):
            on = self.now - timedelta(days=back)
            self.add(
                Meeting,
                id=self.id(),
                planned_on=on,
                starts_at=None,
                minutes_long=60,
                place="",
                agenda="x",
                invited=[],
                state="held",
                reason="",
                held_on=on,
                present="x",
                minutes="x",
                writer_id=self.who[0],
                closed_at=self.maker._at(on),
                next_agreed=False,
                next_on=None,
                recorded_at=self.maker._at(on),
                recorded_by_id=self.who[0],
                version=1,
                **of_case,
            )

    def _log(self, kind: str, on: date, at: datetime, **fields: Any) -> None:
        row: Row = {
            "id": self.id(),
            "case_id": self.case_id,
            "kind": kind,
            "decided_on": on,
            "recorded_at": at,
            "recorded_by_id": self.who[0],
            "recorded_by": self.who[1],
            "decided_by": "",
            "participants": "",
            "from_level": None,
            "to_level": None,
            "level": self.level,
            "round": 1,
            "step": None,
            "outcome": None,
            "reason": "",
            "text": "",
            "subject_id": None,
            "details": {},
            "strikes_id": None,
        }
        self.add(LogEntry, **row | fields)

    def _consents(self, at: datetime) -> None:
        until = self.now + timedelta(days=self.dice.randrange(10, 400))
        for service in (None, self.maker._services[(self.place + 1) % len(SERVICES)]):
            consent_id = self.id()
            self.add(
                Consent,
                id=consent_id,
                case_id=self.case_id,
                service_id=service,
                basis="consent",
                given_by="person",
                given_by_name="",
                how="oral",
                legal_basis="",
                reason="",
                from_on=self.opened_on,
                until_on=until if service else None,
                withdrawn_on=None,
                withdrawn_by="",
                recorded_at=at,
                recorded_by_id=self.who[0],
            )
            self._log("consent", self.opened_on, at, subject_id=consent_id, details={"event": "given"})
        self.keep("bti.new_consent", at)

    def _measure(self, at: datetime) -> None:
        deadline = self.now + timedelta(days=self.dice.randrange(-10, 200))
        measure_id = self.id()
        self.add(
            Intervention,
            id=measure_id,
            case_id=self.case_id,
            goal="Kunne gå til butikken åleine.",
            what="Følgje til butikken to gonger i veka.",
            responsible=self.who[1],
            responsible_id=self.who[0],
            service_id=self.maker._services[self.place],
            level=self.level,
            started_on=self.opened_on,
            deadline=deadline,
            evaluate_on=deadline,
            ended_on=self.closed_on,
            result="reached" if self.closed_on else None,
            evaluation="",
            evaluated_on=self.closed_on,
            recorded_at=at,
            recorded_by_id=self.who[0],
            version=1,
        )
        details = {"event": "agreed", "goal": "Kunne gå til butikken åleine."}
        self._log("intervention", self.opened_on, at, subject_id=measure_id, details=details)

    def _form(self, at: datetime) -> list[UUID]:
        self.add(
            Form,
            id=self.form_id,
            case_id=self.case_id,
            number=1,
            scale=Scale.HIGHER_IS_BETTER.value,
            scale_version=SCALE_VERSION,
            opened_on=self.talk_days[0],
            closed_on=self.closed_on,
            closed_reason="",
            created_by_id=self.who[0],
            created_at=at,
        )
        activities = [self.id() for _place in range(5 if self.number % 2 else 4)]
        for position, doing in enumerate(self.dice.sample(DOINGS, len(activities)), 1):
            self.add(
                Activity,
                id=activities[position - 1],
                form_id=self.form_id,
                position=position,
                text=doing,
                active_from=None,
                retired_on=None,
                retire_reason=None,
                retire_note="",
                created_at=at,
            )
        self._log("form", self.talk_days[0], at, subject_id=self.form_id, details={"event": "started", "form": 1})
        self.keep("conversations.start", at)
        return activities

    def _talk(self, order: int, day: date, activities: list[UUID]) -> None:
        talk_id, at = self.id(), self.maker._at(day, order)
        self.add(
            Conversation,
            id=talk_id,
            form_id=self.form_id,
            held_on=day,
            performed_by_id=self.who[0],
            performed_by=self.who[1],
            respondent="person",
            remark="Det går betre no." if order else "",
            next_due=day + timedelta(days=DAYS_BETWEEN),
            recorded_at=at,
            recorded_by_id=self.who[0],
            fingerprint="",
            struck_at=None,
            struck_by_id=None,
            struck_reason="",
        )
        for activity in activities:
            value = min(10, max(0, self.dice.randrange(2, 8) + order // 2))
            self.add(Score, conversation_id=talk_id, activity_id=activity, value=value, not_asked_reason="")
        details = {
            "event": "held",
            "held_on": day.isoformat(),
            "form": 1,
            "performed_by": self.who[1],
            "respondent": "person",
            "scored": len(activities),
            "active": len(activities),
            "added": [],
            "retired": [],
        }
        self._log("conversation", day, at, subject_id=talk_id, details=details)
        self.keep("conversations.record", at)
