// Bars: one for each solution, as long as its number.
import { axisBottom } from "d3-axis";
import { scaleBand, scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { element, shape } from "../page/elements.js";
import { language, number, say } from "../page/words.js";
import { drawToWidth } from "./frame.js";
import { cut, namesOfRows, numbersOf } from "./values.js";

const MOST_BARS = 30;
const BAR = 26;

/** Gives the variable that is measured and those that name its values, or nothing where there are none. */
export function chartVariables(answer) {
  const numbers = numbersOf(answer);
  const names = answer.variables.filter((name) => !numbers.includes(name) && answer.solutions.some((row) => row[name]));
  return numbers.length && names.length ? { measure: numbers[0], names: names.slice(0, 2) } : null;
}

export async function drawChart(place, answer, { measure, names }, prefixes) {
  const counted = answer.solutions.filter((row) => row[measure] && Number.isFinite(Number(row[measure].value)));
  const largest = counted.toSorted((one, other) => Number(other[measure].value) - Number(one[measure].value)).slice(0, MOST_BARS);
  const texts = await namesOfRows(largest, names, prefixes);
  const bars = largest.map((row, at) => ({ name: texts[at], value: Number(row[measure].value) }));
  const values = { measure, names: names.join(", "), shown: number(bars.length), count: number(counted.length) };
  const words = say(counted.length > bars.length ? "chart.largest" : "chart.title", values);
  const figure = drawToWidth(place, words, (width) => draw(bars, width));
  figure.append(element("figcaption", { textContent: `${words} ${say("chart.table")}` }));
}

function draw(bars, width) {
  const left = Math.min(280, width * 0.42);
  const height = bars.length * BAR;
  const x = scaleLinear([Math.min(0, ...bars.map((bar) => bar.value)), Math.max(0, ...bars.map((bar) => bar.value))], [left, width - 64]).nice(5);
  const y = scaleBand(bars.map((_, at) => at), [0, height]).padding(0.25);
  const format = new Intl.NumberFormat(language, { maximumFractionDigits: 4 });
  const axis = shape("g", { class: "axis", transform: `translate(0 ${height})` });
  select(axis).call(axisBottom(x).ticks(Math.max(2, width / 140)).tickSize(-height).tickFormat((value) => format.format(value)));
  const rows = bars.flatMap(({ name, value }, at) => {
    const [from, to] = [x(Math.min(0, value)), x(Math.max(0, value))];
    const middle = y(at) + y.bandwidth() / 2;
    const title = shape("title", {}, `${name}: ${format.format(value)}`);
    return [
      shape("text", { x: left - 8, y: middle, dy: "0.35em", "text-anchor": "end" }, cut(name, left - 8), title.cloneNode(true)),
      shape("rect", { class: "bar", x: from, y: y(at), width: Math.max(to - from, 1), height: y.bandwidth() }, title),
      shape("text", { class: "size", x: to + 5, y: middle, dy: "0.35em" }, format.format(value)),
    ];
  });
  return { shapes: [axis, ...rows], height: height + 24 };
}
