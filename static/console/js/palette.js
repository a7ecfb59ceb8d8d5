// The palette of Ctrl-K. The options come from the server as links; focus stays in the field, which names the active one.

const dialog = document.getElementById("palette");
const opener = document.querySelector("[data-palette]");
const WAIT_MS = 60;

function start() {
  const input = dialog.querySelector("input");
  const results = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[role=status]");
  let asked = new AbortController();
  let waiting;

  const options = () => [...results.querySelectorAll("[role=option]")];
  const active = () => results.querySelector("[aria-selected=true]");

  function activate(option) {
    active()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function announce() {
    const found = options();
    const verdict = results.querySelector(".verdict");
    const { none, one, many } = dialog.dataset;
    const count = found.length === 0 ? none : found.length === 1 ? one : many.replace("{n}", found.length);
    status.textContent = verdict ? verdict.textContent.replace(/\s+/g, " ").trim() : count;
  }

  async function ask() {
    asked.abort();
    asked = new AbortController();
    const address = `${dialog.dataset.url}?${new URLSearchParams({ q: input.value })}`;
    try {
      const response = await fetch(address, { signal: asked.signal, headers: { "HX-Request": "true" } });
      if (!response.ok || response.status === 204) return location.reload();
      results.innerHTML = await response.text();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return;
    }
    activate(options()[0]);
    announce();
  }

  function open(text = "") {
    if (!dialog.open) dialog.showModal();
    input.value = text;
    input.focus();
    ask();
  }

  function move(step) {
    const all = options();
    if (all.length) activate(all[(all.indexOf(active()) + step + all.length) % all.length]);
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT_MS);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && active()?.href) {
      event.preventDefault();
      active().click();
    } else if (event.key === "?" && !input.value) {
      event.preventDefault();
      dialog.close();
      document.getElementById("keys").showModal();
    }
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
  });
  document.addEventListener("palette", () => open());
  opener.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    open(opener.value);
  });
  opener.addEventListener("input", () => {
    const typed = opener.value;
    opener.value = opener.defaultValue;
    open(typed);
  });
}

if (dialog && opener) start();
