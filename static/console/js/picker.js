// Fields that are filled in by typing a part of a name: a combobox with a list from the server, and chips of what was
// chosen (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). The plain field of _picker.html stays what is sent.

const TAKEN = ["aria-describedby", "aria-invalid"];

function start(picker) {
  const plain = picker.querySelector("[data-picked]");
  const box = picker.querySelector(".picker-box");
  const chips = box.querySelector(".picker-chips");
  const input = box.querySelector("[role=combobox]");
  const list = box.querySelector("[role=listbox]");
  const status = box.querySelector("[role=status]");
  const chip = box.querySelector("template").content;
  const many = "many" in picker.dataset;
  let waiting = false; // for the list of what is typed by now
  let hurried = false; // Enter was pressed before it came

  const values = () => plain.value.split("\n").map((line) => line.trim()).filter(Boolean);
  const label = (value) => (value.startsWith("arn:") ? value.slice(value.lastIndexOf("/") + 1) : value);
  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
  const active = () => list.querySelector("[aria-selected=true]");
  const isOpen = () => !list.hidden;
  const say = (text, name) => (status.textContent = text.replace("{name}", name));

  function draw() {
    const drawn = values().map((value) => {
      const item = chip.cloneNode(true).firstElementChild;
      const button = item.querySelector("button");
      item.title = value;
      item.querySelector("span").textContent = label(value);
      button.setAttribute("aria-label", picker.dataset.remove.replace("{name}", label(value)));
      button.addEventListener("click", () => {
        remove(value);
        input.focus();
      });
      return item;
    });
    chips.replaceChildren(...drawn);
    chips.hidden = drawn.length === 0;
    mark();
  }

  function mark() {
    const chosen = new Set(values());
    for (const option of options()) option.setAttribute("aria-checked", String(chosen.has(option.dataset.value)));
  }

  function write(chosen) {
    plain.value = chosen.join("\n");
    plain.dispatchEvent(new Event("input", { bubbles: true }));
    plain.dispatchEvent(new Event("change", { bubbles: true }));
    draw();
  }

  function add(value) {
    write(many ? [...new Set([...values(), value])] : [value]);
    say(picker.dataset.added, label(value));
  }

  function remove(value) {
    write(values().filter((each) => each !== value));
    say(picker.dataset.removed, label(value));
  }

  function pick(option) {
    const { value } = option.dataset;
    const typed = input.value;
    input.value = "";
    if (many && values().includes(value)) remove(value);
    else add(value);
    if (!many) close();
    else if (typed) ask();
  }

  function activate(option) {
    active()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  function move(step) {
    const all = options();
    const from = all.indexOf(active());
    const next = from < 0 && step < 0 ? all.length - 1 : from + step;
    if (all.length) activate(all[(next + all.length) % all.length]);
  }

  function show(isShown) {
    list.hidden = !isShown;
    input.setAttribute("aria-expanded", String(isShown));
    if (isShown) list.scrollIntoView({ block: "nearest" });
    else activate(null);
  }

  function ask() {
    waiting = true;
    input.dispatchEvent(new Event("ask"));
  }

  function close() {
    waiting = hurried = false;
    show(false);
  }

  function arrived() {
    const typed = input.value.trim();
    const told = list.querySelector("[data-told]");
    const all = options();
    all.forEach((option, number) => (option.id = `${list.id}-${number}`));
    mark();
    if (!waiting || told?.dataset.told !== typed) return;
    waiting = false;
    show(true);
    activate(typed ? all[0] : null);
    status.textContent = told.textContent;
    if (hurried && all.length && typed) pick(all[0]);
    hurried = false;
  }

  const keys = {
    ArrowDown: () => (isOpen() ? move(1) : ask()),
    ArrowUp: () => (isOpen() ? move(-1) : ask()),
    Enter: () => {
      if (waiting) hurried = true;
      else if (active()) pick(active());
    },
    Escape: () => {
      if (!isOpen()) input.value = "";
      close();
    },
  };

  input.addEventListener("keydown", (event) => {
    const last = values().at(-1);
    if (event.key in keys && !event.isComposing) {
      event.preventDefault();
      keys[event.key]();
    } else if (event.key === "Backspace" && !input.value && last) remove(last);
  });
  input.addEventListener("input", () => (waiting = true));
  input.addEventListener("click", () => isOpen() || ask());
  list.addEventListener("htmx:afterSwap", arrived);
  input.addEventListener("htmx:responseError", () => {
    close();
    status.textContent = picker.dataset.failed;
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]:not([aria-disabled])");
    if (option) pick(option);
  });
  input.addEventListener("blur", close);
  chips.addEventListener("click", (event) => event.target === chips && input.focus());
  // What was typed and not chosen is sent as it is: the server knows names, too, and says which it does not know.
  plain.form.addEventListener("submit", () => input.value.trim() && add(input.value.trim()), { capture: true });
  // The browser restores the plain field when one comes back to the page, after this module ran.
  window.addEventListener("pageshow", draw);

  input.id = plain.id;
  plain.removeAttribute("id");
  for (const name of TAKEN) {
    if (plain.hasAttribute(name)) input.setAttribute(name, plain.getAttribute(name));
  }
  if (plain.required) input.setAttribute("aria-required", "true");
  plain.required = false; // a field that is not seen cannot be filled in
  plain.hidden = true;
  box.hidden = false;
  draw();
}

for (const picker of document.querySelectorAll("[data-picker]")) start(picker);
