"""The pages show an imported form with the figures that the export has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from psfs import audit
from psfs.exchange import importer, receiving
from psfs.extensions import db
from psfs.models import Case, Conversation, Form, Person, Service
from tests.bti.support import send
from tests.exchange.support import EXAMPLE, HIGHER

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from tests.support.client import Browser
    from tests.support.people import Town


def test_the_worked_example_on_its_pages(app: Flask, town: Town, browser: Callable[[str], Browser]) -> None:
    assert importer.run(EXAMPLE, HIGHER) == 0
    with audit.acting(audit.Actor(None, "test")):
        service = db.session.scalars(select(Service).where(Service.name == receiving.SERVICE)).one()
        town.users["leader"].service_id = service.id
        db.session.commit()
    case, form = db.session.execute(
        select(Case.id, Form.id).join(Form).join(Person).where(Person.import_ref == "P1")
    ).one()
    page = browser("leader").get(f"/saker/{case}/skjema/{form}")
    text = page.get_data(as_text=True)
    for figure in ("3,3", "3,7", "5,8", "+1,5", "+2,0", "+3,0", "Gå til butikken"):
        assert figure in text, figure
    talk = db.session.scalars(select(Conversation.id).where(Conversation.form_id == form)).first()
    assert "Ikkje oppgjeve" in browser("leader").get(f"/saker/{case}/samtalar/{talk}").get_data(as_text=True)
    for page in ("", "/stige", "/stafettlogg", "/samtalar/ny"):
        browser("leader").get(f"/saker/{case}{page}")


def test_a_leader_gives_imported_cases_to_the_staff_of_the_service(
    app: Flask, town: Town, browser: Callable[[str], Browser]
) -> None:
    assert importer.run(EXAMPLE, HIGHER, service=town.home_care.name) == 0
    case = db.session.scalars(select(Case).join(Person).where(Person.import_ref == "P1")).one()
    leader, ola, baton = browser("leader"), browser("ola"), f"/saker/{case.id}/stafett"
    assert f'href="{baton}"' in leader.get("/?slag=haldar").text
    ola.get(f"/saker/{case.id}", status=404)
    send(leader, baton, to=town.users["ola"].id, reason="Ola kjenner personen frå før")
    assert baton not in leader.get("/?slag=haldar").text
    send(ola, f"{baton}/svar", answer="accept")
    page = ola.get(f"/saker/{case.id}").text
    assert "<dt>Kontaktperson</dt>" in page
    assert "Ola Dikta" in page
