/** A file that takes its time: say that it is being made, and let a second tap do nothing until it is here. */
export function showSlowDownloads() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-slow]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!link.hasAttribute("aria-busy")) fetchFile(link);
  });
}

async function fetchFile(link) {
  const label = [...link.childNodes];
  const status = document.querySelector("#live");
  link.setAttribute("aria-busy", "true");
  link.textContent = status.textContent = link.dataset.slow;
  try {
    const answer = await fetch(link.href);
    if (!answer.ok || answer.redirected) throw new Error("no file"); // signed out meanwhile: the page says it better
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "";
    save(await answer.blob(), name);
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
    link.replaceChildren(...label);
    status.textContent = "";
  }
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
