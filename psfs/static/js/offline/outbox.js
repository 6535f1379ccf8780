// Conversations on their way to the server. Whatever is cut off between two lines here, what was saved is on the disk
// until the server has said that it has that very conversation, and it is sent again with the same id and the same
// bytes, which the server answers the same way.

import { alone } from "./alone.js";
import { Trouble } from "./db.js";
import { Patience } from "./patience.js";
import { eraseCases, eraseUnlessWaiting, waiting } from "./records.js";
import { localTime, zone } from "./time.js";

const STOPS = [400, 401, 403]; // not about the conversation, but about who is signed in
const TAKEN = ["saved", "set_aside"];
const BATCH = 200;
const GIVES_WAY = 3; // times that the server may fail on a conversation before those behind it need not wait for it

/** `on(news)` is told as it goes: `{type: "sending", id}`, `{type: "sent", id, answer}`, `{type: "trouble", id, code}`,
    `{type: "renewed"}` (cases are as they now are), and in the end `{type: "done", sent, trouble, left, stopped, pause}`, see `sendAll`. */
export class Outbox {
  #vault;
  #api;
  #records;
  #on;
  #running = null;
  #again = false; // whether the round that runs tries those that need a hand
  #patience;
  #timer;
  #asked = () => { if (document.visibilityState === "visible") this.sendAll(); };

  constructor({ vault, api, records, on = () => undefined, patience = new Patience() }) {
    this.#vault = vault;
    this.#api = api;
    this.#records = records;
    this.#on = on;
    this.#patience = patience;
  }

  /** Keep a conversation, durably: when this resolves it may be said that it is saved on the device. `body` is the contract's (with
      its `id`, made once, when the conversation begins); `v`, `made_at` and `zone` are filled in. `about` is kept beside it and never sent. Until it is first sent it may be saved
      anew. Throws `full` and `storage` (nothing was changed), `locked`, `frozen`, `elsewhere`, `no_vault`. */
  async save(body, about = {}) {
    const whole = { v: 1, ...body, made_at: body.made_at ?? localTime(), zone: body.zone ?? zone() };
    await this.#records.saveItem(whole.id, JSON.stringify(whole), about);
  }

