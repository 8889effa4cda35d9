"""
What an engine is asked beside queries: constant texts, whose one VALUES block is filled with terms.

The named graphs come with the request, by the protocol; so GRAPH never meets a graph that is not of the release.
"""

from collections.abc import Sequence
from typing import Final, cast

from kg.query import ValuesBlock, find_values_block
from kg.terms import Literal, NamedNode

__all__ = ["ABOUT", "BESIDE", "CLOSURE", "COUNT", "GRAPHS", "LEADING", "NAMING", "QUADS", "VALUES", "Question"]


class Question:
    """A query whose VALUES block is filled with terms when it is asked, and its bounds with numbers."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._block = cast(ValuesBlock, find_values_block(text))

    def about(self, *solutions: Sequence[NamedNode | Literal]) -> str:
        """Give the query about some terms."""
        return self._block.replaced(self._text, solutions)

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
QUADS: Final = "SELECT ?graph ?subject ?predicate ?object WHERE { GRAPH ?graph { ?subject ?predicate ?object } }"
ABOUT: Final = Question("""
SELECT ?graph ?predicate ?object WHERE {
  VALUES (?entity) { (UNDEF) }
  GRAPH ?graph { ?entity ?predicate ?object }
}
""")
CLOSURE: Final = Question("""
SELECT ?graph ?p0 ?o0 ?p1 ?o1 ?p2 ?o2 ?p3 ?o3 ?p4 ?o4 ?p5 ?o5 ?p6 ?o6 ?p7 ?o7 WHERE {
  VALUES (?entity) { (UNDEF) }
  GRAPH ?graph {
    ?entity ?p0 ?o0 . FILTER (isBlank(?o0))
    OPTIONAL { ?o0 ?p1 ?o1
      OPTIONAL { ?o1 ?p2 ?o2 . FILTER (isBlank(?o1))
        OPTIONAL { ?o2 ?p3 ?o3 . FILTER (isBlank(?o2))
          OPTIONAL { ?o3 ?p4 ?o4 . FILTER (isBlank(?o3))
            OPTIONAL { ?o4 ?p5 ?o5 . FILTER (isBlank(?o4))
              OPTIONAL { ?o5 ?p6 ?o6 . FILTER (isBlank(?o5))
                OPTIONAL { ?o6 ?p7 ?o7 . FILTER (isBlank(?o6)) } } } } } } }
  }
}
""")
"""What stands eight steps from a thing, all of them from blank nodes but the first: no engine follows them further."""
COUNT: Final = Question("""
SELECT (COUNT(*) AS ?number) WHERE {
  VALUES (?entity) { (UNDEF) }
  GRAPH ?graph { ?subject ?predicate ?entity }
}
""")
LEADING: Final = Question("""
SELECT ?graph ?subject ?predicate WHERE {
  VALUES (?entity) { (UNDEF) }
  GRAPH ?graph { ?subject ?predicate ?entity }
}
ORDER BY ?graph ?predicate ?subject
LIMIT %d OFFSET %d
""")
VALUES: Final = Question("""
SELECT ?node ?property ?name WHERE {
  VALUES (?node ?property) { (UNDEF UNDEF) }
  ?node ?property ?name .
}
""")
NAMING: Final = Question("""
SELECT ?graph ?node ?property ?name WHERE {
  VALUES (?node ?property) { (UNDEF UNDEF) }
  GRAPH ?graph { ?node ?property ?name }
}
""")
BESIDE: Final = Question("""
SELECT DISTINCT ?subject WHERE {
  VALUES (?folder) { (UNDEF) }
  ?subject ?predicate ?object .
  FILTER (isIRI(?subject) && STRSTARTS(STR(?subject), ?folder))
}
LIMIT %d
""")
