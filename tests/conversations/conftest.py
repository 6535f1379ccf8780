"""The worked example as a form that a test goes on with."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.conversations.rows import worked_example

if TYPE_CHECKING:
    from psfs.models import Conversation, Form
    from tests.support.people import Town


@dataclass(frozen=True)
class Worked:
    """The form, its activities by their words, and its three conversations."""

    form: Form
    ids: dict[str, uuid.UUID]
    talks: list[Conversation]
    case_address: str

    @property
    def new(self) -> str:
        """The page for one more conversation."""
        return f"{self.case_address}/samtalar/ny"

    @property
    def summary(self) -> str:
        """The page with every figure."""
        return f"{self.case_address}/skjema/{self.form.id}"

    def talk(self, number: int) -> str:
        """The page of one conversation, from 1."""
        return f"{self.case_address}/samtalar/{self.talks[number - 1].id}"

    def correct(self, number: int, activity: str) -> str:
        """The page for putting one score right."""
        return f"{self.talk(number)}/skar/{self.ids[activity]}/rett"

    def answers(self, *values: object) -> dict[str, str]:
        """The four activities in order, answered."""
        return {f"answer-{key}": str(value) for key, value in zip(self.ids.values(), values, strict=True)}


@pytest.fixture
def worked(town: Town) -> Worked:
    """The worked example in the adult's case, held by kari."""
    form, ids, talks = worked_example(town.adult, town.users["kari"])
    return Worked(form, ids, talks, f"/saker/{town.adult.id}")
