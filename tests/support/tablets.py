"""A tablet in both engines, told the same few things: open, tap, fill, look, die, start again.

It keeps its profile in a folder. ``kill`` ends every process of the browser at once (SIGKILL), as an empty battery
does; ``start`` goes on from whatever was on the disk.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from tests.support.waiting import SECONDS, until

if TYPE_CHECKING:
    from pathlib import Path

VISIBLE_TEXT = "return document.body?.innerText ?? ''"


class Tablet(ABC):
    """One browser on one profile, looking at one program."""

    engine = ""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url

    @abstractmethod
    def start(self) -> None:
        """Start the browser on its profile, with one empty page."""

    @abstractmethod
    def kill(self) -> None:
        """End every process of the browser at once; nothing gets the time to be written."""

    @abstractmethod
    def close(self) -> None:
        """Close the browser as a person does; nothing happens if it does not run."""

    @abstractmethod
    def open(self, path: str) -> None:
        """Go to a page of the program; a page that cannot be had is no error here."""

    @abstractmethod
    def reload(self) -> None:
        """Fetch the page anew."""

    @abstractmethod
    def js(self, body: str, *values: Any) -> Any:
        """Run an async function's body in the page, with ``values`` as ``args``, and give what it returns as JSON.

        Raises:
            AssertionError: the script threw.
        """

    @abstractmethod
    def count(self, css: str, text: str = "") -> int:
        """How many visible elements there are with that text in them."""

    @abstractmethod
    def tap(self, css: str, text: str = "", seconds: float = SECONDS) -> None:
        """Tap the first visible element that matches and has that text in it, once it is there."""

    @abstractmethod
    def fill(self, css: str, value: str) -> None:
        """Write ``value`` in the first visible field that matches, instead of what stood there."""

    @abstractmethod
    def address(self) -> str:
        """The page's whole address."""

    @abstractmethod
    def new_tab(self) -> int:
        """Open one more tab, go to it, and give its number (the first is 0)."""

    @abstractmethod
    def in_tab(self, number: int) -> None:
        """Go to a tab."""

    @abstractmethod
    def cookies(self) -> list[dict[str, Any]]:
        """All cookies of the program, those that scripts cannot see as well."""

    def text(self) -> str:
        """What stands on the page, as a person sees it; nothing while it changes pages."""
        try:
            return str(self.js(VISIBLE_TEXT))
        except AssertionError:
            return ""

    def sees(self, text: str, seconds: float = SECONDS) -> None:
        """Wait until the page says ``text``."""
        seen = [""]

        def there() -> bool:
            seen[0] = self.text()
            return text in seen[0]

        try:
            until(there, f"the page says {text!r}", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.address()}:\n{seen[0]}") from None

    def waits_for(self, css: str, text: str = "", seconds: float = SECONDS) -> None:
        """Wait until such an element is visible."""
        try:
            until(lambda: self.count(css, text), f"{css} {text!r} is visible", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.address()}:\n{self.text()}") from None

    def waits_for_script(self, body: str, what: str, seconds: float = SECONDS) -> Any:
        """Wait until the script's answer is true, and give it."""

        def ask() -> Any:
            try:
                return self.js(body)
            except AssertionError:  # the page is on its way to another
                return None

        return until(ask, what, seconds)
