"""
The part of a graph on which a shape says of a focus node what it says on the whole graph.

Followed are the paths of the shape and of those nested in it, and for queries what they can read; of every node on the
way all is kept, and the classes above its own.

Source: SHACL, sections 2.3 (paths), 4 (core constraints) and 5 (SPARQL-based constraints).
"""

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from kg.shacl.components import VALIDATORS
from kg.shacl.index import TripleIndex, sh
from kg.shacl.parts import query_text
from kg.shacl.paths import read_path
from kg.shacl.shapes import inner_shapes, is_true
from kg.shacl.trace import Trace
from kg.terms import Literal, Term, Triple, prefixed

if TYPE_CHECKING:
    from kg.shacl.footprint import Footprint

__all__ = ["Neighbourhood"]

_TYPE = prefixed("rdf:type")
_SUBCLASS = prefixed("rdfs:subClassOf")


class Neighbourhood:
    """The triples around focus nodes; it grows with each that is added."""

    def __init__(self, data: TripleIndex, shapes: TripleIndex) -> None:
        """Take triples from this graph, as these shapes need them."""
        self._shapes = shapes
        self._trace = Trace(data)
        self._seen: set[tuple[Term, Term]] = set()
        self._queries: dict[str, Footprint] = {}

    @property
    def triples(self) -> list[Triple]:
        """The part of the graph, with the classes above those of its nodes."""
        waiting = [triple.object for triple in self._trace.triples if triple.predicate == _TYPE]
        seen: set[Term] = set()
        while waiting:
            class_ = waiting.pop()
            if class_ not in seen:
                seen.add(class_)
                waiting += [each.object for each in self._trace.describe(class_) if each.predicate == _SUBCLASS]
        return list(self._trace.triples)

    def add(self, focus: Term, shape: Term) -> None:
        """
        Take in what a shape needs to know of a focus node.

        Raises:
            BoundlessQueryError: It needs to know everything.
            UnsupportedShapeError: A path in it cannot be read.
        """
        waiting = [(focus, shape)]
        while waiting:
            pair = waiting.pop()
            if pair not in self._seen:
                self._seen.add(pair)
                waiting += self._visit(*pair)

    def _visit(self, focus: Term, shape: Term) -> Iterator[tuple[Term, Term]]:
        """Take in the value nodes of a shape, and give them with the shapes that they must conform to."""
        node = self._shapes.value(shape, sh("path"))
        path = None if node is None else read_path(self._shapes, node)
        self._trace.describe(focus)
        values = {focus} if path is None else set(self._trace.reach(path, focus))
        for value in values:
            for triple in self._trace.describe(value):
                if triple.predicate == _TYPE:
                    self._trace.describe(triple.object)
        for query in self._queries_of(shape, None if path is None else str(path)):
            query.record(self._trace, {"this": {focus}})
        for nested in self._nested(shape):
            yield from ((value, nested) for value in values)

    def _nested(self, shape: Term) -> Iterator[Term]:
        yield from inner_shapes(self._shapes, shape)
        if is_true(self._shapes.value(shape, sh("qualifiedValueShapesDisjoint"))):
            for parent in self._shapes.by_value(sh("property")).get(shape, ()):
                for sibling in self._shapes.values(parent, sh("property")):
                    yield from self._shapes.values(sibling, sh("qualifiedValueShape"))

    def _queries_of(self, shape: Term, path: str | None) -> Iterator["Footprint"]:
        """Give the queries of a shape, those of declared constraint components included."""
        constraints = list(self._shapes.values(shape, sh("sparql")))
        for predicate in self._shapes.predicates(shape):
            constraints += self._validators.get(predicate, ())
        for constraint in constraints:
            for name in ("select", "ask"):
                for text in self._shapes.values(constraint, sh(name)):
                    if isinstance(text, Literal):
                        yield self._query(query_text(self._shapes, constraint, text.value, path))

    @cached_property
    def _validators(self) -> dict[Term, list[Term]]:
        """The validators of declared constraint components, by the parameters of these."""
        found: dict[Term, list[Term]] = {}
        for component in self._shapes.by_value(_TYPE).get(sh("ConstraintComponent"), ()):
            validators = [each for name in VALIDATORS for each in self._shapes.values(component, sh(name))]
            for parameter in self._shapes.values(component, sh("parameter")):
                for path in self._shapes.values(parameter, sh("path")):
                    found.setdefault(path, []).extend(validators)
        return found

    def _query(self, text: str) -> "Footprint":
        from kg.shacl.footprint import Footprint  # with the parser of rdflib, which takes long to import

        if text not in self._queries:
            self._queries[text] = Footprint(text)
        return self._queries[text]
