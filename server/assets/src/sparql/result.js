// Shows an answer: a table a page at a time, a truth value, or a graph as text; beside these the pictures that fit, in
// tabs; with links to it in every format.
import { element } from "../page/elements.js";
import { tabs } from "../page/tabs.js";
import { compact, local } from "../page/terms.js";
import { number, say } from "../page/words.js";

const PAGE = 100;

/** Shows an answer in `view` if it is offered; `chosen` is told which one a reader chooses. */
export async function show(place, answer, { query, formats, prefixes, view, chosen, signal }) {
  const make = (panel) => panel.append(...{ solutions: table, boolean: truth, graph: text }[answer.kind](answer, prefixes));
  const plain = { name: answer.kind === "graph" ? "text" : "table", make };
  const views = [{ ...plain, title: say(`editor.as_${plain.name}`) }, ...(await offered(answer, prefixes))];
  if (signal.aborted) return;
  const first = views.some(({ name }) => name === view) ? view : plain.name;
  const shown = views.length > 1 ? tabs(views, { label: say("editor.views"), first, chosen }) : null;
  const panel = element("div");
  if (!shown) make(panel);
  place.replaceChildren(...limit(answer), ...(shown?.nodes ?? [panel]), downloads(query, formats));
  shown?.show();
}

/** What finds and draws pictures is asked for with the first answer only. */
async function offered(answer, prefixes) {
  if (answer.kind === "boolean") return [];
  return import("../pictures/offers.js").then(({ offers }) => offers(answer, prefixes), () => []);
}

export function showProblem(place, problem, goTo) {
  const alert = element("div", { className: "problem", role: "alert" });
  if (problem.line) {
    const { line, column } = problem;
    const button = element("button", { type: "button", textContent: say("editor.go_to", { line, column }) });
    button.addEventListener("click", goTo);
    alert.append(element("strong", { textContent: problem.title }), element("p", { textContent: problem.message }), button);
  } else {
    alert.append(element("strong", { textContent: problem.title ?? say("editor.fault") }), element("p", { textContent: problem.message }));
  }
  place.replaceChildren(alert);
}

function truth(answer) {
  return [element("p", { className: "answer", textContent: say(answer.value ? "table.yes" : "table.no") })];
}

function text(answer) {
  return [element("pre", { textContent: answer.text, tabIndex: 0 })];
}

function limit(answer) {
  if (answer.isWhole) return [];
  return [element("p", { className: "note", textContent: say("editor.more") })];
}

function downloads(query, formats) {
  const links = formats.map((name) => {
    const address = `/sparql?${new URLSearchParams({ query, format: name })}`;
    return element("a", { href: address, download: `answer.${name}`, textContent: name });
  });
  return element("p", { className: "downloads" }, `${say("editor.download")} `, ...links);
}

function table(answer, prefixes) {
  const body = element("tbody");
  const head = element("tr", {}, element("th", { scope: "col", textContent: "#" }), ...answer.variables.map(heading));
  const scroll = element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": say("editor.table") });
  scroll.append(element("table", {}, element("thead", {}, head), body));
  const turn = (start) => {
    const rows = answer.solutions.slice(start, start + PAGE);
    body.replaceChildren(...rows.map((solution, place) => row(solution, start + place + 1, answer.variables, prefixes)));
  };
  turn(0);
  return answer.solutions.length > PAGE ? [pager(answer.solutions.length, turn), scroll] : [scroll];
}

function heading(name) {
  return element("th", { scope: "col", textContent: name });
}

function row(solution, place, variables, prefixes) {
  const cells = variables.map((name) => element("td", { dir: "auto" }, ...term(solution[name], prefixes)));
  return element("tr", {}, element("td", { className: "number", textContent: place }), ...cells);
}

function pager(count, turn) {
  let start = 0;
  const place = element("span", { "aria-live": "polite" });
  const [back, on] = ["previous", "next"].map((name) => element("button", { type: "button", textContent: say(`editor.${name}`) }));
  const go = (to) => {
    start = to;
    turn(start);
    const [first, last, all] = [start + 1, Math.min(start + PAGE, count), count].map(number);
    place.textContent = say("editor.page", { first, last, all });
    back.disabled = start === 0;
    on.disabled = start + PAGE >= count;
  };
  back.addEventListener("click", () => go(start - PAGE));
  on.addEventListener("click", () => go(start + PAGE));
  go(0);
  return element("p", { className: "pager" }, back, place, on);
}

function term(value, prefixes) {
  if (!value) return [];
  if (value.type === "uri") return [link(value.value, prefixes)];
  if (value.type === "bnode") return [`_:${value.value}`];
  if (value.type === "triple") {
    const { subject, predicate, object } = value.value;
    const inner = [subject, predicate, object].flatMap((one) => [...term(one, prefixes), " "]);
    return ["<< ", ...inner, ">>"];
  }
  const shown = element("span", { textContent: value.value, lang: value["xml:lang"] ?? "" });
  const datatype = value.datatype ? compact(value.datatype, prefixes) : "";
  const mark = value["xml:lang"] ? `@${value["xml:lang"]}` : datatype;
  return mark ? [shown, element("small", { className: "kind", textContent: ` ${mark}` })] : [shown];
}

function link(iri, prefixes) {
  const shown = compact(iri, prefixes);
  if (!/^https?:/i.test(iri)) return element("span", { textContent: shown });
  return element("a", { href: local(iri), title: iri, textContent: shown });
}
