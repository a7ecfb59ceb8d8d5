// What the sweeps look at in a page; put into it by the browser's own protocol, which no Content-Security-Policy stops.
(() => {
  const FOCUSABLE = "a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex], [contenteditable=true]";
  // Ace's own field goes with the cursor, unseen.
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea:not(.ace_text-input), summary";
  const LOOKS = ["outlineStyle", "outlineWidth", "outlineColor", "borderColor", "boxShadow", "backgroundColor", "stroke", "strokeWidth"];

  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true });
  };
  const named = (element) => {
    const text = (element.ariaLabel || element.innerText || element.name || "").trim().replace(/\s+/g, " ").slice(0, 40);
    const id = element.id ? `#${element.id}` : [...element.classList].map((one) => `.${one}`).join("");
    return `<${element.tagName.toLowerCase()}${id}> ${text}`.trim();
  };
  // A link in a drawing shows the focus on its lines.
  const looks = (element) => {
    const drawn = element instanceof SVGElement ? element.querySelectorAll("rect, path") : [];
    return [element, ...drawn].map((one) => getComputedStyle(one)).flatMap((style) => LOOKS.map((name) => style[name])).join("|");
  };
  const scrolls = (style) => /auto|scroll/.test(style.overflowX);
  const cuts = (style) => /hidden|clip/.test(style.overflowX);

  // Of radio buttons of one name only one takes a Tab.
  const takesTab = (element) => {
    if (element.type !== "radio" || !element.name) return true;
    const group = [...document.getElementsByName(element.name)].filter((one) => one.form === element.form);
    return element.checked || (!group.some((one) => one.checked) && group.find((one) => !one.disabled) === element);
  };

  // The elements that Tab has to reach: those of the open dialog, where there is one.
  function focusables() {
    const place = document.querySelector("dialog:modal") ?? document;
    return [...place.querySelectorAll(FOCUSABLE)].filter(
      (element) => !element.disabled && element.tabIndex >= 0 && shown(element) && !element.closest("[inert]") && takesTab(element),
    );
  }

  const hasOutline = (element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  };

  // Nothing of the element is in sight, though it has been scrolled to: a bar lies over it (WCAG 2.4.11).
  function covered(element) {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const inside = (x, y) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight;
    const points = [0.1, 0.5, 0.9].flatMap((part) => [
      [left + (right - left) * part, top + 2],
      [left + (right - left) * part, (top + bottom) / 2],
      [left + (right - left) * part, bottom - 2],
    ]);
    const over = points.filter(([x, y]) => inside(x, y)).map(([x, y]) => document.elementFromPoint(x, y));
    const bar = over[0]?.closest(".topbar, .bulk-bar");
    return Boolean(bar) && !bar.contains(element) && over.every((one) => bar.contains(one));
  }

  let wanted = [];
  let before = new Map();
  let reached = new Map();
  let hidden = new Set();

  function begin() {
    document.activeElement?.blur();
    getSelection().removeAllRanges();
    wanted = focusables();
    before = new Map();
    for (const element of wanted) for (const one of [element, element.parentElement]) before.set(one, looks(one));
    reached = new Map();
    hidden = new Set();
    document.addEventListener("focusin", ({ target }) => {
      const changed = [target, target.parentElement].some((one) => before.has(one) && before.get(one) !== looks(one));
      if (!reached.has(target)) reached.set(target, hasOutline(target) || changed);
      requestAnimationFrame(() => document.activeElement === target && covered(target) && hidden.add(target));
    });
    return wanted.length;
  }

  // Null while there is more to reach.
  function done() {
    return wanted.every((element) => reached.has(element) || !element.isConnected);
  }

  function judged() {
    const said = [];
    for (const element of wanted) {
      if (element.isConnected && shown(element) && !reached.has(element)) said.push(`Tab never reaches ${named(element)}`);
    }
    for (const [element, visible] of reached) if (!visible) said.push(`the focus is not seen on ${named(element)}`);
    for (const element of hidden) said.push(`the focus is covered on ${named(element)}`);
    return said;
  }

  // Controls that stick out of the window or of what cuts them off; what scrolls may be wider than it shows.
  function clipped(element) {
    const box = element.getBoundingClientRect();
    for (let place = element.parentElement; place; place = place.parentElement) {
      const style = getComputedStyle(place);
      const around = place.getBoundingClientRect();
      if (scrolls(style) && place.scrollWidth > place.clientWidth) return false;
      if (place !== document.body && cuts(style) && (box.right > around.right + 1 || box.left < around.left - 1)) return true;
      if (style.position === "fixed") break;
    }
    return box.right > innerWidth + 1 || box.left < -1;
  }

  function narrow() {
    const width = document.documentElement.scrollWidth;
    const said = [];
    if (width > innerWidth) {
      const wide = [...document.body.querySelectorAll("*")].filter((one) => shown(one) && one.getBoundingClientRect().right > innerWidth + 1);
      said.push(`the page is ${width} px wide: ${wide.slice(0, 3).map(named).join("; ")}`);
    }
    const unseen = (element) => element.closest(".visually-hidden");
    for (const element of document.querySelectorAll(CONTROLS)) {
      if (shown(element) && !unseen(element) && clipped(element)) said.push(`${named(element)} is cut off`);
    }
    return said;
  }

  window.inspection = { begin, done, judged, narrow };
})();
