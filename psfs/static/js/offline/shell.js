// What the program is without a network: a lock, the people taken along, the conversation. One page; nothing of a person
// is in its address or its title, and nothing is left in it once it is locked.

import { Api } from "./api.js";
import { exists } from "./db.js";
import { Outbox } from "./outbox.js";
import { expire, Records, waiting } from "./records.js";
import { itemView } from "./shell-item.js";
import { list } from "./shell-list.js";
import { heard, unwatch, watch, watchLocked } from "./sign.js";
import { openTalk } from "./shell-talk.js";
import { unlockForm } from "./shell-unlock.js";
import { vaults } from "./vault.js";
import { hasWord, part, word } from "./words.js";

const PATHS = { nn: "/frakopla", nb: "/frakopla/nb", en: "/frakopla/en" };
const LAST_TOUCH_MS = 1_000;
const app = document.getElementById("app");
const heading = document.getElementById("heading");
const main = document.getElementById("main");
const lock = document.querySelector("[data-lock]");
const back = document.querySelector("[data-to-list]");
let open = null; // {vault, records, outbox}, while it is unlocked
let talk = null;
let shown = ""; // which of the views it is

begin();

async function begin() {
  if (!(await exists())) return; // nobody records offline here: the page stays as it came
  await expire();
  const known = await vaults();
  if (known.length === 0 || (await inTheirLanguage(known[0].language))) return;
  lock.addEventListener("click", lockNow);
  back.addEventListener("click", () => history.back());
  app.addEventListener("click", (event) => { if (event.target.closest("[data-go-list]")) history.back(); });
  addEventListener("popstate", () => { if (open) showList(); });
  addEventListener("online", () => { if (!open) tellLocked(); });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  await showLock();
}

/** Go to the page in the account's own language, where that is kept. */
async function inTheirLanguage(language) {
  const path = PATHS[language];
  if (!path || language === document.documentElement.lang || location.pathname !== PATHS.nn) return false;
  if (!(await caches.match(path))) return false;
  location.replace(path);
  return true;
}

/** Lock, once the last touch is on the disk; but never wait long for that. */
async function lockNow() {
  await Promise.race([talk?.settled(), new Promise((done) => { setTimeout(done, LAST_TOUCH_MS); })]);
  open?.vault.lock();
}

async function showLock(note) {
  const known = await vaults();
  if (known.length === 0) { // revoked or switched off: there is nothing more to open
    unwatch();
    show("gone", word("gone"), part("gone"));
    return;
  }
  show("lock", word("locked"), unlockForm(known, opened, note));
  app.querySelector("[name=phrase]").focus();
  tellLocked();
}

/** What waits, and whether the server is there: no key is needed to know. */
async function tellLocked() {
  await watchLocked();
  const stopped = await new Api().state().then(() => null, ({ code }) => code);
  if (!open) heard({ type: "done", stopped });
}

function opened(vault) {
  const records = new Records(vault);
  const outbox = new Outbox({ vault, records, api: new Api(), on: news });
  open = { vault, records, outbox };
  vault.addEventListener("lock", locked);
  lock.hidden = false;
  watch(vault.account, () => outbox.sendAll({ again: true }));
  outbox.start();
  return showList();
}

async function locked() {
  const { account } = open.vault;
  open = null;
  endTalk();
  unwatch();
  lock.hidden = true;
  show("lock", word("locked"), document.createDocumentFragment()); // at once, whatever comes next
  const { draft } = await waiting(account);
  await showLock(word(draft ? "locked-note" : "locked-plain"));
}

function news(told) {
  heard(told);
  if (["sent", "trouble", "renewed"].includes(told.type) && shown === "list") showList({ quietly: true });
}

async function showList({ quietly = false } = {}) {
  const mine = open;
  const view = await list(mine.records, { open: (begun) => orTold(showTalk(begun)), look: (item) => orTold(showItem(item)) });
  if (open !== mine || (quietly && shown !== "list")) return; // locked meanwhile, or gone on to something else
  endTalk();
  show("list", word("people"), view, { quietly });
  heard({}); // a draft may have come or gone
}

async function showTalk({ taken, draft, waits }) {
  const mine = open;
  const { records, outbox } = mine;
  await records.noteOpening(taken.case);
  const id = draft?.id ?? crypto.randomUUID();
  const kept = await records.draft(id); // as it now is, and so that it is known to be the newest
  if (open !== mine) return; // locked meanwhile
  talk = openTalk({ records, outbox, taken, id, draft: kept, waits, saved: () => open === mine && showSaved(taken), dropped: () => open === mine && history.back() });
  show("talk", word("talk-with", { name: taken.name }), talk.form, { page: "talk-page" });
  talk.begin();
  goneFromList();
}

function showSaved(taken) {
  endTalk();
  show("saved", word("saved"), part("saved"));
  app.querySelector("[data-saved-name]").textContent = taken.name;
  open.outbox.sendAll();
}

async function showItem(item) {
  const mine = open;
  const { records, vault } = mine;
  if (item.body) await records.noteOpening(item.body.case);
  if (open !== mine) return; // locked meanwhile
  const remove = async () => {
    await records.removeRefused(item.id);
    history.back();
  };
  show("item", item.name || word("talk-waits"), itemView(item, { initials: vault.initials, remove }));
  goneFromList();
}

/** What cannot be opened, since there is no room to note that it was, say, is told on the list, which stays as it is. */
async function orTold(opening) {
  try {
    await opening;
  } catch (error) {
    const says = app.querySelector("[data-list-says]");
    if (!error.code || !says) throw error;
    says.textContent = word(hasWord(`open-${error.code}`) ? `open-${error.code}` : "open-storage");
    says.scrollIntoView({ block: "nearest" });
  }
}

function goneFromList() {
  history.pushState(null, "");
  back.hidden = false;
}

function endTalk() {
  talk?.close();
  talk = null;
  back.hidden = true;
  document.body.classList.remove("person-view");
}

function show(which, title, view, { page = "page-narrow", quietly = false } = {}) {
  shown = which;
  heading.textContent = title;
  app.replaceChildren(view);
  main.className = `page ${page}`;
  if (quietly) return;
  scrollTo({ top: 0 });
  heading.focus({ preventScroll: true });
}
