// The words of the page, in the language that the server chose: templates give them in attributes data-words.
const places = [...document.querySelectorAll("[data-words]")];
const groups = Object.assign({}, ...places.map((place) => JSON.parse(place.dataset.words)));

export const language = document.documentElement.lang;

/** Gives a text by the name of its group and its own, with values in the places that it names in braces. */
export function say(name, values = {}) {
  const [group, key] = name.split(".");
  return groups[group][key].replace(/\{(\w+)\}/g, (_, place) => values[place]);
}

export function number(count) {
  return count.toLocaleString(language);
}
