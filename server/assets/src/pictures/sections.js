// What the sections of pages draw: the neighbourhood of a thing, or the answer of a saved query.
import { element } from "../page/elements.js";
import { number, say } from "../page/words.js";
import { ACCEPT, readAnswer } from "../sparql/question.js";
import { graphOf, linkingVariables, readLinks, solutionLinks } from "./connections.js";
import { showGraph } from "./graph_view.js";
import { neighboursOf } from "./neighbourhood.js";

export async function drawNeighbourhood(place, iri) {
  try {
    const first = await neighboursOf(iri);
    const given = new Map([[iri, { thing: first.thing, groups: [] }]]);
    await showGraph(place, given, { title: say("graph.around", { name: first.thing.name }), first });
  } catch {
    tell(place, say("graph.failed", { name: iri }));
  }
}

export async function drawAnswer(place, address) {
  try {
    const { prefixes } = await (await fetch("/sparql/completions", { headers: { Accept: "application/json" } })).json();
    const parameters = new URLSearchParams(location.search);
    parameters.delete("format");
    const answer = await readAnswer(await fetch(`${address}?${parameters}`, { headers: { Accept: ACCEPT } }));
    await drawLinks(place, await linksOf(answer), prefixes);
  } catch {
    tell(place, say("graph.failed", { name: document.title }));
  }
}

/** Gives the links in an answer, if it has any. */
export async function linksOf(answer) {
  if (answer.kind === "graph") return readLinks(answer.text);
  const variables = answer.kind === "solutions" && linkingVariables(answer);
  return variables ? solutionLinks(answer, variables) : { links: [], kinds: new Map() };
}

export async function drawLinks(place, found, prefixes) {
  if (!found.links.length) return tell(place, say("graph.no_links"));
  const { given, count, shown } = await graphOf(found, prefixes);
  const drawn = element("div");
  const note = count > shown ? [element("p", { className: "note", textContent: say("graph.bounded", { shown: number(shown), count: number(count) }) })] : [];
  place.replaceChildren(...note, drawn);
  await showGraph(drawn, given, { title: say("graph.answer") });
}

function tell(place, words) {
  place.replaceChildren(element("p", { className: "note", role: "status", textContent: words }));
}
