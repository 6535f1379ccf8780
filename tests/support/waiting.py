"""Waiting for something to become true, never longer than a bound."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

POLL_SECONDS = 0.05
SECONDS = 60.0
T = TypeVar("T")


def until(ask: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
    """Ask again and again until the answer is true, and give it.

    Raises:
        AssertionError: it did not become true in ``seconds``; the message says ``what``.
    """
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(POLL_SECONDS)
    return answer
