"""What the tests of this room share: reading the form on a page and sending it back as a person would."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import html5lib
from sqlalchemy import select

from psfs import audit, clock
from psfs.extensions import db
from psfs.models import Case, Consent, LogEntry
from tests.support.people import TESTER

if TYPE_CHECKING:
    from tests.support.client import Browser
    from tests.support.people import Town

X = "{http://www.w3.org/1999/xhtml}"


def form_of(page: str, action: str = "") -> dict[str, str]:
    """The values that a browser would send from the page's form as it stands (the one with ``action`` if given)."""
    tree = html5lib.parse(page)
    forms = [each for each in tree.iter(X + "form") if (each.get("method") or "").lower() == "post"]
    main = [each for each in forms if not (each.get("action") or "").startswith(("/logg", "/sprak", "/konto"))]
    (form,) = [each for each in main if action in (each.get("action") or "")]
    buttons = {each.get("name") for each in form.iter(X + "button") if each.get("name")}
    hidden = buttons & {each.get("name") for each in form.iter(X + "input")}
    assert not hidden, f"a hidden field is sent before the button of the same name: {hidden}"
    values: dict[str, str] = {}
    for field in form.iter():
        name, kind = field.get("name"), field.get("type")
        if not name or name == "csrf_token" or kind == "submit" or field.tag == X + "button":
            continue
        if field.tag == X + "select":
            options = list(field.iter(X + "option"))
            chosen = [each for each in options if each.get("selected") is not None] or options[:1]
            values[name] = chosen[0].get("value") or ""
        elif field.tag == X + "textarea":
            values[name] = "".join(field.itertext()).strip("\n")
        elif kind in ("radio", "checkbox"):
            if field.get("checked") is not None:
                values[name] = field.get("value") or "on"
        elif field.tag == X + "input":
            values[name] = field.get("value") or ""
    return values


def send(browser: Browser, address: str, status: int = 303, **typed: Any) -> Any:
    """Open the page, type, and send its form."""
    page = browser.get(address)
    return browser.post(address, form_of(page.text) | typed, status=status)


def entries(case: Case, *kinds: str) -> list[LogEntry]:
    """The case's log from the database, in the order it was written."""
    db.session.rollback()
    query = select(LogEntry).where(LogEntry.case_id == case.id).order_by(LogEntry.recorded_at)
    return [each for each in db.session.scalars(query) if not kinds or each.kind in kinds]


def fresh(case: Case) -> Case:
    """The case as it now is in the database."""
    db.session.rollback()
    db.session.expire_all()
    return db.session.get_one(Case, case.id)


def change(row: Any, **values: Any) -> None:
    """Set values directly, as test set-up."""
    with audit.acting(TESTER):
        row = db.session.merge(row)
        for name, value in values.items():
            setattr(row, name, value)
        db.session.commit()


def give(town: Town, case: Case, service: Any = None, **fields: Any) -> Consent:
    """A consent that holds, for the log or for a service."""
    values: dict[str, Any] = {
        "id": uuid.uuid4(),
        "case_id": case.id,
        "service_id": service.id if service else None,
        "basis": "consent",
        "given_by": "person",
        "how": "oral",
        "from_on": clock.today(),
        "recorded_at": clock.now(),
        "recorded_by_id": town.users["kari"].id,
    }
    consent = Consent(**(values | fields))
    with audit.acting(TESTER):
        db.session.add(consent)
        db.session.commit()
    return consent
