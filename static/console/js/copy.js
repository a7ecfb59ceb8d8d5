// Copy buttons: data-copy holds the text, data-copied what to say once it is on the clipboard.

const SHOWN_MS = 1600;

function reveal(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  const said = document.createElement("span");
  said.className = "badge badge--ok";
  said.setAttribute("role", "status");
  button.after(said);
  said.textContent = button.dataset.copied;
  setTimeout(() => said.remove(), SHOWN_MS);
}

reveal(document);
document.addEventListener("htmx:afterSwap", (event) => reveal(event.target));
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copy(button);
});
