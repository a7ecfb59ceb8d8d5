// Keyboard: "/" to the list's search, Ctrl-K to the palette, "g u" to the entry with data-jump="u", "?" to all keys.
// Single keys can be turned off with data-shortcuts="off" on <html> (WCAG 2.1.4).

const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], .ace_editor";
const JUMP_WITHIN_MS = 1200;
let awaitingJump = false;

// A field of a dialog keeps the focus for a moment after the dialog was closed.
function isTyping(target) {
  return Boolean(target.closest?.(TYPING)) && !target.closest("dialog:not([open])");
}

function focusOn(selector) {
  const field = document.querySelector(selector);
  field?.focus();
  field?.select();
  return Boolean(field);
}

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog && !document.querySelector("dialog[open]")) dialog.showModal();
  return Boolean(dialog);
}

function openPalette() {
  if (!document.getElementById("palette")) return focusOn("[data-palette]");
  document.getElementById("keys")?.close();
  document.dispatchEvent(new CustomEvent("palette"));
  return true;
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
  if (key === "?") return openDialog("keys");
  return key === "/" && (focusOn("[data-search]") || openPalette());
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    if (openPalette()) event.preventDefault();
    return;
  }
  const off = document.documentElement.dataset.shortcuts === "off";
  if (off || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (singleKey(event.key)) event.preventDefault();
});
