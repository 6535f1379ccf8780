"""Nothing typed is lost when a session has ended, and nobody else gets it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from psfs import clock
from psfs.accounts import resume, tokens
from psfs.extensions import db
from psfs.models import LogEntry
from tests.accounts.conftest import GOOD
from tests.support.pages import parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]
    Later = Callable[[timedelta], None]

OURS = {"Sec-Fetch-Site": "same-origin"}
TYPED = {"text": "To linjer\nmed «teikn» & <b>", "many": "1"}


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    inputs = parse(page).iter("{http://www.w3.org/1999/xhtml}input")
    return {field.get("name"): field.get("value") for field in inputs if field.get("type") == "hidden"}


def ended(browser: Open, later: Later, name: str = "kari") -> Browser:
    """A browser with a page open under a session that has run out."""
    opened = browser(name)
    opened.get("/konto")
    later(timedelta(minutes=31))
    return opened


@pytest.fixture
def note(town: Town) -> str:
    """Where a note on the adult's case is posted to."""
    return f"/saker/{town.adult.id}/notat"


def test_the_form_comes_back_after_signing_in_and_is_sent(
    browser: Open, with_passphrase: Town, later: Later, note: str
) -> None:
    kari = ended(browser, later)
    page = kari.post(note, TYPED, status=401, headers=OURS)
    assert "Du er logga ut. Logg inn, så er det du skreiv, framleis her." in page.text
    kept = hidden(page.text)["kept"]
    wrong = kari.post("/logg-inn", {"username": "kari", "passphrase": "feil passfrase", "kept": kept}, status=422)
    assert hidden(wrong.text)["kept"] == kept, "a slip of the finger loses nothing"
    again = kari.post("/logg-inn", {"username": "kari", "passphrase": GOOD, "kept": kept}, status=200)
    assert "Send det du skreiv" in again.text
    fields = hidden(again.text)
    assert {name: fields[name] for name in TYPED} == TYPED
    assert f'action="{note}"' in again.text
    assert fields["csrf_token"] == kari.token


def test_another_account_does_not_get_it(browser: Open, with_passphrase: Town, later: Later, note: str) -> None:
    kari = ended(browser, later)
    kept = hidden(kari.post(note, TYPED, status=401, headers=OURS).text)["kept"]
    answer = kari.post("/logg-inn", {"username": "ola", "passphrase": GOOD, "kept": kept})
    assert answer.location == "/"
    assert "høyrde til ei anna økt" in kari.get("/konto").text


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://example.org"},
     {"Origin": "null"}, {"Sec-Fetch-Site": "none", "Origin": "http://localhost"}],
)  # fmt: skip
def test_what_did_not_come_from_a_page_of_ours_is_not_kept(
    browser: Open, with_passphrase: Town, later: Later, note: str, headers: dict[str, str]
) -> None:
    page = ended(browser, later).post(note, TYPED, status=401, headers=headers)
    assert not hidden(page.text)["kept"]
    assert "er ikkje lagra" in page.text


def test_the_origin_is_enough_for_a_browser_that_says_no_more(
    browser: Open, with_passphrase: Town, later: Later, note: str
) -> None:
    page = ended(browser, later).post(note, TYPED, status=401, headers={"Origin": "http://localhost"})
    assert hidden(page.text)["kept"]


def test_without_an_earlier_session_nothing_is_kept(browser: Open, with_passphrase: Town, note: str) -> None:
    page = browser("").post(note, TYPED, status=401, headers=OURS)
    assert not hidden(page.text)["kept"]


def test_after_signing_out_oneself_nothing_is_kept(browser: Open, with_passphrase: Town, note: str) -> None:
    kari = browser("kari")
    kari.get("/konto")
    kari.post("/logg-ut")
    assert not hidden(kari.post(note, TYPED, status=401, headers=OURS).text)["kept"]


def test_a_page_looked_at_meanwhile_does_not_lose_it(
    browser: Open, with_passphrase: Town, later: Later, note: str
) -> None:
    kari = ended(browser, later)
    kari.get("/konto", status=303)
    assert hidden(kari.post(note, TYPED, status=401, headers=OURS).text)["kept"]


def test_too_much_is_not_kept(browser: Open, with_passphrase: Town, later: Later, note: str) -> None:
    kari = ended(browser, later)
    much = {"text": "x" * (resume.MOST_CHARACTERS + 1)}
    assert not hidden(kari.post(note, much, status=401, headers=OURS).text)["kept"]


def test_a_choice_of_reason_is_no_secret(browser: Open, with_passphrase: Town, later: Later) -> None:
    kari = ended(browser, later)
    typed = {"reason_code": "no_concern", "evaluation": "Det går bra no."}
    page = kari.post(f"/saker/{with_passphrase.adult.id}/avslutt", typed, status=401, headers=OURS)
    data = {"username": "kari", "passphrase": GOOD, "kept": hidden(page.text)["kept"]}
    fields = hidden(kari.post("/logg-inn", data, status=200).text)
    assert {name: fields.get(name) for name in typed} == typed


