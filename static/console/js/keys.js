// Keyboard: "/" to the list's search, Ctrl-K to the search over everything, "g u" to the entry with data-jump="u".
// Single keys can be turned off with data-shortcuts="off" on <html> (WCAG 2.1.4).

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], .ace_editor";
const JUMP_WITHIN_MS = 1200;
let awaitingJump = false;

function focusOn(selector) {
  const field = document.querySelector(selector);
  field?.focus();
  field?.select();
  return Boolean(field);
}

function jumpTo(key) {
  const link = document.querySelector(`[data-jump="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

function singleKey(key) {
  if (awaitingJump) {
    awaitingJump = false;
    return jumpTo(key);
  }
  if (key === "g") {
    awaitingJump = true;
    setTimeout(() => (awaitingJump = false), JUMP_WITHIN_MS);
    return false;
  }
  return key === "/" && (focusOn("[data-search]") || focusOn("[data-palette]"));
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    if (focusOn("[data-palette]")) event.preventDefault();
    return;
  }
  const off = document.documentElement.dataset.shortcuts === "off";
  if (off || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
  if (singleKey(event.key)) event.preventDefault();
});
