// Row selection of a list: the tick in the head, and the count in the bulk bar.

function rows(list) {
  return [...list.querySelectorAll("tbody .select input:not(:disabled)")];
}

function show(list) {
  const all = rows(list);
  const ticked = all.filter((box) => box.checked).length;
  const head = list.querySelector("[data-select-all]");
  if (head) {
    head.hidden = all.length === 0;
    head.checked = ticked > 0 && ticked === all.length;
    head.indeterminate = ticked > 0 && ticked < all.length;
  }
  const count = list.querySelector(".selected-count");
  const everything = list.querySelector("[name=all_results]");
  if (count) count.textContent = everything?.checked ? everything.dataset.count : String(ticked);
}

function showAll() {
  for (const list of document.querySelectorAll(".list")) show(list);
}

document.addEventListener("change", (event) => {
  const list = event.target.closest(".list");
  if (!list || !event.target.closest(".select, [name=all_results]")) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of rows(list)) box.checked = event.target.checked;
  }
  show(list);
});

showAll();
document.addEventListener("htmx:afterSwap", showAll);
// The browser restores ticks when one comes back to the page, after this module ran.
window.addEventListener("pageshow", showAll);
