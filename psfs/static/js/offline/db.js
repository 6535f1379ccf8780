// The browser's own database, and how it is read and written. All that is about people is inside `data`, encrypted;
// what lies beside it names nobody.

export const NAME = "psfs-offline";
const VERSION = 1;
const opened = new Map();

/** What went wrong, as a `code` that the pages have words for; `more` says the rest (`status`, `wait`, `left` …).
    From the database: `full` (no room: nothing was changed) or `storage` (it does not answer; `cause` says why). */
export class Trouble extends Error {
  constructor(code, more = {}) {
    super(code, { cause: more.cause });
    this.name = "Trouble";
    Object.assign(this, more, { code });
  }
}

/** The result of a request (IDBRequest), as a promise. Inside `read` and `write` nothing else may be awaited. */
export function got(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Read in one transaction: `fn(...stores)` with the named stores in order; gives what it gives. */
export function read(stores, fn, name = NAME) {
  return run("readonly", stores, fn, name);
}

/** Change in one transaction. Gives what `fn` gives, once the browser says that all of it is on the disk
    (`durability: "strict"`, transaction complete). If `fn` throws, or anything fails, nothing was changed. */
export function write(stores, fn, name = NAME) {
  return run("readwrite", stores, fn, name);
}

/** Whether there is a database at all on this device, without making one. */
export async function exists(name = NAME) {
  if (!globalThis.indexedDB) return false;
  if (!indexedDB.databases) return true;
  try {
    return (await indexedDB.databases()).some((base) => base.name === name);
  } catch {
    return true;
  }
}

/** Let go of the database, as when the page closes. The next call opens it again. */
export async function close(name = NAME) {
  const base = opened.get(name);
  opened.delete(name);
  (await base?.catch(() => undefined))?.close();
}

function open(name) {
  if (!opened.has(name)) {
    const base = connect(name);
    opened.set(name, base);
    base.catch(() => opened.delete(name));
  }
  return opened.get(name);
}

async function connect(name) {
  const request = indexedDB.open(name, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("vaults", { keyPath: "account" });
    request.result.createObjectStore("records", { keyPath: "id" }).createIndex("account", "account");
  };
  const base = await got(request);
  base.onversionchange = () => close(name); // it is being erased: no window may be in the way
  base.onclose = () => opened.delete(name);
  return base;
}

let asleep;
addEventListener("pagehide", () => {
  asleep = new Promise((wake) => { addEventListener("pageshow", wake, { once: true }); });
});

/** Not on a page that is being put away: WebKit would freeze what is begun there, and every other page would wait for it. */
async function begin(mode, stores, name) {
  await asleep;
  for (let again = true; ; again = false) {
    const base = await open(name);
    try {
      return base.transaction(stores, mode, { durability: "strict" });
    } catch (error) {
      opened.delete(name); // the browser let go of it in the meantime, as iPads do with a page that has slept
      if (!again) throw error;
    }
  }
}

async function run(mode, stores, fn, name) {
  let transaction;
  try {
    transaction = await begin(mode, stores, name);
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    done.catch(() => undefined);
    const result = await fn(...stores.map((store) => transaction.objectStore(store)));
    await done;
    return result;
  } catch (error) {
    abort(transaction);
    const cause = transaction?.error ?? error;
    if (cause instanceof Trouble) throw cause;
    throw new Trouble(cause?.name === "QuotaExceededError" ? "full" : "storage", { cause });
  }
}

function abort(transaction) {
  try {
    transaction?.abort();
  } catch {
    // it has ended already
  }
}
