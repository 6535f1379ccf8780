import { onPick } from "./scale-answers.js";
import { PersonView } from "./scale-person.js";
import { Steps } from "./scale-steps.js";

const form = document.getElementById("conversation");
if (form) start(form);

function start(form) {
  for (const element of form.querySelectorAll("[data-needs-script]")) element.hidden = false;
  const steps = new Steps(form);
  const person = new PersonView(form, steps);
  onPick(form, () => person.open || steps.layout === "one", (panel) => (person.open ? person : steps).picked(panel));
  chooseLayout(form, steps);
  nameNewActivities(form);
  tellAbout(form);
  askBeforeLeaving(form);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    const target = link && document.getElementById(link.hash.slice(1));
    if (target && form.contains(target)) steps.reveal(target);
  });
}

/** Ask before what has been answered is left behind: it is kept nowhere but on the page. */
function askBeforeLeaving(form) {
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  addEventListener("beforeunload", (event) => { if (touched && !form.hasAttribute("data-sent")) event.preventDefault(); });
}

/** One at a time or all on one sheet: at once here, and remembered by the server. */
function chooseLayout(form, steps) {
  const buttons = [...form.querySelectorAll("[data-set-layout]")];
  const show = () => { for (const button of buttons) button.hidden = button.dataset.setLayout === steps.layout; };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      steps.setLayout(button.dataset.setLayout);
      show();
      buttons.find((other) => !other.hidden).focus();
      const token = document.querySelector("meta[name=csrf-token]").content;
      const body = new URLSearchParams({ layout: steps.layout });
      const sent = fetch(form.dataset.layoutAddress, { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true });
      sent.catch(() => undefined); // not remembered this time; nothing of the conversation depends on it
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

/** Keep the line that sums up date, who and when next in step with the fields. */
function tellAbout(form) {
  const line = form.querySelector("[data-about-line]");
  const long = (value) => {
    const [year, month, day] = value.split("-").map(Number);
    const options = { day: "numeric", month: "long", year: "numeric" };
    return new Date(year, month - 1, day).toLocaleDateString([document.documentElement.lang, "no"], options);
  };
  form.querySelector("#about").addEventListener("input", () => {
    const value = (name) => form.elements[name].value;
    const who = form.querySelector("input[name=respondent]:checked");
    const parts = [
      value("held_on") && long(value("held_on")),
      value("performed_by"),
      who && form.querySelector(`label[for="${who.id}"]`).textContent,
      value("next_due") && line.dataset.next.replace("{day}", long(value("next_due"))),
    ];
    line.textContent = parts.filter(Boolean).join(" · ");
  });
}
