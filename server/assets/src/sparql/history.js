// The queries that were asked in this browser, the latest first; they stay here.
const KEY = "agon.queries";
const MOST = 50;

export function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? [];
  } catch {
    return []; // there is no storage here, or another wrote to it
  }
}

export function forget() {
  localStorage.removeItem(KEY);
}

export function keep(query) {
  const others = kept().filter((one) => one.query !== query);
  try {
    localStorage.setItem(KEY, JSON.stringify([{ query, when: Date.now() }, ...others].slice(0, MOST)));
  } catch {
    // it is full or forbidden: the query is answered all the same
  }
}
