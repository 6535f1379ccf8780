import { longDay } from "./days.js";
import { onPick } from "./scale-answers.js";
import { PersonView } from "./scale-person.js";
import { Steps } from "./scale-steps.js";

/** Let `form` be a conversation on its way: scales, steps, the person's view. Gives its steps.
    `signal` ends what listens outside the form; `laidOut(layout)` is told when staff choose another layout. */
export function startTalk(form, { signal, laidOut = () => undefined } = {}) {
  for (const element of form.querySelectorAll("[data-needs-script]")) element.hidden = false;
  const steps = new Steps(form);
  const person = new PersonView(form, steps, signal);
  onPick(form, () => person.open || steps.layout === "one", (panel) => (person.open ? person : steps).picked(panel));
  chooseLayout(form, steps, laidOut);
  nameNewActivities(form);
  emptyNewActivities(form);
  tellAbout(form);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (target && form.contains(target)) steps.reveal(target);
  }, { signal });
  return steps;
}

/** One at a time or all on one sheet. */
function chooseLayout(form, steps, laidOut) {
  const buttons = [...form.querySelectorAll("[data-set-layout]")];
  const show = () => { for (const button of buttons) button.hidden = button.dataset.setLayout === steps.layout; };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      steps.setLayout(button.dataset.setLayout);
      show();
      buttons.find((other) => !other.hidden).focus();
      laidOut(steps.layout);
    });
  }
  show();
}

/** A new activity's scale carries the words typed above it. */
function nameNewActivities(form) {
  for (const input of form.querySelectorAll("[data-names]")) {
    const legend = input.closest(".talk-panel").querySelector(".scale-activity");
    const unnamed = legend.textContent;
    input.addEventListener("input", () => { legend.textContent = input.value.trim() || unnamed; });
  }
}

/** A new activity that is not to be one after all: its words and its score go. */
function emptyNewActivities(form) {
  for (const button of form.querySelectorAll("[data-empty]")) {
    button.addEventListener("click", () => {
      const panel = button.closest(".talk-panel");
      for (const chosen of panel.querySelectorAll("input[type=radio]:checked")) chosen.checked = false;
      for (const text of panel.querySelectorAll("input[type=text]")) text.value = "";
      const names = panel.querySelector("[data-names]");
      names.dispatchEvent(new Event("input", { bubbles: true }));
      names.focus();
    });
  }
}

/** Keep the line that sums up date, who and when next in step with the fields. */
function tellAbout(form) {
  const line = form.querySelector("[data-about-line]");
  form.querySelector("#about").addEventListener("input", () => {
    const value = (name) => form.elements[name].value;
    const who = form.querySelector("input[name=respondent]:checked");
    const parts = [
      value("held_on") && longDay(value("held_on")),
      value("performed_by"),
      who && form.querySelector(`label[for="${who.id}"]`).textContent,
      value("next_due") && line.dataset.next.replace("{day}", longDay(value("next_due"))),
    ];
    line.textContent = parts.filter(Boolean).join(" · ");
  });
}
