"""What is said on the next page goes along in a cookie: once, signed, and without a write to the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.statements import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.client import Browser
    from tests.support.people import Town

    Open = Callable[[str], Browser]

NOTICE = "psfs-notice"


@pytest.fixture
def saved(browser: Open, town: Town) -> Browser:
    """Kari has just saved a form and not yet seen the next page."""
    kari = browser("kari")
    kari.get(f"/saker/{town.adult.id}/person")
    person = town.adult.person
    fields = {"name": person.name, "birth_date": f"{person.birth_date}", "language": "nb", "version": person.version}
    with counted() as statements:
        kari.post(f"/saker/{town.adult.id}/person", fields)
    assert not [each for each in statements if "web_session SET" in each]
    return kari


def test_it_is_said_once(saved: Browser, town: Town) -> None:
    with counted() as statements:
        page = saved.get(f"/saker/{town.adult.id}/person").text
    assert "Opplysningane er lagra." in page
    assert not [each for each in statements if "web_session SET" in each]
    assert saved.client.get_cookie(NOTICE) is None
    assert "Opplysningane er lagra." not in saved.get(f"/saker/{town.adult.id}/person").text


def test_the_cookie_names_nobody_and_no_script_reads_it(saved: Browser, town: Town) -> None:
    cookie = saved.client.get_cookie(NOTICE)
    assert cookie is not None
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    assert town.adult.person.name not in cookie.decoded_value


def test_one_that_somebody_else_wrote_is_not_said(saved: Browser, town: Town) -> None:
    cookie = saved.client.get_cookie(NOTICE)
    assert cookie is not None
    first = "A" if cookie.value[0] != "A" else "B"
    saved.client.set_cookie(NOTICE, first + cookie.value[1:])
    assert "Opplysningane er lagra." not in saved.get(f"/saker/{town.adult.id}/person").text
