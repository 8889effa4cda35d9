// RDF terms as a reader sees them.

/** The address here of an IRI of this dataset. */
export function local(iri) {
  const { base } = document.querySelector("[data-base]").dataset;
  return iri.startsWith(base) ? `/${iri.slice(base.length)}` : iri;
}

export function compact(iri, prefixes) {
  const fitting = Object.entries(prefixes).filter(([, namespace]) => namespace && iri.startsWith(namespace));
  const [prefix, namespace] = fitting.sort(([, one], [, other]) => other.length - one.length)[0] ?? [];
  const name = namespace && iri.slice(namespace.length);
  return name && !/[/#?]/.test(name) ? `${prefix}:${name}` : `<${iri}>`;
}

/** Asks for the names of things, in the language of the page; those without one are left out. */
export async function namesOf(iris) {
  const asked = [...new Set(iris)];
  if (!asked.length) return new Map();
  const query = `SELECT ?iri WHERE { VALUES ?iri { ${asked.map((iri) => `<${iri}>`).join(" ")} } }`;
  const body = new URLSearchParams({ query, labels: document.documentElement.lang });
  const response = await fetch("/sparql", { method: "POST", body, headers: { Accept: "application/sparql-results+json" } }).catch(() => null);
  if (!response?.ok) return new Map(); // IRIs then stand for names
  const rows = (await response.json()).results.bindings.filter((row) => row.iriLabel);
  return new Map(rows.map(({ iri, iriLabel }) => [iri.value, { name: iriLabel.value, language: iriLabel["xml:lang"] ?? "" }]));
}
