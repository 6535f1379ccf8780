// Where nobody is signed in: how many conversations wait on this device, of all accounts together. It names nobody.

import { waiting } from "./records.js";
import { count } from "./words.js";

/** Say it in `place`, which stays hidden where nothing waits. */
export async function tellWhatIsLeft(place) {
  const { item } = await waiting();
  if (item) place.textContent = count("left", item);
  place.hidden = item === 0;
}
