// Shows an answer: a table a page at a time, a truth value, or a graph as text; with links to it in every format.
import { element } from "./elements.js";

const PAGE = 100;

export function show(place, answer, { query, formats, prefixes }) {
  const parts = { solutions: table, boolean: truth, graph: text }[answer.kind](answer, prefixes);
  place.replaceChildren(...limit(answer), ...parts, downloads(query, formats));
}

export function showProblem(place, problem, goTo) {
  const alert = element("div", { className: "problem", role: "alert" });
  if (problem.line) {
    const where = `line ${problem.line}, column ${problem.column}`;
    const button = element("button", { type: "button", textContent: `Go to ${where}` });
    button.addEventListener("click", goTo);
    alert.append(element("strong", { textContent: problem.title }), element("p", { textContent: problem.message }), button);
  } else {
    alert.append(element("strong", { textContent: problem.title ?? "Fault" }), element("p", { textContent: problem.message }));
  }
  place.replaceChildren(alert);
}

function truth(answer) {
  return [element("p", { className: "answer", textContent: answer.value ? "yes" : "no" })];
}

function text(answer) {
  return [element("pre", { textContent: answer.text, tabIndex: 0 })];
}

function limit(answer) {
  if (answer.isWhole) return [];
  return [element("p", { className: "note", textContent: "There is more than is shown here: a download has all of it." })];
}

function downloads(query, formats) {
  const links = formats.map((name) => {
    const address = `/sparql?${new URLSearchParams({ query, format: name })}`;
    return element("a", { href: address, download: `answer.${name}`, textContent: name });
  });
  return element("p", { className: "downloads" }, "Download ", ...links);
}

function table(answer, prefixes) {
  const body = element("tbody");
  const head = element("tr", {}, element("th", { scope: "col", textContent: "#" }), ...answer.variables.map(heading));
  const scroll = element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Solutions" });
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

function row(solution, number, variables, prefixes) {
  const cells = variables.map((name) => element("td", { dir: "auto" }, ...term(solution[name], prefixes)));
  return element("tr", {}, element("td", { className: "number", textContent: number }), ...cells);
}

function pager(count, turn) {
  let start = 0;
  const place = element("span", { "aria-live": "polite" });
  const [back, on] = ["Previous", "Next"].map((name) => element("button", { type: "button", textContent: name }));
  const go = (to) => {
    start = to;
    turn(start);
    const [first, last] = [start + 1, Math.min(start + PAGE, count)].map((number) => number.toLocaleString("en"));
    place.textContent = `${first} to ${last} of ${count.toLocaleString("en")}`;
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

/** The address here of an IRI of this dataset. */
function local(iri) {
  const base = document.querySelector("form.sparql").dataset.base;
  return iri.startsWith(base) ? `/${iri.slice(base.length)}` : iri;
}

function compact(iri, prefixes) {
  const fitting = Object.entries(prefixes).filter(([, namespace]) => namespace && iri.startsWith(namespace));
  const [prefix, namespace] = fitting.sort(([, one], [, other]) => other.length - one.length)[0] ?? [];
  const name = namespace && iri.slice(namespace.length);
  return name && !/[/#?]/.test(name) ? `${prefix}:${name}` : `<${iri}>`;
}
