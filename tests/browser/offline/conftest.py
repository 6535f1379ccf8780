"""Tablets in both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import pytest

from tests.browser.offline import visit
from tests.support import remains, webkit
from tests.support.chromium import ChromiumTablet
from tests.support.webkit import WebKitTablet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from playwright.sync_api import Playwright

    from tests.support.tablets import Tablet

ENGINES = ("chromium", "webkit")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The test runs once in each engine."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen for WebKit; skips where the machine has no WebKit to drive."""
    if missing := webkit.lacking():
        pytest.skip(f"no {missing}: run .ci/setup tests")
    with webkit.screen() as name:
        yield name


class NewTablet(Protocol):
    """Starts a browser of that engine on a profile."""

    def __call__(self, engine: str, folder: Path, url: str, **options: Any) -> Tablet: ...


@pytest.fixture(scope="session")
def make_tablet(request: pytest.FixtureRequest) -> NewTablet:
    """``make_tablet("webkit", folder, url)``; the caller starts and closes it."""

    def make(engine: str, folder: Path, url: str, **options: Any) -> Tablet:
        if engine == "webkit":
            return WebKitTablet(folder, url, request.getfixturevalue("display"), **options)
        playwright: Playwright = request.getfixturevalue("playwright")
        return ChromiumTablet(folder, url, playwright, **options)

    return make


@pytest.fixture
def made() -> list[Tablet]:
    """The tablets of this test, in the order they were made."""
    return []


@pytest.fixture
def new_tablet(make_tablet: NewTablet, made: list[Tablet]) -> Iterator[NewTablet]:
    """As ``make_tablet``, started; it is closed when the test ends."""

    def start(engine: str, folder: Path, url: str, **options: Any) -> Tablet:
        tablet = make_tablet(engine, folder, url, **options)
        made.append(tablet)
        tablet.start()
        return tablet

    yield start
    for tablet in made:
        tablet.close()


@pytest.fixture
def nothing_readable(new_tablet: NewTablet, made: list[Tablet], demo_instance: Path) -> Iterator[None]:
    """When the story is over: nothing of anybody lies in the clear on any of its tablets, in any store or file."""
    del new_tablet  # closes them, after this has read them
    yield
    secrets = [visit.PHRASE, *visit.people_and_activities(demo_instance)]
    for tablet in made:
        asked = remains.asked_of(tablet)
        tablet.kill()
        assert remains.in_the_clear([*asked, *remains.files_of(tablet.folder)], secrets) == []
