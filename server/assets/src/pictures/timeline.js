// A timeline: one row for each solution with a day, in the order of the days.
import { axisBottom, axisTop } from "d3-axis";
import { scaleUtc } from "d3-scale";
import { select } from "d3-selection";
import { element, shape } from "../page/elements.js";
import { language, number, say } from "../page/words.js";
import { drawToWidth } from "./frame.js";
import { cut, daysOf, namesOfRows, spanOf } from "./values.js";

const MOST_ROWS = 100;
const [ROW, TOP, PAD] = [24, 26, 24];

/** Gives the variables of the first and the last day and those that name the rows, or nothing where there are none. */
export function timelineVariables(answer) {
  const days = daysOf(answer).filter((name) => answer.solutions.some((row) => row[name] && spanOf(row[name])));
  const names = answer.variables.filter((name) => !days.includes(name) && answer.solutions.some((row) => row[name]));
  return days.length && names.length ? { days: days.slice(0, 2), names: names.slice(0, 2) } : null;
}

export async function drawTimeline(place, answer, { days, names }, prefixes) {
  const dated = answer.solutions.map((row) => ({ row, span: spanOfRow(row, days) })).filter(({ span }) => span);
  dated.sort((one, other) => one.span[0] - other.span[0]);
  const shown = dated.slice(0, MOST_ROWS);
  const texts = await namesOfRows(shown.map(({ row }) => row), names, prefixes);
  const rows = shown.map(({ row, span }, at) => ({ span, name: texts[at], days: days.map((name) => row[name]?.value).filter(Boolean).join(" – ") }));
  const values = { names: names.join(", "), shown: number(rows.length), count: number(dated.length) };
  const undated = answer.solutions.length - dated.length;
  const words = [
    say(dated.length > rows.length ? "timeline.first" : "timeline.title", values),
    ...(undated ? [say("timeline.undated", { count: number(undated) })] : []),
  ].join(" ");
  const figure = drawToWidth(place, words, (width) => draw(rows, width));
  figure.append(element("figcaption", { textContent: `${words} ${say("timeline.table")}` }));
}

/** From the first moment of the earlier day to the last one of the later; two days count as a span where both are given. */
function spanOfRow(row, days) {
  const spans = days.map((name) => row[name] && spanOf(row[name])).filter(Boolean);
  if (!spans.length) return null;
  return [new Date(Math.min(...spans.map(([start]) => start))), new Date(Math.max(...spans.map(([, end]) => end)))];
}

function draw(rows, width) {
  const height = rows.length * ROW;
  const moments = rows.flatMap(({ span }) => span);
  const x = scaleUtc([new Date(Math.min(...moments)), new Date(Math.max(...moments))], [PAD, width - PAD]).nice();
  const axes = [[axisTop(x), TOP], [axisBottom(x), TOP + height]].map(([axis, y], at) => {
    const made = shape("g", { class: "axis", transform: `translate(0 ${y})` });
    select(made).call(axis.ticks(Math.max(2, width / 110)).tickFormat(dayIn(x)).tickSize(at ? 4 : -height));
    return made;
  });
  const shapes = rows.flatMap(({ span, name, days }, at) => {
    const [from, to] = span.map(x);
    const middle = TOP + at * ROW + ROW / 2;
    const title = shape("title", {}, `${days}: ${name}`);
    const isLeft = from > width - to;
    const room = (isLeft ? from : width - to) - 14;
    const words = { y: middle, dy: "0.35em", x: isLeft ? from - 6 : Math.max(to, from + 8) + 6, "text-anchor": isLeft ? "end" : "start" };
    return [
      shape("rect", { class: "bar", x: from, y: middle - 4, width: Math.max(to - from, 8), height: 8, rx: 4 }, title),
      shape("text", words, cut(name, room), title.cloneNode(true)),
    ];
  });
  return { shapes: [...axes, ...shapes], height: height + TOP + 26 };
}

/** Names a tick by its year, its month or its day, whichever it begins. */
function dayIn(x) {
  const [start, end] = x.domain();
  const forms = [{ year: "numeric" }, { month: "short", year: end - start > 8e10 ? undefined : "numeric" }, { day: "numeric", month: "short" }];
  const [year, month, day] = forms.map((form) => new Intl.DateTimeFormat(language, { ...form, timeZone: "UTC" }));
  return (date) => (date.getUTCDate() > 1 ? day : date.getUTCMonth() ? month : year).format(date);
}
