"""What the person can have printed: the log, who has looked, and all of it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask, render_template
from sqlalchemy import select

from psfs import audit, clock
from psfs.audit.recorder import record_list_reading
from psfs.bti.log import write
from psfs.documents import record
from psfs.extensions import db
from psfs.models import Activity, Intervention, RelatedPerson, ScoreCorrection
from tests.conversations.rows import make_conversation, make_form
from tests.documents import reading
from tests.documents.conftest import Worked
from tests.support.client import Browser
from tests.support.people import TESTER, Town
from tests.support.statements import counted

Fetch = Callable[[str], bytes]


@pytest.fixture
def logged(town: Town) -> Town:
    """The adult's case with a log in which a note was put right."""
    with audit.acting(TESTER):
        kari, day = town.users["kari"], date(2026, 4, 1)
        write(town.adult, kari, "opened", decided_on=day, to_level=1, reason="Kom frå sjukehuset med kjende behov.")
        wrong = write(town.adult, kari, "note", decided_on=day, text="Snakka med feil person.")
        write(
            town.adult,
            kari,
            "note",
            decided_on=day,
            text="Snakka med Testine.\nHo vil ut meir.",
            strikes_id=wrong.id,
            details={"why": "Feil namn"},
        )
        write(town.adult, kari, "move", decided_on=day, from_level=1, to_level=2, reason="Treng hjelp frå fleire.")
        db.session.commit()
    return town


def test_the_log_has_every_entry_and_marks_the_struck_one(pdf: Fetch, logged: Town) -> None:
    text = reading.flat(pdf(f"/saker/{logged.adult.id}/stafettlogg.pdf"))
    opened, wrong, right, moved = (
        text.index(words)
        for words in (
            "Kom frå sjukehuset med kjende behov.",
            "Snakka med feil person.",
            "Snakka med Testine. Ho vil ut meir.",
            "Treng hjelp frå fleire.",
        )
    )
    assert opened < wrong < right < moved
    assert "Gjeld ikkje lenger" in text[opened:wrong]
    assert re.search(r"skrive inn (\(i dag\)|[\d.]+) \d\d:\d\d", text), "several the same day: with the time of day"
    assert "Retta eller stroken" in text[wrong:right]
    assert "Feil namn" in text[right:moved]


def test_an_empty_log_says_so(pdf: Fetch, town: Town) -> None:
    assert "Ingenting er skrive enno." in reading.flat(pdf(f"/saker/{town.adult.id}/stafettlogg.pdf"))


def test_who_has_looked_counts_this_time_too(browser: Callable[[str], Browser], town: Town) -> None:
    browser("leader").get(f"/saker/{town.adult.id}")
    text = reading.flat(browser("kari").get(f"/saker/{town.adult.id}/innsyn.pdf").data)
    assert text.index("Leader Dikta") < text.index("Kari Dikta")
    assert "Utskrift av kven som har sett" in text


def test_more_readings_than_a_page_shows_are_all_there(browser: Callable[[str], Browser], town: Town) -> None:
    kari = browser("kari")
    for _time in range(70):
        audit.record_reading(case_id=town.adult.id, actor_id=town.users["ola"].id, actor="Ola Dikta", view="cases.show")
    db.session.commit()
    assert reading.flat(kari.get(f"/saker/{town.adult.id}/innsyn.pdf").data).count("Ola Dikta") == 70


@pytest.mark.parametrize("document", ["innsyn.pdf", "alt.pdf"])
def test_lists_that_the_name_was_in_are_there_by_month(
    browser: Callable[[str], Browser], town: Town, monkeypatch: pytest.MonkeyPatch, document: str
) -> None:
    now, ola = clock.now, town.users["ola"]
    for day, view in ((3, "worklist.home"), (4, "worklist.home"), (4, "worklist.home"), (30, "cases.search")):
        monkeypatch.setattr(clock, "now", lambda day=day: datetime(2026, 10, day, 12, tzinfo=UTC))
        record_list_reading(actor_id=ola.id, actor=ola.name, view=view, case_ids=[town.adult.id, town.child.id])
    db.session.commit()
    monkeypatch.setattr(clock, "now", now)
    text = reading.flat(browser("kari").get(f"/saker/{town.adult.id}/{document}").data)
    openings, lists = text.split("Har sett namnet i lister")
    assert "Ola Dikta" not in openings
    assert "oktober 2026 Ola Dikta Heimetenesta På arbeidslista: 3., 4. (2) I eit søk: 30." in lists
    assert "kan det stå som éin gong" in lists


def test_no_list_is_said_in_words(pdf: Fetch, town: Town) -> None:
    assert "Ingen har sett namnet i lister." in reading.flat(pdf(f"/saker/{town.adult.id}/innsyn.pdf"))


