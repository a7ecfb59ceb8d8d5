// Choosing a trust policy of one's own opens the editor, which begins with what the choice before made.

const form = document.querySelector("#editor-form");
let before = form.elements.trusted.value;
form.addEventListener("change", (event) => {
  if (event.target.name !== "trusted") return;
  if (event.target.value === "custom" && !form.querySelector("[data-trust-editor]")) {
    form.elements.before.value = before;
    form.querySelector("[data-own-policy]").click();
  }
  before = event.target.value;
});
