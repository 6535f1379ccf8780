// How often a phrase may be guessed. The device's own clock is all there is to wait by: whoever sets it forward gets
// round the waiting, not round the ten.

import { got, Trouble, write } from "./db.js";

export const MOST_TRIES = 10;
const FIRST_WAIT_AFTER = 3;
const LONGEST_WAIT_S = 300;

/** Count a try before it is made. Gives `{row, wasWrong()}`; `wasWrong` gives the Trouble to throw.
    Throws `wait`, `erased`, `no_phrase`, `no_vault`. */
export async function beginTry(account) {
  const counted = await write(["vaults", "records"], async (vaults, records) => {
    const row = await got(vaults.get(account));
    if (!row) throw new Trouble("no_vault");
    if (!row.phrase) throw new Trouble("no_phrase");
    if (row.tries >= MOST_TRIES) return erase(vaults, records, row); // the tenth was cut short before this was done
    const left = row.wait_until - Date.now();
    const longest = waitAfter(row.tries) * 1000; // a clock that was set back must not lock for days
    if (left > longest && longest > 0) {
      await got(vaults.put({ ...row, wait_until: Date.now() + longest })); // by the clock as it now is
      return { wait: longest / 1000 };
    }
    if (left > 0 && longest > 0) throw new Trouble("wait", { wait: Math.ceil(left / 1000) });
    const tries = row.tries + 1;
    const next = { ...row, tries, wait_until: Date.now() + waitAfter(tries) * 1000 };
    await got(vaults.put(next));
    return next;
  });
  if (counted.wait) throw new Trouble("wait", { wait: counted.wait });
  if (!counted.phrase) throw new Trouble("erased");
  return { row: counted, wasWrong: () => wrong(account, counted.tries) };
}

async function wrong(account, tries) {
  if (tries < MOST_TRIES) return new Trouble("wrong", { left: MOST_TRIES - tries, wait: waitAfter(tries) });
  await write(["vaults", "records"], async (vaults, records) => {
    const row = await got(vaults.get(account));
    if (row?.phrase && row.tries >= MOST_TRIES) await erase(vaults, records, row);
  });
  return new Trouble("erased");
}

/** Seconds to wait after that many wrong ones. */
function waitAfter(tries) {
  return tries < FIRST_WAIT_AFTER ? 0 : Math.min(2 ** (tries - FIRST_WAIT_AFTER), LONGEST_WAIT_S);
}

/** What was taken with goes, and the way in by phrase; what was not sent stays for whoever signs in. */
async function erase(vaults, records, row) {
  const erased = { ...row, phrase: null, untold: true }; // the server still counts them as lying here
  await got(vaults.put(erased));
  for (const record of await got(records.index("account").getAll(row.account))) {
    if (record.kind === "case") await got(records.delete(record.id));
  }
  return erased;
}