def test_everything_is_there(pdf: Fetch, logged: Town, worked: Worked) -> None:
    kari, now = logged.users["kari"], clock.now()
    with audit.acting(TESTER):
        related = RelatedPerson(name="Nær Tenkt", relation="dotter", recorded_at=now, person_id=logged.adult.person_id)
        correction = ScoreCorrection(
            conversation_id=worked.talks[0].id,
            activity_id=worked.activities["Strikke"],
            old_value=9,
            new_value=5,
            reason="Høyrde feil",
            corrected_at=now,
            corrected_by_id=kari.id,
            corrected_by=kari.name,
        )
        measure = Intervention(
            id=uuid.uuid4(),
            case_id=logged.adult.id,
            goal="Kome seg ut kvar dag",
            what="Følgje til butikken",
            responsible=kari.name,
            level=1,
            started_on=date(2026, 4, 2),
            recorded_at=now,
            recorded_by_id=kari.id,
        )
        talk = worked.talks[1]
        talk.struck_at, talk.struck_by_id, talk.struck_reason = now, kari.id, "Feil dato"
        talk.remark = "Eg søv betre."
        second = ScoreCorrection(
            conversation_id=talk.id,
            activity_id=worked.activities["Bade"],
            old_value=2,
            new_value=1,
            reason="Peika feil",
            corrected_at=now,
            corrected_by_id=kari.id,
            corrected_by=kari.name,
        )
        db.session.add_all([related, correction, second, measure])
        db.session.commit()
    text = reading.flat(pdf(f"/saker/{logged.adult.id}/alt.pdf"))
    for words in (
        "Nær Tenkt, dotter",
        "Gjennomsnitt 3,3 5,8",
        "Strikke, frå 9 til 5. Grunn: Høyrde feil",
        "Samtalen 3. mars 2026 er stroken",
        "Gå til butikken: 4; Lage middag: ikkje spurt; Strikke: 6; Bade: 1",
        "«Eg søv betre.»",
        "Bade, frå 2 til 1. Grunn: Peika feil",
        "«Det er godt å kome seg ut att.»",
        "Følgje til butikken",
        "Kome seg ut kvar dag",
        "Snakka med feil person.",
        "Utskrift av alt i saka",
    ):
        assert words in text, words


def test_a_form_without_a_conversation_shows_its_activities(pdf: Fetch, town: Town) -> None:
    make_form(town.adult, town.users["kari"], "Plukke bær", "Lese")
    text = reading.flat(pdf(f"/saker/{town.adult.id}/alt.pdf"))
    assert "Ingen samtale enno. Aktivitetane på skjemaet:" in text
    assert "Plukke bær" in text


def test_many_conversations_are_all_there(pdf: Fetch, town: Town) -> None:
    from tests.documents.test_summary import conversations

    conversations(town, town.adult, 9)
    text = reading.flat(pdf(f"/saker/{town.adult.id}/alt.pdf"))
    assert all(f"02.0{month}." in text for month in range(1, 10))
    assert text.count("Gjennomsnitt ") == 2


def test_everything_is_read_in_twelve_however_many_forms(
    browser: Callable[[str], Browser], logged: Town, worked: Worked
) -> None:
    kari = logged.users["kari"]
    address, reader = f"/saker/{logged.adult.id}/alt.pdf", browser("kari")
    reader.get(address)
    with counted() as one_form:
        reader.get(address)
    with audit.acting(TESTER):
        worked.form.closed_on = date(2026, 6, 1)
        for number in range(2, 5):
            form = make_form(logged.adult, kari, f"Gå tur {number}", "Lese", number=number)
            form.closed_on = date(2026, 6, 1) + timedelta(days=number) if number < 4 else None
            db.session.commit()
            activities = db.session.scalars(select(Activity.id).where(Activity.form_id == form.id))
            make_conversation(form, kari, date(2026, 6, number), dict.fromkeys(activities, number))
    with counted() as four_forms:
        text = reading.flat(reader.get(address).data)
    assert [text.count(f"Gå tur {number}") > 0 for number in range(2, 5)] == [True] * 3
    assert len(four_forms) <= len(one_form)
    assert len(four_forms) <= 12, "\n".join(four_forms)


def test_an_entry_is_few_boxes_so_that_a_long_log_is_laid_out_in_time(app: Flask, town: Town) -> None:
    """A box costs the layout about a millisecond: a log of a thousand entries must stay well under the time limit."""

    def elements() -> int:
        with app.test_request_context():
            values = record.log(town.adult)
            html = render_template("documents/log.html", static=str, today=clock.today(), **values)
        return len(re.findall(r"<[a-z]", html))

    bare = elements()
    with audit.acting(TESTER):
        for number in range(10):
            text = f"Snakka saman for gong nummer {number}."
            write(town.adult, town.users["kari"], "note", decided_on=date(2026, 4, 1), text=text)
        db.session.commit()
    assert elements() - bare <= 10 * 4
