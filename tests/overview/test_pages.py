"""The pages of the overview: who gets in, what they name and log, where their figures lead, and how much they ask."""

from __future__ import annotations

import csv
import io
import json
import re
import uuid
from collections import Counter
from datetime import date, timedelta
from html import unescape
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from psfs import audit, clock
from psfs.domain.ladder_requests import PLAN_TAKES_OVER
from psfs.domain.stays import Stay
from psfs.extensions import db
from psfs.models import AuditEntry, CareTeam, Case, ChangeNote, Coordinator, LevelStay
from psfs.overview import kept, queries_lists
from psfs.overview.periods import month_key, quarter_of, whole_months
from tests.support.people import TESTER, make_case
from tests.support.statements import counted
from tests.worklist.rows import add_form, add_talk, days

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

PAGES = ("", "/saker", "/flyt", "/flyt/saker", "/team", "/team/saker", "/samtalar", "/samtalar/saker", "/utvikling",
         "/utvikling/saker")  # fmt: skip
FIGURE = re.compile(r'<a class="figure-link" href="([^"]+)">(\d+)<')
ROWS = re.compile(r'<p role="status">(\d+) ')


@pytest.fixture
def filled(town: Town) -> Town:
    """Six more cases at the school, KE's and others, one of them shielded, with rounds, teams and conversations."""
    with audit.acting(TESTER):
        for number in range(6):
            born = days(-365 * (10 + 15 * number))
            case = make_case(town.users["eva"], town.school, f"Prøve{number} Tenkt", born, "adults", level=number % 4)
            case.person.shielded = number == 5
            case.opened_on = days(-200)
            case.reported_to_ke_on = days(-3) if number == 1 else None
            _rounds(case, number % 4)
            db.session.add(CareTeam(id=uuid.uuid4(), case_id=case.id, started_on=days(-100)))
            db.session.add(
                Coordinator(
                    id=uuid.uuid4(), case_id=case.id, user_id=case.holder_id, kind="coordinator", from_on=days(-90)
                )
            )
            form = add_form(case, town.users["eva"])
            for place, score in enumerate((2, 5, 8)):  # never two in one quarter
                add_talk(form, town.users["eva"], days(-300 + 100 * place), [score])
        _rounds(town.adult, 1)
        db.session.commit()
    return town


def _rounds(case: Case, level: int) -> None:
    for one in (Stay(0, days(-200), days(-190), level), Stay(level, days(-190))):
        db.session.add(
            LevelStay(
                id=uuid.uuid4(), case_id=case.id, level=one.level, from_on=one.from_on, until_on=one.until_on,
                next_level=one.next_level,
            )
        )  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_only_ke_and_leaders_get_in(browser: Open, town: Town, address: str) -> None:
    for name, status in (("kari", 404), ("eva", 404), ("admin", 404), ("leader", 200), ("ke", 200)):
        browser(name).get(f"/oversyn{address}", status=status)


def test_the_way_there_stands_in_the_menu_for_those_who_have_it(browser: Open, town: Town) -> None:
    assert 'href="/oversyn"' in browser("ke").get("/").text
    assert 'href="/oversyn"' in browser("leader").get("/").text
    assert 'href="/oversyn"' not in browser("kari").get("/").text


@pytest.mark.parametrize("name", ["ke", "leader", "other_leader"])
@pytest.mark.parametrize(
    "address",
    [
        "",
        "/flyt",
        "/team",
        "/samtalar?kvartal=%s",
        "?har=team",
        "?niva=2",
        "/flyt?stige=adults",
        "/utvikling",
        "/flyt?alder=18-66",
        "/samtalar?alder=18-66&kvartal=%s",
    ],
)
def test_every_figure_is_as_long_as_the_list_it_leads_to(browser: Open, filled: Town, name: str, address: str) -> None:
    visitor = browser(name)
    found = FIGURE.findall(visitor.get("/oversyn" + address.replace("%s", _quarter_of_talks())).text)
    assert found or name == "leader"
    for link, count in found:
        listed = ROWS.search(visitor.get(unescape(link)).text)
        assert listed is not None
        assert listed[1] == count, link


