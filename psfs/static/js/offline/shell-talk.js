// Holding a conversation without network. Every touch is on the disk as a draft before the next one; it is said to be
// saved only when it is.

import { startTalk } from "../scale-talk.js";
import { answerOf, endOf, focusOnceOpen, nameOf, touched } from "../scale-answers.js";
import { bodyOf, fill, newIds, valuesOf } from "./body.js";
import { talkForm } from "./shell-form.js";
import { localTime } from "./time.js";
import { hasWord, part, word } from "./words.js";

/** Show the conversation `id` for a case taken along, with what `draft` holds of it; `waits`: another one with the same
    person is kept here and not sent yet. `saved()` is told when it is kept on the device, `dropped()` when the draft was
    thrown away. Gives `{form, begin(), close(), settled()}`: the last resolves when every touch so far has been written. */
export function openTalk({ records, outbox, taken, id, draft, waits, saved, dropped }) {
  const ended = new AbortController();
  const form = talkForm(taken, draft ? newIds(draft.values) : []);
  const says = form.querySelector("[data-draft]");
  const drop = form.querySelector("[data-drop]");
  let writing = null;
  drop.hidden = !draft;
  form.elements.held_on.value = localTime().slice(0, 10);
  form.elements.held_on.max = lastDay();
  if (draft) fill(form, draft.values);
  else if (waits) says.textContent = word("already");
  return {
    form,
    close: () => ended.abort(),
    settled: () => writing,
    begin() { // once it is in the page
      startTalk(form, { signal: ended.signal });
      for (const field of form.querySelectorAll("[data-names], #about input")) {
        if (field.value) field.dispatchEvent(new Event("input", { bubbles: true })); // what is said of them follows
      }
      form.addEventListener("input", () => { writing = keep(); });
      drop.querySelector("button").addEventListener("click", throwAway);
      form.addEventListener("submit", save);
    },
  };

  async function keep() {
    try {
      await records.saveDraft({ id, taken, values: valuesOf(form) });
      says.textContent = word("draft-kept");
      drop.hidden = false;
      says.removeAttribute("data-trouble");
    } catch (error) {
      if (error.code !== "saved") tell(error);
    }
  }

  async function throwAway() {
    try {
      await records.dropDraft(id);
    } catch (error) {
      tell(error);
      return;
    }
    dropped();
  }

  async function save(event) {
    event.preventDefault();
    event.stopPropagation();
    if (form.hasAttribute("data-saving") || !complete(form)) return;
    form.setAttribute("data-saving", "");
    try {
      await outbox.save(bodyOf(valuesOf(form), taken, id), taken);
    } catch (error) {
      tell(error);
      return;
    } finally {
      form.removeAttribute("data-saving");
    }
    saved();
  }

  function tell(error) {
    says.dataset.trouble = "";
    says.textContent = word(hasWord(`save-${error.code}`) ? `save-${error.code}` : "save-storage");
    says.scrollIntoView({ block: "nearest" });
  }
}

/** The last day that may be chosen: a device's clock can be a day behind, and what staff confirm is what counts. The server
    sets aside what lies ahead by its own clock. */
function lastDay() {
  const day = new Date();
  day.setDate(day.getDate() + 1);
  return localTime(day).slice(0, 10);
}

/** Whether an activity is one of this conversation's: not a new one that is empty, nor one that ends without a score. */
function stays(panel) {
  if (panel.hasAttribute("data-new")) return touched(panel);
  return !endOf(panel) || !["", "not_asked"].includes(answerOf(panel));
}

/** What stands in a text and may not be kept: the server says what that looks like. */
function neverKept(form) {
  const pattern = new RegExp(form.dataset.never);
  const fields = [...form.querySelectorAll("textarea, input[type=text]")].filter(({ value }) => pattern.test(value.normalize("NFKC")));
  return fields.map((field) => {
    const panel = field.closest(".talk-panel");
    const name = panel && !field.hasAttribute("data-names") ? nameOf(panel) : field.labels[0]?.textContent.trim();
    return [field, [name, word("never")].filter(Boolean).join(": ")];
  });
}

/** Whether there is an answer, or an end, for each activity, and a day; says what is missing, as the page online does. */
function complete(form) {
  form.querySelector(".ds-error-summary")?.remove();
  const faults = [];
  for (const panel of form.querySelectorAll(".talk-panel")) {
    const isNew = panel.hasAttribute("data-new");
    if (isNew && !touched(panel)) continue;
    const ends = endOf(panel);
    const note = panel.querySelector("[name^='retire-note-']");
    if (ends && ends === panel.querySelector("[data-needs-words]").dataset.needsWords && !note.value.trim()) faults.push([note, `${nameOf(panel)}: ${word("say-why")}`]);
    if (!answerOf(panel) && !ends) faults.push([panel.querySelector(".scale input"), `${nameOf(panel)}: ${word("choose")}`]);
    if (isNew && !panel.querySelector("[data-names]").value.trim()) faults.push([panel.querySelector("[data-names]"), word("name-it")]);
  }
  const rows = [...form.querySelectorAll(".talk-panel")].filter((panel) => stays(panel));
  if (rows.length > Number(form.dataset.most)) faults.push([rows.at(-1).querySelector("[data-names]"), word("too-many")]);
  const { held_on: day } = form.elements;
  if (!day.value || day.value > day.max) faults.push([day, word(day.value ? "day-ahead" : "day-missing")]);
  const { next_due: next } = form.elements; // a browser may take a year of five figures
  if (next.value && (next.value.length > day.value.length || next.value <= day.value)) faults.push([next, word("next-early")]);
  faults.push(...neverKept(form));
  if (!faults.length) return true;
  const box = part("missing").firstElementChild;
  box.querySelector("ul").replaceChildren(...faults.map(([field, text]) => {
    const row = document.createElement("li");
    const link = document.createElement("a");
    link.className = "ds-link";
    link.href = `#${field.id}`;
    link.textContent = text;
    link.addEventListener("click", (event) => {
      event.preventDefault();
      focusOnceOpen(field);
    });
    row.append(link);
    return row;
  }));
  form.prepend(box);
  box.focus();
  return false;
}
