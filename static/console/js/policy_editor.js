// Puts Ace over the textarea of a policy document, keeps the two in step, marks findings in the gutter and counts the size.

import { completer } from "./policy_completions.js";

const source = document.querySelector("[data-policy-editor]");
const KIND = { error: "error", security_warning: "warning", warning: "warning", suggestion: "info" };

// A theme of our own: its rules are in policy.css and follow the tokens, so a change of theme needs no code.
const THEME = { cssClass: "ace-console", cssText: "", isDark: false };

function openEditor() {
  ace.config.set("useStrictCSP", true);
  const session = ace.createEditSession(source.value);
  session.setUseWorker(false);
  session.setMode("ace/mode/json");
  const host = document.createElement("div");
  host.className = "editor";
  source.before(host);
  const editor = ace.edit(host, {
    enableKeyboardAccessibility: true,
    maxLines: 44,
    minLines: 24,
    readOnly: source.readOnly,
    scrollPastEnd: 0,
    session,
    showPrintMargin: false,
    tabSize: 2,
    theme: THEME,
    useSoftTabs: true,
  });
  if (source.dataset.completions && !source.readOnly) complete(editor);
  host.setAttribute("role", "group");
  host.setAttribute("aria-label", source.dataset.hint);
  source.hidden = true;
  return editor;
}

function complete(editor) {
  ace.require("ace/ext/language_tools");
  const { Autocomplete } = ace.require("ace/autocomplete");
  editor.setOptions({ enableBasicAutocompletion: true, enableLiveAutocompletion: true });
  editor.completers = [completer(source.dataset.completions)];
  // The list of completions has a field of its own, hidden from screen readers: keep Tab out of it too.
  const completion = Autocomplete.for(editor);
  const makeList = completion.$init;
  completion.$init = () => {
    const list = makeList.call(completion);
    list.renderer.textarea.tabIndex = -1;
    return list;
  };
}

function keepInStep(editor) {
  editor.session.on("change", () => {
    if (source.value === editor.getValue()) return;
    source.value = editor.getValue();
    source.dispatchEvent(new Event("input", { bubbles: true }));
  });
  source.addEventListener("policy:replaced", () => editor.setValue(source.value, -1));
}

function annotate(editor) {
  const findings = [...document.querySelectorAll("[data-finding]")].filter((finding) => finding.dataset.line);
  editor.session.setAnnotations(
    findings.map((finding) => ({
      row: Number(finding.dataset.line) - 1,
      column: Number(finding.dataset.column || 1) - 1,
      type: KIND[finding.dataset.severity] ?? "info",
      text: finding.querySelector("[data-finding-message]").textContent,
    })),
  );
}

function goTo(editor, { line, column }) {
  if (line) editor.gotoLine(Number(line), Number(column || 1) - 1);
  editor.focus();
}

function countSize() {
  const meter = document.querySelector("[data-size]");
  if (!meter) return;
  const used = [...source.value.replace(/[\t\n\r ]+/g, "")].length;
  meter.querySelector("meter").value = used;
  meter.querySelector("[data-size-used]").textContent = String(used);
  meter.classList.toggle("size--over", used > Number(meter.dataset.limit));
}

if (source) {
  source.addEventListener("input", countSize);
  if (window.ace) {
    const editor = openEditor();
    keepInStep(editor);
    annotate(editor);
    document.addEventListener("htmx:afterSwap", () => annotate(editor));
    document.addEventListener("click", (event) => {
      const link = event.target.closest('a[href="#policy-document"]');
      if (!link) return;
      event.preventDefault();
      goTo(editor, link.closest("[data-finding]")?.dataset ?? {});
    });
  }
}
