// How long to wait before the next try.

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;
const PASSES = ["offline", "busy", "elsewhere"]; // worth another try without anybody doing anything

/** Pauses that grow while nothing comes of the tries. One for each page, however often sending begins anew on it. */
export class Patience {
  #failures = 0;

  /** After how many milliseconds to try again, or null: not by itself. `stopped` is why sending ended early, null where it
      did not; `found` is what `waiting` tells of the account, null where it could not be asked. */
  after(stopped, found) {
    const passes = stopped ? PASSES.includes(stopped) : Boolean(found?.codes.includes("busy"));
    this.#failures = passes ? this.#failures + 1 : 0;
    if (!passes || found?.item === 0) return null;
    const longest = Math.min(FIRST_PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    return longest * (0.75 + Math.random() / 4); // so that a house full of tablets does not ask at once
  }
}
