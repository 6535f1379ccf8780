import { answerOf, endOf, focusScale } from "./scale-answers.js";

/** The tablet turned round: only the question, the activity and the scale, one after the other, then thanks. */
export class PersonView {
  constructor(form, steps, signal) {
    this.form = form;
    this.steps = steps;
    this.open = false;
    this.part = (name) => form.querySelector(`[data-person-${name}]`);
    this.opener = form.querySelector("[data-show-person]");
    this.opener.addEventListener("click", () => this.start());
    this.part("back").addEventListener("click", () => this.go(this.at - 1));
    this.part("skip").addEventListener("click", () => this.go(this.at + 1));
    this.part("close").addEventListener("click", () => this.finish());
    addEventListener("popstate", (event) => this.wentBack(event), { capture: true, signal }); // before whoever else listens
    document.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.open) this.finish(); }, { signal });
  }

  start() {
    this.panels = this.steps.inUse().filter((panel) => !endOf(panel)); // what staff have ended is not asked about
    for (const box of this.form.querySelectorAll(".talk-panel .staff-only[open], .talk-more details")) box.open = false;
    for (const panel of this.panels) panel.closest("section").querySelector(":scope > details")?.setAttribute("open", "");
    this.open = true;
    if (!history.state?.person) history.pushState({ person: true }, ""); // the tablet's Back ends the view, not the conversation
    document.body.classList.add("person-view");
    const first = this.panels.findIndex((panel) => !answerOf(panel));
    this.go(first < 0 ? 0 : first);
  }

  /** Go on after a tap on a score. */
  picked(panel) {
    if (this.panels[this.at] === panel) this.go(this.at + 1);
  }

  go(place) {
    this.at = Math.max(0, Math.min(place, this.panels.length));
    const done = this.at === this.panels.length;
    const all = [...this.steps.panels, ...this.steps.extra];
    for (const panel of all) panel.hidden = panel !== this.panels[this.at];
    this.part("bar").hidden = false;
    this.part("skip").hidden = this.part("progress").hidden = done;
    this.part("exit").hidden = false;
    this.part("thanks").hidden = !done;
    this.part("back").hidden = this.at === 0;
    const progress = this.part("progress");
    progress.textContent = progress.dataset.text.replace("{number}", this.at + 1).replace("{count}", this.panels.length);
    const close = this.part("close");
    close.textContent = done ? close.dataset.after : close.dataset.during;
    close.dataset.variant = done ? "primary" : "tertiary";
    if (done) this.part("thanks").focus();
    else focusScale(this.panels[this.at]);
  }

  /** Back ends the view, and goes no further. */
  wentBack(event) {
    if (!this.open) return;
    event.stopImmediatePropagation();
    this.finish();
  }

  /** The step in the history stays: to go back in it here would take the focus away. */
  finish() {
    this.open = false;
    document.body.classList.remove("person-view");
    for (const name of ["bar", "exit", "thanks"]) this.part(name).hidden = true;
    const missing = this.steps.panels.findIndex((panel) => !answerOf(panel) && !endOf(panel));
    this.steps.go(missing < 0 ? this.steps.panels.length : missing);
    if (this.steps.layout !== "one") this.opener.focus();
  }
}
