// Rows of a [data-rows] fieldset: add (up to its limit) and remove. Without JavaScript the blank rows serve.

function start(fieldset) {
  const limit = Number(fieldset.dataset.rows);
  const add = fieldset.querySelector("[data-rows-add]");
  const rows = () => [...fieldset.querySelectorAll("[data-row]")];
  const pattern = rows().at(-1).cloneNode(true);

  function show() {
    add.hidden = rows().length >= limit;
    for (const button of fieldset.querySelectorAll("[data-rows-remove]")) button.hidden = false;
  }

  add.addEventListener("click", () => {
    const row = pattern.cloneNode(true);
    rows().at(-1)?.after(row) ?? fieldset.querySelector(".tag-rows").append(row);
    show();
    row.querySelector("input").focus();
  });

  fieldset.addEventListener("click", (event) => {
    const button = event.target.closest("[data-rows-remove]");
    if (!button) return;
    button.closest("[data-row]").remove();
    show();
    add.focus();
  });

  rows().at(-1).remove();
  show();
}

for (const fieldset of document.querySelectorAll("[data-rows]")) start(fieldset);