  /** Send openings, then conversations, one at a time and in order; `again` tries those that need a hand once more. One that the server
      fails on gives way to those behind it, but never to the same person's, and is tried again after them.
      Never throws. `{sent: [ids], trouble: [ids], left, stopped, pause}`: `left` conversations stay on the device; `stopped` is null, or why:
      `offline`, `busy`, `elsewhere` (another window sends), `signed_out`, `other_account`, `csrf`, `forbidden`, `locked`, `full`, `storage`;
      `pause` is after how many milliseconds it tries again by itself, null if it does not. */
  sendAll({ again = false } = {}) {
    if (again && this.#running && !this.#again) return this.#running.then(() => this.sendAll({ again })); // this round passes them by
    if (!this.#running) {
      this.#again = again;
      this.#running = this.#run(again).finally(() => { this.#running = null; });
    }
    return this.#running;
  }

  /** From now on, send by itself: at once, when the network or the page comes back, and with growing pauses. */
  start() {
    addEventListener("online", this.#asked);
    document.addEventListener("visibilitychange", this.#asked);
    this.#vault.addEventListener("lock", () => this.stop());
    return this.sendAll();
  }

  /** No longer. What is under way ends by itself. */
  stop() {
    removeEventListener("online", this.#asked);
    document.removeEventListener("visibilitychange", this.#asked);
    clearTimeout(this.#timer);
  }

  async #run(again) {
    const done = { sent: [], trouble: [], stopped: null };
    try {
      const finished = await alone(this.#vault.account, (beat) => this.#round(done, beat, again).then(() => true));
      if (!finished) done.stopped = "elsewhere";
    } catch (error) {
      if (error.name === "AbortError") done.stopped = "elsewhere"; // taken over by another window, while this one slept
      else done.stopped = error instanceof Trouble ? error.code : "storage";
    }
    const found = await waiting(this.#vault.account).catch(() => null);
    done.left = found?.item ?? null;
    done.pause = this.#pauseAfter(done, found);
    this.#on({ type: "done", ...done });
    return done;
  }

  async #round(done, beat, again) {
    if (this.#vault.locked) throw new Trouble("locked");
    const { device } = await contact(this.#api, this.#vault);
    if (device === "gone") return this.#vault.lock();
    await this.#sendOpenings(beat);
    await this.#records.tellErased((cases) => this.#api.giveBackAllBut(this.#vault.device, cases)).catch(unlessAboutTheItem);
    if (again) await this.#tryAgain(() => true);
    await this.#sendConversations(done, beat);
    const gaveWay = await this.#tryAgain(({ id, trouble }) => trouble === "busy" && !done.trouble.includes(id));
    if (gaveWay) await this.#sendConversations(done, beat);
    await this.#records.noteAllSent();
    await this.#renewCases(beat);
    if (device === "revoked" && (await eraseUnlessWaiting(this.#vault.account))) this.#vault.lock();
  }

  async #sendConversations(done, beat) {
    for (let next; (next = await this.#records.freezeNext()); ) {
      await beat();
      this.#on({ type: "sending", id: next.id });
      await this.#sendOne(next, done);
    }
  }

  async #sendOne({ id, text }, done) {
    try {
      const answer = await this.#api.send(this.#vault.device, text);
      if (answer.id !== id || !TAKEN.includes(answer.state)) throw new Trouble("offline"); // no word about this one
      await this.#records.removeItem(id, answer.state === "saved" ? JSON.parse(text).case : null);
      done.sent.push(id);
      this.#on({ type: "sent", id, answer });
    } catch (error) {
      if (!aboutTheItem(error) && !(await this.#givesWay(id, error))) throw error;
      await this.#records.markItem(id, error.code);
      done.trouble.push(id);
      this.#on({ type: "trouble", id, code: error.code });
    }
  }

  async #sendOpenings(beat) {
    for (let told; (told = (await this.#records.openings()).slice(0, BATCH)).length; ) {
      await beat();
      try {
        const { kept } = await this.#api.openings(this.#vault.device, told);
        await this.#records.settleOpenings(told.map((one) => one.id), kept ?? []);
      } catch (error) {
        if (!aboutTheItem(error)) throw error;
        await this.#records.settleOpenings(told.map((one) => one.id), []); // such a server never takes them: nothing waits for it
      }
    }
  }

  /** Take cases along anew that have got a conversation from here, so that the next one begins where this one ended. What
      the server will not give again stays as it is until its days are over. */
  async #renewCases(beat) {
    const cases = await this.#records.staleCases();
    if (cases.length === 0) return;
    await beat();
    const { taken } = await this.#api.takeAgain(this.#vault.device, cases).catch((error) => {
      if (!aboutTheItem(error)) throw error;
      return { taken: [] };
    });
    for (const each of taken) {
      await this.#records.putCase(each, { again: true }).catch((error) => { if (error.code !== "gone") throw error; });
    }
    await this.#records.settleCases(cases);
    this.#on({ type: "renewed" });
  }

  /** Let those of the conversations in trouble that are `wanted` be tried once more; gives how many. */
  async #tryAgain(wanted) {
    const chosen = (await this.#records.items()).filter((item) => item.trouble && item.trouble !== "unreadable" && wanted(item));
    for (const { id } of chosen) await this.#records.markItem(id, null);
    return chosen.length;
  }

  /** Whether the server is there, but has failed or been silent on this very conversation so often that it is taken to be about that one. */
  async #givesWay(id, { status, slow }) {
    return (slow || status >= 500) && (await this.#records.countFailure(id)) >= GIVES_WAY;
  }

  #pauseAfter({ stopped }, found) {
    clearTimeout(this.#timer);
    const pause = this.#patience.after(stopped, found);
    if (pause !== null) this.#timer = setTimeout(this.#asked, pause);
    return pause;
  }
}

/** Ask the server how the device is, for whoever's vault (`{account, device}`) it is. A revoked one loses what it took with at
    once, and all the rest (`device` is then `gone`) when nothing waits on it. Gives the state. Throws `signed_out`, `other_account`, `offline`, `busy`. */
export async function contact(api, { account, device }) {
  const state = await api.state(device);
  if (state.device === "revoked") {
    await eraseCases(account);
    if (await eraseUnlessWaiting(account)) state.device = "gone";
  }
  if (!state.account) throw new Trouble("signed_out", { status: 401 });
  if (state.account !== account) throw new Trouble("other_account", { status: 403 });
  return state;
}

function unlessAboutTheItem(error) {
  if (!aboutTheItem(error)) throw error; // an earlier server: it is told another time
}

function aboutTheItem({ status }) {
  return status >= 400 && status < 500 && !STOPS.includes(status) && ![408, 429].includes(status);
}
