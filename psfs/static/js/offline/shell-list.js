// Whom one has along, what is begun, and what waits to be sent.

import { longDay } from "../days.js";
import { count, hasWord, moment, part, word } from "./words.js";

/** The list, in a fragment. `open({taken, draft, waits})` begins or goes on with a conversation, `look(item)` shows one that waits. */
export async function list(records, { open, look }) {
  const [cases, drafts, items] = await Promise.all([records.cases(), records.drafts(), records.items()]);
  const view = part("list");
  const has = new Set(cases.map((taken) => taken.case));
  const loose = drafts.filter((draft) => !has.has(draft.taken.case)).map(({ taken }) => taken); // their time is over, the draft's is not
  const people = [...cases, ...loose].flatMap((taken) => {
    const begun = drafts.filter((draft) => draft.taken.case === taken.case);
    return begun.length ? begun.map((draft) => person(taken, draft, items, open)) : [person(taken, null, items, open)];
  });
  view.querySelector("[data-people]").replaceChildren(...people);
  view.querySelector("[data-people]").hidden = people.length === 0;
  view.querySelector("[data-nobody]").hidden = people.length > 0;
  const waiting = view.querySelector("[data-waiting]");
  waiting.hidden = items.length === 0;
  waiting.querySelector("ul").replaceChildren(...items.map((item) => waits(item, cases, () => look(item, nameFor(item, cases)))));
  return view;
}

function person(taken, draft, items, open) {
  const sent = items.filter((item) => item.body?.case === taken.case).length;
  const details = [
    taken.last_held_on ? word("last", { day: longDay(taken.last_held_on) }) : word("first"),
    word("until", { day: moment(taken.expires_at) }),
  ];
  return row(taken.name, details.join(" · "), [draft && word("draft"), sent && word("to-send")], () => open({ taken: draft?.taken ?? taken, draft, waits: sent > 0 }));
}

function waits(item, cases, look) {
  const text = item.body ? word("talk", { day: longDay(item.body.held_on) }) : word("unreadable");
  const trouble = item.trouble && word(hasWord(`trouble-${item.trouble}`) ? `trouble-${item.trouble}` : "trouble");
  return row(nameFor(item, cases) || text, trouble || text, [trouble && word("hand")], look);
}

/** Whose it is, if the case still lies here. */
function nameFor(item, cases) {
  return cases.find((taken) => taken.case === item.body?.case)?.name ?? "";
}

function row(title, detail, tags, act) {
  const made = part("row").firstElementChild;
  made.querySelector(".row-title").textContent = title;
  made.querySelector(".row-detail").textContent = detail;
  made.querySelector("[data-tags]").replaceChildren(...tags.filter(Boolean).map((text) => {
    const tag = document.createElement("span");
    tag.className = "ds-tag";
    tag.dataset.color = "warning";
    tag.textContent = text;
    return tag;
  }));
  made.querySelector("button").addEventListener("click", act);
  return made;
}

/** What stands in a conversation that waits, so that nothing is lost even if it can never be sent. */
export function itemView(item, taken) {
  const view = part("item");
  const texts = new Map([...(taken?.activities ?? []), ...(item.body?.added ?? [])].map(({ id, text }) => [id, text]));
  const trouble = item.trouble && word(hasWord(`trouble-${item.trouble}`) ? `trouble-${item.trouble}` : "trouble");
  view.querySelector("[data-state]").textContent = trouble || word("waits-to-be-sent");
  const rows = Object.entries(item.body?.answers ?? {}).map(([id, answer], place) => {
    const line = document.createElement("li");
    line.textContent = `${texts.get(id) || word("activity", { number: place + 1 })}: ${answer.not_asked ? word("not-asked") : answer.score}`;
    return line;
  });
  view.querySelector("ul").replaceChildren(...rows);
  view.querySelector("[data-remark]").textContent = item.body?.remark ?? "";
  return view;
}
