// One window at a time sends. Nothing depends on it for being right, the server takes each conversation once; it keeps
// two windows from sending the same thing twice.

import { got, write } from "./db.js";

const LEASE_MS = 45_000; // longer than a call takes
const me = globalThis.crypto?.randomUUID?.() ?? String(Math.random());

/** Do `work(beat)` unless another window does so for this account: then the answer is `undefined`. `beat()` says that
    this one is alive; a window that has slept for longer than a lease (iPads stop pages, locks and all) is passed by. */
export async function alone(account, work) {
  const locks = navigator.locks;
  const name = `psfs-outbox-${account}`;
  if (!locks) return (await lease(account, false)) ? leased(account, work) : undefined;
  const beat = () => lease(account, true);
  const inside = async (lock) => {
    if (!lock) return null;
    await beat();
    return { result: await work(beat) };
  };
  const first = await locks.request(name, { ifAvailable: true }, inside);
  if (first) return first.result;
  if (!(await lease(account, false))) return undefined;
  return (await locks.request(name, { steal: true }, inside)).result;
}

async function leased(account, work) {
  try {
    return await work(() => lease(account, true));
  } finally {
    await lease(account, true, 0);
  }
}

/** Take the lease, or (`hold`) keep it whoever has it. False while another window's runs. */
function lease(account, hold, length = LEASE_MS) {
  return write(["vaults"], async (vaults) => {
    const row = await got(vaults.get(account));
    if (!row) return false;
    const left = (row.lease?.until ?? 0) - Date.now();
    if (!hold && row.lease?.holder !== me && left > 0 && left <= LEASE_MS) return false;
    await got(vaults.put({ ...row, lease: { holder: me, until: Date.now() + length } }));
    return true;
  });
}