@pytest.mark.parametrize("name", ["ke", "other_leader"])
@pytest.mark.parametrize(
    "address",
    ["/saker?har=team", "/flyt/saker?kva=ventar", "/flyt/saker?kvartal=%e", "/team/saker?nye=ja&kvartal=%s",
     "/team/saker",
     "/samtalar/saker?kva=oppfolging&kvartal=%s", "/samtalar/saker?kva=over&kvartal=%s",
     "/utvikling/saker?maal=avklart&manad=%m", "/utvikling/saker?maal=koordinator"],
)  # fmt: skip
def test_the_file_has_the_rows_of_the_page(
    browser: Open, filled: Town, name: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = browser(name)
    address = (
        address.replace("%s", _quarter_of_talks())
        .replace("%e", quarter_of(days(-190)).key)
        .replace("%m", month_key(days(-186)))
    )
    page = visitor.get("/oversyn" + address).text
    link, listed = re.search(r'href="(/uttrekk/[^"]+)"', page), ROWS.search(page)
    assert link is not None
    assert listed is not None
    shown = sorted(re.findall(r'row-title">(Prøve\d Tenkt|Testine Tenkt|Prøve Liten)<', page))
    monkeypatch.setattr(queries_lists, "PAGE", 1)  # a file has no pages
    for more in ("format=csv", "format=csv&side=2"):
        text = visitor.get(f"{unescape(link[1])}{'&' if '?' in link[1] else '?'}{more}").data.decode("utf-8-sig")
        _head, *rows = csv.reader(io.StringIO(text), delimiter=";")
        assert len(rows) == int(listed[1]) > 0
        assert sorted(row[0] for row in rows if row[0] != "Ei sak") == shown
        unnamed = Counter(f"Ei sak i {row[1]}" if row[1] else "Ei sak" for row in rows if row[0] == "Ei sak")
        assert unnamed == Counter(re.findall(r'row-title">(Ei sak[^<]*)<', page)), "the service too, as on the page"
        told = " ".join(cell for row in rows if row[0] == "Ei sak" for cell in row[4:])
        assert not re.search(r"\d{4}-\d|år", told), "neither a day nor an age where there is no name"


def test_ke_sees_every_case_but_names_only_its_own(browser: Open, filled: Town) -> None:
    page = browser("ke").get("/oversyn/saker").text
    named = set(re.findall(r"Prøve\d Tenkt", page))
    assert named == {"Prøve1 Tenkt", "Prøve3 Tenkt"}, "reported to KE, and at level 3"
    assert page.count("Ei sak i Skulen") == 4
    assert page.count("Ei sak i Heimetenesta") == 2
    unnamed = [part.split("</li>")[0] for part in page.split("<li>") if "Ei sak i" in part]
    assert all("href" not in part and "år" not in part and "sidan" not in part for part in unnamed)


def test_a_shielded_person_is_named_to_those_with_access_alone(browser: Open, filled: Town) -> None:
    assert "Prøve5 Tenkt" not in browser("ke").get("/oversyn/saker").text
    assert "Prøve5 Tenkt" in browser("other_leader").get("/oversyn/saker").text


def test_a_leader_sees_the_own_service_alone_whatever_the_address_says(browser: Open, filled: Town) -> None:
    visitor = browser("leader")
    for address in ("/saker", f"/saker?teneste={filled.school.id}", "/flyt/saker", "/team/saker", "/samtalar/saker"):
        page = visitor.get(f"/oversyn{address}").text
        assert "Prøve" not in page.replace("Prøve Liten", "")
        assert "Skulen" not in page
    for address in ("", "/flyt", "/team", "/samtalar", f"/utvikling?teneste={filled.school.id}"):
        assert "Skulen" not in visitor.get(f"/oversyn{address}").text, address


def named_in_the_log(name: str, town: Town) -> list[set[str]]:
    query = select(AuditEntry).where(AuditEntry.action == "overview.cases", AuditEntry.actor_id == town.users[name].id)
    return [set(json.loads(entry.data)["cases"]) for entry in db.session.scalars(query.order_by(AuditEntry.id))]


def test_whoever_is_named_is_in_the_log_and_nobody_else(
    browser: Open, filled: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = set(map(str, db.session.scalars(select(Case.id).where(Case.level == 3))))
    own |= set(map(str, db.session.scalars(select(Case.id).where(Case.reported_to_ke_on.is_not(None)))))
    visitor = browser("ke")
    visitor.get("/oversyn")
    visitor.get("/oversyn/saker?niva=0")
    assert named_in_the_log("ke", filled) == [], "nobody was named"
    for address in ("/saker", "/flyt/saker?kva=ventar", "/team/saker", "/samtalar/saker?kva=oppfolging"):
        page = visitor.get(f"/oversyn{address}").text
        if re.search(r"Prøve\d Tenkt", page):
            assert named_in_the_log("ke", filled)[-1] <= own
    assert named_in_the_log("ke", filled)[0] == own
    monkeypatch.setattr(queries_lists, "PAGE", 1)
    visitor.get("/oversyn/saker")
    assert len(named_in_the_log("ke", filled)[-1]) == 1, "only who is on the page"


def test_the_filter_stays_in_the_address(browser: Open, filled: Town) -> None:
    page = browser("ke").get(f"/oversyn?niva=1&har=team&teneste={filled.school.id}").text
    assert re.search(r'<option value="1" selected>', page)
    assert re.search(r'<option value="team" selected>', page)
    links = [unescape(link) for link, _count in FIGURE.findall(page)]
    assert links
    assert all(f"teneste={filled.school.id}" in link and "niva=1" in link for link in links)
    odd = browser("ke").get("/oversyn?niva=17&har=x&teneste=1&alder=x&stige=" + "x" * 99).text
    assert "Ingen opne saker her" in odd


def tabs(page: str) -> dict[str, str]:
    """The addresses of the overview's tabs, by their names."""
    part = page.split('aria-label="Delar av oversynet"')[1].split("</nav>")[0]
    return {name: unescape(link) for link, name in re.findall(r'href="([^"]+)"[^>]*>([^<]+)<', part)}


def test_the_tabs_keep_what_the_next_one_understands(browser: Open, filled: Town) -> None:
    visitor, school = browser("ke"), filled.school.id
    found = tabs(visitor.get(f"/oversyn?stige=adults&niva=1&teneste={school}&alder=18-66&har=team").text)
    assert found == {
        "Tal": f"/oversyn?stige=adults&niva=1&teneste={school}&alder=18-66&har=team",
        "Flyt": f"/oversyn/flyt?stige=adults&teneste={school}&alder=18-66",
        "Team": f"/oversyn/team?stige=adults&teneste={school}",
        "Samtalar": f"/oversyn/samtalar?stige=adults&teneste={school}&alder=18-66",
        "Utvikling": f"/oversyn/utvikling?teneste={school}",
    }
    for address in found.values():
        visitor.get(address)
    quarter = quarter_of(days(-200)).key
    found = tabs(visitor.get(f"/oversyn/flyt?kvartal={quarter}&alder=67-79").text)
    assert found["Samtalar"] == f"/oversyn/samtalar?alder=67-79&kvartal={quarter}"
    assert found["Team"] == f"/oversyn/team?kvartal={quarter}"
    assert found["Tal"] == "/oversyn?alder=67-79"
    assert "kvartal" not in tabs(visitor.get("/oversyn/flyt").text)["Samtalar"], "the newest is what all show"


def test_a_team_goes_on_when_a_plan_takes_over_and_both_pages_say_what_they_count(browser: Open, filled: Town) -> None:
    """The front page counts open cases that have a team today, the table every team of the quarter."""
    visitor, quarter = browser("ke"), quarter_of(clock.today()).key

    def counted_teams() -> tuple[str, str]:
        front = re.search(r'har=team">(\d+)<', visitor.get("/oversyn").text)
        listed = ROWS.search(visitor.get(f"/oversyn/team/saker?kvartal={quarter}").text)
        assert front is not None
        assert listed is not None
        return front[1], listed[1]

    assert counted_teams() == ("6", "6")
    with audit.acting(TESTER):
        case = db.session.scalars(select(Case).where(Case.service_id == filled.school.id).limit(1)).one()
        case.closed_on, case.close_reason = clock.today(), PLAN_TAKES_OVER
        db.session.commit()
    assert counted_teams() == ("5", "6")
    assert "opne saker har i dag" in visitor.get("/oversyn").text
    assert "går teamet vidare og tel med" in visitor.get("/oversyn/team").text


def test_pages_of_a_list(browser: Open, filled: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries_lists, "PAGE", 3)
    visitor = browser("ke")
    page = visitor.get("/oversyn/saker?stige=adults").text
    assert "Side 1 av 3" in page
    following = re.search(r'href="([^"]+)">Neste side', page)
    assert following
    page = visitor.get(unescape(following[1])).text
    assert "Side 2 av 3" in page
    assert "stige=adults" in unescape(following[1])
    for side in ("0", "-1", "x", "99999", "999999999999"):
        visitor.get(f"/oversyn/saker?side={side}")


def test_shares_of_change_are_told_from_five_on(browser: Open, filled: Town) -> None:
    quarter = "?kvartal=" + _quarter_of_talks()
    page = browser("ke").get("/oversyn/samtalar" + quarter).text
    told = db.session.scalar(select(func.count()).select_from(Case).where(Case.service_id == filled.school.id))
    assert told == 6
    assert re.search(r'<td class="number">100 %</td>\s*<td class="number">0 %</td>', page)
    with audit.acting(TESTER):
        for case in db.session.scalars(select(Case).where(Case.service_id == filled.school.id).limit(2)):
            case.service_id = filled.home_care.id
        db.session.commit()
    page = browser("ke").get("/oversyn/samtalar" + quarter).text
    assert page.count("for få til å vise") == 2
    assert "Heimetenesta" in page.split("Endring sidan")[-1]


def _quarter_of_talks() -> str:
    return quarter_of(days(-100)).key


# What each page asks: the session, the account, the services, and the figures themselves. A list also logs its names.
STATEMENTS = {
    "": 4,
    "/saker": 9,
    "/flyt": 7,
    "/flyt/saker": 9,
    "/team": 4,
    "/team/saker": 9,
    "/samtalar": 5,
    "/samtalar/saker?kva=oppfolging": 10,
    "/utvikling": 12,
    "/utvikling/saker": 10,
    "/utvikling/saker?maal=oppfolging": 10,
    "/utvikling/saker?maal=samtykke": 11,
    "/utvikling/saker?maal=koordinator": 11,
    "/utvikling/saker?maal=mote": 10,
}


@pytest.mark.parametrize("address", STATEMENTS)
def test_no_page_asks_more_than_it_did(browser: Open, filled: Town, address: str) -> None:
    visitor = browser("other_leader")
    visitor.get(f"/oversyn{address}")
    with counted() as sent:
        visitor.get(f"/oversyn{address}")
    assert len(sent) <= STATEMENTS[address], sent


def test_what_took_long_is_kept_for_a_while_and_the_page_says_so(
    browser: Open, filled: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = browser("ke")
    visitor.get("/oversyn/utvikling")
    monkeypatch.setattr(kept, "QUICK_SECONDS", 0.0)
    assert "Talt opp" not in visitor.get("/oversyn/utvikling").text
    with counted() as sent:
        assert "Talt opp" in visitor.get("/oversyn/utvikling").text
    assert len(sent) <= 5
    with audit.acting(TESTER):
        db.session.add(ChangeNote(**note(filled)))
        db.session.commit()
    assert "Fast møte" in visitor.get("/oversyn/utvikling").text, "notes are never kept"
    monkeypatch.setattr(kept.time, "monotonic", lambda: 1e9)
    assert "Talt opp" not in visitor.get("/oversyn/utvikling").text


def note(town: Town, **fields: object) -> dict[str, object]:
    return {
        "id": uuid.uuid4(), "service_id": None, "on": days(-100), "text": "Fast møte om nye saker",
        "recorded_at": clock.now(), "recorded_by_id": town.users["ke"].id, "recorded_by": "Ke Dikta", **fields,
    }  # fmt: skip


def add(visitor: Browser, status: int = 303, **fields: object) -> str:
    page = visitor.get("/oversyn/utvikling").text
    made = re.search(r'name="id"[^>]*value="([^"]+)"', page)
    assert made
    sent = {"id": made[1], "text": "Ny rutine", "on": days(-40).isoformat(), "service": "alle", **fields}
    return visitor.post("/oversyn/utvikling/notat", sent, status=status).text


def test_ke_notes_for_all_or_for_one(browser: Open, filled: Town) -> None:
    visitor = browser("ke")
    add(visitor)
    add(visitor, text="Berre skulen", service=str(filled.school.id))
    assert {row.service_id for row in db.session.scalars(select(ChangeNote))} == {None, filled.school.id}
    page = visitor.get("/oversyn/utvikling").text
    assert "Ny rutine" in page
    assert "Berre skulen" not in page
    page = visitor.get(f"/oversyn/utvikling?teneste={filled.school.id}").text
    assert "Ny rutine" in page
    assert "Berre skulen" in page


def test_a_leader_notes_for_the_own_service_alone(browser: Open, filled: Town) -> None:
    visitor = browser("leader")
    for other in ("alle", str(filled.school.id), "", "x"):
        page = add(visitor, status=422, service=other)
        assert "Vel frå lista" in page
    add(visitor, service=str(filled.home_care.id))
    assert [row.service_id for row in db.session.scalars(select(ChangeNote))] == [filled.home_care.id]
    with audit.acting(TESTER):
        theirs, general = ChangeNote(**note(filled, service_id=filled.school.id)), ChangeNote(**note(filled))
        db.session.add_all([theirs, general])
        db.session.commit()
    for row in (theirs, general):
        visitor.post(f"/oversyn/utvikling/notat/{row.id}/bort", status=404)
    page = visitor.get("/oversyn/utvikling").text
    assert page.count("/bort") == 1
    mine = db.session.scalar(select(ChangeNote).where(ChangeNote.service_id == filled.home_care.id))
    assert mine
    for _tap in range(2):
        visitor.post(f"/oversyn/utvikling/notat/{mine.id}/bort")
    assert "Ny rutine" not in visitor.get("/oversyn/utvikling").text


def test_taking_a_note_away_is_asked_first(browser: Open, filled: Town) -> None:
    visitor = browser("ke")
    add(visitor)
    page = visitor.get("/oversyn/utvikling").text
    asked = re.search(r"<details>\s*<summary[^>]*>Ta bort.*?</details>", page, re.DOTALL)
    assert asked
    assert "Notatet blir borte" in asked[0]
    assert "/bort" in asked[0]
    assert "Ja, ta bort" in asked[0]
    assert page.count("/bort") == 1, "there is no way around the question"


def test_a_note_that_is_wrong_is_said_and_one_sent_twice_is_one(browser: Open, filled: Town) -> None:
    visitor = browser("ke")
    assert "Skriv kort kva de endra" in add(visitor, status=422, text=" ")
    assert "fram i tid" in add(visitor, status=422, on=days(1).isoformat())
    assert "dag, månad og år" in add(visitor, status=422, on="i går")
    same = {"id": str(uuid.uuid4()), "text": "Ny rutine", "on": days(-1).isoformat(), "service": "alle"}
    for _tap in range(2):
        visitor.post("/oversyn/utvikling/notat", same)
    assert db.session.scalar(select(func.count()).select_from(ChangeNote)) == 1
    assert "alt lagra" in visitor.post("/oversyn/utvikling/notat", {**same, "text": "Noko anna"}, status=422).text
    changes = db.session.scalars(select(AuditEntry.action).where(AuditEntry.kind == "change")).all()
    assert changes


def test_notes_on_the_axis_never_hide_one_another() -> None:
    from psfs.overview.charts import ROOM, _notes

    months = whole_months(date(2026, 9, 5), 24)
    days_of = (date(2020, 1, 1), date(2025, 3, 1), date(2025, 3, 1), date(2025, 3, 20), date(2025, 6, 1))
    found = _notes([ChangeNote(on=day) for day in days_of], months)
    assert [(note.number, note.row) for note in found] == [(2, 0), (3, 1), (4, 2), (5, 0)]
    for one in found:
        assert all(abs(one.x - other.x) >= ROOM for other in found if other != one and other.row == one.row)


def test_run_charts_need_ten_months_and_five_cases(browser: Open, filled: Town) -> None:
    page = browser("ke").get("/oversyn/utvikling").text
    assert "For få punkt" in page
    assert f'<option value="{filled.school.id}"' in page.split("f-teneste")[2]
    assert f'<option value="{filled.home_care.id}"' not in page.split("f-teneste")[2].split("</form>")[0]
    assert "For få saker til å vise" in browser("ke").get(f"/oversyn/utvikling?teneste={filled.home_care.id}").text
    assert "For få saker til å vise" in browser("leader").get("/oversyn/utvikling").text


def decided_after(town: Town, took: list[int | None]) -> None:
    """For each of the last months, the newest last, five rounds at the school decided after so many days; None: none
    that month."""
    for month, number in zip(whole_months(clock.today(), len(took)), took, strict=True):
        begun = month - timedelta(days=4)
        for each in range(5 if number is not None else 0):
            case = make_case(town.users["eva"], town.school, f"Ny{each} Tenkt", days(-9999), "adults")
            until_on = begun + timedelta(days=number or 0)
            db.session.add(LevelStay(id=uuid.uuid4(), case_id=case.id, level=0, from_on=begun, until_on=until_on))
    db.session.commit()


def chart_of(page: str) -> str:
    return page.split('id="avklart"')[1].split("</section>")[0]


def test_runs_are_not_judged_where_most_months_lie_on_the_median(browser: Open, filled: Town) -> None:
    with audit.acting(TESTER):
        decided_after(filled, [10] * 11 + [20])
    chart = chart_of(browser("ke").get(f"/oversyn/utvikling?teneste={filled.school.id}").text)
    assert "Median: 100" in chart
    assert "minst 10 punkt utanfor medianen" in chart
    assert "tilfeldig variasjon" not in chart


def test_a_run_chart_draws_its_median_signals_and_notes_and_says_them(browser: Open, filled: Town) -> None:
    """Eight months in which nobody was decided in time, then eight in which everybody was."""
    with audit.acting(TESTER):
        db.session.add(ChangeNote(**note(filled)))
        decided_after(filled, [20] * 8 + [10] * 8)
    page = browser("ke").get("/oversyn/utvikling").text
    chart = chart_of(page)
    assert "Median:" in chart
    assert "under medianen" in chart
    assert "over medianen" in chart
    assert "færre gonger" in chart
    assert ">skift</text>" in chart
    assert ">1</text>" in chart, "the note's number on the axis"
    assert "Fast møte om nye saker" in page
    assert "Perla RJ" in page
    assert "<style" not in chart
    assert " style=" not in chart


def test_a_month_is_told_of_no_service_that_is_not_shown_alone(browser: Open, filled: Town) -> None:
    month = month_key(days(-186))
    page = browser("ke").get(f"/oversyn/utvikling/saker?manad={month}").text
    assert "7 rundar" in page
    assert "Ei sak i Skulen" in page
    assert "Ei sak i Heimetenesta" not in page
    assert page.count(">Ei sak<") == 1
    for visitor, address in ((browser("ke"), f"&teneste={filled.home_care.id}"), (browser("leader"), "")):
        page = visitor.get(f"/oversyn/utvikling/saker?manad={month}{address}").text
        assert "For få saker til å vise" in page
        assert "row-title" not in page
        link = f"/uttrekk/utvikling?format=csv&manad={month}{address}"
        assert len(visitor.get(link).data.decode("utf-8-sig").splitlines()) == 1, "the headings alone"


def test_what_an_odd_address_of_a_month_asks_for(browser: Open, filled: Town) -> None:
    visitor = browser("other_leader")
    plain = visitor.get("/oversyn/utvikling/saker").text
    assert visitor.get("/oversyn/utvikling/saker?maal=x&manad=1999-13&kva=x&side=0&teneste=x").text == plain


def test_no_page_of_a_list_holds_all_of_it(browser: Open, filled: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries_lists, "PAGE", 3)
    page = browser("ke").get("/oversyn/saker?side=0").text
    assert page.count('class="row-title"') == 3
