"""A real browser: which one, in which sizes, and what must never happen in it."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, ViewportSize, WebError

TABLET: ViewportSize = {"width": 820, "height": 1180}
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
SIZES = {"tablet": TABLET, "phone": PHONE, "desktop": DESKTOP}

# The first for root; the rest keep it from talking to anyone but the program.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium_path() -> str:
    """The Chromium that the set-up found (or ``PSFS_CHROMIUM``, or the first on the path).

    Raises:
        AssertionError: there is none.
    """
    kept = Path(sys.prefix) / ".chromium"
    found = os.environ.get("PSFS_CHROMIUM") or (kept.read_text().strip() if kept.exists() else "")
    path = found or next(filter(None, map(shutil.which, NAMES)), "")
    assert path, "no Chromium: run .ci/setup tests"
    return path


class Watch:
    """Notes what no page may do: throw, break the content policy, or ask another host for anything."""

    def __init__(self, context: BrowserContext, own: str) -> None:
        self.troubles: list[str] = []
        self._own = own
        context.on("weberror", self._error)
        context.on("console", self._console)
        context.on("request", self._request)

    def _error(self, error: WebError) -> None:
        self.troubles.append(f"script: {error.error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.troubles.append(f"policy: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self._own + "/", "data:", "blob:")):
            self.troubles.append(f"other host: {request.url}")


def screenshot_folder() -> Path | None:
    """Where pictures of pages go: ``PSFS_SCREENSHOTS``; nowhere without it."""
    folder = os.environ.get("PSFS_SCREENSHOTS")
    return Path(folder) if folder else None
