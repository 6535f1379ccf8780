import { serverAnswers, tellUnreachable } from "./reach.js";

const ASKS = "[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]";
const cleared = new WeakSet(); // forms that go to a server that has just answered

/** Let a form go once: a second tap on its button does nothing until the answer is here. And let it go only to a server
    that answers: else the browser would put an error page in its place, and what was typed would be gone.
    Forms that may go again and again (searches, downloads) say data-allow-repeat. */
export function guardSubmits() {
  document.addEventListener("submit", guard, true);
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.target.closest?.("form");
    if (form) setBusy(form, false);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach((form) => setBusy(form, false));
  });
}

function guard(event) {
  const form = event.target;
  if (form.hasAttribute("data-allow-repeat") || form.target === "_blank" || form.method === "dialog") return;
  const asks = form.matches(ASKS) || Boolean(event.submitter?.matches(ASKS));
  if (cleared.delete(form)) {
    // Later, so that the button's own name and value still go along; and not when a script has stopped the form.
    setTimeout(() => setBusy(form, !event.defaultPrevented || asks));
    return;
  }
  const again = form.hasAttribute("data-sent");
  if (again || !asks) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  if (again) return;
  form.setAttribute("data-sent", "");
  if (asks) setTimeout(() => setBusy(form, true));
  else sendWhenReached(form, event.submitter);
}

async function sendWhenReached(form, submitter) {
  setBusy(form, true);
  const reached = await serverAnswers();
  setBusy(form, false);
  if (!reached) {
    tellUnreachable();
    return;
  }
  cleared.add(form);
  form.setAttribute("data-sent", "");
  form.requestSubmit(submitter);
}

function setBusy(form, busy) {
  form.toggleAttribute("data-sent", busy);
  for (const button of form.elements) {
    if (button.type !== "submit") continue;
    button.disabled = busy;
    if (busy) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}
