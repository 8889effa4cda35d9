// Which pictures fit an answer of the endpoint.
import { say } from "../page/words.js";
import { chartVariables, drawChart } from "./chart.js";
import { drawLinks, linksOf } from "./sections.js";
import { drawTimeline, timelineVariables } from "./timeline.js";

/** Gives [{name, title, make(panel)}]; a picture that the answer cannot have is not among them. */
export async function offers(answer, prefixes) {
  const found = await linksOf(answer);
  const graph = found.links.length ? [view("graph", (panel) => drawLinks(panel, found, prefixes))] : [];
  if (answer.kind !== "solutions") return graph;
  const [chart, timeline] = [chartVariables(answer), timelineVariables(answer)];
  return [
    ...graph,
    ...(chart ? [view("chart", (panel) => drawChart(panel, answer, chart, prefixes))] : []),
    ...(timeline ? [view("timeline", (panel) => drawTimeline(panel, answer, timeline, prefixes))] : []),
  ];
}

function view(name, make) {
  return { name, title: say(`editor.as_${name}`), make };
}
