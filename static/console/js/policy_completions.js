// Completes actions, condition keys, operators and ARNs in a policy; words come from our own origin, a service at a time.

const ELEMENTS = ["Version", "Statement", "Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const SERVICE_IN_USE = /"([a-z0-9-]+):[A-Za-z*?]/g;
const words = new Map();

function load(url) {
  if (!words.has(url)) {
    const answer = fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    words.set(url, answer.then((response) => (response.ok ? response.json() : {})).catch(() => ({})));
  }
  return words.get(url);
}

// The text between the opening quote and the cursor, and the element whose value it is.
function place(session, position) {
  const line = session.getLine(position.row).slice(0, position.column);
  const typed = /"([^"]*)$/.exec(line)?.[1];
  const before = session.getLines(0, position.row).slice(0, -1).join("\n") + "\n" + line.slice(0, line.length - (typed ?? "").length);
  const elements = [...before.matchAll(/"(Action|NotAction|Resource|NotResource|Condition|Effect|Principal|Statement|Sid)"\s*:/g)];
  return { typed, element: elements.at(-1)?.[1] ?? "", since: before.slice(elements.at(-1)?.index ?? 0) };
}

function entries(list, meta) {
  return (list ?? []).map(([value, note]) => ({ value, caption: value, meta: note || meta, score: 10 }));
}

function depth(text) {
  return [...text].reduce((open, sign) => open + (sign === "{") - (sign === "}"), 0);
}

async function candidates(url, session, position) {
  const { typed, element, since } = place(session, position);
  if (typed === undefined) return [];
  const of = (prefix) => load(`${url}?service=${encodeURIComponent(prefix)}`);
  const prefix = typed.includes(":") ? typed.split(":")[0].toLowerCase() : "";
  if (element === "Effect") return entries([["Allow", ""], ["Deny", ""]], "effect");
  if (element === "Action" || element === "NotAction") {
    if (prefix) return entries((await of(prefix)).actions, "action");
    return entries((await load(url)).services?.map(([name, title]) => [`${name}:`, title]), "service");
  }
  if (element === "Resource" || element === "NotResource") {
    const used = new Set([...session.getValue().matchAll(SERVICE_IN_USE)].map((found) => found[1]));
    const known = await Promise.all([...used].filter((name) => name !== "arn").map(of));
    return [{ value: "*", meta: "every resource", score: 5 }, ...known.flatMap((each) => entries(each.arns, "resource"))];
  }
  if (element === "Condition") {
    const all = await load(url);
    if (depth(since) <= 1) return entries(all.operators?.map((name) => [name, ""]), "operator");
    const own = prefix && prefix !== "aws" ? (await of(prefix)).keys : [];
    const prefixes = all.services?.map(([name, title]) => [`${name}:`, title]) ?? [];
    return [...entries(all.keys, "key"), ...entries(own, "key"), ...(prefix ? [] : entries(prefixes, "service"))];
  }
  return entries(ELEMENTS.map((name) => [name, ""]), "element");
}

export function completer(url) {
  return {
    identifierRegexps: [/[A-Za-z0-9:*?$_\-./${}]/],
    triggerCharacters: [":", '"'],
    getCompletions(_editor, session, position, _prefix, done) {
      candidates(url, session, position).then((found) => done(null, found));
    },
  };
}
