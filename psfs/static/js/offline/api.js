// The server, as the offline pages ask it. Whatever is not the server's own JSON counts as no network: a hotel's
// sign-in page must never be taken for an answer.

import { Trouble } from "./db.js";
import { localTime } from "./time.js";

const PATIENCE_MS = 12_000;
const TOO_LARGE = 413; // may be said by whatever stands before the server
const NOBODY = "00000000-0000-0000-0000-000000000000";
const BY_STATUS = { 401: "signed_out", 403: "forbidden", 404: "not_found", 410: "revoked", 413: "too_large", 422: "malformed", 429: "busy" };

/** All calls throw a Trouble with `code` and `status`: `offline` (0) without a network, or without a word within 12 seconds on how the
    device is; `busy` for anything else that is not answered by then (0, `slow`), 5xx and 429;
    `signed_out` (401), `csrf` (400, after a fresh token did not help), else the server's own code.
    A token is fetched when it is needed, for the account that asks; if somebody else has signed in since: `other_account`. So it is too
    where `account` is given, whom the page is for, and the server answers for another: nothing it says may be used then. */
export class Api {
  #token = null;
  #account = null;
  #mine;

  constructor(account = null) {
    this.#mine = account;
  }

  /** `{now, device: "active"|"revoked"|"unknown", account: uuid|null, csrf: token|null, limits: {cases, days}}`; open to all. */
  async state(device = NOBODY) {
    const state = await call("GET", `/eining/${device}/tilstand`);
    this.#token = state.csrf;
    this.#account = state.account;
    return state;
  }

  /** Make the device known: `{key: base64, account, initials}`. Throws `id_used` (409). */
  async register(id, name) {
    return this.#own(await this.#post("/eining", { id, name }, id));
  }

  /** The server's key for this device: `{key, account}`. Throws `not_found`, `revoked` (410). */
  async key(device) {
    return this.#own(await this.#post(`/eining/${device}/nokkel`, {}, device));
  }

  /** Take cases with: `{taken: [Case], refused: [{case, code}]}`. */
  take(device, cases) {
    return this.#post(`/eining/${device}/ta-med`, { cases }, device);
  }

  /** Cases that lie here already, as they now are, and as long as they were to lie. */
  takeAgain(device, cases) {
    return this.#post(`/eining/${device}/ta-med`, { cases, again: true }, device);
  }

  /** Give cases back: `{given_back: [uuid]}`. */
  giveBack(device, cases) {
    return this.#post(`/eining/${device}/legg-fra`, { cases }, device);
  }

  /** None but these cases lie here: the others were erased while it was locked. */
  giveBackAllBut(device, cases) {
    return this.#post(`/eining/${device}/legg-fra`, { cases: [], all_but: cases }, device);
  }

  /** The device is no longer used here. */
  switchOff(device) {
    return this.#post(`/eining/${device}/av`, {}, device);
  }

  /** Hand a conversation in: `text` is the frozen body, sent to the byte. `{id, state: "saved"|"set_aside", …}`. */
  send(device, text) {
    return this.#post(`/eining/${device}/samtalar`, text, device);
  }

  /** Tell which cases were opened: `{kept: [ids]}`. */
  openings(device, openings) {
    return this.#post(`/eining/${device}/opningar`, { openings }, device);
  }

  async #post(address, body, device) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    if (!this.#token) await this.#signedIn(device);
    try {
      return await call("POST", address, text, this.#token);
    } catch (error) {
      if (error.code !== "csrf") throw error;
    }
    const before = this.#account;
    await this.#signedIn(device);
    if (this.#account !== before) throw new Trouble("other_account", { status: 403 });
    return call("POST", address, text, this.#token);
  }

  async #signedIn(device) {
    const { account, csrf } = await this.state(device);
    if (!account || !csrf) throw new Trouble("signed_out", { status: 401 });
    this.#own({ account });
  }

  #own(said) {
    if (this.#mine && said.account !== this.#mine) throw new Trouble("other_account", { status: 403 });
    return said;
  }
}

async function call(method, address, body, token) {
  const headers = { Accept: "application/json", "Device-Time": localTime() };
  if (method === "POST") Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": token });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let answer;
  let said;
  try {
    answer = await fetch(address, { method, body, headers, signal, cache: "no-store", credentials: "same-origin", redirect: "error" });
    said = await json(answer);
  } catch (cause) {
    const slow = cause.name === "TimeoutError" && method === "POST"; // the server has just answered how the device is
    throw new Trouble(slow ? "busy" : "offline", { status: 0, slow, cause });
  }
  if (answer.ok && said) return said;
  if (!said && answer.status < 500 && answer.status !== TOO_LARGE) throw new Trouble("offline", { status: 0 });
  if (answer.status >= 500) throw new Trouble("busy", { status: answer.status });
  throw new Trouble(said?.code ?? BY_STATUS[answer.status] ?? "refused", { status: answer.status, where: said?.where });
}

async function json(answer) {
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return null;
  const text = await answer.text(); // cut off on its way: as no network
  try {
    const said = JSON.parse(text);
    return typeof said === "object" ? said : null;
  } catch {
    return null;
  }
}
