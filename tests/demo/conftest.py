"""The demo municipality, filled once for each day that the tests ask about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from psfs import clock, demo
from tests.support.apps import running_app

if TYPE_CHECKING:
    from collections.abc import Iterator

TODAY = clock.today()
DAYS = (TODAY, date(2028, 2, 29), date(2027, 1, 1))  # the second is a Tuesday, the third a Friday


@pytest.fixture(scope="module", params=DAYS, ids=("today", "29 February", "1 January"))
def demo_day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[date]:
    """The day that the database open now was filled for."""
    folder = tmp_path_factory.mktemp("demo")
    with running_app(f"sqlite:///{folder / 'demo.sqlite3'}", folder):
        demo.fill(request.param)
        yield request.param
