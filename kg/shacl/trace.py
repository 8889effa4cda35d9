"""The triples that lie around nodes and along paths, kept as one walks."""

from collections.abc import Iterable, Iterator
from itertools import chain

from kg.shacl.index import TripleIndex
from kg.shacl.paths import Path
from kg.terms import BlankNode, NamedNode, Term, Triple

__all__ = ["Trace"]


class Trace:
    """
    A part of a graph that grows as one walks over it.

    Of each node on the way everything is kept that the graph says of it, so that whoever looks at the part sees more
    than what the walk was after.
    """

    def __init__(self, data: TripleIndex) -> None:
        """Walk over this graph."""
        self.data = data
        self.triples: dict[Triple, None] = {}
        self._described: dict[Term, list[Triple]] = {}

    def describe(self, node: Term) -> list[Triple]:
        """Keep and give what the graph says of a node."""
        if node not in self._described:
            pairs = (
                (predicate, value)
                for predicate in self.data.predicates(node)
                for value in self.data.values(node, predicate)
            )
            self._described[node] = self._keep((node, predicate, value) for predicate, value in pairs)
        return self._described[node]

    def mentions(self, node: Term) -> list[Triple]:
        """Keep and give the triples that lead to a node."""
        return [triple for predicate in self.data.all_predicates() for triple in self._backwards(predicate, node)]

    def all_pairs(self, predicate: NamedNode) -> Iterator[tuple[Term, Term]]:
        """Keep every triple of a property, and give what it relates."""
        stated = self.data.by_subject(predicate).items()
        kept = self._keep((subject, predicate, value) for subject, values in stated for value in values)
        return ((triple.subject, triple.object) for triple in kept)

    def reach(self, path: Path, node: Term) -> Iterable[Term]:
        """Give the nodes that a path leads to, and keep what lies on the way."""
        self.describe(node)
        if path.predicate is not None:
            return self.data.by_subject(path.predicate).get(node, ())
        if path.kind == "/":
            found = {node}
            for part in path.parts:
                found = set(chain.from_iterable(self.reach(part, each) for each in found))
            return found
        if path.kind == "|":
            return set(chain.from_iterable(self.reach(part, node) for part in path.parts))
        (part,) = path.parts
        if path.kind == "^":
            if part.predicate is None:
                return self.reach(part.inverted(), node)
            return {triple.subject for triple in self._backwards(part.predicate, node)}
        if path.kind == "?":
            return {node, *self.reach(part, node)}
        return self._closure(part, node) | ({node} if path.kind == "*" else set())

    def starts(self, path: Path) -> set[Term] | None:
        """Give the nodes from which a path can lead anywhere; None, if that is every node."""
        if path.predicate is not None:
            return set(self.data.by_subject(path.predicate))
        if path.kind in {"*", "?"}:
            return None
        if path.kind in {"/", "+"}:
            return self.starts(path.parts[0])
        if path.kind == "|":
            found = [self.starts(part) for part in path.parts]
            return None if None in found else set(chain.from_iterable(each or () for each in found))
        (part,) = path.parts
        return set(self.data.by_value(part.predicate)) if part.predicate else self.starts(part.inverted())

    def _closure(self, part: Path, node: Term) -> set[Term]:
        found: set[Term] = set()
        waiting = [node]
        while waiting:
            for other in self.reach(part, waiting.pop()):
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return found

    def _backwards(self, predicate: Term, node: Term) -> list[Triple]:
        return self._keep((subject, predicate, node) for subject in self.data.by_value(predicate).get(node, ()))

    def _keep(self, parts: Iterable[tuple[Term, Term, Term]]) -> list[Triple]:
        found = [
            Triple(subject, predicate, value)
            for subject, predicate, value in parts
            if isinstance(subject, NamedNode | BlankNode) and isinstance(predicate, NamedNode)
        ]
        self.triples.update(dict.fromkeys(found))
        return found
