"""The tablet with Chromium, driven by Playwright on a profile in a folder."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

from tests.support import processes
from tests.support.browser import ARGUMENTS, TABLET, chromium_path
from tests.support.tablets import Tablet
from tests.support.waiting import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Page, Playwright


class ChromiumTablet(Tablet):
    """``options`` go to Playwright: a time zone, for one."""

    engine = "chromium"

    def __init__(self, folder: Path, url: str, playwright: Playwright, **options: Any) -> None:
        super().__init__(folder, url)
        self.options: dict[str, Any] = {"locale": "nn-NO", "timezone_id": "Europe/Oslo", "viewport": TABLET, **options}
        self._playwright = playwright
        self._context: BrowserContext | None = None
        self._tab = 0

    @property
    def context(self) -> BrowserContext:
        """Playwright's own view of it."""
        assert self._context, "the browser does not run"
        return self._context

    @property
    def page(self) -> Page:
        """The tab that is looked at."""
        return self.context.pages[self._tab]

    def start(self) -> None:
        assert not self._context, "the browser runs already"
        self._context = self._playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=chromium_path(),
            args=ARGUMENTS,
            base_url=self.url,
            has_touch=True,
            reduced_motion="reduce",
            **self.options,
        )
        self._context.set_default_timeout(SECONDS * 1000)
        self._tab = 0
        # What an installed program is given without a question; a window without a face cannot ask.
        session = self._context.new_cdp_session(self.page)  # the permission lasts as long as this
        session.send("Browser.grantPermissions", {"origin": self.url, "permissions": ["durableStorage"]})

    def devtools(self, method: str, **values: Any) -> Any:
        """Say something to the browser that Playwright has no word for."""
        session = self.context.new_cdp_session(self.page)
        try:
            return session.send(method, values)
        finally:
            session.detach()

    @contextlib.contextmanager
    def room_for(self, size: int) -> Iterator[None]:
        """Let the program keep no more than ``size`` bytes until the block ends."""
        session = self.context.new_cdp_session(self.page)  # the limit lasts as long as this
        session.send("Storage.overrideQuotaForOrigin", {"origin": self.url, "quotaSize": size})
        try:
            yield
        finally:
            session.detach()

    def kill(self) -> None:
        processes.kill(processes.with_argument(f"--user-data-dir={self.folder}"))
        self.close()

    def close(self) -> None:
        context, self._context = self._context, None
        if context:
            with contextlib.suppress(Error):
                context.close()

    def open(self, path: str) -> None:
        with contextlib.suppress(Error):
            self.page.goto(path)

    def reload(self) -> None:
        with contextlib.suppress(Error):
            self.page.reload()

    def js(self, body: str, *values: Any) -> Any:
        try:
            return self.page.evaluate(f"async (args) => {{ {body} }}", list(values))
        except Error as error:
            raise AssertionError(error.message) from None

    def _found(self, css: str, text: str) -> Locator:
        return self.page.locator(css).filter(has_text=text).filter(visible=True)

    def count(self, css: str, text: str = "") -> int:
        return self._found(css, text).count()

    def tap(self, css: str, text: str = "", seconds: float = SECONDS) -> None:
        self._found(css, text).first.click(timeout=seconds * 1000)

    def fill(self, css: str, value: str) -> None:
        self._found(css, "").first.fill(value)

    def address(self) -> str:
        return self.page.url

    def new_tab(self) -> int:
        self.context.new_page()
        self._tab = len(self.context.pages) - 1
        return self._tab

    def in_tab(self, number: int) -> None:
        self._tab = number
        self.page.bring_to_front()

    def cookies(self) -> list[dict[str, Any]]:
        return [dict(cookie) for cookie in self.context.cookies()]
