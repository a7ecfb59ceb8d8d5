// The visual editor works without this: here the actions of a statement can be searched, and a service shows its actions,
// a resource type the places of its ARN, as soon as it is chosen.

function search(box, statement) {
  const wanted = box.value.trim().toLowerCase();
  for (const level of statement.querySelectorAll(".level:has(.action-choice)")) {
    let found = 0;
    for (const choice of level.querySelectorAll(".action-choice")) {
      choice.hidden = !choice.textContent.toLowerCase().includes(wanted);
      found += !choice.hidden;
    }
    level.hidden = found === 0;
    if (wanted) level.open = true;
  }
}

for (const statement of document.querySelectorAll(".statement")) {
  const field = statement.querySelector("[data-search]");
  if (field) {
    field.hidden = false;
    const box = field.querySelector("input");
    box.addEventListener("input", (event) => {
      event.stopPropagation();
      search(box, statement);
    });
  }
  const service = statement.querySelector('input[list="services"]');
  service?.addEventListener("change", () => {
    const known = [...document.querySelectorAll("#services option")].some((option) => option.value === service.value);
    if (known) statement.querySelector('button[value^="service:"]').click();
  });
  const type = statement.querySelector(".arn-builder select");
  type?.addEventListener("change", () => statement.querySelector('button[value^="type:"]').click());
}

// A finding names a line of the text, which the JSON view shows.
document.addEventListener("click", (event) => {
  if (!event.target.closest('a[href="#policy-document"]')) return;
  event.preventDefault();
  document.querySelector('#editor-form button[name="view"][value="json"]:not([hidden])').click();
});
