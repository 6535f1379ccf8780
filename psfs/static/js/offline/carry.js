// What every signed-in page does for a device that records offline: hand in what waits, with the key that the server
// keeps for the device, so that nobody has to unlock anything to have it sent.

import { Api } from "./api.js";
import { exists, Trouble } from "./db.js";
import { contact, Outbox } from "./outbox.js";
import { Patience } from "./patience.js";
import { expire, Records, waiting } from "./records.js";
import { unlockByServer, vaults } from "./vault.js";

/** Erase what is over, ask how the device is, and send what waits for `account`: who is signed in. Gives null where that account has no
    vault here, else what `Outbox.sendAll` gives. `stopped` may also be `revoked`, `not_found` or `wrong_key`: the server has no key for this
    device now, and the phrase must open it, on /frakopla. Never throws. `on` as the Outbox has it;
    `patience` is the page's own, so that its pauses grow from one call to the next. */
export async function carry(account, { on, again = false, patience = new Patience() } = {}) {
  try {
    if (!(await exists())) return null;
    await expire();
    const mine = (await vaults()).find((vault) => vault.account === account);
    return mine ? await carryFor(mine, { on, again, patience }) : null;
  } catch (error) {
    return stopped(error, account, patience);
  }
}

async function carryFor(mine, { on, again, patience }) {
  const api = new Api(mine.account);
  const found = await waiting(mine.account);
  const { device } = await contact(api, mine);
  const tells = found.item + found.opening + found.stale > 0 || (mine.untold && device === "active");
  if (device === "gone" || !tells) return nothingSent(null, found, patience);
  const vault = await unlockByServer(mine.account, (await api.key(mine.device)).key);
  const outbox = new Outbox({ vault, api, records: new Records(vault), on, patience });
  try {
    return await outbox.sendAll({ again });
  } finally {
    outbox.stop();
    vault.lock();
  }
}

async function stopped(error, account, patience) {
  const found = await waiting(account).catch(() => null);
  return nothingSent(error instanceof Trouble ? error.code : "storage", found, patience);
}

function nothingSent(why, found, patience) {
  return { sent: [], trouble: [], left: found?.item ?? null, stopped: why, pause: patience.after(why, found) };
}
