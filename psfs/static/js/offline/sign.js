// The sign that is always there: on the network or not, how many wait, when all was last sent, and what needs a hand.

import { waiting } from "./records.js";
import { vaults } from "./vault.js";
import { count, hasWord, moment, word } from "./words.js";

const place = document.getElementById("sign");
const text = place.querySelector("[data-sign-text]");
const signIn = place.querySelector("[data-sign-in]");
const unlock = place.querySelector("[data-unlock]");
const send = place.querySelector("[data-send]");
const drafts = place.querySelector("[data-drafts]");
const other = place.querySelector("[data-other]");
const renew = place.querySelector("[data-renew]"); // only where the page tells of what is sent
const front = place.querySelector("[data-front]");
let account = null; // null: tells of nobody; undefined: of all on this device, who are locked
let last = null; // who was told of before
let online = null;
let stopped = null;
let aside = 0; // that the server has, but could not keep in their cases by itself
let asked = false; // somebody has pressed the button, and wants to hear how it went
const carries = place.hasAttribute("data-carries");

/** From now on, tell of this account; `sendNow()` is what the button does. */
export function watch(who, sendNow) {
  if (who !== last) [online, stopped, aside] = [null, null, 0]; // what was said of another is nothing to this one
  account = last = who;
  send.onclick = async () => {
    text.textContent = word("looking");
    asked = true;
    await sendNow();
    await tell();
    asked = false;
  };
  place.hidden = false;
  return tell();
}

/** From now on, while it is locked, tell what can be told without a key, of all accounts together. */
export function watchLocked() {
  account = undefined;
  [stopped, aside] = [null, 0];
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
  if (news.type === "sent" && news.answer.state === "set_aside") aside += 1;
  if (news.type === "sent" && renew) renew.hidden = !document.querySelector("[data-changed-by-sending]");
  if (news.type === "done") {
    online = !["offline", "busy"].includes(news.stopped);
    stopped = news.stopped === "csrf" ? "signed_out" : news.stopped; // the token is another's: a new session gives a new one
  }
  return tell();
}

renew?.addEventListener("click", () => location.reload());

addEventListener("offline", () => { [online, stopped] = [false, stopped === "busy" ? "offline" : stopped]; tell(); });

async function tell() {
  const who = account;
  if (who === null) return;
  const [found, row] = await Promise.all([waiting(who), vaults().then((all) => all.find((one) => one.account === who))]);
  if (who !== account) return; // locked or unlocked meanwhile
  const silent = stopped === "busy"; // the network is there
  const unreached = asked && online === false && !silent ? word("no-answer") : "";
  const why = [found.item ? "" : `quiet-${stopped}`, `stopped-${stopped}`].find((key) => key && hasWord(key));
  const reason = why ? word(why) : unreached;
  const parts = [
    silent ? word("no-server") : online === null ? word("looking") : word(online ? "online" : "offline"),
    found.case && carries ? count("carries", found.case) : "",
    found.item ? count("waits", found.item) : "",
    found.draft ? count("drafts", found.draft) : "",
    found.item || found.draft ? "" : word("nothing-waits"),
    row?.last_all_sent && !found.item ? word("all-sent", { time: moment(row.last_all_sent) }) : "",
    found.trouble ? count("trouble", found.trouble) : "",
    aside ? count("aside", aside) : "",
    reason,
  ];
  const said = parts.filter(Boolean).join(" ");
  if (said !== text.textContent) text.textContent = said; // announced when it changes
  place.dataset.color = found.trouble || aside || reason ? "warning" : "info";
  signIn.hidden = stopped !== "signed_out";
  if (other) other.hidden = stopped !== "other_account";
  if (unlock) unlock.hidden = found.trouble === 0 && !["revoked", "not_found", "wrong_key"].includes(stopped);
  send.hidden = !account || found.item === 0;
  if (drafts) drafts.hidden = found.draft === 0;
  if (front) front.hidden = !account || online === false; // it would only come back here, locked
}
