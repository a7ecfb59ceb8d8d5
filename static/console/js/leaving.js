// Whoever leaves a page does not wait for its parts: a request that ends with the page is no error to htmx either.

const pending = new Set();
let leaving = false;
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  pending.add(detail.xhr);
  if (leaving) detail.xhr.onabort = null; // what was typed last is asked about a moment later
});
document.addEventListener("htmx:afterRequest", ({ detail }) => pending.delete(detail.xhr));
window.addEventListener("beforeunload", () => {
  leaving = true;
  for (const request of pending) request.onabort = null;
});
window.addEventListener("pageshow", () => (leaving = false));
