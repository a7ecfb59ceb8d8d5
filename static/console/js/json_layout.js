// The Format button: lays JSON out again token by token. Parsing and printing it would silently drop duplicate keys.

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const INDENT = "  ";

function layout(text) {
  let depth = 0;
  let out = "";
  let previous = "";
  for (const token of text.match(TOKENS) ?? []) {
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    const emptied = closes && (previous === "{" || previous === "[");
    if ("{[,".includes(previous) && previous && !emptied) out += "\n" + INDENT.repeat(depth);
    else if (closes && !emptied) out += "\n" + INDENT.repeat(depth);
    out += token === ":" ? ": " : token;
    if (token === "{" || token === "[") depth += 1;
    previous = token;
  }
  return out;
}

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const source = document.querySelector("[data-policy-editor]");
const button = document.querySelector("[data-format]");

if (source && button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    if (!isJson(source.value)) return;
    source.value = layout(source.value);
    source.dispatchEvent(new Event("policy:replaced"));
    source.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
