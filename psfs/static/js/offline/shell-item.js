// What stands in a conversation that waits, and the way on with one that the server has refused.

import { longDay } from "../days.js";
import { REFUSED } from "./records.js";
import { hasWord, part, word } from "./words.js";

/** What is wrong with a conversation that waits, in words; nothing where nothing is. */
export function troubleOf({ trouble }) {
  if (!trouble) return "";
  return word(hasWord(`trouble-${trouble}`) ? `trouble-${trouble}` : "trouble");
}

/** All that stands in a conversation that waits, so that nothing is lost even if it can never be sent. `initials` are of
    whoever holds it; `remove()` is the way out, offered only where the server has refused it. */
export function itemView(item, { initials, remove }) {
  const view = part("item");
  view.querySelector("[data-state]").textContent = troubleOf(item) || word("waits-to-be-sent");
  if (item.body) tellAll(view, item, initials);
  else view.querySelector("[data-content]").remove();
  const refused = view.querySelector("[data-refused]");
  if (REFUSED.includes(item.trouble)) offerRemoval(refused, remove);
  else refused.remove();
  return view;
}

function tellAll(view, { body, activities }, initials) {
  const told = {
    day: longDay(body.held_on),
    performer: body.performed_by || initials,
    respondent: word(`respondent-${body.respondent}`),
    remark: body.remark || word("nothing-written"),
    next: body.next_due ? longDay(body.next_due) : word("not-agreed"),
  };
  for (const [name, text] of Object.entries(told)) view.querySelector(`[data-told="${name}"]`).textContent = text;
  const known = [...activities, ...body.added.map((each) => ({ ...each, isNew: true }))];
  const ids = new Set([...known.map(({ id }) => id), ...Object.keys(body.answers), ...Object.keys(body.retired)]);
  view.querySelector("[data-answers]").replaceChildren(...[...ids].map((id, place) => {
    const line = document.createElement("li");
    line.textContent = lineOf(id, place, known, body);
    return line;
  }));
}

function lineOf(id, place, known, { answers, retired }) {
  const { text, isNew } = known.find((one) => one.id === id) ?? {};
  const name = (text || word("activity", { number: place + 1 })) + (isNew ? ` (${word("new")})` : "");
  return [name, answered(answers[id]), retired[id] && ended(retired[id])].filter(Boolean).join(": ");
}

function answered(answer) {
  if (!answer) return "";
  return answer.not_asked ? [word("not-asked"), answer.reason].filter(Boolean).join(", ") : String(answer.score);
}

function ended({ reason, note }) {
  return [word("ended", { reason: word(`retire-${reason}`) }), note].filter(Boolean).join(". ");
}

function offerRemoval(refused, remove) {
  const says = refused.querySelector("[data-says]");
  refused.querySelector("button").addEventListener("click", async () => {
    try {
      await remove();
    } catch {
      says.textContent = word("not-removed");
    }
  });
}
