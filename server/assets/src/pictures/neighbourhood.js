// What a picture of a graph shows: things, and the groups of neighbours that are open. A group is what /neighbours gives:
// {property: {iri, name}, inverse, count, neighbours: [thing]}; a thing is {iri, name, language, kinds, page}.
const MOST_THINGS = 150;

export async function neighboursOf(iri) {
  const response = await fetch(`/neighbours?${new URLSearchParams({ iri })}`, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

export class Neighbourhood {
  #given;
  #opened = new Map();

  /** Begins with some things and, for each, groups that are always there. */
  constructor(given) {
    this.#given = given;
  }

  isOpen(iri) {
    return this.#opened.has(iri);
  }

  /** Shows the neighbours of a thing; says whether there was room for them. */
  open(iri, answer) {
    this.#opened.set(iri, answer);
    if (this.visible().things.size <= MOST_THINGS) return true;
    this.#opened.delete(iri);
    return false;
  }

  close(iri) {
    this.#opened.delete(iri);
  }

  groupsOf(iri) {
    return [...(this.#given.get(iri)?.groups ?? []), ...(this.#opened.get(iri)?.groups ?? [])];
  }

  /** How many properties of a thing are left out. */
  moreOf(iri) {
    return this.#opened.get(iri)?.more ?? 0;
  }

  /** Gives all that is to be seen: things by their IRIs, and links that name their properties. */
  visible() {
    const things = new Map([...this.#given].map(([iri, { thing }]) => [iri, thing]));
    const links = new Map();
    for (const iri of things.keys()) {
      for (const { property, inverse, neighbours } of this.groupsOf(iri)) {
        for (const other of neighbours) {
          if (!things.has(other.iri)) things.set(other.iri, other);
          addLink(links, inverse ? [other.iri, iri] : [iri, other.iri], property.name);
        }
      }
    }
    return { things, links: [...links.values()] };
  }
}

/** Several properties between two things are one link. */
function addLink(links, [source, target], name) {
  const key = `${source} ${target}`;
  const link = links.get(key) ?? { key, source, target, names: new Set() };
  link.names.add(name);
  links.set(key, link);
}
