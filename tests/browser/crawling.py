"""Follow links from page to page, and see each kind of page with different cases behind it."""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from playwright.sync_api import Page

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
LINKS = """() => [...document.querySelectorAll("a[href]:not([download])")].map((link) => link.href)"""
# Of these there is more to see than one example.
OFTEN: Mapping[str, int] = {
    "/sok?q": 4,
    "/saker/*": 4,
    "/saker/*/stige": 4,
    "/saker/*/skjema/*": 3,
    "/saker/*/samtykke": 2,
    "/saker/*/tiltak": 2,
    "/saker/*/team": 4,
    "/saker/*/mote": 4,
    "/saker/*/mote/*": 3,
}


def kind_of(address: str) -> str:
    """The address with every id as ``*``, and the names of its parameters."""
    parts = urlsplit(address)
    names = sorted({name for name, _ in parse_qsl(parts.query)})
    return ID.sub("*", parts.path) + ("?" + "&".join(names) if names else "")


def crawl(
    page: Page, starts: Iterable[str], *, often: Mapping[str, int] = OFTEN, unknown_too: bool = False
) -> Iterator[str]:
    """Open page after page (never a document, never another host) and stop at each, giving its kind.

    Of most kinds one example is enough; see ``often``. An answer that is no success fails at once (404 may be meant).
    """
    page.goto("/")
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    waiting = deque(f"{origin}{start}" for start in starts)
    seen: Counter[str] = Counter()
    opened: set[str] = set()
    while waiting:
        address = waiting.popleft().partition("#")[0]
        kind = kind_of(address)
        if address in opened or seen[kind] >= often.get(kind, 1):
            continue
        opened.add(address)
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok or (unknown_too and answer.status == 404), f"{answer.status} {address}"
        landed = kind_of(page.url)
        seen[kind] += 1
        if landed != kind and seen[landed]:
            continue
        seen[landed] += landed != kind
        links: list[str] = page.evaluate(LINKS)
        waiting.extend(
            link for link in links if link.startswith(f"{origin}/") and not urlsplit(link).path.endswith(".pdf")
        )
        yield landed
