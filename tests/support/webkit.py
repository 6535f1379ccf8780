"""The tablet with WebKit, the engine of the iPad, driven by WebKitWebDriver on a profile in a folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options

from tests.support.server import free_port
from tests.support.tablets import Tablet
from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver.remote.webelement import WebElement

NEEDED = ("WebKitWebDriver", "Xvfb", "dbus-run-session")
WINDOW = Path(__file__).with_name("webkit_window.py")
NAME = "Tablet"  # what the window calls itself
RUN = """
const done = arguments[arguments.length - 1];
(async (args) => { %s })([...arguments].slice(0, -1)).then(
  (value) => done({ value }), (error) => done({ error: `${error.name}: ${error.message}` }));
"""


def lacking() -> str:
    """Which program is missing; '' when WebKit can be driven."""
    return next((name for name in NEEDED if not shutil.which(name)), "")


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody looks at; gives its name for ``DISPLAY``."""
    command = ["Xvfb", "-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "1280x1280x24"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        try:
            yield ":" + process.stdout.readline().decode().strip()
        finally:
            process.terminate()


class WebKitTablet(Tablet):
    """``features``: what Safari has on and this library has off, by WebKit's names."""

    engine = "webkit"

    def __init__(self, folder: Path, url: str, display: str, features: tuple[str, ...] = ()) -> None:
        super().__init__(folder, url)
        self.features = features
        self._display = display
        self._process: subprocess.Popen[bytes] | None = None
        self._driver: webdriver.Remote | None = None
        self._tabs: list[str] = []

    @property
    def driver(self) -> webdriver.Remote:
        """Selenium's own view of it."""
        assert self._driver, "the browser does not run"
        return self._driver

    def _environment(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
        return clean | {
            "DISPLAY": self._display,
            "HOME": str(self.folder),
            "XDG_DATA_HOME": str(self.folder / "xdg-data"),
            "XDG_CACHE_HOME": str(self.folder / "xdg-cache"),
            "TZ": "Europe/Oslo",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",  # root has no other way
            "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
            # Nothing outside the folder, and no process that outlives the browser.
            "GSETTINGS_BACKEND": "memory",
            "GIO_USE_VFS": "local",
            "NO_AT_BRIDGE": "1",
            "AT_SPI_BUS_ADDRESS": "unix:path=/nonexistent",
        }

    def start(self) -> None:
        assert not self._process, "the browser runs already"
        self.folder.mkdir(exist_ok=True)
        port = free_port()
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["dbus-run-session", "--", "WebKitWebDriver", f"--port={port}"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own, so that all of the browser dies at once
            )
        address = f"http://127.0.0.1:{port}"
        until(lambda: _answers(f"{address}/status"), "WebKitWebDriver answers")
        options = Options()
        options.binary_location = sys.executable
        for argument in (str(WINDOW), str(self.folder), *self.features):
            options.add_argument(argument)
        options.set_capability("browserName", NAME)
        connection = RemoteConnection(client_config=ClientConfig(address, timeout=int(SECONDS * 3)))
        self._driver = webdriver.Remote(connection, options=options)
        self._driver.set_script_timeout(SECONDS)
        self._driver.set_page_load_timeout(SECONDS)
        self._tabs = [self._driver.current_window_handle]

    def kill(self) -> None:
        process, self._process, self._driver = self._process, None, None
        if process:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(SECONDS)

    def close(self) -> None:
        if self._driver:
            with contextlib.suppress(WebDriverException):
                self._driver.quit()
        self.kill()

    def open(self, path: str) -> None:
        with contextlib.suppress(WebDriverException):
            self.driver.get(self.url + path)

    def reload(self) -> None:
        with contextlib.suppress(WebDriverException):
            self.driver.refresh()

    def js(self, body: str, *values: Any) -> Any:
        try:
            answer = self.driver.execute_async_script(RUN % body, *values)
        except WebDriverException as error:
            raise AssertionError(error.msg) from None
        assert "error" not in answer, answer["error"]
        return answer.get("value")

    def _found(self, css: str, text: str) -> list[WebElement]:
        """Visible elements; none while the page changes under us."""
        try:
            elements = self.driver.find_elements("css selector", css)
            return [item for item in elements if item.is_displayed() and (not text or text in item.text)]
        except WebDriverException:
            return []

    def count(self, css: str, text: str = "") -> int:
        return len(self._found(css, text))

    def tap(self, css: str, text: str = "", seconds: float = SECONDS) -> None:
        problem = ["it is not there"]

        def tapped() -> bool:
            try:
                for element in self._found(css, text)[:1]:
                    self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)
                    element.click()
                    return True
            except WebDriverException as error:
                problem[0] = str(error.msg)
            return False

        try:
            until(tapped, f"tap {css} {text!r}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}: {problem[0]}\n{self.address()}:\n{self.text()}") from None

    def fill(self, css: str, value: str) -> None:
        self.waits_for(css)
        element = self._found(css, "")[0]
        element.clear()
        element.send_keys(value)

    def address(self) -> str:
        return str(self.driver.current_url)

    def new_tab(self) -> int:
        self.driver.switch_to.new_window("tab")
        self._tabs.append(self.driver.current_window_handle)
        return len(self._tabs) - 1

    def in_tab(self, number: int) -> None:
        self.driver.switch_to.window(self._tabs[number])

    def cookies(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.driver.get_cookies()
        return found


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - an address made here
            return True
    except OSError:
        return False
