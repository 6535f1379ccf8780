/** Move the focus to what the page or a swap wants read first: the error summary. Once per element. */
export function takeFocus() {
  focusFirst();
  document.addEventListener("htmx:after:settle", focusFirst);
}

function focusFirst() {
  const element = document.querySelector("[data-takes-focus]");
  if (!element) return;
  element.removeAttribute("data-takes-focus");
  element.focus();
}
