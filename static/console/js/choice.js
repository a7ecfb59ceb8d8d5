// Sections with data-when="field=value": shown while that field of their form has the value. Without JavaScript all are.

for (const section of document.querySelectorAll("[data-when]")) {
  const [name, value] = section.dataset.when.split("=");
  const field = section.closest("form").elements[name];
  const show = () => {
    section.hidden = field.value !== value;
  };
  field.addEventListener("change", show);
  show();
}
