// What the offline page says and shows lies in its templates, in the page's language; scripts hold no words.

const said = document.getElementById("words").content;

/** The words called `key`, with `{name}` filled in. */
export function word(key, values = {}) {
  let text = said.querySelector(`[data-word="${key}"]`).textContent.trim();
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, value);
  return text;
}

/** The words for a number of things: `key-one` or `key-many`. */
export function count(key, number) {
  return word(`${key}-${number === 1 ? "one" : "many"}`, { count: number });
}

/** Whether there are words called `key`. */
export function hasWord(key) {
  return Boolean(said.querySelector(`[data-word="${key}"]`));
}

/** A copy of the template with this id. */
export function part(id) {
  return document.getElementById(id).content.cloneNode(true);
}

/** Day and time of a moment, as short as can be: 26.11. kl. 14.05, in the reader's own way. */
export function moment(iso) {
  const options = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  return new Date(iso).toLocaleString([document.documentElement.lang, "no"], options);
}
