import { answerOf, endOf, focusOnceOpen, focusScale, nameOf, touched } from "./scale-answers.js";

/** One activity at a time, or all on one sheet. Everything is in the page already: this only shows and hides. */
export class Steps {
  constructor(form) {
    this.form = form;
    this.panels = [...form.querySelectorAll(".talk-panel:not(.talk-new)")];
    this.extra = [...form.querySelectorAll(".talk-new")];
    this.end = form.querySelector("[data-end]");
    this.check = form.querySelector("[data-check]");
    this.layout = form.dataset.layout;
    this.at = 0;
    this.part = (name) => form.querySelector(`[data-${name}]`);
    this.part("back").addEventListener("click", () => this.go(this.at - 1));
    this.part("onward").addEventListener("click", () => this.go(this.at + 1));
    form.addEventListener("input", () => this.render());
    this.render();
  }

  /** The panels to ask about: the form's activities, and the new ones that have a name or a score. */
  inUse() {
    return [...this.panels, ...this.extra.filter(touched)];
  }

  setLayout(layout) {
    this.layout = layout;
    this.form.dataset.layout = layout;
    this.at = 0;
    this.render();
  }

  go(step) {
    this.at = Math.max(0, Math.min(step, this.panels.length));
    this.render();
    if (this.layout !== "one") return;
    if (this.at === this.panels.length) {
      this.check.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    } else {
      focusScale(this.panels[this.at]);
    }
  }

  /** Go on after a tap on a score. */
  picked(panel) {
    const place = this.panels.indexOf(panel);
    if (this.layout === "one" && place === this.at) this.go(place + 1);
  }

  /** Bring what a link points at into view. */
  reveal(element) {
    const place = this.panels.indexOf(element.closest(".talk-panel"));
    if (this.layout === "one") this.go(place < 0 ? this.panels.length : place);
    for (let box = element.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  }

  render() {
    const one = this.layout === "one";
    const last = this.at === this.panels.length;
    this.panels.forEach((panel, place) => { panel.hidden = one && place !== this.at; });
    const spare = this.extra.find((panel) => !touched(panel));
    for (const panel of this.extra) panel.hidden = (one && !last) || !(touched(panel) || panel === spare);
    this.end.hidden = one && !last;
    this.form.querySelector(".talk-script").hidden = one && this.at > 0;
    this.part("back").hidden = !one || this.at === 0;
    this.part("onward").hidden = !one || last;
    this.part("save").hidden = one && !last;
    const progress = this.part("progress");
    progress.hidden = !one || last;
    progress.textContent = progress.dataset.text.replace("{number}", this.at + 1).replace("{count}", this.panels.length);
    this.review(one && last);
  }

  review(shown) {
    const list = this.part("review");
    this.check.hidden = !shown;
    if (!shown) return;
    list.replaceChildren(...this.inUse().map((panel) => this.reviewRow(panel, list.dataset)));
  }

  reviewRow(panel, words) {
    const row = document.createElement("li");
    const answer = answerOf(panel);
    const shown = answer === "not_asked" ? panel.querySelector(".scale-not-asked .scale-digit").textContent : answer;
    const ends = endOf(panel);
    const said = [shown || (ends ? "" : words.missing), ends && words.ending].filter(Boolean).join(", ");
    for (const [kind, text] of [["review-name", nameOf(panel)], ["review-answer", said]]) {
      const part = document.createElement("span");
      part.className = kind;
      part.textContent = text;
      row.append(part);
    }
    row.classList.toggle("review-missing", !answer && !ends);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ds-button";
    button.dataset.variant = "tertiary";
    button.textContent = words.change;
    button.setAttribute("aria-label", `${words.change}: ${nameOf(panel)}`);
    button.addEventListener("click", () => {
      const place = this.panels.indexOf(panel);
      if (place >= 0) {
        this.go(place);
        return;
      }
      const names = panel.querySelector("[data-names]");
      this.reveal(names); // what holds it may be closed
      focusOnceOpen(names);
    });
    row.append(button);
    return row;
  }
}
