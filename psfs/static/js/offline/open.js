// The device's records on a page of somebody who is signed in: opened with the key that the server keeps.

import { Api } from "./api.js";
import { Records } from "./records.js";
import { unlockByServer, vaults } from "./vault.js";

/** The account's vault here, as `vaults()` tells of it; undefined where it has none. */
export async function vaultOf(account) {
  return (await vaults()).find((vault) => vault.account === account);
}

/** Do `work({api, vault, records})` with the account's vault open, and lock it again.
    Throws what the server or the vault says: `signed_out`, `offline`, `revoked`, `not_found`, `wrong_key`, `no_vault`. */
export async function unlocked(account, work) {
  const mine = await vaultOf(account);
  const api = new Api(account);
  const vault = await unlockByServer(account, mine ? (await api.key(mine.device)).key : "");
  try {
    return await work({ api, vault, records: new Records(vault) });
  } finally {
    vault.lock();
  }
}
