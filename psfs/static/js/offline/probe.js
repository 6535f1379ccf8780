// Whether this browser can keep what has to be kept. Asked before anything real is written.

import { close, got, read, write } from "./db.js";

const NAME = "psfs-offline-probe";

/** Writes, reopens and decrypts, all in a database of its own. `{ok: true, persistent}` or `{ok: false, reason}`:
    `no_crypto` (no Web Crypto here), `no_storage` (the browser keeps no database), `private` (a private window, or one that forbids
    keeping), `no_persistence` (it may erase on its own: it refused `navigator.storage.persist()`).

    `persistent` is false where the browser has no such question (WebKitGTK): it has not refused, and does not erase
    by itself, but has promised nothing. iPads have it from 15.2, and grant it to a program on the home screen. */
export async function probe() {
  if (!globalThis.crypto?.subtle) return { ok: false, reason: "no_crypto" };
  if (!globalThis.indexedDB) return { ok: false, reason: "no_storage" };
  let key;
  let sealed;
  const clear = crypto.getRandomValues(new Uint8Array(32));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  try {
    key = await wrappedAndBack();
    sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, clear));
  } catch {
    return { ok: false, reason: "no_crypto" };
  }
  try {
    await write(["records"], (records) => got(records.put({ id: "probe", account: "", iv, data: sealed })), NAME);
    await close(NAME);
    const kept = await read(["records"], (records) => got(records.get("probe")), NAME);
    const back = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, key, kept.data));
    if (!back.every((byte, place) => byte === clear[place])) return { ok: false, reason: "no_storage" };
  } catch (trouble) {
    const forbidden = ["SecurityError", "InvalidStateError"].includes(trouble.cause?.name);
    return { ok: false, reason: forbidden ? "private" : "no_storage" };
  } finally {
    await close(NAME);
    indexedDB.deleteDatabase(NAME);
  }
  return persistence();
}

async function wrappedAndBack() {
  const aes = { name: "AES-GCM", length: 256 };
  const base = await crypto.subtle.importKey("raw", new Uint8Array(8), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: new Uint8Array(16), iterations: 1 };
  const by = await crypto.subtle.deriveKey(how, base, aes, false, ["wrapKey", "unwrapKey"]);
  const key = await crypto.subtle.generateKey(aes, true, ["encrypt", "decrypt"]);
  const wrapping = { name: "AES-GCM", iv: new Uint8Array(12) };
  const wrapped = await crypto.subtle.wrapKey("raw", key, by, wrapping);
  return crypto.subtle.unwrapKey("raw", wrapped, by, wrapping, aes, false, ["encrypt", "decrypt"]);
}

async function persistence() {
  const storage = navigator.storage;
  if (!storage?.persist) return { ok: true, persistent: false };
  const granted = (await storage.persisted()) || (await storage.persist());
  return granted ? { ok: true, persistent: true } : { ok: false, reason: "no_persistence" };
}
