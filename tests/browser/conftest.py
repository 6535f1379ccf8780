"""The running program and a real browser that looks at it."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.walking import sign_in
from tests.support.browser import ARGUMENTS, SIZES, Watch, chromium_path, screenshot_folder
from tests.support.server import RunningApp, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Playwright, StorageState


@pytest.fixture(scope="session")
def demo_instance(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo municipality in SQLite: filled once, to be copied, never served."""
    folder = tmp_path_factory.mktemp("demo") / "instance"
    folder.mkdir()
    with serving(folder):
        pass
    return folder


@pytest.fixture(scope="module")
def live_server(demo_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """The program with the demo municipality, one for each test module, on a copy of its own."""
    folder = tmp_path_factory.mktemp("live") / "instance"
    shutil.copytree(demo_instance, folder)
    with serving(folder) as app:
        yield app


@pytest.fixture
def start_server(tmp_path: Path) -> Iterator[Callable[..., RunningApp]]:
    """``start_server(database_url=None, instance=None, **env)`` starts one for this test alone.

    Without ``instance`` it gets an empty folder, and so an empty database filled with the demo.
    """
    with ExitStack() as stack:

        def start(database_url: str | None = None, instance: Path | None = None, **env: str) -> RunningApp:
            folder = instance or tmp_path / "instance"
            folder.mkdir(exist_ok=True)
            return stack.enter_context(serving(folder, database_url, **env))

        yield start


@pytest.fixture
def own_server(
    demo_instance: Path, tmp_path: Path, start_server: Callable[..., RunningApp]
) -> Callable[..., RunningApp]:
    """``own_server(**env)`` starts the demo municipality for this test alone, as it is on the first day."""

    def start(**env: str) -> RunningApp:
        folder = tmp_path / "own"
        shutil.copytree(demo_instance, folder)
        return start_server(instance=folder, **env)

    return start


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives Chromium; there can be only one."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the whole run."""
    launched = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
    yield launched
    launched.close()


class NewContext(Protocol):
    """Makes a browser with nothing in it yet: its own cookies, size, colours and language."""

    def __call__(
        self,
        size: str = "tablet",
        *,
        scheme: str = "light",
        javascript: bool = True,
        **options: Any,
    ) -> BrowserContext: ...


@pytest.fixture
def new_context(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[NewContext]:
    """``new_context(size="tablet"|"phone"|"desktop", scheme="light"|"dark", javascript=True)``.

    More options go to Playwright; ``base_url`` is the live server's without it. The test fails in
    the end if a page threw an error, broke the content policy or asked another host for anything.
    """
    made: list[tuple[BrowserContext, Watch]] = []

    def make(size: str = "tablet", *, scheme: str = "light", javascript: bool = True, **options: Any) -> BrowserContext:
        base_url = options.pop("base_url", None) or request.getfixturevalue("live_server").url
        settings: dict[str, Any] = {
            "viewport": SIZES[size],
            "color_scheme": scheme,
            "java_script_enabled": javascript,
            "has_touch": size != "desktop",
            "locale": "nn-NO",
            "timezone_id": "Europe/Oslo",
            "reduced_motion": "reduce",
        }
        context = chromium.new_context(base_url=base_url, **(settings | options))
        context.set_default_timeout(15_000)
        made.append((context, Watch(context, base_url)))
        return context

    yield make
    troubles = [trouble for _, watch in made for trouble in watch.troubles]
    for context, _ in made:
        context.close()
    assert not troubles, "\n".join(troubles)


@pytest.fixture(scope="module")
def kari(chromium: Browser, live_server: RunningApp) -> StorageState:
    """What a browser holds where Kari is signed in: ``new_context(storage_state=kari)`` begins there.

    One session for the whole module; a test that signs out signs in for itself first.
    """
    context = chromium.new_context(base_url=live_server.url, locale="nn-NO")
    sign_in(context.new_page())
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A new page in a tablet held upright."""
    return new_context().new_page()


@pytest.fixture(scope="session")
def screenshot() -> Callable[[Page, str], None]:
    """``screenshot(page, "worklist")`` keeps a picture of what the window shows, if anyone asked."""
    folder = screenshot_folder()

    def take(page: Page, name: str) -> None:
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}.png")

    return take
