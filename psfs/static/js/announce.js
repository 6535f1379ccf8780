/** Say `text` to screen readers, without moving the focus. */
export function announce(text) {
  const region = document.getElementById("live");
  if (!region || !text) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

/** After a swap, say what its part of the page names as news: an element with data-announce. */
export function announceSwaps() {
  document.addEventListener("htmx:after:swap", () => {
    const news = document.querySelector("[data-announce]");
    if (!news) return;
    announce(news.dataset.announce || news.textContent.trim());
    news.removeAttribute("data-announce");
  });
}
