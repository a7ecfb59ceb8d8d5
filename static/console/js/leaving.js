// Whoever leaves a page does not wait for its parts: a request that ends with the page is no error to htmx either.

const pending = new Set();
document.addEventListener("htmx:beforeSend", ({ detail }) => pending.add(detail.xhr));
document.addEventListener("htmx:afterRequest", ({ detail }) => pending.delete(detail.xhr));
window.addEventListener("beforeunload", () => {
  for (const request of pending) request.onabort = null;
});
