"""The lock: two ways in, nothing readable beside them, and guesses that are counted before they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.device.conftest import allow_keeping, everything

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.device.conftest import Run

SEALED = "const sealed = await vault.seal('draft', 'draft:1', { name: 'Ada Prøve' });"
NO_WAIT = "await change('vaults', account, { wait_until: 0 });"
WRONG = "return unlockByPhrase(account, 'feil frase').then(() => 'open');"


def wrong_tries(run: Run, number: int) -> list[dict[str, object]]:
    """Wrong phrases, one after the other, the waiting between them passed over."""
    return [run(NO_WAIT + WRONG) for _ in range(number)]


def test_both_ways_open_the_same_vault(opened: Run) -> None:
    opened(SEALED + "window.sealed = { kind: 'draft', id: 'draft:1', ...sealed };")
    for way in ("unlockByPhrase(account, phrase)", "unlockByServer(account, serverKey)"):
        assert opened(f"return (await {way}).open(sealed);") == {"name": "Ada Prøve"}


@pytest.mark.parametrize(
    "other", ["id: 'draft:2'", "kind: 'item'", "iv: new Uint8Array(12)", "data: sealed.data.slice(1)"]
)
def test_a_record_opens_as_itself_alone(opened: Run, other: str) -> None:
    script = SEALED + f"return vault.open({{ kind: 'draft', id: 'draft:1', ...sealed, {other} }});"
    assert opened(script) == {"code": "unreadable"}


def test_each_writing_has_a_new_iv(opened: Run) -> None:
    script = """const ivs = new Set();
      for (let turn = 0; turn < 50; turn++) ivs.add((await vault.seal("draft", "draft:1", 1)).iv.join());
      return ivs.size;"""
    assert opened(script) == 50


def test_the_key_cannot_be_taken_out_of_an_open_vault(opened: Run) -> None:
    assert opened("return Object.values(vault).filter((value) => value instanceof CryptoKey).length;") == 0
    assert opened("return JSON.stringify(await vaults());").count("salt") == 0


def test_the_phrase_is_made_hard_to_guess(opened: Run) -> None:
    [[row], _] = opened("return dump();")
    assert row["phrase"]["rounds"] >= 600_000
    assert len(row["phrase"]["salt"]) == 16
    assert len(row["phrase"]["iv"]) == len(row["server"]["iv"]) == 12


@pytest.mark.parametrize("phrase", ["kort", "åååååå7", "👵👵👵👵"])
def test_a_short_phrase_is_refused(run: Run, phrase: str) -> None:
    made = run("return create({ account, device: 'd', initials: 'KP', phrase: short, serverKey });", short=phrase)
    assert made == {"code": "short"}
    assert run("return vaults();") == []


def test_a_phrase_is_the_same_however_its_letters_are_typed(run: Run) -> None:
    run("await create({ account, device: 'd', initials: 'KP', phrase: 'blåbærøya', serverKey });")
    assert run("return (await unlockByPhrase(account, 'bla\\u030Abærøya')).account;") != ""


def test_a_vault_is_never_made_over_another(opened: Run) -> None:
    again = opened("return create({ account, device: 'e', initials: 'KP', phrase: 'ei anna frase', serverKey });")
    assert again == {"code": "exists"}
    assert opened("return (await unlockByPhrase(account, phrase)).device;") == "d"


def test_a_try_is_counted_on_the_disk_before_it_is_made(opened: Run, page: Page) -> None:
    """The page dies while the phrase is tried: the try is counted all the same."""
    page.evaluate("""() => {
      crypto.subtle.deriveKey = () => new Promise(() => undefined);
    }""")
    opened("""unlockByPhrase(account, 'feil frase');
      while (!(await vaults())[0].tries) await new Promise(requestAnimationFrame);""")
    page.reload()
    assert opened("return (await vaults())[0].tries;") == 1


def test_wrong_phrases_slow_down(opened: Run) -> None:
    waits = [try_["wait"] for try_ in wrong_tries(opened, 9)]
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 64]
    waiting = opened("return unlockByPhrase(account, phrase);")
    assert waiting["code"] == "wait", "also for the right one"
    assert 60 < waiting["wait"] <= 64


def test_a_clock_that_was_set_back_does_not_lock_for_days(opened: Run) -> None:
    wrong_tries(opened, 3)
    opened("await change('vaults', account, { wait_until: Date.now() + 9e8 });")
    assert opened("return unlockByPhrase(account, phrase);") == {"code": "wait", "wait": 1}
    assert opened("return (await vaults())[0].wait_until - Date.now();") <= 1000, "the wait ends when it was said to"


def test_the_right_phrase_starts_the_counting_anew(opened: Run) -> None:
    wrong_tries(opened, 4)
    opened(NO_WAIT + "await unlockByPhrase(account, phrase);")
    assert opened("return (await vaults())[0].tries;") == 0


KEPT = """await records.putCase({ case: "sak-1", name: "Ada Prøve", expires_at: "2999-01-01T00:00:00Z" });
  await records.noteOpening("sak-1");
  await records.saveDraft({ id: "s1", case: "sak-1", remark: "første" });
  await new Outbox({ vault, records }).save({ id: "s2", case: "sak-1", remark: "andre" });"""


def test_ten_wrong_ones_erase_what_was_taken_with_and_nothing_that_was_not_sent(opened: Run) -> None:
    opened(KEPT)
    tries = wrong_tries(opened, 10)
    assert [try_["code"] for try_ in tries] == ["wrong"] * 9 + ["erased"]
    assert [try_.get("left") for try_ in tries] == [9, 8, 7, 6, 5, 4, 3, 2, 1, None]
    assert opened("return unlockByPhrase(account, phrase);") == {"code": "no_phrase"}
    assert opened("return (await dump())[1].map((record) => record.kind).sort();") == ["draft", "item", "opening"]
    opened("window.records = new Records(await unlockByServer(account, serverKey));")
    assert opened("return (await records.draft('s1')).remark;") == "første"
    assert opened("return (await records.items())[0].body.remark;") == "andre"


def test_a_tenth_try_that_was_cut_short_erases_when_anybody_tries_again(opened: Run) -> None:
    opened(KEPT)
    opened("await change('vaults', account, { tries: 10 });")
    assert opened("return unlockByPhrase(account, phrase);") == {"code": "erased"}
    assert "case" not in opened("return (await dump())[1].map((record) => record.kind);")


def test_whoever_is_signed_in_chooses_another_phrase(opened: Run) -> None:
    opened(KEPT)
    wrong_tries(opened, 10)
    opened("await vault.changePhrase('heilt ny frase', serverKey);")
    assert opened("return unlockByPhrase(account, phrase);") == {"code": "wrong", "left": 9, "wait": 0}
    assert opened("return (await new Records(await unlockByPhrase(account, 'heilt ny frase')).items()).length;") == 1


def test_a_phrase_is_not_changed_by_a_wrong_key_of_the_server(opened: Run) -> None:
    assert opened("return vault.changePhrase('heilt ny frase', btoa('x'.repeat(32)));") == {"code": "wrong_key"}
    assert opened("return (await unlockByPhrase(account, phrase)).locked;") is False


def test_a_locked_vault_reads_and_writes_nothing(opened: Run) -> None:
    opened("window.heard = 0; vault.addEventListener('lock', () => { heard += 1; }); vault.lock(); vault.lock();")
    assert opened("return [vault.locked, heard];") == [True, 1]
    assert opened("return vault.seal('draft', 'draft:1', 1);") == {"code": "locked"}
    assert opened("return records.saveDraft({ id: 's1' });") == {"code": "locked"}
    assert opened(
        "return vault.open({ kind: 'draft', id: 'draft:1', iv: new Uint8Array(12), data: new Uint8Array(16) });"
    ) == {"code": "locked"}


def test_it_locks_after_ten_minutes_without_a_touch(page: Page, run: Run) -> None:
    page.clock.install()
    run("window.vault = await create({ account, device: 'd', initials: 'KP', phrase, serverKey, language: 'nn' });")
    page.clock.run_for("09:00")
    page.locator("h1").click()
    page.clock.run_for("09:50")
    assert run("return vault.locked;") is False, "touched nine minutes in"
    page.clock.run_for("00:11")
    assert run("return vault.locked;") is True


def test_it_locks_after_a_sleep_in_which_no_timer_ran(page: Page, run: Run) -> None:
    page.clock.install()
    run("window.vault = await create({ account, device: 'd', initials: 'KP', phrase, serverKey, language: 'nn' });")
    run("window.locks = 0; vault.addEventListener('lock', () => { locks += 1; });")
    page.clock.set_system_time("2999-01-01T00:00:00Z")
    page.locator("h1").click()
    assert run("return [vault.locked, locks];") == [True, 1], "the touch that wakes it opens nothing"


def test_it_locks_when_the_page_goes(opened: Run) -> None:
    assert (
        opened("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); return vault.locked;") is True
    )


def test_another_account_cannot_open_it(opened: Run) -> None:
    opened(KEPT)
    made = "create({ account: other, device: 'e', initials: 'OL', phrase, serverKey, language: 'nn' })"
    opened(f"window.theirs = await {made};")
    script = """const records = (await read(["records"], (all) => got(all.getAll())));
      const opened = await Promise.all(records.map((record) => theirs.open(record).catch((error) => error.code)));
      return [...new Set(opened)];"""
    assert opened(script) == ["unreadable"]
    theirs = "new Records(theirs)"
    assert opened(f"return [await {theirs}.cases(), await {theirs}.items(), await {theirs}.draft('s1')];") == [
        [],
        [],
        None,
    ]


def test_nothing_about_people_lies_in_the_clear(opened: Run) -> None:
    opened(KEPT)
    kept = everything(opened)
    assert kept.count('"kind"') == 4
    for word in ("Ada", "Prøve", "PrÃ¸ve", "første", "andre", "sak-1", "fjord"):
        assert word not in kept


def test_the_probe_says_that_this_browser_can(page: Page, run: Run) -> None:
    allow_keeping(page)
    assert run("return probe();") == {"ok": True, "persistent": True}
    assert run("return exists();") is False, "nothing is left of it"


def test_the_probe_says_why_a_browser_cannot(page: Page, run: Run, in_another_window: Callable[[], Run]) -> None:
    assert run("return probe();") == {"ok": False, "reason": "no_persistence"}, "a browser that has granted nothing"
    without = {
        "Object.defineProperty(crypto, 'subtle', { value: undefined });": {"ok": False, "reason": "no_crypto"},
        "Object.defineProperty(window, 'indexedDB', { value: undefined });": {"ok": False, "reason": "no_storage"},
        "IDBFactory.prototype.open = () => { throw new DOMException('', 'SecurityError'); };": {
            "ok": False,
            "reason": "private",
        },
        "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); };": {
            "ok": False,
            "reason": "no_storage",
        },
        "Object.defineProperty(navigator, 'storage', { value: undefined });": {"ok": True, "persistent": False},
    }
    for lack, answer in without.items():
        window = in_another_window()
        assert window(f"{lack} return probe();") == answer, lack
