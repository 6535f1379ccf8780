// The lock's own page: whose device it is, by initials, and the phrase.

import { tooShort, unlockByPhrase } from "./vault.js";
import { part, word } from "./words.js";

/** The form for unlocking one of `known` (from `vaults()`); `opened(vault)` is told when it is open. `note` is said above. */
export function unlockForm(known, opened, note = "") {
  const view = part("unlock");
  const form = view.querySelector("form");
  const { who, phrase } = form.elements;
  const says = form.querySelector("[data-says]");
  const button = form.querySelector("[type=submit]");
  who.replaceChildren(...known.map(({ account, initials }) => new Option(initials, account)));
  who.closest(".ds-field").hidden = known.length < 2;
  view.querySelector("[data-note]").textContent = note;
  const chosen = () => known.find(({ account }) => account === who.value);
  const lacks = () => {
    const { phrase: has } = chosen();
    form.querySelector("[data-phrase]").hidden = !has;
    form.querySelector("[data-no-phrase]").hidden = has;
  };
  who.addEventListener("change", lacks);
  form.querySelector("[data-show-phrase]").addEventListener("change", (event) => {
    phrase.type = event.target.checked ? "text" : "password";
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    if (tooShort(phrase.value)) { // it is not the phrase: no try is spent on it
      says.textContent = word("short");
      phrase.focus();
      return;
    }
    button.disabled = true;
    says.textContent = word("opening");
    try {
      const vault = await unlockByPhrase(who.value, phrase.value);
      opened(vault);
    } catch (error) {
      tell(error);
    }
  });
  lacks();
  return view;

  function tell({ code, left, wait }) {
    button.disabled = false;
    phrase.value = "";
    const words = { wrong: () => word("wrong", { left }), wait: () => "", erased: () => word("erased"), full: () => word("unlock-full") };
    says.textContent = (words[code] ?? (() => word("unlock-trouble")))();
    if (code === "erased" || code === "no_phrase") {
      chosen().phrase = false;
      lacks();
    }
    if (wait) countDown(wait, says.textContent);
    (chosen().phrase ? phrase : form.querySelector("[data-no-phrase] a")).focus();
  }

  function countDown(seconds, before) {
    if (!form.isConnected) return;
    button.disabled = seconds > 0;
    says.textContent = [before, seconds > 0 && word("wait", { seconds })].filter(Boolean).join(" ");
    if (seconds > 0) setTimeout(() => countDown(seconds - 1, before), 1000);
  }
}
