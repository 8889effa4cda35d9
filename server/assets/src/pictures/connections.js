// Graphs in answers: the triples of a graph, or the solutions that bind two or more variables to IRIs.
import { Parser } from "n3";
import { compact, local, namesOf } from "../page/terms.js";

const MOST_THINGS = 60;
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const PROPERTY_VARIABLE = /^(p|pred|predicate|property|relation|link)$/i;

/** Reads a graph in Turtle as far as it goes: where it was cut off, up to there. */
export function readLinks(turtle) {
  const links = [];
  const kinds = new Map();
  return new Promise((resolve) => {
    new Parser().parse(turtle, (error, triple) => {
      if (error || !triple) resolve({ links, kinds });
      else addTriple(triple, links, kinds);
    });
  });
}

function addTriple({ subject, predicate, object }, links, kinds) {
  if (![subject, object].every(({ termType }) => termType === "NamedNode" || termType === "BlankNode")) return;
  const [source, target] = [subject, object].map(({ termType, value }) => (termType === "BlankNode" ? `_:${value}` : value));
  if (predicate.value === TYPE) kinds.set(source, [...(kinds.get(source) ?? []), target]);
  else links.push({ source, target, property: predicate.value });
}

/** Which variables make a graph: those bound to IRIs only, one of which may name the property; none if they are too few. */
export function linkingVariables({ variables, solutions }) {
  const binds = (name) => solutions.some((row) => row[name]) && solutions.every((row) => !row[name] || row[name].type === "uri");
  const bound = variables.filter(binds);
  const property = bound.length > 2 ? bound.find((name) => PROPERTY_VARIABLE.test(name)) : undefined;
  const ends = bound.filter((name) => name !== property);
  return ends.length > 1 ? { property, source: ends[0], targets: ends.slice(1) } : null;
}

/** Links the first thing of each solution to every other; the variable names the link where no property does. */
export function solutionLinks({ solutions }, { property, source, targets }) {
  const links = solutions.flatMap((row) =>
    targets
      .filter((target) => row[source] && row[target])
      .map((target) => ({ source: row[source].value, target: row[target].value, property: row[property]?.value, name: target })),
  );
  return { links, kinds: new Map() };
}

/** Makes what a picture begins with; `count` is how many things there are, of which a bounded number is given. */
export async function graphOf({ links, kinds }, prefixes) {
  const all = new Set(links.flatMap(({ source, target }) => [source, target]));
  const kept = new Set([...all].slice(0, MOST_THINGS));
  const shown = links.filter(({ source, target }) => kept.has(source) && kept.has(target));
  const classes = [...kept].flatMap((iri) => kinds.get(iri) ?? []);
  const asked = [...kept, ...classes, ...shown.map(({ property }) => property)];
  const names = await namesOf(asked.filter((iri) => iri && !iri.startsWith("_:")));
  const name = (iri) => names.get(iri) ?? { name: iri.startsWith("_:") ? iri : compact(iri, prefixes), language: "" };
  const thing = (iri) => {
    const isBlank = iri.startsWith("_:");
    const page = isBlank ? "" : local(iri);
    return { iri, page, ...name(iri), kinds: (kinds.get(iri) ?? []).map((kind) => name(kind).name), canOpen: !isBlank };
  };
  const given = new Map([...kept].map((iri) => [iri, { thing: thing(iri), groups: [] }]));
  for (const link of shown) addToGroup(given, link, link.property ? name(link.property) : { name: link.name, language: "" });
  return { given, count: all.size, shown: kept.size };
}

function addToGroup(given, { source, target }, property) {
  const { groups } = given.get(source);
  let group = groups.find((one) => one.property.name === property.name);
  if (!group) groups.push((group = { property, inverse: false, count: 0, neighbours: [] }));
  const { thing } = given.get(target);
  if (group.neighbours.includes(thing)) return;
  group.neighbours.push(thing);
  group.count += 1;
}
