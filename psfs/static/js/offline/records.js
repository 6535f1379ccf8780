// What an account keeps on this device: cases taken with, drafts, conversations that wait to be sent, and which cases
// were opened. Each is encrypted by the account's vault; kind, order and expiry lie beside it and name nobody.

import { afterTalk } from "./body.js";
import { got, read, Trouble, write } from "./db.js";
import { localTime } from "./time.js";

const KINDS = ["item", "draft", "opening"]; // what is lost for ever if it is erased
/** What the server says of a conversation that it will never take as it is: unlike any other that waits, its holder may
    remove it once it is typed in. */
export const REFUSED = ["malformed", "too_large", "other_body"];

/** What waits on this device, of one account or (without it) of all, without unlocking:
    `{item, draft, opening, case: how many, stale: of the cases, trouble: how many items need a hand, codes: their codes}`.
    `item` counts those in trouble too. A refused opening does not count. */
export async function waiting(account) {
  const found = { item: 0, draft: 0, opening: 0, case: 0, stale: 0, trouble: 0, codes: [] };
  for (const record of await recordsOf(account)) {
    if (record.kind === "case") found.case += 1;
    if (record.stale) found.stale += 1;
    if (!holds(record)) continue;
    found[record.kind] += 1;
    if (record.trouble) {
      found.trouble += 1;
      found.codes.push(record.trouble);
    }
  }
  return found;
}

/** Erase the cases whose time is over, of every account, also while locked. Gives how many. `now` in milliseconds. */
export async function expire(now = Date.now()) {
  const old = (record) => record.kind === "case" && Date.parse(record.expires_at) <= now;
  if (!(await recordsOf()).some(old)) return 0;
  return write(["records"], async (records) => {
    const gone = (await got(records.getAll())).filter(old);
    for (const record of gone) await got(records.delete(record.id));
    return gone.length;
  });
}

/** Erase what was taken with by an account, also while locked: the device was revoked. */
export function eraseCases(account) {
  return write(["records"], async (records) => {
    for (const record of await got(records.index("account").getAll(account))) {
      if (record.kind === "case") await got(records.delete(record.id));
    }
  });
}

/** Erase an account from this device, or (without it) all of them: vaults, cases and all. Nothing is erased, and the
    answer is false, while any of them has a conversation, a draft or an opening that was not sent. In one transaction:
    what another window saves at the same moment is either seen here or refused there (`no_vault`). */
export function eraseUnlessWaiting(account) {
  return write(["vaults", "records"], async (vaults, records) => {
    const all = await got(account ? records.index("account").getAll(account) : records.getAll());
    if (all.some(holds)) return false;
    for (const record of all) await got(records.delete(record.id));
    await got(account ? vaults.delete(account) : vaults.clear());
    return true;
  });
}

function holds(record) {
  return KINDS.includes(record.kind) && !(record.kind === "opening" && record.trouble);
}

function recordsOf(account) {
  return read(["records"], (records) => got(account ? records.index("account").getAll(account) : records.getAll()));
}

/** The records of an open vault. Everything throws `locked` when it has locked itself, `full` and `storage` as the
    database does, and `no_vault` when the account was erased in another window: then nothing was kept. */
export class Records {
  #vault;
  #seen = new Map(); // record id -> its order when this window last read or wrote it
  #saved = new Set(); // conversations that this window has saved: no late tap makes a draft of them again
  #queue = Promise.resolve();

  constructor(vault) {
    this.#vault = vault;
  }

  /** The cases taken with, as the server gave them, by name: `[{case, name, form, base, last_held_on, activities, expires_at}]`.
      Those whose time is over are not among them. */
  async cases(now = Date.now()) {
    const newest = new Map();
    for (const { record, value } of await this.#openAll("case")) {
      if (value && Date.parse(record.expires_at) > now) newest.set(value.case, value);
    }
    return [...newest.values()].sort((a, b) => a.name.localeCompare(b.name, "no"));
  }

