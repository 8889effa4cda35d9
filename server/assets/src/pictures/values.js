// What the solutions of an answer can be drawn by: numbers, days, and the names of what these belong to.
import { compact, namesOf } from "../page/terms.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = ["integer", "decimal", "double", "float", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger"];
const DAYS = ["date", "dateTime", "dateTimeStamp", "gYear", "gYearMonth"];

/** Gives the variables that are bound to nothing but numbers, or days. */
export function variablesOf({ variables, solutions }, datatypes) {
  const iris = new Set(datatypes.map((name) => XSD + name));
  const bound = (name) => solutions.map((row) => row[name]).filter(Boolean);
  return variables.filter((name) => bound(name).length && bound(name).every((term) => iris.has(term.datatype)));
}

export const numbersOf = (answer) => variablesOf(answer, NUMBERS);
export const daysOf = (answer) => variablesOf(answer, DAYS);

/** Names each of some solutions by what a few variables are bound to. */
export async function namesOfRows(rows, variables, prefixes) {
  const terms = rows.flatMap((row) => variables.map((name) => row[name]).filter(Boolean));
  const names = await namesOf(terms.filter(({ type }) => type === "uri").map(({ value }) => value));
  const text = (term) => (term.type === "uri" ? (names.get(term.value)?.name ?? compact(term.value, prefixes)) : textOf(term));
  return rows.map((row) => variables.map((name) => row[name] && text(row[name])).filter(Boolean).join(" · "));
}

function textOf({ type, value }) {
  return type === "bnode" ? `_:${value}` : type === "triple" ? "<< >>" : value;
}

/** Gives the first and the last moment of a day, a month or a year, or of a moment; nothing for what is none. */
export function spanOf({ value, datatype }) {
  const kind = datatype.slice(XSD.length);
  const [, year, month, day] = /^(-?\d{4,})(?:-(\d\d))?(?:-(\d\d))?/.exec(value) ?? [];
  if (kind.startsWith("dateTime")) {
    const moment = new Date(value);
    return isNaN(moment) ? null : [moment, moment];
  }
  if (year === undefined) return null;
  const start = utc(Number(year), month ? month - 1 : 0, day ? Number(day) : 1);
  const end = day ? utc(Number(year), month - 1, Number(day) + 1) : month ? utc(Number(year), Number(month), 1) : utc(Number(year) + 1, 0, 1);
  return [start, end];
}

/** Date.UTC takes the years up to 99 for those of the twentieth century. */
function utc(year, month, day) {
  const date = new Date(Date.UTC(2000, month, day));
  date.setUTCFullYear(year + date.getUTCFullYear() - 2000);
  return date;
}

/** Cuts a name so that about so many pixels hold it. */
export function cut(name, pixels) {
  const most = Math.max(6, Math.floor(pixels / 7.2));
  const letters = [...name];
  return letters.length > most ? `${letters.slice(0, most - 1).join("").trimEnd()}…` : name;
}
