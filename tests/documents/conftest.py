"""A municipality with the worked example, and a way to fetch documents."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest

from psfs import audit
from psfs.extensions import db
from tests.conversations.rows import worked_example
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from psfs.models import Conversation, Form
    from tests.support.client import Browser
    from tests.support.people import Town


@dataclass
class Worked:
    """The worked example of the domain, as kari's case, with what the paper also holds."""

    form: Form
    activities: dict[str, uuid.UUID]
    talks: list[Conversation]
    address: str


@pytest.fixture
def worked(town: Town) -> Worked:
    form, activities, talks = worked_example(town.adult, town.users["kari"])
    with audit.acting(TESTER):
        talks[-1].next_due = date(2099, 8, 20)
        talks[-1].remark = "Det er godt å kome seg ut att."
        db.session.commit()
    return Worked(form, activities, talks, f"/saker/{town.adult.id}/skjema/{form.id}")


@pytest.fixture
def pdf(browser: Callable[[str], Browser]) -> Callable[[str], bytes]:
    """``pdf(address)`` is what kari gets there."""
    kari = browser("kari")

    def fetch(address: str) -> bytes:
        answer = kari.get(address)
        assert answer.mimetype == "application/pdf"
        return answer.data

    return fetch