  /** Keep a case taken with, instead of what was kept of it before. `again`: only where it lies here still, else throws `gone`. */
  async putCase(taken, { again = false } = {}) {
    const before = await this.#idsOf(taken.case);
    const id = `case:${crypto.randomUUID()}`;
    await this.#put({ id, kind: "case", expires_at: taken.expires_at }, taken, async (records) => {
      const lies = await Promise.all(before.map((old) => got(records.count(old))));
      if (again && !lies.includes(1)) throw new Trouble("gone");
      for (const old of before) await got(records.delete(old));
    });
  }

  /** Tell the server, by `tell(ids)`, which cases still lie here, where some were erased while this was locked. */
  async tellErased(tell) {
    const { untold } = await read(["vaults"], (vaults) => got(vaults.get(this.#vault.account))) ?? {};
    if (!untold) return;
    await tell((await this.cases()).map((taken) => taken.case));
    await write(["vaults"], (vaults) => this.#changeVault(vaults, { untold: false }));
  }

  /** The ids of cases that have got a conversation since they were taken with: what lies here of them is not as it now is. */
  async staleCases(now = Date.now()) {
    const found = (await this.#openAll("case")).filter(({ record, value }) => value && record.stale && Date.parse(record.expires_at) > now);
    return found.map(({ value }) => value.case);
  }

  /** What lies here of these cases stays as it is. */
  async settleCases(cases) {
    const ids = (await Promise.all(cases.map((each) => this.#idsOf(each)))).flat();
    await this.#change(ids, { stale: false });
  }

  /** Erase a case taken with. */
  async dropCase(caseId) {
    const ids = await this.#idsOf(caseId);
    await write(["records"], async (records) => {
      for (const id of ids) await got(records.delete(id));
    });
  }

  /** Note that somebody's case is opened, or a draft or a conversation of it that waits: on the disk, before it is shown. */
  async noteOpening(caseId) {
    const opening = { id: crypto.randomUUID(), case: caseId, at: localTime() };
    await this.#put({ id: `opening:${opening.id}`, kind: "opening" }, opening);
  }

  /** The draft with this conversation's id, or undefined. */
  async draft(id) {
    return this.#openOne("draft", id);
  }

  /** All drafts that can be read, in the order they were last written. */
  async drafts() {
    return (await this.#openAll("draft")).map(({ value }) => value).filter(Boolean);
  }

  /** Keep a draft: anything JSON can hold, with the conversation's `id`. It is on the disk when this resolves. Calls may come
      as fast as taps: they are written in the order they were made. Throws `elsewhere` when another window has changed or
      saved it since this one read it with `draft(id)`: what is kept there is not overwritten; `saved` after `saveItem`. */
  saveDraft(draft) {
    const made = JSON.parse(JSON.stringify(draft)); // as it is at the tap, whatever the page does with it next
    const id = `draft:${made.id}`;
    return this.#inTurn(async () => {
      if (this.#saved.has(made.id)) throw new Trouble("saved");
      await this.#put({ id, kind: "draft" }, made, (records) => this.#unchanged(records, id));
    });
  }

  /** Throw a draft away, by the decision of whoever made it. */
  dropDraft(id) {
    return this.#inTurn(() => this.#remove(`draft:${id}`));
  }

  /** The conversations saved and not yet taken by the server, in order:
      `[{id, body, name, activities, frozen, trouble, order}]`. `body` is undefined, and `trouble` is `unreadable`, for one that cannot be
      decrypted; `name` and `activities` are, for one that was kept by an earlier version. */
  async items() {
    const found = await this.#openAll("item");
    return found.map(({ record, value }) => ({
      id: record.id.slice("item:".length),
      ...value && contentOf(value),
      frozen: Boolean(record.frozen),
      trouble: record.trouble ?? (value ? null : "unreadable"),
      order: record.order,
    }));
  }

  /** Keep a conversation to be sent, let its draft go, and let the case lie here as it now is, in one transaction. `text` is what will be sent, to the byte;
      `about` (`{name, activities}`) is for whoever reads it here, also when the case is gone. Throws `frozen` when sending it has begun: then nothing can be changed; `elsewhere` as `saveDraft`. */
  saveItem(conversation, text, { name, activities }) {
    const id = `item:${conversation}`;
    const draft = `draft:${conversation}`;
    return this.#inTurn(async () => {
      const anew = await this.#casesAfter(JSON.parse(text));
      await this.#put({ id, kind: "item" }, { text, name, activities }, async (records) => {
        const before = await got(records.get(id));
        if (before?.frozen) throw new Trouble("frozen");
        await this.#unchanged(records, id);
        await this.#unchanged(records, draft);
        await got(records.delete(draft));
        for (const { record, sealed } of anew) {
          const lies = await got(records.get(record.id)); // not where it was taken along anew meanwhile
          if (lies?.stamp === record.stamp) await got(records.put({ ...lies, ...sealed }));
        }
      });
      this.#seen.delete(draft);
      this.#saved.add(conversation);
    });
  }

  /** What lies here of a conversation's case, sealed as it is once that is held: `[{record, sealed}]`. */
  async #casesAfter(body) {
    const found = (await this.#openAll("case")).filter(({ value }) => value?.form && value.case === body.case && value.form === body.form);
    return Promise.all(found.map(async ({ record, value }) => (
      { record, sealed: await this.#vault.seal(record.kind, record.id, afterTalk(value, body)) }
    )));
  }

  /** The next conversation to send: `{id, text}`, frozen on the disk before it is given, or null. While one waits that the
      server failed on (`busy`), no later one of the same case is next: a person's come in the order they were held. */
  async freezeNext() {
    const held = new Set();
    for (const { record, value } of await this.#openAll("item")) {
      const id = record.id.slice("item:".length);
      if (!value && !record.trouble) await this.markItem(id, "unreadable");
      if (!value) continue;
      const of = contentOf(value).body.case;
      if (record.trouble === "busy") held.add(of);
      if (record.trouble || held.has(of)) continue;
      if (await this.#freeze(record)) return { id, text: textOf(value) };
      return this.freezeNext(); // another window has changed it
    }
    return null;
  }

  #freeze({ id, stamp }) {
    return write(["records"], async (records) => {
      const record = await got(records.get(id));
      if (record?.stamp !== stamp || record.trouble) return false;
      if (!record.frozen) await got(records.put({ ...record, frozen: true }));
      return true;
    });
  }

  /** Remove a conversation: only after the server's word about that very one. `saved` is the case that has it now, if
      one has: what lies here of that is not as it now is. */
  async removeItem(id, saved = null) {
    const cases = saved ? await this.#idsOf(saved).catch(() => []) : []; // locked meanwhile: the server has it all the same
    await write(["records"], async (records) => {
      await got(records.delete(`item:${id}`));
      await changeIn(records, cases, { stale: true });
    });
    this.#seen.delete(`item:${id}`);
  }

  /** Remove a conversation that the server has refused (`REFUSED`), by the decision of whoever has typed it in instead.
      Any other stays: throws `not_refused`. */
  async removeRefused(id) {
    if (this.#vault.locked) throw new Trouble("locked");
    await write(["records"], async (records) => {
      const record = await got(records.get(`item:${id}`));
      if (record?.account !== this.#vault.account || !REFUSED.includes(record.trouble)) throw new Trouble("not_refused");
      await got(records.delete(record.id));
    });
  }

  /** Note that a conversation needs a hand (`code`), or (null) that it is to be tried again. */
  markItem(id, code) {
    return this.#mark([`item:${id}`], code);
  }

  /** Note that the server has failed on a conversation; gives how often it has by now, on whichever page. */
  countFailure(id) {
    return write(["records"], async (records) => {
      const record = await got(records.get(`item:${id}`));
      const failures = (record?.failures ?? 0) + 1;
      if (record) await got(records.put({ ...record, failures }));
      return failures;
    });
  }

  /** Openings to tell the server of, oldest first: `[{id, case, at}]`. */
  async openings() {
    return (await this.#openAll("opening")).filter(({ record, value }) => value && !record.trouble).map(({ value }) => value);
  }

  /** The server has answered about these openings: those in `kept` are removed, the others are refused and told no more. */
  async settleOpenings(told, kept) {
    for (const id of told.filter((one) => kept.includes(one))) await this.#remove(`opening:${id}`);
    await this.#mark(told.filter((one) => !kept.includes(one)).map((id) => `opening:${id}`), "refused");
  }

  /** Note that everything of this account is sent as of now; not when something waits after all. */
  noteAllSent() {
    return write(["vaults", "records"], async (vaults, records) => {
      const mine = await got(records.index("account").getAll(this.#vault.account));
      if (mine.some((record) => record.kind !== "draft" && holds(record))) return false;
      await this.#changeVault(vaults, { last_all_sent: localTime() });
      return true;
    });
  }

  /** Encrypt and put a record with the next order, after `also(records)`, in one transaction. */
  async #put(record, value, also = () => undefined) {
    const sealed = await this.#vault.seal(record.kind, record.id, value);
    const order = await write(["vaults", "records"], async (vaults, records) => {
      await also(records);
      const before = record.kind === "item" ? await got(records.get(record.id)) : undefined;
      const { counter } = await this.#changeVault(vaults, {}, 1);
      await got(records.put({ ...record, account: this.#vault.account, order: before?.order ?? counter, stamp: counter, ...sealed }));
      return counter;
    });
    this.#seen.set(record.id, order);
  }

  async #changeVault(vaults, change, steps = 0) {
    const row = await got(vaults.get(this.#vault.account));
    if (!row || row.made_at !== this.#vault.madeAt) throw new Trouble("no_vault");
    const changed = { ...row, ...change, counter: row.counter + steps };
    await got(vaults.put(changed));
    return changed;
  }

  /** Inside a transaction: refuse to go on where another window has written since this one last saw it. */
  async #unchanged(records, id) {
    const stored = await got(records.get(id));
    if (stored?.stamp !== this.#seen.get(id)) throw new Trouble("elsewhere");
  }

  #inTurn(work) {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #remove(id) {
    await write(["records"], (records) => got(records.delete(id)));
    this.#seen.delete(id);
  }

  #mark(ids, code) {
    return this.#change(ids, { trouble: code });
  }

  #change(ids, change) {
    return write(["records"], (records) => changeIn(records, ids, change));
  }

  async #idsOf(caseId) {
    const all = await this.#openAll("case");
    return all.filter(({ value }) => !value || value.case === caseId).map(({ record }) => record.id);
  }

  async #openOne(kind, id) {
    const record = await read(["records"], (records) => got(records.get(`${kind}:${id}`)));
    if (!record || record.account !== this.#vault.account) return undefined;
    const value = await this.#vault.open(record);
    this.#seen.set(record.id, record.stamp);
    return value;
  }

  /** `[{record, value}]` in order; `value` is undefined for one that cannot be read, which is kept all the same. */
  async #openAll(kind) {
    const mine = (await recordsOf(this.#vault.account)).filter((record) => record.kind === kind).sort(byOrder);
    return Promise.all(mine.map(async (record) => {
      try {
        return { record, value: await this.#vault.open(record) };
      } catch (error) {
        if (error.code !== "unreadable") throw error;
        return { record, value: undefined };
      }
    }));
  }
}

/** Inside a transaction: change what lies beside these records. */
async function changeIn(records, ids, change) {
  for (const id of ids) {
    const record = await got(records.get(id));
    if (record) await got(records.put({ ...record, ...change }));
  }
}

/** What was kept of a conversation: its text, and whose it is; an earlier version kept the text alone. */
function textOf(value) {
  return typeof value === "string" ? value : value.text;
}

function contentOf(value) {
  return { body: JSON.parse(textOf(value)), name: value.name, activities: value.activities };
}

function byOrder(a, b) {
  return a.order - b.order;
}
