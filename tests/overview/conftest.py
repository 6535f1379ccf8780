"""What the tests of the overview share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from psfs import audit
from psfs.overview import kept
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture(autouse=True)
def _counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept, however slow the machine."""
    monkeypatch.setattr(kept, "QUICK_SECONDS", float("inf"))


@pytest.fixture
def acting(app: Flask) -> Iterator[None]:
    """Rows may be written, as by the set-up of a test."""
    with app.test_request_context("/"), audit.acting(TESTER):
        yield
