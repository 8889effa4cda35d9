"""
What an engine is asked beside queries: constant texts, whose one VALUES block is filled with terms.

An engine also holds what is not of the release: older ones, and what others keep there. A request can name the graphs
that it is about, as SPARQL's protocol says; but of a thousand, most engines look in each. So what is said of a thing is
asked of all graphs, and GRAPH <> leaves out those that the release does not have: that is the union of the release,
whose IRI is the base, and it describes them.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, cast

from kg.query import ValuesBlock, find_values_block
from kg.terms import Literal, NamedNode

__all__ = [
    "ABOUT",
    "CHAINS",
    "CLOSURE",
    "COUNTS",
    "GRAPHS",
    "LEADING",
    "LEADING_FAR",
    "NAMING",
    "QUADS",
    "TRIPLES",
    "VALUES",
    "Question",
]


class Question:
    """A query whose VALUES block is filled with terms when it is asked, and its bounds with numbers."""

    def __init__(self, text: str) -> None:
        self._text = text
        block = cast(ValuesBlock, find_values_block(text))
        self._hole = text[block.start : block.end]
        self._block = ValuesBlock(block.variables, 0, len(self._hole))

    def about(self, *solutions: Sequence[NamedNode | Literal]) -> str:
        """Give the query about some terms; where the block stands more than once, they stand in each."""
        return self._text.replace(self._hole, self._block.replaced(self._hole, solutions))

    def within(self, *bounds: int) -> "Question":
        """Give the question with numbers in its LIMIT and OFFSET."""
        return Question(self._text % bounds)


GRAPHS: Final = Question("""
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
SELECT DISTINCT ?graph WHERE {
  VALUES (?dataset) { (UNDEF) }
  ?dataset sd:namedGraph/sd:name ?graph .
}
""")
TRIPLES: Final = "SELECT ?subject ?predicate ?object WHERE { ?subject ?predicate ?object }"
QUADS: Final = "SELECT ?graph ?subject ?predicate ?object WHERE { GRAPH ?graph { ?subject ?predicate ?object } }"
ABOUT: Final = Question("""
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
SELECT ?graph ?predicate ?object WHERE {
  VALUES (?entity) { (UNDEF) }
  GRAPH ?graph { ?entity ?predicate ?object }
  GRAPH <> { ?dataset sd:namedGraph ?described . ?described sd:name ?graph }
}
""")
_MOST_STEPS: Final = 8
_CLOSURE: Final = """
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
SELECT DISTINCT ?graph ?subject ?predicate ?object WHERE {
  VALUES (?entity) { (UNDEF) }
  { GRAPH ?graph { ?entity ?predicate ?object } } UNION { %s }
  GRAPH <> { ?dataset sd:namedGraph ?described . ?described sd:name ?graph }
}
"""
_ONE_BRANCH: Final = """
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
SELECT DISTINCT ?graph ?subject ?predicate ?object WHERE {
  %s
  GRAPH <> { ?dataset sd:namedGraph ?described . ?described sd:name ?graph }
}
"""
_BRANCH: Final = """
    VALUES (?entity) { (UNDEF) }
    GRAPH ?graph { %s ?subject ?predicate ?object }
    FILTER (%s)
"""


def _branch(steps: int) -> str:
    """Lead from a thing over blank nodes only; the pattern begins at the thing, so that no engine searches for it."""
    nodes = ["?entity", *(f"?blank{number}" for number in range(1, steps)), "?subject"]
    triples = (f"{node} ?step{number} {following} ." for number, (node, following) in enumerate(pairwise(nodes)))
    return _BRANCH % (" ".join(triples), " && ".join(f"isBlank({node})" for node in nodes[1:]))


CHAINS: Final = tuple(
    Question(_ONE_BRANCH % _branch(steps).strip().replace("\n    ", "\n  ")) for steps in range(1, _MOST_STEPS)
)
"""What hangs on a thing by one blank node, by two, and so on."""
CLOSURE: Final = Question(_CLOSURE % "} UNION {".join(_branch(steps) for steps in range(1, _MOST_STEPS)))
"""What is said of a thing and hangs on it by blank nodes, up to eight steps from it."""
COUNTS: Final = Question("""
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
SELECT DISTINCT ?graph ?number {
  {
    SELECT ?graph (COUNT(*) AS ?number) WHERE {
      VALUES (?entity) { (UNDEF) }
      GRAPH ?graph { ?subject ?predicate ?entity }
    }
    GROUP BY ?graph
  }
  GRAPH <> { ?dataset sd:namedGraph ?described . ?described sd:name ?graph }
}
""")
"""How many statements lead to a thing, in each graph that has any; VALUES is looked for behind the first WHERE."""
LEADING: Final = Question("""
SELECT ?graph ?subject ?predicate WHERE {
  VALUES (?graph ?entity) { (UNDEF UNDEF) }
  GRAPH ?graph { ?subject ?predicate ?entity }
}
ORDER BY ?graph ?predicate ?subject
LIMIT %d OFFSET %d
""")
"""Some of these statements, in some of the graphs."""
LEADING_FAR: Final = Question("""
SELECT ?graph ?subject ?predicate {
  {
    SELECT ?graph ?subject ?predicate WHERE {
      VALUES (?graph ?entity) { (UNDEF UNDEF) }
      GRAPH ?graph { ?subject ?predicate ?entity }
    }
    ORDER BY ?graph ?predicate ?subject
  }
}
LIMIT %d OFFSET %d
""")
"""The same for an engine that does not go so far otherwise, and keeps the order of the subquery."""
VALUES: Final = Question("""
SELECT ?node ?property ?name WHERE {
  VALUES (?node ?property) { (UNDEF UNDEF) }
  ?node ?property ?name .
}
""")
NAMING: Final = Question("""
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
SELECT ?graph ?node ?property ?name WHERE {
  VALUES (?node ?property) { (UNDEF UNDEF) }
  GRAPH ?graph { ?node ?property ?name }
  GRAPH <> { ?dataset sd:namedGraph ?described . ?described sd:name ?graph }
}
""")
