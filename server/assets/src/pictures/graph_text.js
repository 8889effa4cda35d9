// A graph in words: what is known of one thing, and the list of all that a picture shows.
import { element, isolated } from "../page/elements.js";
import { number, say } from "../page/words.js";

const MOST_NAMES = 3;

/** Tells whether a thing has a page: an IRI may also be a script, or name another host after two slashes. */
export function canFollow({ page }) {
  return /^(\/(?!\/)|https?:)/i.test(page);
}

function linkTo(thing) {
  const name = isolated(thing.name, thing.language);
  return canFollow(thing) ? element("a", { href: thing.page, title: thing.iri }, name) : name;
}

/** The thing that is chosen: its name and kinds, the way to its page, and what it is connected with. */
export function about(thing, { things, links }) {
  const kinds = thing.kinds.length ? [" ", element("small", { textContent: thing.kinds.join(", ") })] : [];
  const lines = [...connections(thing.iri, things, links)].map(([words, names]) => {
    const more = names.length > MOST_NAMES ? ` ${say("graph.more", { count: number(names.length - MOST_NAMES) })}` : "";
    return element("li", {}, `${words} `, element("bdi", { textContent: names.slice(0, MOST_NAMES).join("; ") }), more);
  });
  return [element("p", {}, element("strong", {}, linkTo(thing)), ...kinds), element("ul", {}, ...lines)];
}

function connections(iri, things, links) {
  const found = new Map();
  for (const { source, target, names } of links) {
    if (source !== iri && target !== iri) continue;
    const words = `${source === iri ? "→" : "←"} ${[...names].join(", ")}:`;
    found.set(words, [...(found.get(words) ?? []), things.get(source === iri ? target : source).name]);
  }
  return found;
}

/** All groups that are shown, by the things that they belong to. */
export function listing(model) {
  const shown = [...model.visible().things.values()].filter((thing) => model.groupsOf(thing.iri).length);
  return shown.flatMap((thing) => {
    const groups = model.groupsOf(thing.iri).map(group);
    const more = model.moreOf(thing.iri);
    const left = more ? [element("p", { className: "quiet", textContent: say("graph.more_properties", { count: number(more) }) })] : [];
    return [element("h2", {}, linkTo(thing)), element("dl", { className: "statements" }, ...groups), ...left];
  });
}

function group({ property, inverse, count, neighbours }) {
  const term = element("dt", {}, inverse ? "← " : "→ ", isolated(property.name, property.language));
  const left = count - neighbours.length;
  const more = left > 0 ? [element("dd", { className: "quiet", textContent: say("graph.more", { count: number(left) }) })] : [];
  return element("div", {}, term, ...neighbours.map((thing) => element("dd", {}, linkTo(thing))), ...more);
}
