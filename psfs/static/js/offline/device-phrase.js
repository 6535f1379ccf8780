// The forms in which a phrase is chosen: when recording offline is switched on, and another one later.

import { Api } from "./api.js";
import { vaultOf } from "./open.js";
import { create, tooShort, unlockByServer } from "./vault.js";
import { hasWord, part, word } from "./words.js";

/** The form for switching on; `can` is the probe's answer, `done()` is told when it is on and everything it needs is kept. */
export function turnOnForm(account, can, done) {
  const view = part("off");
  view.querySelector("[data-promise]").hidden = can.persistent;
  const name = view.querySelector("[data-name]");
  const usual = word("device-name", { kind: kindOfDevice() });
  name.value = usual;
  return phraseForm(view, async (phrase) => {
    const api = new Api(account);
    const device = crypto.randomUUID();
    if (!(await keepOffline())) throw { code: "not_kept" };
    const { key, initials } = await api.register(device, name.value.trim() || usual);
    const vault = await create({ account, initials, device, phrase, serverKey: key, language: document.documentElement.lang });
    vault.lock();
    done();
  });
}

/** The form for another phrase. */
export function changeForm(account, done) {
  return phraseForm(part("change"), async (phrase) => {
    const { device } = await vaultOf(account);
    const { key } = await new Api(account).key(device);
    const vault = await unlockByServer(account, key);
    try {
      await vault.changePhrase(phrase, key);
    } finally {
      vault.lock();
    }
    done();
  });
}

function phraseForm(view, work) {
  const form = view.querySelector("form");
  const [first, second] = form.querySelectorAll("[data-phrase]");
  const says = form.querySelector("[data-says]");
  const button = form.querySelector("[type=submit]");
  form.querySelector("[data-show-phrase]").addEventListener("change", (event) => {
    for (const field of [first, second]) field.type = event.target.checked ? "text" : "password";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopPropagation();
    const fault = faultOf(first.value, second.value);
    says.textContent = fault ? word(fault) : word("working");
    if (fault) {
      (fault === "differ" ? second : first).focus();
      return;
    }
    button.disabled = true;
    try {
      await work(first.value);
    } catch (error) {
      says.textContent = word(hasWord(`device-${error.code}`) ? `device-${error.code}` : "device-trouble");
      button.disabled = false;
    }
  });
  return view;
}

function faultOf(first, second) {
  if (tooShort(first)) return "short";
  return first === second ? "" : "differ";
}

/** Whether the service worker has all that is needed without a network. */
async function keepOffline() {
  if (!navigator.serviceWorker) return false;
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  active.postMessage("keep-offline", [port2]);
  return new Promise((answer) => { port1.onmessage = (event) => answer(event.data === true); });
}

/** What to call it in the list of devices: which system it has, so that a lost one is found in it. */
function kindOfDevice() {
  const agent = navigator.userAgent;
  if (/Mac/.test(agent) && navigator.maxTouchPoints > 1) return "iPad"; // it says that it is a Mac, and no Mac is touched
  const known = [[/iPad/, "iPad"], [/iPhone/, "iPhone"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac/, "Mac"], [/Linux/, "Linux"]];
  return known.find(([pattern]) => pattern.test(agent))?.[1] ?? "";
}
