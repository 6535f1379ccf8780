"""What the tests of the overview share."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest

from psfs import audit, clock
from psfs.overview import kept
from tests.overview.histories import TODAY
from tests.support.people import TESTER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture(autouse=True)
def _counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept, however slow the machine."""
    monkeypatch.setattr(kept, "QUICK_SECONDS", float("inf"))


@pytest.fixture
def acting(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rows may be written, as by the set-up of a test; and it is ``histories.TODAY``."""
    noon = datetime.combine(TODAY, time(12), UTC)
    monkeypatch.setattr(clock, "now", lambda: noon)
    with app.test_request_context("/"), audit.acting(TESTER):
        yield
