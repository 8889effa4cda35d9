// The page /sparql: an editor in place of the text area of its form, which goes on working where this does not run.
import { element } from "./page/elements.js";
import { language, say } from "./page/words.js";
import { completionSource } from "./sparql/completions.js";
import { createEditor } from "./sparql/editor.js";
import { forget, keep, kept } from "./sparql/history.js";
import { ask, formatsOf, summary } from "./sparql/question.js";
import { show, showProblem } from "./sparql/result.js";

/** What the views of saved queries are here; the others are tables. */
const VIEWS = { bars: "chart", flow: "chart", graph: "graph", timeline: "timeline" };

const form = document.querySelector("form.sparql");
const textArea = form.elements.query;
const status = element("p", { role: "status" });
const result = element("section", { "aria-label": say("editor.result") });
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
  button.textContent = say("editor.stop");
  status.textContent = say("editor.asking");
  try {
    const began = performance.now();
    const found = await ask(query, stop.signal);
    if (running !== stop) return;
    const formats = await formatsOf(names, found);
    const seconds = ((performance.now() - began) / 1000).toLocaleString(language, { maximumFractionDigits: 2 });
    await show(result, found, { query, formats, prefixes: await prefixes(), view: wishedView(), chosen: wishView, signal: stop.signal });
    if (running !== stop) return;
    status.textContent = say("editor.done", { summary: summary(found), seconds });
  } catch (error) {
    if (running !== stop) return;
    status.textContent = stop.signal.aborted ? say("editor.stopped") : "";
    if (stop.signal.aborted) return;
    showProblem(result, error, () => editor.goTo(error.line, error.column));
    editor.mark(error);
  } finally {
    if (running === stop) {
      running = null;
      button.textContent = say("sparql.ask");
    }
  }
}

async function prefixes() {
  return names.then((found) => found.prefixes, () => ({}));
}

function remembered(query) {
  const address = `/sparql?${new URLSearchParams({ query })}`;
  if (address !== location.pathname + location.search) history.pushState(null, "", address + location.hash);
  keep(query);
  fillHistory();
}

/** The view that is wished stands behind the # of the address, so that it is shared with it. */
function wishedView() {
  return new URLSearchParams(location.hash.slice(1)).get("view");
}

function wishView(name) {
  const view = name && `#${new URLSearchParams({ view: name })}`;
  history.replaceState(history.state, "", location.pathname + location.search + view);
}

function load(query) {
  editor.replace(query);
  editor.focus();
}

function chooser(label, first) {
  const select = element("select", {}, element("option", { value: "", textContent: first }));
  return { select, label: element("label", {}, label, select) };
}

const examples = chooser(say("editor.examples"), say("editor.choose_example"));
const past = chooser(say("editor.history"), say("editor.choose_query"));

async function fillExamples() {
  const listed = await fetch("/queries", { headers: { Accept: "application/json" } }).then((response) => response.json());
  const groups = Map.groupBy(listed, (query) => query.tags[0] ?? "other");
  for (const [tag, queries] of [...groups].sort()) {
    const options = queries.map((query) => element("option", { value: query.name, textContent: query.summary, "data-view": query.view }));
    examples.select.append(element("optgroup", { label: tag }, ...options));
  }
}

function fillHistory() {
  const options = kept().map(({ query, when }, place) =>
    element("option", { value: place, textContent: `${new Date(when).toLocaleString(language)}  ${shortened(query)}` }),
  );
  const all = element("option", { value: "forget", textContent: say("editor.forget") });
  past.select.replaceChildren(past.select.options[0], ...options, ...(options.length ? [all] : []));
  past.select.disabled = options.length === 0;
}

function shortened(query) {
  const lines = query.split("\n").filter((line) => line.trim() && !/^\s*(#|prefix\b|base\b)/i.test(line));
  return lines.join(" ").replace(/\s+/g, " ").slice(0, 80);
}

examples.select.addEventListener("change", async () => {
  if (!examples.select.value) return;
  const text = await fetch(`/queries/${examples.select.value}.rq`).then((response) => response.text());
  const [{ textContent, dataset }] = examples.select.selectedOptions;
  editor.replace(`# ${textContent}\n${text.replace(/^#\+.*\n/gm, "")}`);
  wishView(VIEWS[dataset.view] ?? "");
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
button.after(element("small", { className: "hint", textContent: say("editor.hint") }));
answer.prepend(status, result);
fillHistory();
fillExamples().catch(() => (examples.select.disabled = true));
if (new URLSearchParams(location.search).get("query")) run({ remember: false });
