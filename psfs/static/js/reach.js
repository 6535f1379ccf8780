const PATIENCE_MS = 8000;

/** Whether the server answers, whatever it says. Asked of what needs no database: a busy one says 503 to the form itself. */
export async function serverAnswers() {
  try {
    await fetch("/helse/oppe", { method: "HEAD", cache: "no-store", credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch {
    return false;
  }
}

/** Say above the page that nothing was sent. The page stays as it is, with everything typed in it. */
export function tellUnreachable() {
  const place = document.getElementById("flashes");
  place.replaceChildren(document.getElementById("unreachable").content.cloneNode(true));
  place.firstElementChild.focus();
}
