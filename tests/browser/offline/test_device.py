"""What a tablet keeps when it dies: the device's own modules in both engines, with the server stopped.

The server is stopped once, when the tablets are ready, and stays so: all that follows comes from the service worker's
files and the browser's database. A tablet is killed as an empty battery does it.
"""

from __future__ import annotations

import uuid
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.offline.conftest import ENGINES
from tests.support import remains

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.offline.conftest import NewTablet
    from tests.support.chromium import ChromiumTablet
    from tests.support.server import RunningApp
    from tests.support.tablets import Tablet

ACCOUNT = "00000000-0000-4000-8000-00000000000a"
PHRASE = "Kråkeføtene på ruta"
SERVER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
NAME = "Brynhildine Prøvegardshaug"
ACTIVITIES = ["Bløyte havregrøt", "Gå i snøføre", "Høyre på klåværet", "Møte søskenbarnet", "Nå øvste hylla"]
REMARK = "Ho vil øve på trappa først"
SECRETS = [PHRASE, SERVER_KEY, NAME, *ACTIVITIES, REMARK]
CONTROLLED = "return Boolean(navigator.serviceWorker?.controller);"

MODULES = """
const [given] = args;
const prefix = new URL(document.querySelector("link[rel=icon]").href).pathname.replace("icons/icon.svg", "js/offline/");
const load = (name) => import(`${prefix}${name}.js`);
const { create, unlockByPhrase } = await load("vault");
const { Records } = await load("records");
const { Outbox } = await load("outbox");
const { Api } = await load("api");
"""
OPEN = (
    MODULES
    + """
window.vault ??= await unlockByPhrase(given.account, given.phrase);
window.records ??= new Records(vault);
"""
)
MAKE = (
    MODULES
    + """
window.vault = await create({ ...given, device: crypto.randomUUID(), initials: "KP", language: "nn" });
await new Records(vault).putCase(given.taken);
"""
)


def run(tablet: Tablet, script: str, begin: str = OPEN, **given: Any) -> Any:
    """Run a script in the page, with the vault open in ``vault`` and ``records``, and what is given in ``given``."""
    return tablet.js(begin + script, {"account": ACCOUNT, "phrase": PHRASE, "serverKey": SERVER_KEY} | given)


def dies(tablet: Tablet) -> None:
    """Kill it, start it again, and open the program cold, without a network."""
    tablet.kill()
    tablet.start()
    tablet.open("/frakopla")
    tablet.waits_for_script(CONTROLLED, "the page comes from the service worker")


@pytest.fixture(scope="module")
def tablets(
    make_tablet: NewTablet, live_server: RunningApp, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Tablet]]:
    """One of each engine, offline switched on and one case taken with; then the server was stopped."""
    taken = {
        "case": str(uuid.uuid4()),
        "form": str(uuid.uuid4()),
        "name": NAME,
        "base": None,
        "last_held_on": "2026-05-04",
        "activities": [{"id": str(uuid.uuid4()), "text": text} for text in ACTIVITIES],
        "expires_at": "2099-01-01T00:00:00Z",
    }
    folder = tmp_path_factory.mktemp("tablets")
    with ExitStack() as stack:
        ready = {}
        for engine in ENGINES:
            ready[engine] = tablet = make_tablet(engine, folder / engine, live_server.url)
            stack.callback(tablet.close)
            tablet.start()
            tablet.open("/logg-inn")  # its script registers the service worker
            tablet.waits_for_script(CONTROLLED, "the service worker looks after the page")
            run(tablet, "", MAKE, taken=taken)
        live_server.stop(hard=True)
        yield ready


@pytest.fixture
def tablet(tablets: dict[str, Tablet], engine: str) -> Tablet:
    """Freshly started, cold, with the server stopped."""
    dies(tablets[engine])
    return tablets[engine]


def kept_after_death(tablet: Tablet, conversation: str) -> Any:
    dies(tablet)
    return run(tablet, "return await records.draft(given.id) ?? null;", id=conversation)


def draft_of(conversation: str, scores: int) -> dict[str, Any]:
    """A conversation after so many taps."""
    answers = {text: {"score": (number * 3) % 11} for number, text in enumerate(ACTIVITIES[:scores])}
    return {"id": conversation, "answers": answers, "remark": REMARK}


