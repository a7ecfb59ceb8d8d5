// Writes full times in the viewer's own zone; the title keeps what the server said, in UTC.

const FORMAT = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
  dateStyle: "medium",
  timeStyle: "long",
});

function localise(root) {
  for (const time of root.querySelectorAll("time[data-zoned]")) {
    time.textContent = FORMAT.format(new Date(time.dateTime));
  }
}

localise(document);
document.addEventListener("htmx:afterSwap", (event) => localise(event.target));
