// Choosing a trust policy of one's own opens the editor, which begins with what the choice before made.

const form = document.querySelector("#editor-form");
form.addEventListener("change", (event) => {
  const wanted = event.target.name === "trusted" && event.target.value === "custom";
  if (wanted && !form.querySelector("[data-trust-editor]")) form.querySelector("[data-own-policy]").click();
});
