// The page of the device one sits with: switched on and off, its phrase, and whom it has along.

import { longDay } from "../days.js";
import { Api } from "./api.js";
import { follow } from "./page.js";
import { unlocked, vaultOf } from "./open.js";
import { eraseUnlessWaiting, expire, waiting } from "./records.js";
import { heard } from "./sign.js";
import { take } from "./take.js";
import { changeForm, turnOnForm } from "./device-phrase.js";
import { probe } from "./vault.js";
import { count, hasWord, moment, part, word } from "./words.js";

const account = document.querySelector("meta[name=account]").content;
const app = document.getElementById("device");
const says = document.getElementById("device-says"); // lasts, so that what it says is announced
const wanted = (new URLSearchParams(location.search).get("ta") ?? "").split(" ").filter(Boolean); // ids of cases

show();

async function show(note = "") {
  await expire().catch(() => undefined); // a browser that keeps nothing has nothing to expire
  try {
    const mine = await vaultOf(account);
    if (mine && wanted.length) await takeWanted();
    else if (mine) await showOn(mine);
    else await showOff();
  } catch (error) {
    app.replaceChildren(plain(troubleOf(error)));
  }
  say(note);
}

/** Say how it went. What was tapped is gone from the page: the focus goes here. */
function say(note) {
  if (!note) return; // what was said before stands until there is something new
  says.textContent = note;
  says.focus();
}

/** Not in use here: whether it can be, and the way to it. */
async function showOff() {
  const can = await probe();
  if (!can.ok) {
    app.replaceChildren(plain(word(`cannot-${can.reason}`)));
    return;
  }
  const form = turnOnForm(account, can, () => takeWanted().then(() => follow(account)));
  form.querySelector("[data-wanted]").hidden = wanted.length === 0;
  app.replaceChildren(form);
}

/** It is on: take those that somebody asked for when it was not. */
async function takeWanted() {
  const said = wanted.length ? await take(account, wanted.splice(0)) : [];
  history.replaceState(history.state, "", location.pathname);
  await show([word("is-on"), ...said].join(" "));
  heard({});
}

/** In use: whom it has along, the phrase, and the way out. */
async function showOn(mine) {
  const view = part("on");
  const people = await unlocked(account, ({ records }) => records.cases()).catch((error) => error);
  if (Array.isArray(people)) showPeople(view, people, mine);
  else view.querySelector("[data-people-part]").replaceChildren(plain(troubleOf(people)));
  view.querySelector("[data-change-part]").open = !mine.phrase;
  view.querySelector("[data-phrase-gone]").hidden = mine.phrase;
  view.querySelector("[data-change]").append(changeForm(account, () => show(word("phrase-changed"))));
  view.querySelector("[data-off]").addEventListener("click", () => turnOff(mine));
  app.replaceChildren(view);
}

function showPeople(view, people, mine) {
  const list = view.querySelector("[data-people]");
  list.replaceChildren(...people.map((taken) => person(taken, mine)));
  list.hidden = people.length === 0;
  view.querySelector("[data-nobody]").hidden = people.length > 0;
  const all = view.querySelector("[data-back-all]");
  all.hidden = people.length < 2;
  all.addEventListener("click", () => giveBack(people.map((taken) => taken.case), mine));
}

function person(taken, mine) {
  const row = part("person").firstElementChild;
  row.querySelector(".row-title").textContent = taken.name;
  const last = taken.last_held_on ? word("last", { day: longDay(taken.last_held_on) }) : word("first");
  row.querySelector(".row-detail").textContent = `${last} · ${word("until", { day: moment(taken.expires_at) })}`;
  const button = row.querySelector("button");
  button.append(Object.assign(document.createElement("span"), { className: "ds-sr-only", textContent: ` ${taken.name}` }));
  button.addEventListener("click", () => giveBack([taken.case], mine));
  return row;
}

async function giveBack(cases, mine) {
  try {
    await unlocked(account, async ({ api, records }) => {
      for (const each of cases) await records.dropCase(each);
      await api.giveBack(mine.device, cases);
    });
    await show(count("gave-back", cases.length));
  } catch (error) {
    await show(troubleOf(error));
  }
  heard({});
}

/** Only when nothing waits: what is not sent is never erased from here. */
async function turnOff(mine) {
  const found = await waiting(account);
  if (found.item + found.draft + found.opening) {
    say(word("off-waits"));
    return;
  }
  try {
    await new Api(account).switchOff(mine.device);
  } catch (error) {
    if (!["not_found", "revoked"].includes(error.code)) {
      say(troubleOf(error));
      return;
    }
  }
  const erased = await eraseUnlessWaiting(account);
  document.getElementById("sign").hidden = erased;
  await show(word(erased ? "is-off" : "off-waits"));
}

function troubleOf({ code }) {
  return word(hasWord(`device-${code}`) ? `device-${code}` : "device-trouble");
}

function plain(text) {
  const alert = part("told").firstElementChild;
  alert.textContent = text;
  return alert;
}
