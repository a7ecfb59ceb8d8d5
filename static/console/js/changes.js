// After a save: how many regions have the change, asked until all do. One region alone is not worth a word.

const EVERY_MS = 1000;
const ASKED_AT_MOST = 60;

function say(line, regions) {
  const done = regions.filter((region) => region.applied).length;
  const all = done === regions.length;
  const text = all ? line.dataset.everywhere : line.dataset.reached;
  line.textContent = text.replace("{done}", done).replace("{all}", regions.length);
  line.hidden = false;
}

async function follow(line, asked = 1) {
  const response = await fetch(`/api/v1/changes/${encodeURIComponent(line.dataset.change)}`);
  if (!response.ok) return;
  const { regions, everywhere } = await response.json();
  if (regions.length < 2) return;
  say(line, regions);
  if (!everywhere && asked < ASKED_AT_MOST && line.isConnected) setTimeout(follow, EVERY_MS, line, asked + 1);
}

for (const line of document.querySelectorAll("[data-change]")) follow(line);
