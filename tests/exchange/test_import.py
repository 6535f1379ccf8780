"""What an import does to the database, and what it leaves alone."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from psfs import audit, clock
from psfs.domain.errors import Refusal
from psfs.exchange import importer
from psfs.extensions import db
from psfs.models import AuditEntry, Case, Conversation, Form, LogEntry, Person, PersonWord, Service, User
from tests.exchange.support import EXAMPLE, HEADER, HIGHER, LOWER, bring_in, everything, history

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

pytestmark = pytest.mark.databases("sqlite", "postgres")
SETTER = audit.Actor(None, "test")


def line(
    activity: str, day: str, score: object = 5, *, ref: str = "P1", form: int = 1, born: str = "1950-01-01"
) -> str:
    return f"{ref},Prøve Testesen,{born},{form},{activity},{day},{score},Kari"


def told(capsys: pytest.CaptureFixture[str]) -> tuple[str, list[str]]:
    out, err = capsys.readouterr()
    return out.strip(), [one for one in err.splitlines() if not one.startswith("{")]


def test_the_worked_example(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    assert importer.run(EXAMPLE, HIGHER) == 0
    assert told(capsys) == ("Lese inn. Nye samtalar: 3. Nye skjema: 1. Nye personar: 1.", [])
    form = history("P1")[1]
    assert form["days"] == (date(2026, 1, 12), None)
    assert form["activities"] == [
        (1, "Gå til butikken", None, None),
        (2, "Lage middag", None, None),
        (3, "Strikke", None, None),
        (4, "Bade", date(2026, 3, 3), None),
    ]
    assert form["talks"] == {
        ("2026-01-12", "Kari Dikta", False): {"Gå til butikken": 2, "Lage middag": 3, "Strikke": 5},
        ("2026-03-03", "Kari Dikta", False): {"Gå til butikken": 4, "Lage middag": None, "Strikke": 6, "Bade": 1},
        ("2026-05-10", "Ola Dikta", False): {"Gå til butikken": 7, "Lage middag": 6, "Strikke": 6, "Bade": 4},
    }


def test_what_a_new_person_gets(app: Flask, tmp_path: Path) -> None:
    adult, child = "1950-01-01", "2010-03-02"
    assert (
        bring_in(
            tmp_path,
            line("Gå", "2026-01-01", ref="A", born=adult),
            line("Gå", "2026-01-01", ref="B", born=child),
            line("Gå", "2026-02-01", ref="C", born="2008-02-01"),
        )
        == 0
    )
    person = db.session.scalars(select(Person).where(Person.import_ref == "A")).one()
    assert (person.name, person.birth_date, person.language) == ("Prøve Testesen", date(1950, 1, 1), "nn")
    assert set(db.session.scalars(select(PersonWord.word).where(PersonWord.person_id == person.id))) == {
        "prove",
        "testesen",
    }
    cases = dict(db.session.execute(select(Person.import_ref, Case).join(Case, Case.person_id == Person.id)).all())
    assert {ref: case.ladder for ref, case in cases.items()} == {"A": "adults", "B": "children", "C": "adults"}
    case = cases["A"]
    assert (case.level, case.round, case.opened_on, case.level_since) == (1, 1, date(2026, 1, 1), date(2026, 1, 1))
    assert (case.service.name, case.holder_id, case.contact_id) == ("Importerte skjema", None, None)
    account = db.session.scalars(select(User)).one()
    assert (account.username, account.role, account.passphrase_hash) == ("import", "staff", None)
    assert account.disabled_at is not None
    entries = db.session.scalars(select(LogEntry).where(LogEntry.case_id == case.id).order_by(LogEntry.kind)).all()
    assert [(one.kind, one.decided_on, one.reason, one.recorded_by_id) for one in entries] == [
        ("conversation", date(2026, 1, 1), "", account.id),
        ("opened", date(2026, 1, 1), "Importert frå rekneark", account.id),
    ]
    talk = db.session.get_one(Conversation, entries[0].subject_id)
    assert (talk.performed_by, talk.performed_by_id, talk.recorded_by_id) == ("Kari", None, account.id)
    assert talk.respondent == "unknown"


def test_a_case_may_belong_to_another_service(app: Flask) -> None:
    db.session.add(service := Service(name="Heimetenesta"))
    with audit.acting(SETTER):
        db.session.commit()
    assert importer.run(EXAMPLE, HIGHER, service="Heimetenesta") == 0
    assert db.session.scalars(select(Case.service_id)).all() == [service.id]
    assert db.session.scalar(select(func.count()).select_from(Service)) == 1


def municipality() -> tuple[Service, User]:
    """A service with somebody in it, and one that is no longer in use."""
    service = Service(name="Heimetenesta")
    ola = User(username="ola", name="Ola Dikta", role="staff", service=service, created_at=clock.now())
    db.session.add_all([service, ola, Service(name="Gamle kontoret", active=False)])
    db.session.add(User(username="admin", name="Aud Dikta", role="admin", created_at=clock.now()))
    with audit.acting(SETTER):
        db.session.commit()
    return service, ola


@pytest.mark.parametrize("service", ["Heimetenesta", None])
def test_the_cases_can_be_given_to_somebody_in_a_service(app: Flask, service: str | None) -> None:
    home, ola = municipality()
    assert importer.run(EXAMPLE, HIGHER, service, "ola") == 0
    case = db.session.scalars(select(Case)).one()
    assert (case.service_id, case.holder_id) == (home.id, ola.id)
    opened = db.session.scalars(select(LogEntry).where(LogEntry.kind == "opened")).one()
    assert opened.details == {"holder": "Ola Dikta"}
    assert audit.verify()[1] == []


def test_only_new_cases_are_given(app: Flask, tmp_path: Path) -> None:
    bring_in(tmp_path, line("Gå", "2026-01-01", ref="A"))
    municipality()
    file = tmp_path / "more.csv"
    file.write_text(f"{HEADER}\n{line('Gå', '2026-02-01', ref='A')}\n{line('Gå', '2026-02-01', ref='B')}\n", "utf-8")
    assert importer.run(file, HIGHER, "Heimetenesta", "ola") == 0
    columns = select(Person.import_ref, Service.name, User.username).select_from(Case).join(Person)
    columns = columns.join(Service, Service.id == Case.service_id).outerjoin(User, User.id == Case.holder_id)
    rows = db.session.execute(columns.order_by(Person.import_ref))
    assert [tuple(row) for row in rows] == [("A", "Importerte skjema", None), ("B", "Heimetenesta", "ola")]


@pytest.mark.parametrize(
    ("service", "holder", "code"),
    [
        ("Heimetensta", None, "unused_service"),
        ("Gamle kontoret", None, "unused_service"),
        ("Heimetenesta", "olla", "no_such_holder"),
        ("Heimetenesta", "admin", "no_such_holder"),
        (None, "import", "no_such_holder"),
        ("Skulen", "ola", "holder_elsewhere"),
    ],
)
def test_a_service_or_holder_that_is_not_there_is_refused_and_nothing_is_made(
    app: Flask, service: str | None, holder: str | None, code: str
) -> None:
    municipality()
    db.session.add(Service(name="Skulen"))
    with audit.acting(SETTER):
        db.session.commit()
    before = everything()
    with pytest.raises(Refusal) as refused:
        importer.run(EXAMPLE, HIGHER, service, holder)
    assert refused.value.code == code
    assert everything() == before


def test_every_case_has_one_entry_in_its_chain_with_all_its_rows(app: Flask, tmp_path: Path) -> None:
    bring_in(
        tmp_path,
        line("Gå", "2026-01-01", 2, ref="A"),
        line("Gå", "2026-02-01", 4, ref="A"),
        line("Bu", "2026-01-01", ref="B"),
    )
    assert audit.verify() == (3, [])  # two cases, and the account with the service
    case_id = db.session.scalar(select(Case.id).join(Person).where(Person.import_ref == "A"))
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.stream == f"case:{case_id}")).one()
    assert (entry.actor, entry.action, entry.kind, entry.seq) == ("import", "import", "change", 1)
    changes = json.loads(entry.data)["changes"]
    assert sorted(one["table"] for one in changes) == sorted(
        ["person", "case_file", "form", "activity", "conversation", "conversation", "score", "score"]
        + ["log_entry"] * 3
    )
    assert {one["op"] for one in changes} == {"insert"}
    assert sorted(one["new"]["value"] for one in changes if one["table"] == "score") == [2, 4]
    # The next import adds to the chain, with what was and what is.
    bring_in(tmp_path, line("Bu", "2026-03-01", ref="A"))
    assert audit.verify() == (4, [])
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.stream == f"case:{case_id}", AuditEntry.seq == 2)
    ).one()
    updates = [one for one in json.loads(entry.data)["changes"] if one["op"] == "update"]
    assert [(one["table"], one["old"], one["new"]) for one in updates] == [
        ("activity", {"retired_on": None}, {"retired_on": "2026-03-01"})
    ]


def test_the_same_file_again_changes_nothing_and_says_so(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    importer.run(EXAMPLE, HIGHER)
    before = everything()
    told(capsys)
    assert importer.run(EXAMPLE, HIGHER) == 0
    assert told(capsys) == ("Alt i fila er lese inn frå før. Ingenting er endra.", [])
    assert everything() == before


def test_a_file_without_lines_changes_nothing(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything()
    assert bring_in(tmp_path) == 0
    assert told(capsys)[0] == "Fila har ingen linjer."
    assert everything() == before


def test_a_file_that_cannot_be_read(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert importer.run(tmp_path / "none.csv", HIGHER) == 1
    assert "none" not in told(capsys)[0]


def test_one_bad_line_among_many_refuses_all_of_it(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [line("Gå", "2026-01-01", ref=f"P{number:04}") for number in range(1500)]
    before = everything()
    assert bring_in(tmp_path, *rows, line("Gå", "2026-01-01", 11, ref="X")) == 1
    assert told(capsys) == (
        "",
        [
            "Linje 1502: score må vere eit heilt tal frå 0 til 10, eller tom om det ikkje vart spurt, ikkje «11».",
            "1 feil. Ingenting er lese inn.",
        ],
    )
    # The same where it shows only when much of it is written already.
    six = [line(f"Aktivitet {number}", "2026-01-01", ref="X") for number in range(6)]
    assert bring_in(tmp_path, *rows, *six) == 1
    assert told(capsys)[1][0] == "Linje 1502: 6 aktivitetar er aktive i samtalen 2026-01-01. Det kan vere 5 om gongen."
    assert everything() == before


def test_conflicts_are_told_beside_the_file_s_own_faults(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_in(tmp_path, line("Gå", "2026-01-01", 2), line("Bade", "2026-01-01"), line("Gå", "2026-02-01", ref="P2"))
    before = everything()
    told(capsys)
    assert (
        bring_in(
            tmp_path,
            line("Gå", "2026-01-01", 3),
            line("Bade", "2026-01-01"),
            line("Gå", "2026-04-01", "x"),
            line("Gå", "2026-02-01", ref="P2").replace("Prøve", "Prøvd"),
        )
        == 1
    )
    assert told(capsys)[1] == [
        "Linje 2: Samtalen 2026-01-01 er lagra frå før med eit anna innhald.",
        "Linje 4: score må vere eit heilt tal frå 0 til 10, eller tom om det ikkje vart spurt, ikkje «x».",
        "Linje 5: name er eit anna enn det som er lagra for denne person_ref.",
        "3 feil. Ingenting er lese inn.",
    ]
    assert everything() == before


def test_a_new_person_with_a_faulty_name_is_a_fault_and_no_more(app: Flask, tmp_path: Path) -> None:
    assert bring_in(tmp_path, *(line("Gå", "2026-01-01", ref=ref).replace("Prøve", " ") for ref in "AB")) == 1


FIRST = [line("Gå", "2026-01-01", 2), line("Bade", "2026-01-01", 3), line("Gå", "2026-02-01", 4)]
OTHER_CONTENT = {
    "another score": [line("Gå", "2026-01-01", 9), line("Bade", "2026-01-01", 3)],
    "a score fewer": [line("Gå", "2026-01-01", 2)],
    "a score more": [*FIRST[:2], line("Lese", "2026-01-01")],
    "not asked for scored": [line("Gå", "2026-01-01", ""), line("Bade", "2026-01-01", 3)],
    "not asked after the last line": [line("Gå", "2026-02-01", 4), line("Bade", "2026-02-01", "")],
    "held by another": [row.replace("Kari", "Ola") for row in FIRST[:2]],
}


@pytest.mark.parametrize("name", OTHER_CONTENT)
def test_a_known_conversation_with_other_content_is_refused(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    bring_in(tmp_path, *FIRST)
    before = everything()
    told(capsys)
    assert bring_in(tmp_path, *OTHER_CONTENT[name], line("Gå", "2026-05-01")) == 1
    assert "er lagra frå før med eit anna innhald" in told(capsys)[1][0]
    assert everything() == before


def test_between_first_and_last_a_missing_line_and_an_empty_score_are_the_same(app: Flask, tmp_path: Path) -> None:
    rows = [line("Gå", "2026-01-01"), line("Bade", "2026-02-01"), line("Gå", "2026-03-01")]
    assert bring_in(tmp_path, *rows) == 0
    before = everything()
    assert bring_in(tmp_path, *rows, line("Gå", "2026-02-01", "")) == 0
    assert everything() == before


def test_another_scale_for_a_known_form_is_refused(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bring_in(tmp_path, line("Gå", "2026-01-01", 5), scale=LOWER) == 0
    assert history("P1")[1]["scale"] == "lower-is-better"
    assert bring_in(tmp_path, line("Gå", "2026-01-01", 5), scale=HIGHER) == 1
    assert told(capsys)[1] == [
        "Linje 2: Skjema 1 er lagra med ein skala som går den andre vegen.",
        "1 feil. Ingenting er lese inn.",
    ]
    assert bring_in(tmp_path, line("Gå", "2026-01-01", 5), scale=LOWER) == 0


def test_scores_of_the_other_scale_are_turned(app: Flask, tmp_path: Path) -> None:
    bring_in(
        tmp_path, line("Gå", "2026-01-01", 2), line("Bu", "2026-01-01", 10), line("Le", "2026-01-01", ""), scale=LOWER
    )
    assert history("P1")[1]["talks"] == {("2026-01-01", "Kari", False): {"Gå": 8, "Bu": 0, "Le": None}}


def test_a_later_file_carries_a_form_on(app: Flask, tmp_path: Path) -> None:
    bring_in(tmp_path, line("Gå", "2026-02-01"), line("Bade", "2026-02-01"), line("Gå", "2026-03-01"))
    assert history("P1")[1]["activities"][1] == (2, "Bade", None, date(2026, 3, 1))
    bring_in(tmp_path, line("Bade", "2026-04-01"), line("Lese", "2026-01-01"))
    form = history("P1")[1]
    assert form["days"] == (date(2026, 1, 1), None)
    assert form["activities"] == [
        (1, "Lese", None, date(2026, 2, 1)),
        (2, "Gå", date(2026, 2, 1), date(2026, 4, 1)),
        (3, "Bade", date(2026, 2, 1), None),
    ]
    assert form["talks"]["2026-03-01", "Kari", False] == {"Gå": 5, "Bade": None}


def test_old_and_new_conversations_together_may_be_too_much(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_in(tmp_path, line("Gå", "2026-01-01"), *(line(f"A{number}", "2026-02-01") for number in range(5)))
    before = everything()
    told(capsys)
    assert bring_in(tmp_path, line("Gå", "2026-03-01")) == 1
    assert told(capsys)[1][0] == "Linje 2: 6 aktivitetar er aktive i samtalen 2026-02-01. Det kan vere 5 om gongen."
    assert everything() == before


def test_only_the_last_form_stays_open(app: Flask, tmp_path: Path) -> None:
    rows = [
        line("Gå", "2026-01-01", form=1),
        line("Gå", "2026-03-01", form=1),
        line("Gå", "2026-02-01", form=2),
        line("Gå", "2026-05-01", form=7),
    ]
    bring_in(tmp_path, *rows)
    days = {number: form["days"] for number, form in history("P1").items()}
    assert days == {
        1: (date(2026, 1, 1), date(2026, 3, 1)),
        2: (date(2026, 2, 1), date(2026, 5, 1)),
        7: (date(2026, 5, 1), None),
    }
    reasons = db.session.execute(select(Form.number, Form.closed_reason).order_by(Form.number)).all()
    assert [tuple(one) for one in reasons] == [
        (1, "Eit nyare skjema tok over."),
        (2, "Eit nyare skjema tok over."),
        (7, ""),
    ]
    bring_in(tmp_path, line("Gå", "2026-05-20", form=8))
    assert history("P1")[7]["days"] == (date(2026, 5, 1), date(2026, 5, 20))


def change(model, changes: dict[str, object], **where: object) -> None:
    """Do what staff might have done in the program."""
    with audit.acting(SETTER):
        row = db.session.scalars(select(model).filter_by(**where)).one()
        for name, value in changes.items():
            setattr(row, name, value)
        db.session.commit()
    db.session.expire_all()


def test_a_struck_conversation_stays_struck_and_another_may_take_its_place(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_in(tmp_path, *FIRST)
    change(Conversation, {"struck_at": clock.now(), "struck_reason": "feil"}, held_on=date(2026, 2, 1))
    before = everything()
    told(capsys)
    assert bring_in(tmp_path, *FIRST) == 0
    assert told(capsys)[0].endswith("Samtalar som er strokne i programmet, er framleis strokne: 1.")
    assert everything() == before
    assert bring_in(tmp_path, *FIRST[:2], line("Gå", "2026-02-01", 9)) == 0
    talks = history("P1")[1]["talks"]
    assert talks["2026-02-01", "Kari", True] == {"Gå": 4}
    assert talks["2026-02-01", "Kari", False] == {"Gå": 9}
    assert bring_in(tmp_path, *FIRST) == 1  # now it says something else than what counts


def test_what_staff_decided_about_an_activity_stands(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from psfs.models import Activity

    bring_in(tmp_path, *FIRST)
    change(Activity, {"retired_on": date(2026, 2, 15), "retire_reason": "reached"}, text="Gå")
    told(capsys)
    assert bring_in(tmp_path, line("Gå", "2026-03-01"), line("Lese", "2026-03-01")) == 1
    assert told(capsys)[1][0] == (
        "Linje 2: Aktiviteten «Gå» er ikkje aktiv den dagen, etter det som er bestemt i programmet."
    )
    assert bring_in(tmp_path, line("Lese", "2026-03-01")) == 0
    activities = {text: (since, until) for _p, text, since, until in history("P1")[1]["activities"]}
    assert activities["Gå"] == (None, date(2026, 2, 15))
    assert activities["Lese"] == (date(2026, 3, 1), None)


def test_two_activities_that_staff_gave_the_same_text(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from psfs.models import Activity

    bring_in(tmp_path, *FIRST)
    change(Activity, {"text": "Gå"}, text="Bade")
    told(capsys)
    assert bring_in(tmp_path, line("Gå", "2026-03-01")) == 1
    assert "to aktivitetar med same tekst" in told(capsys)[1][0]


@pytest.mark.parametrize(("when", "code"), [("2026-02-20", 0), ("2026-03-02", 1)])
def test_a_form_that_staff_closed_takes_what_was_before(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str], when: str, code: int
) -> None:
    bring_in(tmp_path, *FIRST)
    change(Form, {"closed_on": date(2026, 3, 1)}, number=1)
    told(capsys)
    assert bring_in(tmp_path, line("Gå", when)) == code
    assert history("P1")[1]["days"][1] == date(2026, 3, 1)
    if code:
        assert told(capsys)[1][0] == "Linje 2: Skjema 1 vart lukka i programmet 2026-03-01, og samtalen er seinare."


def test_a_form_that_staff_opened_is_not_closed_by_a_file(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bring_in(tmp_path, *FIRST)
    with audit.acting(SETTER):
        db.session.add(user := User(username="kari", name="Kari", role="staff", created_at=clock.now()))
        db.session.commit()
    change(Form, {"created_by_id": user.id}, number=1)
    told(capsys)
    assert bring_in(tmp_path, line("Gå", "2026-04-01", form=2)) == 1
    assert told(capsys)[1][0].startswith("Linje 2: Skjema 2 kan ikkje opnast")
    assert bring_in(tmp_path, line("Gå", "2026-04-01", form=1)) == 0


def test_a_closed_case_takes_nothing_new(app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring_in(tmp_path, *FIRST)
    change(Case, {"closed_on": date(2026, 3, 1)})
    told(capsys)
    assert bring_in(tmp_path, *FIRST) == 0
    assert bring_in(tmp_path, *FIRST, line("Gå", "2026-02-02")) == 1
    assert told(capsys)[1][0].startswith("Linje 2: Saka er avslutta i programmet.")


def test_a_name_of_two_hundred_strange_letters_finds_room(app: Flask, tmp_path: Path) -> None:
    assert bring_in(tmp_path, line("Gå", "2026-01-01").replace("Prøve Testesen", "ﷺ" * 200)) == 0


def test_an_account_of_that_name_is_not_taken_over(app: Flask, tmp_path: Path) -> None:
    with audit.acting(SETTER):
        db.session.add(User(username="import", name="Imp Ort", role="staff", created_at=clock.now()))
        db.session.commit()
    assert bring_in(tmp_path, *FIRST) == 0
    by = db.session.scalars(select(User).join(Conversation, Conversation.recorded_by_id == User.id)).first()
    assert by is not None
    assert by.username != "import"
    assert by.disabled_at is not None


def test_the_header_is_the_example_s(app: Flask) -> None:
    assert EXAMPLE.read_text(encoding="utf-8").splitlines()[0] == HEADER
