// Signing out: what is not sent stays on the device, encrypted, and that is said; with nothing unsent all of it goes.

import { eraseUnlessWaiting, waiting } from "./records.js";
import { vaultOf } from "./open.js";
import { vaults } from "./vault.js";
import { count } from "./words.js";

/** Make ready for signing `account` out. Gives whether to go on, and whether the browser may clear everything. */
export async function beforeSigningOut(account, ask) {
  if (!(await vaultOf(account))) return { goOn: true, clear: await nobodyElse() };
  const found = await waiting(account);
  const unsent = found.item + found.draft;
  if (unsent) return { goOn: await ask(count("unsent", unsent)), clear: false };
  const erased = await eraseUnlessWaiting(account);
  return { goOn: true, clear: erased && (await nobodyElse()) };
}

/** Whether no account has anything on this device. */
async function nobodyElse() {
  return (await vaults()).length === 0;
}
