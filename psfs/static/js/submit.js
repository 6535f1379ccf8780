/** Let a form go once: a second tap on its button does nothing until the answer is here.
    Forms that may go again and again (searches, downloads) say data-allow-repeat. */
export function guardSubmits() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.hasAttribute("data-allow-repeat") || form.method === "dialog") return;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.setAttribute("data-sent", "");
    // Later, so that the button's own name and value still go along.
    setTimeout(() => setBusy(form, true));
  }, true);
  addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release); });
  document.addEventListener("htmx:finally:request", () => document.querySelectorAll("form[data-sent]").forEach(release));
}

function release(form) {
  form.removeAttribute("data-sent");
  setBusy(form, false);
}

function setBusy(form, busy) {
  for (const button of form.elements) {
    if (button.type !== "submit") continue;
    button.disabled = busy;
    button.toggleAttribute("aria-busy", false);
    if (busy) button.setAttribute("aria-busy", "true");
  }
}
