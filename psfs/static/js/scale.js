import { startTalk } from "./scale-talk.js";

const form = document.getElementById("conversation");
if (form) {
  startTalk(form, { laidOut: (layout) => rememberLayout(form, layout) });
  askBeforeLeaving(form);
}

/** Ask before what has been answered is left behind: it is kept nowhere but on the page. */
function askBeforeLeaving(form) {
  let touched = false;
  form.addEventListener("input", () => { touched = true; });
  addEventListener("beforeunload", (event) => { if (touched && !form.hasAttribute("data-sent")) event.preventDefault(); });
}

/** The server remembers how one likes to score. */
function rememberLayout(form, layout) {
  const token = document.querySelector("meta[name=csrf-token]").content;
  const body = new URLSearchParams({ layout });
  const sent = fetch(form.dataset.layoutAddress, { method: "POST", body, headers: { "X-CSRFToken": token }, keepalive: true });
  sent.catch(() => undefined); // not remembered this time; nothing of the conversation depends on it
}
