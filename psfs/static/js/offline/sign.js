// The sign that is always there: on the network or not, how many wait, when all was last sent, and what needs a hand.

import { waiting } from "./records.js";
import { vaults } from "./vault.js";
import { count, hasWord, moment, word } from "./words.js";

const place = document.getElementById("sign");
const text = place.querySelector("[data-sign-text]");
const signIn = place.querySelector("[data-sign-in]");
const unlock = place.querySelector("[data-unlock]");
const send = place.querySelector("[data-send]");
let account = null;
let online = null;
let stopped = null;
const carries = place.hasAttribute("data-carries");

/** From now on, tell of this account; `sendNow()` is what the button does. */
export function watch(who, sendNow) {
  account = who;
  send.onclick = sendNow;
  place.hidden = false;
  return tell();
}

/** Tell of nobody. */
export function unwatch() {
  account = null;
  place.hidden = true;
  text.textContent = "";
}

/** What the outbox says of itself. */
export function heard(news) {
  if (news.type === "done") {
    online = !["offline", "busy"].includes(news.stopped);
    stopped = news.stopped === "csrf" ? "signed_out" : news.stopped; // the token is another's: a new session gives a new one
  }
  return tell();
}

addEventListener("offline", () => { online = false; tell(); });

async function tell() {
  if (!account) return;
  const [found, row] = await Promise.all([waiting(account), vaults().then((all) => all.find((one) => one.account === account))]);
  const reason = stopped && hasWord(`stopped-${stopped}`) ? word(`stopped-${stopped}`) : "";
  const parts = [
    online === null ? word("looking") : word(online ? "online" : "offline"),
    found.case && carries ? count("carries", found.case) : "",
    found.item ? count("waits", found.item) : word("nothing-waits"),
    row?.last_all_sent ? word("all-sent", { time: moment(row.last_all_sent) }) : "",
    found.trouble ? count("trouble", found.trouble) : "",
    reason,
  ];
  const said = parts.filter(Boolean).join(" ");
  if (said !== text.textContent) text.textContent = said; // announced when it changes
  place.dataset.color = found.trouble || reason ? "warning" : "info";
  signIn.hidden = !["signed_out", "other_account"].includes(stopped);
  if (unlock) unlock.hidden = !["revoked", "not_found", "wrong_key"].includes(stopped);
  send.hidden = found.item === 0;
}