def test_the_draft_is_whole_after_each_tap_and_the_conversation_after_saving(tablet: Tablet) -> None:
    conversation = str(uuid.uuid4())
    assert run(tablet, "return (await records.cases()).map((taken) => taken.name);") == [NAME]
    for taps in range(1, 6):
        draft = draft_of(conversation, taps)
        run(tablet, "await records.draft(given.draft.id); await records.saveDraft(given.draft);", draft=draft)
        assert kept_after_death(tablet, conversation) == draft, f"after tap {taps}"
    run(
        tablet,
        """await records.draft(given.body.id);
        await new Outbox({ vault, records, api: new Api() }).save(given.body);""",
        body=draft_of(conversation, 5),
    )
    assert kept_after_death(tablet, conversation) is None, "it is a draft no longer"
    body = draft_of(conversation, 5)
    script = "return (await records.items()).find((item) => item.id === given.id).body;"
    kept = run(tablet, script, id=conversation)
    assert {key: kept[key] for key in body} == body


def test_a_death_in_the_midst_of_writing_leaves_the_tap_before_or_the_tap(tablet: Tablet) -> None:
    conversation = str(uuid.uuid4())
    drafts = [draft_of(conversation, taps) for taps in range(1, 6)]
    run(tablet, "await records.saveDraft(given.first);", first=drafts[0])
    run(tablet, "given.drafts.forEach((draft) => { records.saveDraft(draft); });", drafts=drafts[1:])  # waits for none
    assert kept_after_death(tablet, conversation) in drafts


def test_without_the_server_nothing_is_sent_and_nothing_lost(tablet: Tablet) -> None:
    conversation = str(uuid.uuid4())
    ask = """const outbox = new Outbox({ vault, records, api: new Api() });
        await outbox.save(given.body);
        const done = await outbox.sendAll();
        outbox.stop();
        return { stopped: done.stopped, again: done.pause > 0, sent: done.sent };"""
    done = run(tablet, ask, body=draft_of(conversation, 5))
    assert done == {"stopped": "offline", "again": True, "sent": []}
    dies(tablet)
    assert run(tablet, "return (await records.items()).some(({ id }) => id === given.id);", id=conversation)


def test_a_second_tab_never_writes_over_what_the_first_wrote(tablet: Tablet) -> None:
    conversation = str(uuid.uuid4())
    write = """await records.draft(given.draft.id);
        return records.saveDraft(given.draft).then(() => "kept", (error) => error.code);"""
    late = "return records.saveDraft(given.draft).then(() => 'kept', (error) => error.code);"
    assert run(tablet, write, draft=draft_of(conversation, 2)) == "kept"
    tablet.new_tab()
    tablet.open("/frakopla")
    assert run(tablet, write, draft=draft_of(conversation, 3)) == "kept"
    tablet.in_tab(0)
    assert run(tablet, late, draft=draft_of(conversation, 1)) == "elsewhere"
    assert kept_after_death(tablet, conversation) == draft_of(conversation, 3)


def test_a_full_disk_is_told_and_what_was_kept_stays(tablets: dict[str, Tablet]) -> None:
    """In Chromium alone: WebKit's library has nothing that makes its quota small."""
    chromium: ChromiumTablet = tablets["chromium"]  # type: ignore[assignment]
    dies(chromium)
    conversation = str(uuid.uuid4())
    long = draft_of(conversation, 5) | {"remark": REMARK * 200_000}
    save = "return records.saveDraft(given.draft).then(() => 'kept', (error) => error.code);"
    used = chromium.js("return (await navigator.storage.estimate()).usage;")
    with chromium.room_for(used + 1_000_000):  # before the first writing: the browser remembers what room it found
        assert run(chromium, save, draft=draft_of(conversation, 4)) == "kept"
        assert run(chromium, save, draft=long) == "full"
        assert run(chromium, "return records.draft(given.id);", id=conversation) == draft_of(conversation, 4)
    assert run(chromium, save, draft=long) == "kept"


def test_no_byte_of_it_can_be_read(tablet: Tablet) -> None:
    """Last, after all that the stories above have left behind; and it holds something: the ids, which are no secret."""
    conversation = str(uuid.uuid4())
    run(tablet, "await records.saveDraft(given.draft);", draft=draft_of(conversation, 5))
    asked = remains.asked_of(tablet)
    tablet.kill()
    lying = list(remains.files_of(tablet.folder))
    tablet.start()
    assert {find.place.split("/")[0] for find in remains.in_the_clear(asked, [conversation])}
    assert remains.in_the_clear(lying, [conversation]), "the search looks where the records lie"
    assert remains.in_the_clear([*asked, *lying], SECRETS) == []
