// The conversation's form, put together from the page's templates and what was taken along.

import { longDay } from "../days.js";
import { part } from "./words.js";

/** The form for a case taken along, not yet in the page; `rows` are the ids of the rows for new activities, if a draft had some. */
export function talkForm(taken, rows = []) {
  const { activities } = taken;
  const first = !taken.last_held_on;
  const form = part("talk").querySelector("form");
  const most = Number(form.dataset.most);
  form.querySelector("[data-script-place]").replaceWith(script(first, activities, taken.last_held_on));
  const panels = activities.map((activity, place) => panel(first ? "panel-first" : "panel-later", activity.id, activity.text, place + 1));
  form.querySelector("[data-panels]").replaceWith(...panels);
  const ids = rows.length ? rows : Array.from({ length: Math.max(1, most - activities.length) }, () => crypto.randomUUID());
  const kind = activities.length >= most ? "panel-new-full" : "panel-new";
  form.querySelector("[data-new-panels]").replaceWith(...ids.map((id) => panel(kind, id)));
  return form;
}

function panel(kind, id, text, number) {
  const made = part(kind).querySelector("[data-panel]");
  const stands = made.dataset.panel;
  for (const element of [made, ...made.querySelectorAll("*")]) {
    for (const { name, value } of [...element.attributes]) {
      if (value.includes(stands)) element.setAttribute(name, value.replaceAll(stands, id));
    }
  }
  if (number) {
    made.dataset.number = number;
    made.querySelector(".scale-activity").textContent = text;
  }
  return made;
}

function script(first, activities, day) {
  const made = part(first ? "script-first" : `script-${activities.length}`).firstElementChild;
  const walk = document.createTreeWalker(made, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replace("{day}", day ? longDay(day) : "");
  made.querySelector(".talk-list").replaceChildren(...activities.map(({ text }) => {
    const row = document.createElement("li");
    row.textContent = text;
    return row;
  }));
  return made;
}
