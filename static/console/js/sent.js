// A form is sent once. A second press would throw the answer to the first one away, and with it what is shown but once.

const PATIENCE = 15_000; // milliseconds after which one may press again: then the first was lost on its way
const sent = new Map();

// After theme.js and htmx have taken what they send themselves.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "download" in form.dataset) return;
  if (event.timeStamp - sent.get(form) < PATIENCE) event.preventDefault();
  else sent.set(form, event.timeStamp);
});

// The browser keeps the page as it was left for whoever comes back.
window.addEventListener("pageshow", () => sent.clear());
