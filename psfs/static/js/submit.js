const ASKS = "[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]";

/** Let a form go once: a second tap on its button does nothing until the answer is here.
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
  if (form.hasAttribute("data-sent")) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.setAttribute("data-sent", "");
  // Later, so that the button's own name and value still go along; and not when a script has stopped the form.
  setTimeout(() => setBusy(form, !event.defaultPrevented || form.matches(ASKS) || Boolean(event.submitter?.matches(ASKS))));
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
