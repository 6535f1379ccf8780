import { announceSwaps } from "./announce.js";
import { startDevice } from "./device.js";
import { guardSubmits } from "./submit.js";
import { takeFocus } from "./focus.js";
import { closeMenus } from "./menu.js";

announceSwaps();
startDevice(); // before the guard: signing out asks first
guardSubmits();
takeFocus();
closeMenus();
if (document.querySelector("a[data-slow]")) import("./download.js").then(({ showSlowDownloads }) => showSlowDownloads());
history.replaceState(history.state, "", location.href); // Back to a page that answered a form asks the server for it anew

if ("serviceWorker" in navigator) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").then(
    (registration) => registration.waiting?.postMessage("take-over"),
    () => undefined,
  ));
}
