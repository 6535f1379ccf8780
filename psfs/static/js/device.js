// What every page does about recording offline, without loading any of it where nobody does.

import { serverAnswers, tellUnreachable } from "./reach.js";

const account = document.querySelector("meta[name=account]")?.content;
const LEFT = "left"; // when somebody last left the program on this browser
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Follow the device, take along, sign out, and look again at a page that is shown once more. */
export function startDevice() {
  checkWhenShownAgain();
  tellWhatIsLeft();
  if (!account) return;
  document.addEventListener("click", takeAlong);
  document.addEventListener("submit", signOut, true);
  addEventListener("load", async () => { if (await recordsHere()) (await import("./offline/page.js")).follow(account); });
}

/** On the page where one signs in: whether something waits for whoever held it to sign in. */
async function tellWhatIsLeft() {
  const place = document.querySelector("[data-left]");
  if (!place || !(await recordsHere())) return;
  (await import("./offline/left.js")).tellWhatIsLeft(place).catch(() => undefined); // a browser that keeps nothing has nothing left
}

/** Whether somebody records offline on this device; makes nothing. */
async function recordsHere() {
  if (!globalThis.indexedDB) return false;
  if (!indexedDB.databases) return true;
  return (await indexedDB.databases()).some(({ name }) => name === "psfs-offline");
}

/** With script and a device that is ready, a tap takes along here and now; else the link leads to the device's page. */
async function takeAlong(event) {
  const link = event.target.closest("[data-take]");
  if (!link) return;
  event.preventDefault();
  if (link.hasAttribute("data-going")) return; // a second tap
  link.setAttribute("data-going", "");
  try {
    await takeFrom(link);
  } finally {
    link.removeAttribute("data-going");
  }
}

async function takeFrom(link) {
  const { vaultOf } = await import("./offline/open.js");
  if (!(await recordsHere()) || !(await vaultOf(account))) {
    location.assign(`${link.href}?ta=${encodeURIComponent(link.dataset.take)}`); // to be taken when it is ready
    return;
  }
  const says = document.querySelector("[data-take-says]");
  says.textContent = says.dataset.busy;
  const { take } = await import("./offline/take.js");
  says.textContent = (await take(account, link.dataset.take.split(" "))).join(" ");
  dispatchEvent(new Event("online")); // the sign tells anew
}

/** Before the form goes: erase the device's part, or say what stays. Who cannot leave keeps it all: nothing is erased
    before the server has answered. */
async function signOut(event) {
  const form = event.target;
  if (!form.matches("[data-sign-out]") || form.hasAttribute("data-ready") || !globalThis.indexedDB) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  let ready = { goOn: true, clear: true };
  if (await recordsHere()) {
    if (!(await serverAnswers())) {
      tellUnreachable();
      return;
    }
    const { beforeSigningOut } = await import("./offline/sign-out.js");
    ready = await beforeSigningOut(account, ask).catch(() => ({ goOn: true, clear: false }));
  }
  if (!ready.goOn) return;
  form.elements.clear.value = ready.clear ? "1" : "";
  form.setAttribute("data-ready", "");
  form.requestSubmit();
}

/** Ask in a dialog; gives the answer. */
function ask(text) {
  const dialog = document.getElementById("unsent");
  dialog.querySelector("[data-text]").textContent = text;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue === "go"), { once: true });
  });
}

/** A page that the browser had put away may belong to somebody who has signed out: it is shown only when it does not.
    Without network the browser's own word is all there is: whether somebody has left the program since. It is hidden
    already when it is put away: shown again, it would be drawn before any question is answered. */
function checkWhenShownAgain() {
  if (!account) {
    remember();
    return;
  }
  addEventListener("pagehide", (event) => {
    if (event.persisted) hide(true);
  });
  addEventListener("pageshow", async (event) => {
    if (!event.persisted) return;
    hide(true);
    const here = await signedIn();
    if (here === account || (here === undefined && !leftSince(performance.timeOrigin))) {
      hide(false);
      return;
    }
    document.body.replaceChildren();
    location.replace(here === undefined ? "/frakopla" : "/");
  });
}

function hide(yes) {
  document.documentElement.hidden = yes;
}

/** Who is signed in: an id, null for nobody, undefined where the server is not reached. */
async function signedIn() {
  try {
    const answer = await fetch(`/eining/${NOBODY}/tilstand`, { cache: "no-store", signal: AbortSignal.timeout(8000) });
    return answer.ok ? (await answer.json()).account : undefined;
  } catch {
    return undefined;
  }
}

function remember() {
  try {
    localStorage.setItem(LEFT, String(Date.now()));
  } catch {
    // a browser that keeps nothing has nothing to look at again
  }
}

function leftSince(moment) {
  try {
    return Number(localStorage.getItem(LEFT)) > moment;
  } catch {
    return false;
  }
}
