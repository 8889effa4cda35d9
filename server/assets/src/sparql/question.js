// Asks the endpoint and reads the answer piece by piece, no more of it than a page can show.
import { JSONParser } from "@streamparser/json";
import { number, say } from "../page/words.js";

export const MOST_SOLUTIONS = 10_000;
const MOST_CHARACTERS = 200_000;
export const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9, application/problem+json;q=0.8";

export class Problem extends Error {
  constructor(details) {
    super(details.detail ?? details.title);
    Object.assign(this, { title: details.title, line: details.line, column: details.column });
  }
}

/** Gives {kind, ...} with what was read, and whether that is all; throws a Problem. */
export async function ask(query, signal) {
  const headers = { Accept: ACCEPT, "Content-Type": "application/sparql-query" };
  const response = await fetch("/sparql", { method: "POST", body: query, headers, signal }).catch((error) => {
    if (signal.aborted) throw error;
    throw new Problem({ title: say("editor.no_answer"), detail: say("editor.unreachable") });
  });
  try {
    return await readAnswer(response);
  } catch (error) {
    if (signal.aborted || error instanceof Problem) throw error;
    throw new Problem({ title: say("editor.broken"), detail: say("editor.broken_detail") });
  }
}

/** Reads solutions, a truth value or a graph from a response. */
export async function readAnswer(response) {
  if (!response.ok) throw new Problem(await response.json().catch(() => ({ title: response.statusText })));
  const type = response.headers.get("Content-Type");
  return type.startsWith("text/turtle") ? readGraph(response) : readSolutions(response);
}

async function readGraph(response) {
  let text = "";
  for await (const piece of pieces(response)) {
    text += piece;
    if (text.length > MOST_CHARACTERS) break;
  }
  const isWhole = text.length <= MOST_CHARACTERS;
  return { kind: "graph", text: isWhole ? text : text.slice(0, text.lastIndexOf("\n", MOST_CHARACTERS)), isWhole };
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
  return read;
}

/** Says in words how much was read. */
export function summary({ kind, solutions, text, isWhole }) {
  if (kind === "boolean") return say("editor.answered");
  if (kind === "graph") return isWhole ? say("editor.graph") : say("editor.first_lines", { count: number(text.split("\n").length) });
  const count = number(solutions.length);
  if (!isWhole) return say("editor.first_solutions", { count });
  return say(solutions.length === 1 ? "editor.solution" : "editor.solutions", { count });
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
