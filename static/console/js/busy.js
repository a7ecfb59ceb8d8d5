// A form whose work may take a while says so once it is sent.

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const said = form.querySelector("[data-busy-text]");
    if (!said) return;
    said.replaceChildren(document.createElement("progress"), said.dataset.busyText);
    said.querySelector("progress").setAttribute("aria-label", said.dataset.busyText);
    form.setAttribute("aria-busy", "true");
  });
}

// The browser keeps the page as it was left for whoever comes back.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    form.removeAttribute("aria-busy");
    form.querySelector("[data-busy-text]").replaceChildren();
  }
});
