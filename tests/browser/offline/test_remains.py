"""The search for what a browser leaves behind finds it, in every place: or its silence would mean nothing."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from tests.support import planting, remains
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.offline.conftest import NewTablet
    from tests.support.tablets import Tablet

# Where the bytes on the disk must show it. WebKit keeps a tab's own storage, and titles, in memory only; it hands
# the network's answers on unpacked.
ON_DISK = {
    "chromium": {
        "IndexedDB": "IndexedDB/",
        "IndexedDB, long value": "IndexedDB/",
        "IndexedDB, bytes": "IndexedDB/",
        "Cache Storage": "CacheStorage/",
        "localStorage": "Local Storage/",
        "sessionStorage": "Session Storage/",
        "HTTP cache": "Cache/Cache_Data/",
        "HTTP cache, gzip": "(gzip)",
        "HTTP cache, Brotli": "(Brotli)",
        "title": "History",
    },
    "webkit": {
        "IndexedDB": "IndexedDB.sqlite3",
        "IndexedDB, long value": "IndexedDB.sqlite3",
        "IndexedDB, bytes": "IndexedDB.sqlite3",
        "Cache Storage": "CacheStorage/",
        "localStorage": ".localstorage",
        "cookies": "cookies.sqlite",
        "HTTP cache": "WebKitCache/",
        "HTTP cache, gzip": "WebKitCache/",
        "HTTP cache, Brotli": "WebKitCache/",
    },
}
# What the browser itself must give.
ASKED = {
    "IndexedDB": "IndexedDB plants/people/1",
    "IndexedDB, long value": "IndexedDB plants/people/2",
    "IndexedDB, bytes": "IndexedDB plants/people/3",
    "Cache Storage": "Cache Storage plants",
    "localStorage": "localStorage name",
    "sessionStorage": "sessionStorage name",
    "cookies": "cookie name",
}


def test_a_name_is_found_wherever_a_page_leaves_it(engine: str, new_tablet: NewTablet, tmp_path: Path) -> None:
    with planting.site() as url:
        tablet = new_tablet(engine, tmp_path / "profile", url)
        tablet.open("/")
        tablet.js(planting.PLANT, planting.PLACES, planting.FILLER)
        asked = remains.in_the_clear(remains.asked_of(tablet), planting.PLACES.values())
        assert not missed(asked, ASKED), asked
        if engine == "webkit":  # it writes some of it a second later
            until(lambda: not missed(on_disk(tablet), ON_DISK[engine]), "all is on the disk")
        tablet.close()
    found = on_disk(tablet)
    assert not missed(found, ON_DISK[engine]), found
    for every in (asked, found):
        assert any(find.what == "a score" and "IndexedDB" in find.place for find in every), every


def on_disk(tablet: Tablet) -> list[remains.Find]:
    return remains.in_the_clear(remains.files_of(tablet.folder), planting.PLACES.values())


def missed(found: list[remains.Find], places: dict[str, str]) -> set[str]:
    """The kinds whose name was not found where it must be."""
    return {
        kind
        for kind, place in places.items()
        if not any(find.what == planting.PLACES[kind] and place in find.place for find in found)
    }


def test_a_text_is_found_however_it_is_spelt() -> None:
    for data in (
        "Æli Prøve".encode("utf-16-le"),
        "Æli Prøve".encode("latin-1"),
        b"\\u00c6li Pr\\u00f8ve",
        b"%C3%86li%20Pr%C3%B8ve",
        b"x" + base64.b64encode("..Æli Prøve...".encode()),
    ):
        assert remains.in_the_clear([("a place", data)], ["Æli Prøve"]) == [remains.Find("Æli Prøve", "a place")]
    assert remains.in_the_clear([("a place", b'{\\"score\\":7}')], []) == [remains.Find("a score", "a place")]
    assert not remains.in_the_clear([("a place", b'{"score":null}')], ["Æli Prøve"])
