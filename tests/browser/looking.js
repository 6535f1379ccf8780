// Given to each page that is looked at. Every function gives a list of what is wrong, in words.
(() => {
  const start = (element, length = 140) => element.outerHTML.slice(0, length).replaceAll("\n", " ");
  const hiddenText = ".ds-sr-only, .ds-skip-link";

  /** What axe-core finds: with all its rules, best practices too, or with `rules` alone. */
  async function axeFinds(rules) {
    const options = { resultTypes: ["violations"] };
    if (rules) options.runOnly = { type: "rule", values: rules };
    const { violations } = await window.axe.run(document, options);
    return violations.flatMap(({ id, help, nodes }) => nodes.slice(0, 4).map((node) => {
      const why = [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
      return `${id}: ${help}: ${node.html.slice(0, 140)} (${why})`;
    }));
  }

  /** Buttons, links and fields smaller than 44 × 44 px. A link within a sentence may be as high as its line (so says
      WCAG 2.5.8 too); what has a label is as large as both together. */
  function smallTargets() {
    const withinText = (link) => getComputedStyle(link).display === "inline"
      && link.closest("p, li, dd, td, th, div").textContent.trim().length > link.textContent.trim().length;
    return [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
      .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(hiddenText))
      .filter((element) => !(element.matches("a") && withinText(element)))
      .map((element) => {
        const boxes = [element, ...(element.labels ?? [])].map((one) => one.getBoundingClientRect());
        const width = Math.max(...boxes.map((box) => box.right)) - Math.min(...boxes.map((box) => box.left));
        const height = Math.max(...boxes.map((box) => box.bottom)) - Math.min(...boxes.map((box) => box.top));
        return { element, width, height };
      })
      .filter(({ width, height }) => width < 43.5 || height < 43.5)
      .map(({ element, width, height }) => `${Math.round(width)} × ${Math.round(height)}: ${start(element)}`);
  }

  /** What makes the page wider than the window. */
  function sideways() {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const wide = [...document.querySelectorAll("body *")].filter((element) =>
      element.getBoundingClientRect().right > width + 1 && !element.closest(`.scroll-box, ${hiddenText}`));
    return [`${document.documentElement.scrollWidth} > ${width}`, ...wide.slice(-4).map((element) => start(element))];
  }

  /** Words on top of other words, and words cut off by the box they stand in. */
  function collisions() {
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      && !element.closest(`${hiddenText}, svg, .scale, .actions-fixed, option, datalist`);
    const words = [];
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.data.trim() || !shown(node.parentElement)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      for (const box of range.getClientRects()) if (box.width > 1 && box.height > 1) words.push({ box, node });
    }
    // A cell that stays in its place hides what is scrolled beneath it, if nothing shines through: those are not two words in one.
    const pinned = ({ parentElement: own }) => [own, own.closest("th, td")].find((cell) => cell
      && getComputedStyle(cell).position === "sticky" && /^rgb\(/.test(getComputedStyle(cell).backgroundColor));
    const hides = (one, other) => pinned(one) && !pinned(other)
      && pinned(one).closest(".scroll-box") === other.parentElement.closest(".scroll-box");
    const overlap = ({ box: a, node: one }, { box: b, node: other }) => one !== other && !hides(one, other) && !hides(other, one)
      && Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
      && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.45 * Math.min(a.height, b.height);
    const found = words.flatMap((one, place) => words.slice(place + 1).filter((other) => overlap(one, other))
      .map((other) => `«${one.node.data.trim()}» on «${other.node.data.trim()}»`));
    const boxes = "main .ds-button, main .ds-tag, main label, main summary, .site-nav a";
    const cut = [...document.querySelectorAll(boxes)].filter((element) => shown(element)
      && getComputedStyle(element).display !== "inline" && element.scrollWidth > element.clientWidth + 2);
    return [...found, ...cut.map((element) => `cut off: ${start(element)}`)];
  }

  /** The next frame but one: what was changed has been drawn. */
  const drawn = () => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); });

  window.looking = { axeFinds, smallTargets, sideways, collisions, drawn };
})();
