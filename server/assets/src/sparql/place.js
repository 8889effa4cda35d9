// Where in a triple pattern a text ends: what may come next.
const TOKEN =
  /#[^\n]*|<[^<>\s]*>|"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[?$]\w+|@[\w-]+|\^\^|[\w-]*:(?:[\w%-]|\.(?=\w))*|\d[\d.]*|\w+|\S/g;
const KEYWORD =
  /^(where|optional|union|minus|graph|service|silent|filter|bind|values|exists|not|select|distinct|reduced|construct|ask|describe|from|named|prefix|base|limit|offset|order|group|by|having|as|in)$/i;

/** Gives {place: "subject" | "predicate" | "object", subject, predicate}. */
export function placeAt(text) {
  let state = { place: "subject" };
  for (const [token] of text.matchAll(TOKEN)) state = next(state, token);
  return state;
}

function next(state, token) {
  if (token.startsWith("#") || token === "^^" || token.startsWith("@")) return state;
  if (/^[.{}]$/.test(token) || KEYWORD.test(token)) return { place: "subject" };
  if (token === ";") return { ...state, place: "predicate" };
  if (token === ",") return { ...state, place: "object" };
  if (token === "[") return { place: "predicate", outer: state };
  if (token === "]") return after(state.outer ?? { place: "subject" }, "[]");
  if (/^[/|^]$/.test(token)) return { ...state, place: "predicate" };
  if (/^[()*+?!]$/.test(token)) return state;
  return after(state, token);
}

function after(state, token) {
  if (state.place === "subject") return { ...state, place: "predicate", subject: token };
  if (state.place === "predicate") return { ...state, place: "object", predicate: token };
  return state;
}
