/** Tap a common activity to set it into the first empty row; it can be rewritten there. */
const box = document.querySelector("[data-suggestions]");
if (box) {
  box.hidden = false;
  const rows = [...document.querySelectorAll("input[name=activity]")];
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-suggest]");
    const empty = rows.find((row) => !row.value.trim());
    if (!button || !empty) return;
    empty.value = button.dataset.suggest;
    empty.focus();
    update();
  });
  for (const row of rows) row.addEventListener("input", update);
  update();

  function update() {
    const taken = rows.map((row) => row.value.trim());
    for (const button of box.querySelectorAll("[data-suggest]")) {
      button.hidden = taken.includes(button.dataset.suggest);
      button.disabled = taken.every(Boolean);
    }
  }
}
