"""
Property paths of shapes.

Source: SHACL, section 2.3.1; SPARQL 1.1 Query Language, section 9, for what they reach and how they are written.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from kg.shacl.data import DataGraph, each
from kg.shacl.index import TripleIndex, UnsupportedShapeError, sh
from kg.terms import NamedNode, Term, prefixed

__all__ = ["Path", "Walk", "read_path"]

Walk = Callable[[int], Collection[int]]
"""Leads from a node to others."""

_FIRST = prefixed("rdf:first")
_KINDS: Final = {"inversePath": "^", "zeroOrMorePath": "*", "oneOrMorePath": "+", "zeroOrOnePath": "?"}
_MOST_DEPTH: Final = 50


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
        if self.kind != "^":
            return f"({part}){self.kind}"
        return f"^({part})" if part.kind == "^" else f"^{part}"

    @property
    def can_be_empty(self) -> bool:
        """Tell whether some step of the path may lead from any node to itself."""
        return self.kind in {"?", "*"} or any(part.can_be_empty for part in self.parts)

    @property
    def predicates(self) -> frozenset[NamedNode]:
        """The properties on the path."""
        own = frozenset() if self.predicate is None else frozenset({self.predicate})
        return own.union(*(part.predicates for part in self.parts))

    def walk(self, graph: DataGraph) -> Walk:
        """Give the function that leads from a node to the nodes at the end of the path, each once."""
        if self.predicate is not None:
            get = graph.values(self.predicate).get
            return lambda node: each(get(node))
        if self.kind == "^" and self.parts[0].predicate is not None:
            subjects = graph.subjects(self.parts[0].predicate)
            return lambda node: subjects.get(node, ())
        if self.kind == "^":
            return self.parts[0].inverted().walk(graph)
        return _JOINED[self.kind](*(part.walk(graph) for part in self.parts))

    def inverted(self) -> "Path":
        """Give the path that leads back."""
        if self.predicate is not None:
            return Path("^", parts=(self,))
        if self.kind == "^":
            return self.parts[0]
        parts = tuple(part.inverted() for part in self.parts)
        return Path(self.kind, parts=parts[::-1] if self.kind == "/" else parts)


def _sequence(*steps: Walk) -> Walk:
    def walk(node: int) -> Collection[int]:
        found: Collection[int] = (node,)
        for step in steps:
            found = {other: None for one in found for other in step(one)}
        return found

    return walk


def _closure(step: Walk) -> Walk:
    def walk(node: int) -> Collection[int]:
        found: dict[int, None] = {}
        waiting = [node]
        while waiting:
            for other in step(waiting.pop()):
                if other not in found:
                    found[other] = None
                    waiting.append(other)
        return found

    return walk


def _or_itself(step: Walk) -> Walk:
    return lambda node: {node: None, **dict.fromkeys(step(node))}


_JOINED: Final[dict[str, Callable[..., Walk]]] = {
    "/": _sequence,
    "|": lambda *steps: lambda node: {other: None for step in steps for other in step(node)},
    "?": _or_itself,
    "+": _closure,
    "*": lambda step: _or_itself(_closure(step)),
}


def read_path(shapes: TripleIndex, node: Term, *, depth: int = 0) -> Path:
    """
    Read the path that a node of a shapes graph stands for.

    Args:
        shapes: The shapes graph.
        node: The node.
        depth: In how many other paths the path lies.

    Raises:
        UnsupportedShapeError: It stands for none, or for one that leads back to itself or lies far too deep.
    """
    if isinstance(node, NamedNode):
        return Path("predicate", node)
    if depth > _MOST_DEPTH:
        raise UnsupportedShapeError(f"a property path lies more than {_MOST_DEPTH} deep, or in itself, at {node}")
    kind, members = _members(shapes, node)
    return Path(kind, parts=tuple(read_path(shapes, member, depth=depth + 1) for member in members))


def _members(shapes: TripleIndex, node: Term) -> tuple[str, list[Term]]:
    if shapes.value(node, _FIRST) is not None:
        return "/", shapes.items(node)
    for name, kind in _KINDS.items():
        inner = shapes.value(node, sh(name))
        if inner is not None:
            return kind, [inner]
    either = shapes.value(node, sh("alternativePath"))
    members = [] if either is None else shapes.items(either)
    if not members:
        raise UnsupportedShapeError(f"{node} is no property path")
    return "|", members
