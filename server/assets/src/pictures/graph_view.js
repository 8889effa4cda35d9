// The picture of a graph with all that belongs to it: what is chosen in words, how to move, and the same as a list.
import { element } from "../page/elements.js";
import { number, say } from "../page/words.js";
import { GraphPicture } from "./graph.js";
import { about, listing } from "./graph_text.js";
import { Neighbourhood, neighboursOf } from "./neighbourhood.js";

/** Shows a graph: `given` holds, for each thing that it begins with, {thing, groups}; `first` is opened at once. */
export async function showGraph(place, given, { title, first = null }) {
  const model = new Neighbourhood(given);
  if (first) model.open(first.thing.iri, first);
  const status = element("p", { role: "status", className: "quiet" });
  const chosen = element("div", { className: "net-chosen" });
  const text = element("div");

  const picture = new GraphPicture(model, title, {
    choose: (thing) => chosen.replaceChildren(...about(thing, model.visible())),
    toggle: async (thing) => {
      if (thing.canOpen === false) return;
      status.textContent = await openOrClose(model, thing);
      picture.update(thing.iri);
      text.replaceChildren(...listing(model));
    },
  });
  const list = element("details", { className: "net-text" }, element("summary", { textContent: say("graph.as_text") }), text);
  place.replaceChildren(picture.element, status, chosen, element("p", { className: "quiet", textContent: say("graph.hint") }), list);
  picture.update();
  text.replaceChildren(...listing(model));
  if (first) status.textContent = summary(first);
}

async function openOrClose(model, thing) {
  if (model.isOpen(thing.iri)) {
    model.close(thing.iri);
    return say("graph.closed", { name: thing.name });
  }
  try {
    const answer = await neighboursOf(thing.iri);
    return model.open(thing.iri, answer) ? summary(answer) : say("graph.full", { name: thing.name });
  } catch {
    return say("graph.failed", { name: thing.name });
  }
}

/** Says how many neighbours are shown, and how many are not. */
function summary({ thing, groups }) {
  const shown = groups.reduce((sum, group) => sum + group.neighbours.length, 0);
  const left = groups.reduce((sum, group) => sum + group.count - group.neighbours.length, 0);
  const values = { name: thing.name, shown: number(shown), left: number(left) };
  return say(shown ? (left ? "graph.opened_part" : "graph.opened") : "graph.alone", values);
}
