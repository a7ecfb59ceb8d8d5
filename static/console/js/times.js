// Tells times in the viewer's own zone: full times as their text, relative ones in their title beside the server's UTC.

const FORMAT = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
  dateStyle: "medium",
  timeStyle: "long",
});

function localise(root) {
  for (const time of root.querySelectorAll("time[datetime]:not([data-told])")) {
    const local = FORMAT.format(new Date(time.dateTime));
    if ("zoned" in time.dataset) time.textContent = local;
    else time.title = `${local} · ${time.title}`;
    time.dataset.told = "";
  }
}

localise(document);
document.addEventListener("htmx:afterSwap", () => localise(document));
