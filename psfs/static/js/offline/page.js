// On every page of somebody who records offline on this device: what waits is handed in, and the sign tells how it is.

import { carry } from "./carry.js";
import { Patience } from "./patience.js";
import { heard, unwatch, watch } from "./sign.js";
import { vaults } from "./vault.js";

const patience = new Patience();
let timer;
let followed = false;

/** Follow the device for the account that is signed in; nothing is shown where it has none here. */
export async function follow(account) {
  if (!(await vaults()).some((vault) => vault.account === account)) return;
  const go = (again = false) => hand(account, again);
  await watch(account, () => go(true));
  if (followed) { // switched off and on again
    await go();
    return;
  }
  followed = true;
  addEventListener("online", () => go());
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") go(); });
  await go();
}

async function hand(account, again) {
  clearTimeout(timer);
  const done = await carry(account, { on: heard, again, patience });
  if (!done || !(await vaults()).some((vault) => vault.account === account)) {
    unwatch(); // switched off, or erased since it was revoked
    return;
  }
  await heard({ type: "done", ...done });
  if (done.pause) timer = setTimeout(() => hand(account, false), done.pause);
}
