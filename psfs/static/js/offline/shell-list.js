// Whom one has along, what is begun, and what waits to be sent.

import { longDay } from "../days.js";
import { troubleOf } from "./shell-item.js";
import { moment, part, word } from "./words.js";

/** The list, in a fragment. `open({taken, draft, waits})` begins or goes on with a conversation, `look(item)` shows one that waits. */
export async function list(records, { open, look }) {
  const [cases, drafts, kept] = await Promise.all([records.cases(), records.drafts(), records.items()]);
  const items = kept.map((item) => known(item, cases));
  const view = part("list");
  const has = new Set(cases.map((taken) => taken.case));
  const loose = new Map(drafts.filter(({ taken }) => !has.has(taken.case)).map(({ taken }) => [taken.case, taken])); // their time is over, the draft's is not
  const people = [...cases, ...loose.values()].flatMap((taken) => {
    const begun = drafts.filter((draft) => draft.taken.case === taken.case);
    const until = has.has(taken.case) ? word("until", { day: moment(taken.expires_at) }) : word("draft-stays");
    return (begun.length ? begun : [null]).map((draft) => person(taken, { draft, until }, items, open));
  });
  view.querySelector("[data-people]").replaceChildren(...people);
  view.querySelector("[data-people]").hidden = people.length === 0;
  view.querySelector("[data-nobody]").hidden = people.length > 0;
  const waiting = view.querySelector("[data-waiting]");
  waiting.hidden = items.length === 0;
  waiting.querySelector("ul").replaceChildren(...items.map((item) => waits(item, () => look(item))));
  return view;
}

function person(taken, { draft, until }, items, open) {
  const sent = items.filter((item) => item.body?.case === taken.case).length;
  const details = [
    taken.last_held_on ? word("last", { day: longDay(taken.last_held_on) }) : word("first"),
    until,
  ];
  return row(taken.name, details.join(" · "), [draft && word("draft"), sent && word("to-send")], () => open({ taken: draft?.taken ?? taken, draft, waits: sent > 0 }));
}

function waits(item, look) {
  const text = item.body ? word("talk", { day: longDay(item.body.held_on) }) : word("unreadable");
  const trouble = troubleOf(item);
  return row(item.name || text, trouble || text, [trouble && word("hand")], look);
}

/** With whose it is and what its activities are called: one that an earlier version kept has it from the case, while that lies here. */
function known(item, cases) {
  const taken = cases.find((each) => each.case === item.body?.case);
  return { ...item, name: item.name ?? taken?.name ?? "", activities: item.activities ?? taken?.activities ?? [] };
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
