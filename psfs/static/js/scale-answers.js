const SHOWN_MS = 300; // the chosen score is seen before the next activity comes
const GUARD_MS = 500; // a second tap meant for the same score must not land on the next activity

/** The chosen score, "not_asked", or "" when nothing is chosen. */
export function answerOf(panel) {
  return panel.querySelector(".scale input[type=radio]:checked")?.value ?? "";
}

/** Why the activity ends with this conversation, as staff have chosen; "" when it goes on. */
export function endOf(panel) {
  return panel.querySelector("[name^='retire-']")?.value ?? ""; // the first of the two: the choice
}

/** What the activity is called; for a new one, what is typed so far. */
export function nameOf(panel) {
  return panel.querySelector("[data-names]")?.value.trim() || panel.querySelector(".scale-activity").textContent.trim();
}

/** Whether a panel for a new activity has anything in it. */
export function touched(panel) {
  return Boolean(panel.querySelector("[data-names]").value.trim() || answerOf(panel));
}

/** While `moves()` says that a tap leads on: call `picked(panel)` when a score is tapped. Moving among the scores with
    the arrow keys is not a tap; Enter on a chosen score is. For a moment after it no tap counts. */
export function onPick(form, moves, picked) {
  let pointed = null;
  form.addEventListener("pointerdown", (event) => { pointed = event.target.closest(".scale-choice"); });
  form.addEventListener("keydown", (event) => {
    pointed = null;
    if (event.key !== "Enter" || !event.target.matches("input:not([type=submit])")) return;
    event.preventDefault(); // Enter never saves by itself
    if (moves() && event.target.matches(".scale-grid input:checked")) picked(event.target.closest(".talk-panel"));
  });
  form.addEventListener("click", (event) => {
    if (!event.target.matches(".scale-grid input") || pointed !== event.target.closest(".scale-choice")) return;
    pointed = null;
    if (!moves()) return;
    const panel = event.target.closest(".talk-panel");
    form.classList.add("talk-locked");
    setTimeout(() => {
      picked(panel);
      setTimeout(() => form.classList.remove("talk-locked"), GUARD_MS);
    }, SHOWN_MS);
  });
}

/** Move the focus to what has just been opened: it takes it once it is drawn, since opening is a transition. */
export function focusOnceOpen(element, tries = 60) {
  requestAnimationFrame(() => {
    element.focus();
    if (document.activeElement !== element && tries) focusOnceOpen(element, tries - 1);
  });
}

/** Move the focus into a panel's scale: to what is chosen, else to its first score. */
export function focusScale(panel) {
  const target = panel.querySelector(".scale input:checked") ?? panel.querySelector(".scale input");
  target.focus({ preventScroll: true });
  scrollTo({ top: 0 });
  const bar = document.querySelector(".actions-fixed").getBoundingClientRect().height;
  const ends = panel.querySelector(".scale-not-asked, .scale-grid").getBoundingClientRect().bottom;
  if (ends > innerHeight - bar) panel.scrollIntoView({ block: "start" });
}
