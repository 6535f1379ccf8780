"""Holding a conversation through its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conversations.pages import filled, new_address
from tests.conversations.rows import worked_example

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town


def test_smoke(browser: Callable[[str], Browser], town: Town) -> None:
    kari = browser("kari")
    form, ids, talks = worked_example(town.adult, town.users["kari"])
    sent = filled(
        kari, town, {ids["Gå til butikken"]: 7, ids["Lage middag"]: 10, ids["Strikke"]: 0, ids["Bade"]: "not_asked"}
    )
    answer = kari.post(new_address(town), sent)
    page = kari.get(answer.location)
    kari.get(f"/saker/{town.adult.id}/samtalar/{talks[0].id}")
    kari.get(f"/saker/{town.adult.id}/samtalar/{talks[0].id}/stryk")
    kari.get(f"/saker/{town.adult.id}/samtalar/{talks[0].id}/skar/{ids['Strikke']}/rett")
    kari.get(f"/saker/{town.adult.id}/skjema/{form.id}/avslutt")
    kari.get(f"/saker/{town.adult.id}/skjema/{form.id}/aktivitetar")
    kari.get(f"/saker/{town.adult.id}/skjema/{form.id}/aktivitetar/{ids['Strikke']}/ord")
    kari.get(f"/saker/{town.adult.id}/skjema/{form.id}/aktivitetar/{ids['Strikke']}/slutt")
    kari.get(f"/saker/{town.adult.id}/skjema/nytt")
    print(page.text)
