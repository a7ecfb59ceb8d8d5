// After a save: how many regions have the change, asked until all do. One region alone is not worth a word.

const SOON_MS = 1000;
const LATER_MS = 5000;
const SOON = 20;
const ASKED_AT_MOST = 200;

function names(regions) {
  return regions.map((region) => region.name).join(", ");
}

function told(line, regions) {
  const missing = regions.filter((region) => !region.applied);
  const down = missing.filter((region) => region.state === "down");
  const text = missing.length ? line.dataset.reached : line.dataset.everywhere;
  const whole = missing.length && missing.length === down.length ? line.dataset.down : "";
  return `${text} ${whole}`
    .replace("{done}", regions.length - missing.length)
    .replaceAll("{all}", regions.length)
    .replace("{missing}", names(missing))
    .replace("{down}", names(down))
    .trim();
}

function say(line, regions) {
  const text = told(line, regions);
  if (line.textContent !== text) line.textContent = text; // it is read out when it changes, and only then
  line.hidden = false;
}

async function ask(token) {
  try {
    const response = await fetch(`/api/v1/changes/${encodeURIComponent(token)}`);
    return response.ok ? await response.json() : null;
  } catch {
    return undefined; // no connection at this moment: asked again
  }
}

async function follow(line, asked = 1) {
  const found = await ask(line.dataset.change);
  if (found === null || found?.regions.length < 2) return;
  if (found) say(line, found.regions);
  if (found?.everywhere || asked >= ASKED_AT_MOST || !line.isConnected) return;
  setTimeout(follow, asked < SOON ? SOON_MS : LATER_MS, line, asked + 1);
}

for (const line of document.querySelectorAll("[data-change]")) follow(line);
