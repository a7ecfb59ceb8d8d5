// Parts with data-when="field=value,other": shown while that field of their form has one of the values. Without JavaScript
// all are. A field may be a select or radio buttons.

for (const part of document.querySelectorAll("[data-when]")) {
  const [name, values] = part.dataset.when.split("=");
  const form = part.closest("form");
  const show = () => {
    part.hidden = !values.split(",").includes(form.elements[name].value);
  };
  form.addEventListener("change", show);
  show();
}
