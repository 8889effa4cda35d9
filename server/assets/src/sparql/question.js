// Asks the endpoint and reads the answer piece by piece, no more of it than a page can show.
import { JSONParser } from "@streamparser/json";

export const MOST_SOLUTIONS = 10_000;
const MOST_CHARACTERS = 200_000;
const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.8";

export class Problem extends Error {
  constructor(details) {
    super(details.detail ?? details.title);
    Object.assign(this, { title: details.title, line: details.line, column: details.column });
  }
}

/** Gives {kind, ...} with what was read, whether that is all, and a summary; throws a Problem. */
export async function ask(query, signal) {
  const headers = { Accept: ACCEPT, "Content-Type": "application/sparql-query" };
  const response = await fetch("/sparql", { method: "POST", body: query, headers, signal }).catch((error) => {
    if (signal.aborted) throw error;
    throw new Problem({ title: "No answer", detail: "the server cannot be reached: ask again later" });
  });
  if (!response.ok) throw new Problem(await response.json().catch(() => ({ title: response.statusText })));
  const type = response.headers.get("Content-Type");
  try {
    return await (type.startsWith("text/turtle") ? readGraph(response) : readSolutions(response));
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Problem({ title: "Broken answer", detail: "the answer ended before its end: the query ran into a limit" });
  }
}

async function readGraph(response) {
  let text = "";
  for await (const piece of pieces(response)) {
    text += piece;
    if (text.length > MOST_CHARACTERS) break;
  }
  const isWhole = text.length <= MOST_CHARACTERS;
  const shown = isWhole ? text : text.slice(0, text.lastIndexOf("\n", MOST_CHARACTERS));
  const lines = shown.split("\n").length.toLocaleString("en");
  return { kind: "graph", text: shown, isWhole, summary: isWhole ? "A graph" : `The first ${lines} lines of a graph` };
}

async function readSolutions(response) {
  const read = { kind: "solutions", variables: [], solutions: [], isWhole: true };
  const parser = new JSONParser({ paths: ["$.head.vars", "$.boolean", "$.results.bindings.*"], keepStack: false });
  parser.onValue = ({ value, key }) => {
    if (key === "vars") read.variables = value;
    else if (key === "boolean") Object.assign(read, { kind: "boolean", value });
    else if (read.solutions.length < MOST_SOLUTIONS) read.solutions.push(value);
    else read.isWhole = false;
  };
  for await (const piece of pieces(response)) {
    parser.write(piece);
    if (!read.isWhole) break;
  }
  const count = read.solutions.length;
  const number = `${count.toLocaleString("en")} solution${count === 1 ? "" : "s"}`;
  return { ...read, summary: read.kind === "boolean" ? "Answered" : read.isWhole ? number : `The first ${number}` };
}

/** Whoever leaves the loop ends the transfer, and with it the work of the server. */
async function* pieces(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

export async function formatsOf(names, answer) {
  return names.then((found) => found.formats[answer.kind], () => []);
}
