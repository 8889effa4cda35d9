// What the editor offers: prefixes, classes and properties of this dataset, the variables of the query, keywords.
import { number, say } from "../page/words.js";
import { placeAt } from "./place.js";

const KEYWORDS =
  "SELECT CONSTRUCT DESCRIBE ASK WHERE DISTINCT OPTIONAL UNION MINUS FILTER BIND VALUES GRAPH SERVICE EXISTS ORDER GROUP BY HAVING LIMIT OFFSET COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT LANG STR REGEX CONTAINS PREFIX FROM AS NOT IN";
const RDF_TYPE = /^(a|rdf:type|<http:\/\/www\.w3\.org\/1999\/02\/22-rdf-syntax-ns#type>)$/;

/** Makes a completion source of a promise of what /sparql/completions says. */
export function completionSource(names) {
  return async (context) => {
    const word = context.matchBefore(/[?$]\w*|[\w-]*:?[\w.%-]*/);
    const text = context.state.doc.toString();
    const before = text.slice(0, word.from);
    if (isInside(before)) return null;
    if (word.from === word.to && !context.explicit) return null;
    const found = await names.catch(() => null);
    const options = found ? optionsFor(found, text, before, word.text) : [];
    return { from: word.from, options, validFor: /^[?$]?[\w:.%-]*$/ };
  };
}

/** Within a comment, a string or an IRI nothing is completed. */
function isInside(before) {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return /^(?:[^"'<#]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|<[^<>\s]*>|<(?=[\s=]))*(?:#|"|'|<(?![\s=])[^>\s]*$)/.test(line);
}

function optionsFor(names, text, before, word) {
  if (/\bprefix\s+$/i.test(before)) return declarations(names);
  if (/^[?$]/.test(word)) return variables(text, word);
  const { place, subject, predicate } = placeAt(before);
  const declared = declaredIn(text);
  const named = (term, options) => namedTerm(term, { ...names.prefixes, ...declared }, declared, options);
  if (place === "predicate") return properties(names, classesOf(subject, text, names), named);
  if (place === "object" && RDF_TYPE.test(predicate)) return names.classes.map((term) => named(term, { type: "class" }));
  const keywords = word.includes(":") ? [] : KEYWORDS.split(" ").map((label) => ({ label, type: "keyword" }));
  const terms = names.classes.map((term) => named(term, { type: "class", boost: -20 }));
  return [...keywords, ...variables(text, word), ...terms, ...names.properties.map((term) => named(term, { type: "property", boost: -30 }))];
}

function declarations(names) {
  return Object.entries(names.prefixes).map(([prefix, namespace]) => ({
    label: `${prefix}:`,
    detail: namespace,
    apply: `${prefix}: <${namespace}>`,
    type: "namespace",
  }));
}

function variables(text, word) {
  const found = new Set(text.match(/[?$]\w+/g));
  found.delete(word);
  return [...found].map((label) => ({ label, type: "variable" }));
}

/** The properties that instances of the subject's classes have come first. */
function properties(names, classes, named) {
  const usual = new Set(classes.flatMap((term) => term.properties));
  const type = { label: "a", detail: say("editor.instance_of"), type: "keyword", boost: 50 };
  return [type, ...names.properties.map((term) => named(term, { type: "property", boost: often(term) + (usual.has(term.iri) ? 40 : 0) }))];
}

function classesOf(subject, text, names) {
  if (!subject) return [];
  const prefixes = { ...names.prefixes, ...declaredIn(text) };
  const quoted = subject.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const found = [...text.matchAll(new RegExp(`${quoted}\\s+(?:a|rdf:type)\\s+([\\w-]*):([\\w.-]*\\w)`, "g"))];
  const iris = new Set(found.map(([, prefix, name]) => (prefixes[prefix] ?? "") + name));
  return names.classes.filter((term) => iris.has(term.iri));
}

function declaredIn(text) {
  return Object.fromEntries([...text.matchAll(/\bprefix\s+([\w.-]*):\s*<([^<>\s]*)>/gi)].map(([, prefix, iri]) => [prefix, iri]));
}

function namedTerm(term, prefixes, declared, options) {
  const fitting = Object.entries(prefixes).filter(([, namespace]) => namespace && term.iri.startsWith(namespace));
  fitting.sort(([one, a], [other, b]) => b.length - a.length || (other in declared) - (one in declared));
  const [prefix, namespace] = fitting[0] ?? [];
  const name = namespace && term.iri.slice(namespace.length);
  const isNamed = name && !/[/#?]/.test(name);
  return {
    label: isNamed ? `${prefix}:${name}` : `<${term.iri}>`,
    detail: `${term.label === name ? "" : (term.label ?? "")} ×${number(term.count)}`.trim(),
    info: term.definition,
    boost: often(term),
    ...options,
    apply: isNamed && !(prefix in declared) ? declaring(prefix, namespace) : undefined,
  };
}

/** What is used more is offered before; the count itself would outweigh how well a name fits. */
function often(term) {
  return 2 * Math.log10(term.count + 1);
}

/** Puts a name in, and its prefix in front of the query. */
function declaring(prefix, namespace) {
  return (view, completion, from, to) => {
    const line = `PREFIX ${prefix}: <${namespace}>\n`;
    const at = afterHeader(view.state.doc.toString());
    const changes = [{ from: at, insert: line }, { from, to, insert: completion.label }];
    view.dispatch({ changes, selection: { anchor: from + line.length + completion.label.length }, userEvent: "input.complete" });
  };
}

/** Behind the comments that open the query. */
function afterHeader(text) {
  return /^(?:#[^\n]*\n)*/.exec(text)[0].length;
}
