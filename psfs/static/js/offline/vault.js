// The lock. One random key encrypts all that an account keeps on this device. It is kept wrapped twice, by a key made
// from a phrase and by a key that only the server has, and lies in the clear in memory alone, where nothing can read it.

import { got, read, Trouble, write } from "./db.js";
import { beginTry } from "./tries.js";

export { probe } from "./probe.js";

export const IDLE_MS = 10 * 60 * 1000;
const PHRASE_LETTERS = 8; // at least
const ROUNDS = 600_000; // OWASP's least for PBKDF2 with SHA-256
const AES = { name: "AES-GCM", length: 256 };
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "input"];
const text = new TextEncoder();

/** An open vault. It locks itself after ten minutes without a touch and when the page goes; then it sends itself the
    event `lock`, and everything that shows a person must go from the page. */
export class Vault extends EventTarget {
  #key;
  #touched = now();
  #timer;

  constructor(row, key) {
    super();
    this.account = row.account;
    this.device = row.device;
    this.madeAt = row.made_at;
    this.initials = row.initials;
    this.language = row.language;
    this.#key = key;
    this.#watch(true);
    this.#wait();
  }

  get locked() {
    if (this.#key && this.#idle >= IDLE_MS) this.lock(); // a tablet that slept ran no timer
    return !this.#key;
  }

  /** Encrypt `value` (anything JSON can hold) for the record `id` of this kind: `{iv, data}`. Throws `locked`. */
  async seal(kind, id, value) {
    const key = this.#inUse();
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(this.#how(kind, id, iv), key, text.encode(JSON.stringify(value)));
    return { iv, data: new Uint8Array(data) };
  }

  /** What a record holds. Throws `locked`, or `unreadable` when it was sealed for another record or is damaged. */
  async open({ kind, id, iv, data }) {
    const key = this.#inUse();
    try {
      return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(this.#how(kind, id, iv), key, data)));
    } catch (cause) {
      throw new Trouble("unreadable", { cause });
    }
  }

  /** Choose another phrase. `serverKey` (base64) is asked from the server for this: only who is signed in may. */
  changePhrase(phrase, serverKey) {
    return rewrap(this.account, async (row) => {
      const key = await unwrap(row.server, await fromServer(serverKey), row.account, "server", true);
      return { phrase: await byPhrase(key, phrase, row.account), tries: 0, wait_until: 0 };
    });
  }

  /** Forget the key. */
  lock() {
    if (!this.#key) return;
    this.#key = undefined;
    clearTimeout(this.#timer);
    this.#watch(false);
    this.dispatchEvent(new Event("lock"));
  }

  #inUse() {
    if (this.locked) throw new Trouble("locked");
    return this.#key;
  }

  #how(kind, id, iv) {
    return { name: "AES-GCM", iv, additionalData: text.encode(`${this.account}|${kind}|${id}`) };
  }

  /** Milliseconds since the last touch, by whichever clock says more: one stops in sleep, the other can be set back. */
  get #idle() {
    const at = now();
    return Math.max(...at.map((reading, clock) => reading - this.#touched[clock]));
  }

  #alive = () => { if (!this.locked) this.#touched = now(); };
  #gone = () => this.lock();

  #watch(on) {
    const change = on ? addEventListener : removeEventListener;
    for (const sign of SIGNS_OF_LIFE) change(sign, this.#alive, { capture: true, passive: true });
    change("pagehide", this.#gone);
  }

  #wait() {
    this.#timer = setTimeout(() => { if (!this.locked) this.#wait(); }, IDLE_MS - this.#idle + 1);
  }
}

function now() {
  return [performance.now(), Date.now()];
}

/** Switch offline on for an account on this device: makes its key, wraps it twice, keeps the vault and gives it open.
    `serverKey` is the base64 that the server answered. Throws `short` (phrase), `exists`, `full`, `storage`. */
export async function create({ account, initials, device, phrase, serverKey, language }) {
  const key = await crypto.subtle.generateKey(AES, true, ["encrypt", "decrypt"]);
  const row = {
    account, device, initials, language,
    phrase: await byPhrase(key, phrase, account),
    server: await byServer(key, serverKey, account),
    tries: 0, wait_until: 0, counter: 0, last_all_sent: null, made_at: new Date().toISOString(),
  };
  await write(["vaults"], async (vaults) => {
    if (await got(vaults.get(account))) throw new Trouble("exists"); // what waits could never be read again
    await got(vaults.add(row));
  });
  return unlockByServer(account, serverKey);
}

/** Open with the phrase. The try is counted on the disk before it is made.
    Throws `wrong` (`left` tries, `wait` seconds before the next), `wait` (`wait` seconds), `erased` (that was the tenth: what was taken with is
    gone, what was not sent is not, and signing in opens it), `no_phrase` (so it was before), `no_vault`, `full`. */
export async function unlockByPhrase(account, phrase) {
  const [key, beginning] = await unwrapByPhrase(account, phrase);
  return new Vault(await rewrap(account, async () => beginning), key);
}

/** Open with the key that the server keeps for this device: base64, asked from it by whoever is signed in as the
    account. Throws `wrong_key` (the server has another one now), `no_vault`. */
export async function unlockByServer(account, serverKey) {
  const row = await rowOf(account);
  return new Vault(row, await unwrap(row.server, await fromServer(serverKey), account, "server", false));
}

/** Whether it is shorter than any phrase that was ever taken. */
export function tooShort(phrase) {
  return [...phrase.normalize("NFC")].length < PHRASE_LETTERS;
}

/** Whose vaults there are on this device, and how they are; nothing secret:
    `[{account, device, initials, language, phrase: bool, tries, wait_until, last_all_sent, untold: bool}]`, in the order they were
    made. `untold`: cases were erased here, and the server does not know. */
export async function vaults() {
  const rows = await read(["vaults"], (store) => got(store.getAll()));
  rows.sort((a, b) => (a.made_at < b.made_at ? -1 : 1));
  return rows.map(({ account, device, initials, language, phrase, tries, wait_until, last_all_sent, untold }) => (
    { account, device, initials, language, phrase: Boolean(phrase), tries, wait_until, last_all_sent, untold: Boolean(untold) }
  ));
}

async function rowOf(account) {
  const row = await read(["vaults"], (store) => got(store.get(account)));
  if (!row) throw new Trouble("no_vault");
  return row;
}

/** Change a vault's row; what `make(row)` gives is put into the row as it is by then. */
async function rewrap(account, make) {
  const change = await make(await rowOf(account));
  return write(["vaults"], async (store) => {
    const row = await got(store.get(account));
    if (!row) throw new Trouble("no_vault");
    const changed = { ...row, ...change };
    await got(store.put(changed));
    return changed;
  });
}

/** The key by a counted try, and what to set in the row now that the try was right. */
async function unwrapByPhrase(account, phrase) {
  const attempt = await beginTry(account);
  const { salt, rounds } = attempt.row.phrase;
  try {
    const key = await unwrap(attempt.row.phrase, await fromPhrase(phrase, salt, rounds), account, "phrase", false);
    return [key, { tries: 0, wait_until: 0 }];
  } catch (error) {
    if (error.code !== "wrong_key") throw error;
    throw await attempt.wasWrong();
  }
}

async function byPhrase(key, phrase, account) {
  if (tooShort(phrase)) throw new Trouble("short");
  const salt = crypto.getRandomValues(new Uint8Array(16));
  return { salt, rounds: ROUNDS, ...(await wrap(key, await fromPhrase(phrase, salt, ROUNDS), account, "phrase")) };
}

async function byServer(key, serverKey, account) {
  return wrap(key, await fromServer(serverKey), account, "server");
}

async function fromPhrase(phrase, salt, iterations) {
  const typed = text.encode(phrase.normalize("NFC"));
  const base = await crypto.subtle.importKey("raw", typed, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return crypto.subtle.deriveKey(how, base, AES, false, ["wrapKey", "unwrapKey"]);
}

function fromServer(serverKey) {
  const bytes = Uint8Array.from(atob(serverKey), (letter) => letter.charCodeAt(0));
  return crypto.subtle.importKey("raw", bytes, AES, false, ["wrapKey", "unwrapKey"]);
}

async function wrap(key, by, account, way) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = text.encode(`${account}|vault|${way}`);
  const data = await crypto.subtle.wrapKey("raw", key, by, { name: "AES-GCM", iv, additionalData });
  return { iv, data: new Uint8Array(data) };
}

async function unwrap({ iv, data }, by, account, way, extractable) {
  const how = { name: "AES-GCM", iv, additionalData: text.encode(`${account}|vault|${way}`) };
  try {
    return await crypto.subtle.unwrapKey("raw", data, by, how, AES, extractable, ["encrypt", "decrypt"]);
  } catch (cause) {
    throw new Trouble("wrong_key", { cause });
  }
}
