// Closes menus on Escape, on a click elsewhere, and before they cover what the focus goes on to; dismisses toasts; shows the current tab.

for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.parentElement.remove();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

// Of tabs that do not fit, the current one is shown.
document.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// A status that is already there when the page loads is not read out; writing it anew is.
for (const toast of document.querySelectorAll(".toast p")) {
  const text = toast.textContent;
  toast.textContent = "";
  setTimeout(() => (toast.textContent = text), 100);
}
