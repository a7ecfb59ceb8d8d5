// Completes actions, condition keys, operators and ARNs in a policy; words come from our own origin, a service at a time.

const ELEMENTS = ["Version", "Statement", "Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const SERVICE_IN_USE = /"([a-z0-9-]+):[A-Za-z*?]/g;
const words = new Map();

// The words of an address, or nothing while they are on their way; `arrived` is called once they are there.
function known(url, arrived) {
  if (!words.has(url)) {
    words.set(url, {});
    const answer = fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    answer
      .then((response) => (response.ok ? response.json() : {}))
      .then((found) => {
        words.set(url, found);
        arrived();
      })
      .catch(() => words.delete(url));
  }
  return words.get(url) ?? {};
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

function candidates(url, session, position, arrived) {
  const { typed, element, since } = place(session, position);
  if (typed === undefined) return [];
  const all = known(url, arrived);
  const of = (prefix) => known(`${url}?service=${encodeURIComponent(prefix)}`, arrived);
  const services = all.services?.map(([name, title]) => [`${name}:`, title]);
  const prefix = typed.includes(":") ? typed.split(":")[0].toLowerCase() : "";
  if (element === "Effect") return entries([["Allow", ""], ["Deny", ""]], "effect");
  if (element === "Action" || element === "NotAction") {
    return prefix ? entries(of(prefix).actions, "action") : entries(services, "service");
  }
  if (element === "Resource" || element === "NotResource") {
    const used = new Set([...session.getValue().matchAll(SERVICE_IN_USE)].map((found) => found[1]));
    used.delete("arn");
    return [{ value: "*", meta: "every resource", score: 5 }, ...[...used].flatMap((name) => entries(of(name).arns, "resource"))];
  }
  if (element === "Condition") {
    if (depth(since) <= 1) return entries(all.operators?.map((name) => [name, ""]), "operator");
    const own = prefix && prefix !== "aws" ? of(prefix).keys : [];
    return [...entries(all.keys, "key"), ...entries(own, "key"), ...(prefix ? [] : entries(services, "service"))];
  }
  return entries(ELEMENTS.map((name) => [name, ""]), "element");
}

export function completer(url) {
  known(url, () => {});
  return {
    identifierRegexps: [/[A-Za-z0-9:*?$_\-./${}]/],
    triggerCharacters: [":", '"'],
    getCompletions(editor, session, position, _prefix, done) {
      const again = () => {
        editor.completer?.detach();
        if (editor.isFocused()) editor.execCommand("startAutocomplete");
      };
      done(null, candidates(url, session, position, again));
    },
  };
}
