"""The terms of the ontology as pages show them: definitions, neighbours, the shapes that apply, counts in the data."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from starlette.requests import Request

from kg.namespaces import PREFIXES
from kg.terms import Literal, NamedNode
from server.page_views import ask_table
from server.service import Service, current_service
from server.tables import Cell, Table

__all__ = ["OntologyTerm", "class_counts", "concept_schemes", "ontology_terms", "property_flow", "roots"]

_CLASS = PREFIXES["owl"] + "Class"
_FACTS = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?term ?kind ?property ?value WHERE {
  VALUES ?kind { owl:Class owl:ObjectProperty owl:DatatypeProperty }
  ?term a ?kind .
  OPTIONAL {
    VALUES ?property {
      skos:definition skos:scopeNote skos:example rdfs:subClassOf rdfs:subPropertyOf rdfs:domain rdfs:range
    }
    ?term ?property ?value .
  }
  FILTER (isIRI(?term))
}
ORDER BY ?term ?kind ?property ?value
"""
_SHAPES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?term ?shape ?asks WHERE {
  { ?shape sh:targetClass|sh:path|sh:targetSubjectsOf|sh:targetObjectsOf ?term } UNION { ?shape sh:class ?term }
  FILTER (isIRI(?term) && isIRI(?shape))
  OPTIONAL { ?shape sh:message ?asks }
}
ORDER BY ?term ?shape ?asks
"""
_SCHEMES = """
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?scheme (COUNT(DISTINCT ?concept) AS ?concepts) WHERE {
  ?scheme a skos:ConceptScheme .
  OPTIONAL { ?concept skos:inScheme|skos:topConceptOf ?scheme }
}
GROUP BY ?scheme
ORDER BY ?scheme
"""
_FLOW = """
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?from ?property ?to (COUNT(*) AS ?uses) WHERE {
  ?property a owl:ObjectProperty ;
    rdfs:domain ?from ;
    rdfs:range ?to .
  ?subject ?property ?value .
  FILTER (?to != skos:Concept)
}
GROUP BY ?from ?property ?to
ORDER BY DESC(?uses) ?from ?property ?to
"""


@dataclass(frozen=True)
class OntologyTerm:
    """A class or a property; ``facts`` holds its values by the local name of the property that gives them."""

    name: Cell
    kind: str
    facts: Mapping[str, tuple[Cell, ...]]
    narrower: tuple[Cell, ...]
    shapes: tuple[tuple[Cell, tuple[Cell, ...]], ...]
    count: int

    @property
    def is_class(self) -> bool:
        """Tell whether it is a class."""
        return self.kind == _CLASS

    @property
    def parents(self) -> tuple[Cell, ...]:
        """The classes or properties that it is a kind of."""
        return (*self.facts.get("subClassOf", ()), *self.facts.get("subPropertyOf", ()))


async def ontology_terms(request: Request) -> list[OntologyTerm]:
    """Give the terms of the ontology that is served, in the order of their IRIs."""
    facts, shapes = await asyncio.gather(ask_table(request, _FACTS), ask_table(request, _SHAPES))
    counts = _counts(current_service(request), "class", "entities") | _counts(
        current_service(request), "property", "triples"
    )
    by_shape = _grouped(shapes, "shape", "asks")
    terms: dict[str, tuple[Cell, str, dict[str, list[Cell]]]] = {}
    for row in facts.rows:
        name = row["term"][0]
        _, _, found = terms.setdefault(name.iri, (name, row["kind"][0].iri, defaultdict(list)))
        if "property" in row:
            found[_local(row["property"][0].iri)].append(row["value"][0])
    narrower: defaultdict[str, list[Cell]] = defaultdict(list)
    for name, _, found in terms.values():
        for parent in (*found.get("subClassOf", ()), *found.get("subPropertyOf", ())):
            narrower[parent.iri].append(name)
    return [
        OntologyTerm(
            name,
            kind,
            {key: tuple(values) for key, values in found.items()},
            tuple(narrower[iri]),
            tuple(by_shape.get(iri, {}).items()),
            counts.get(iri, 0),
        )
        for iri, (name, kind, found) in terms.items()
    ]


async def concept_schemes(request: Request) -> Table:
    """Give the concept schemes, each with the number of its concepts."""
    return await ask_table(request, _SCHEMES)


async def property_flow(request: Request) -> Table:
    """Count the uses of each property between the classes where it begins and ends."""
    return await ask_table(request, _FLOW)


def class_counts(service: Service) -> dict[str, int]:
    """Give the number of instances of each class, as the dataset describes itself."""
    return _counts(service, "class", "entities")


def _counts(service: Service, part: str, measure: str) -> dict[str, int]:
    """Read the parts of the whole dataset from its description."""
    about: defaultdict[str, dict[str, str]] = defaultdict(dict)
    nodes: set[str] = set()
    for triple in service.description:
        if isinstance(triple.object, NamedNode | Literal):
            about[str(triple.subject)][triple.predicate.value] = triple.object.value
            if triple.predicate.value == f"{PREFIXES['void']}{part}Partition":
                is_whole = triple.subject == NamedNode(service.config.dataset_iri)
                nodes |= {str(NamedNode(triple.object.value))} if is_whole else set()
    return {about[node][PREFIXES["void"] + part]: int(about[node][PREFIXES["void"] + measure]) for node in nodes}


def _grouped(table: Table, key: str, value: str) -> dict[str, dict[Cell, tuple[Cell, ...]]]:
    found: defaultdict[str, dict[Cell, tuple[Cell, ...]]] = defaultdict(dict)
    for row in table.rows:
        shape = row[key][0]
        of_term = found[row["term"][0].iri]
        of_term[shape] = (*of_term.get(shape, ()), *row.get(value, ()))
    return found


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def roots(terms: Iterable[OntologyTerm]) -> list[OntologyTerm]:
    """Give the classes that are a kind of no other class among the terms."""
    known = {term.name.iri: term for term in terms if term.is_class}
    return [term for term in known.values() if not any(parent.iri in known for parent in term.parents)]
