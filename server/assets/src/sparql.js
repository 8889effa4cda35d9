// The page /sparql: an editor in place of the text area of its form, which goes on working where this does not run.
import { completionSource } from "./sparql/completions.js";
import { createEditor } from "./sparql/editor.js";
import { element } from "./sparql/elements.js";
import { forget, keep, kept } from "./sparql/history.js";
import { ask, formatsOf } from "./sparql/question.js";
import { show, showProblem } from "./sparql/result.js";

const form = document.querySelector("form.sparql");
const textArea = form.elements.query;
const status = element("p", { role: "status" });
const result = element("section", { "aria-label": "Result" });
const answer = document.querySelector("#answer");
const button = form.querySelector("button");
const names = fetch("/sparql/completions", { headers: { Accept: "application/json" } }).then((response) => response.json());
names.catch(() => undefined); // the editor then completes nothing

let running = null;

const editor = createEditor({ textArea, complete: completionSource(names), run });

async function run({ remember = true } = {}) {
  running?.abort();
  const stop = (running = new AbortController());
  const query = editor.text();
  if (remember) remembered(query);
  editor.mark(null);
  for (const other of [...answer.children]) if (other !== status && other !== result) other.remove();
  button.textContent = "Stop";
  status.textContent = "Asking …";
  try {
    const began = performance.now();
    const found = await ask(query, stop.signal);
    if (running !== stop) return;
    const formats = await formatsOf(names, found);
    show(result, found, { query, formats, prefixes: await prefixes() });
    status.textContent = `${found.summary} in ${((performance.now() - began) / 1000).toFixed(2)} s`;
  } catch (error) {
    if (running !== stop) return;
    status.textContent = stop.signal.aborted ? "Stopped" : "";
    if (stop.signal.aborted) return;
    showProblem(result, error, () => editor.goTo(error.line, error.column));
    editor.mark(error);
  } finally {
    if (running === stop) {
      running = null;
      button.textContent = "Ask";
    }
  }
}

async function prefixes() {
  return names.then((found) => found.prefixes, () => ({}));
}

function remembered(query) {
  const address = `/sparql?${new URLSearchParams({ query })}`;
  if (address !== location.pathname + location.search) history.pushState(null, "", address);
  keep(query);
  fillHistory();
}

function load(query) {
  editor.replace(query);
  editor.focus();
}

function chooser(label, first) {
  const select = element("select", {}, element("option", { value: "", textContent: first }));
  return { select, label: element("label", {}, label, select) };
}

const examples = chooser("Examples", "choose a question …");
const past = chooser("History", "choose an earlier query …");

async function fillExamples() {
  const listed = await fetch("/queries", { headers: { Accept: "application/json" } }).then((response) => response.json());
  const groups = Map.groupBy(listed, (query) => query.tags[0] ?? "other");
  for (const [tag, queries] of [...groups].sort()) {
    const options = queries.map((query) => element("option", { value: query.name, textContent: query.summary }));
    examples.select.append(element("optgroup", { label: tag }, ...options));
  }
}

function fillHistory() {
  const options = kept().map(({ query, when }, place) =>
    element("option", { value: place, textContent: `${new Date(when).toLocaleString()}  ${summaryOf(query)}` }),
  );
  const all = element("option", { value: "forget", textContent: "Forget all of these" });
  past.select.replaceChildren(past.select.options[0], ...options, ...(options.length ? [all] : []));
  past.select.disabled = options.length === 0;
}

function summaryOf(query) {
  const lines = query.split("\n").filter((line) => line.trim() && !/^\s*(#|prefix\b|base\b)/i.test(line));
  return lines.join(" ").replace(/\s+/g, " ").slice(0, 80);
}

examples.select.addEventListener("change", async () => {
  if (!examples.select.value) return;
  const text = await fetch(`/queries/${examples.select.value}.rq`).then((response) => response.text());
  const summary = examples.select.selectedOptions[0].textContent;
  editor.replace(`# ${summary}\n${text.replace(/^#\+.*\n/gm, "")}`);
});
past.select.addEventListener("change", () => {
  if (past.select.value === "forget") {
    forget();
    fillHistory();
  } else if (past.select.value) editor.replace(kept()[past.select.value].query);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (running) running.abort();
  else run();
});
addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search).get("query");
  if (query === null) return;
  load(query);
  run({ remember: false });
});

form.prepend(element("div", { className: "choosers" }, examples.label, past.label));
button.after(element("small", { className: "hint", textContent: "Ctrl-Enter asks · Ctrl-Space completes" }));
answer.prepend(status, result);
fillHistory();
fillExamples().catch(() => (examples.select.disabled = true));
if (new URLSearchParams(location.search).get("query")) run({ remember: false });
