// Taking cases along, from a case's page or from the worklist.

import { unlocked } from "./open.js";
import { count, hasWord, word } from "./words.js";

const AT_ONCE = 10;

/** Take `cases` along for the account; gives what to say, in words. Never throws. */
export async function take(account, cases) {
  let taken = 0;
  const refused = [];
  try {
    await unlocked(account, async ({ api, vault, records }) => {
      for (let place = 0; place < cases.length; place += AT_ONCE) {
        const told = await api.take(vault.device, cases.slice(place, place + AT_ONCE));
        for (const each of told.taken) {
          await records.putCase(each);
          taken += 1;
        }
        refused.push(...told.refused.map(({ code }) => code));
      }
    });
  } catch ({ code }) {
    return [taken ? count("taken", taken) : "", word(hasWord(`take-${code}`) ? `take-${code}` : "take-trouble")].filter(Boolean);
  }
  const why = [...new Set(refused)].map((code) => {
    const number = refused.filter((one) => one === code).length;
    return `${count("left", number)} ${word(hasWord(`refused-${code}`) ? `refused-${code}` : "refused")}`;
  });
  return [taken || !why.length ? count("taken", taken) : "", ...why].filter(Boolean);
}