def test_secrets_are_never_kept(browser: Open, with_passphrase: Town, later: Later) -> None:
    kari = ended(browser, later)
    data = {"old": GOOD, "passphrase": "hest hatt fjord", "again": "hest hatt fjord"}
    page = kari.post("/konto/passfrase", data, status=401, headers=OURS)
    assert not hidden(page.text)["kept"]
    assert "hest hatt" not in page.text


def test_nobody_can_make_one_up_or_keep_it_for_ever(browser: Open, with_passphrase: Town, later: Later) -> None:
    kari = str(with_passphrase.users["kari"].id)
    made_up = tokens.sign("something else", {"user": kari, "path": "/konto", "fields": []})
    own = tokens.sign(resume.PURPOSE, {"user": kari, "path": "/konto", "fields": []})
    for kept in (made_up, own + "x", "nonsense"):
        answer = browser("").post("/logg-inn", {"username": "kari", "passphrase": GOOD, "kept": kept})
        assert answer.location == "/"
    assert tokens.read(resume.PURPOSE, own, timedelta(hours=1)) is not None
    assert tokens.read(resume.PURPOSE, own, timedelta(hours=-1)) is None


def test_htmx_gets_the_whole_page(browser: Open, with_passphrase: Town, later: Later, note: str) -> None:
    kari = ended(browser, later)
    page = kari.post(note, TYPED, status=401, headers={**OURS, "HX-Request": "true"})
    assert (page.headers["HX-Retarget"], page.headers["HX-Reswap"]) == ("body", "outerHTML")
    fragment = kari._send(
        "GET", "/konto", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/konto?a=b"}
    )
    assert fragment.headers["HX-Redirect"] == "/logg-inn?next=/konto"


def test_a_page_from_an_earlier_session_of_the_same_account_is_not_lost_either(
    browser: Open, with_passphrase: Town, later: Later, note: str
) -> None:
    """Two tabs: the session ends, one signs in again in the other tab and comes back to the first."""
    kari = browser("")
    kari.post("/logg-inn", {"username": "kari", "passphrase": GOOD})
    kari.get("/konto")
    first_tab = kari.token
    later(timedelta(minutes=31))
    kari.get("/konto", status=303)
    kari.get("/logg-inn")
    kari.post("/logg-inn", {"username": "kari", "passphrase": GOOD})
    page = kari.post(note, {**TYPED, "csrf_token": first_tab}, status=400, headers=OURS)
    assert "Send det du skreiv" in page.text
    assert hidden(page.text)["text"] == TYPED["text"]
    foreign = kari.post(note, {**TYPED, "csrf_token": first_tab}, status=400, headers={"Origin": "https://example.org"})
    assert "Send det du skreiv" not in foreign.text


def test_a_page_of_another_account_is_refused(browser: Open, with_passphrase: Town, note: str) -> None:
    ola, kari = browser(""), browser("")
    for name, one in (("ola", ola), ("kari", kari)):
        one.post("/logg-inn", {"username": name, "passphrase": GOOD})
        one.get("/konto")
    page = kari.post(note, {**TYPED, "csrf_token": ola.token}, status=400, headers=OURS)
    assert "Send det du skreiv" not in page.text
    assert "ikkje lagra" in page.text


def test_forms_about_accounts_are_asked_for_again(browser: Open, with_passphrase: Town, later: Later) -> None:
    admin = ended(browser, later, "admin")
    page = admin.post(f"/tenester/{with_passphrase.school.id}", {"name": "Ny"}, status=401, headers=OURS)
    assert not hidden(page.text)["kept"]


def test_the_whole_way(browser: Open, with_passphrase: Town, later: Later, note: str) -> None:
    """From the ended session until what was typed stands in the case's log."""
    kari = browser("kari")
    typed = {
        **hidden(kari.get(note).text),
        "kind": "note",
        "decided_on": f"{clock.today()}",
        "text": "Ho ringde\nog takka.",
    }
    later(timedelta(minutes=31))
    asked = kari.post(note, typed, status=401, headers=OURS)
    data = {"username": "kari", "passphrase": GOOD, "kept": hidden(asked.text)["kept"]}
    kept = kari.post("/logg-inn", data, status=200)
    assert notes() == []
    target = re.search(r'<form method="post"\s+action="(/saker/[^"]+)"', kept.text)
    assert target is not None
    kari.post(target[1], hidden(kept.text))
    assert notes() == ["Ho ringde\nog takka."]


def notes() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(LogEntry.text).where(LogEntry.kind == "note")))


@pytest.mark.parametrize("header", ["Origin", "Referer", "HX-Current-URL"])
def test_an_address_that_is_none_is_no_error_of_ours(browser: Callable[[str], Browser], header: str) -> None:
    stranger = browser("")
    stranger.get("/logg-inn")
    headers = {header: "http://["} | ({"HX-Request": "true"} if header.startswith("HX") else {})
    answer = stranger.client.post("/personar/ny", data={"name": "Testine"}, headers=headers)
    assert answer.status_code < 500
