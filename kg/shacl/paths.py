"""
Property paths of shapes.

Source: SHACL, section 2.3.1; SPARQL 1.1 Query Language, section 9, for what they reach and how they are written.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from kg.namespaces import PREFIXES
from kg.shacl.index import TripleIndex, UnsupportedShapeError, sh
from kg.terms import NamedNode, Term

__all__ = ["Path", "read_path"]

_FIRST = NamedNode(PREFIXES["rdf"] + "first")
_SUFFIXES = {"zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}


@dataclass(frozen=True)
class Path:
    """
    A property path.

    ``kind`` is ``predicate``, ``^``, ``/``, ``|``, ``*``, ``+`` or ``?``; a predicate has a ``predicate``, the others
    have ``parts``.
    """

    kind: str
    predicate: NamedNode | None = None
    parts: tuple["Path", ...] = ()

    def __str__(self) -> str:
        """Write the path as in SPARQL."""
        if self.predicate is not None:
            return str(self.predicate)
        if self.kind in {"/", "|"}:
            return "(" + self.kind.join(map(str, self.parts)) + ")"
        (part,) = self.parts
        return f"^{part}" if self.kind == "^" else f"({part}){self.kind}"

    def reach(self, graph: TripleIndex, node: Term) -> Iterable[Term]:
        """Give the nodes that the path leads to from a node, each once."""
        if self.predicate is not None:
            return graph.by_subject(self.predicate).get(node, ())
        if self.kind == "^":
            return self._backwards(graph, node)
        if self.kind == "/":
            found: dict[Term, None] = {node: None}
            for part in self.parts:
                found = {other: None for each in found for other in part.reach(graph, each)}
            return found
        if self.kind == "|":
            return {other: None for part in self.parts for other in part.reach(graph, node)}
        if self.kind == "?":
            return {node: None, **dict.fromkeys(self.parts[0].reach(graph, node))}
        return self._closure(graph, node)

    def _backwards(self, graph: TripleIndex, node: Term) -> Iterable[Term]:
        (part,) = self.parts
        if part.predicate is not None:
            return graph.by_value(part.predicate).get(node, ())
        return part.inverted().reach(graph, node)

    def _closure(self, graph: TripleIndex, node: Term) -> Iterable[Term]:
        found: dict[Term, None] = {node: None} if self.kind == "*" else {}
        seen, waiting = {node}, [node]
        while waiting:
            for other in self.parts[0].reach(graph, waiting.pop()):
                found[other] = None
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return found

    def inverted(self) -> "Path":
        """Give the path that leads back."""
        if self.predicate is not None:
            return Path("^", parts=(self,))
        if self.kind == "^":
            return self.parts[0]
        parts = tuple(part.inverted() for part in self.parts)
        return Path(self.kind, parts=parts[::-1] if self.kind == "/" else parts)


def read_path(shapes: TripleIndex, node: Term) -> Path:
    """
    Read the path that a node of a shapes graph stands for.

    Raises:
        UnsupportedShapeError: It stands for none.
    """
    if isinstance(node, NamedNode):
        return Path("predicate", node)
    if shapes.value(node, _FIRST) is not None:
        return Path("/", parts=tuple(read_path(shapes, each) for each in shapes.items(node)))
    inverse = shapes.value(node, sh("inversePath"))
    if inverse is not None:
        return Path("^", parts=(read_path(shapes, inverse),))
    for name, kind in _SUFFIXES.items():
        inner = shapes.value(node, sh(name))
        if inner is not None:
            return Path(kind, parts=(read_path(shapes, inner),))
    either = shapes.value(node, sh("alternativePath"))
    if either is None:
        raise UnsupportedShapeError(f"{node} is no property path")
    return Path("|", parts=tuple(read_path(shapes, each) for each in shapes.items(either)))
