"""Two sides of a comparison whose blank nodes have the same labels where they are the same."""

from collections.abc import Iterable, Iterator, Mapping

from kg.comparison.model import Value
from kg.comparison.statements import Statements
from kg.terms import BlankNode, NamedNode, Term, Triple

__all__ = ["JointStatements"]

_Node = NamedNode | BlankNode
_DEEPEST = 20
"""How deep nodes are shown nested at most; what lies deeper is shown by itself."""


class JointStatements:
    """
    What both sides say, and which blank node is shown as a part of what.

    A blank node is held by what leads to it, where that is one thing only, and on both sides the same.
    """

    def __init__(self, old: Iterable[Triple], new: Iterable[Triple], renamed: Mapping[NamedNode, NamedNode]) -> None:
        """Hold both sides; ``renamed`` gives the new IRI of entities by their old one."""
        self.old, self.new = Statements(old), Statements(new)
        self._renamed = renamed
        nodes = {node for side in (self.old, self.new) for node in (*side.subjects, *side.leading_to)}
        blank = sorted((node for node in nodes if isinstance(node, BlankNode)), key=str)
        found = {node: holder for node in blank if (holder := self._holder(node)) is not None}
        self._holders = _without_long_ways(found)

    def entity_of(self, node: Term) -> _Node:
        """Give the entity that a node is shown as a part of; an entity is its own."""
        while isinstance(node, BlankNode) and node in self._holders:
            node = self._holders[node]
        if not isinstance(node, NamedNode | BlankNode):
            raise TypeError(f"found {node}, expected what can have statements")
        return self._current(node)

    def is_held(self, node: Term) -> bool:
        """Tell whether a node is shown as a part of another."""
        return node in self._holders

    def describe(self, side: Statements, node: Term) -> Value:
        """Give a value with what hangs on it."""
        if not (isinstance(node, BlankNode) and node in self._holders):
            return Value(node)
        if node in side.lists:
            return Value(node, items=tuple(self.describe(side, side.member(cell)) for cell in side.lists[node]))
        return Value(node, statements=tuple(self.descriptions(side, node)))

    def descriptions(self, side: Statements, node: Term) -> Iterator[tuple[NamedNode, Value]]:
        """Give all that a side says of a node, with what hangs on it."""
        for predicate, values in side.about(node).items():
            yield from ((predicate, self.describe(side, value)) for value in values)

    def _holder(self, node: BlankNode) -> _Node | None:
        found: set[_Node] = set()
        for side in (self.old, self.new):
            if node in side.leading_to or side.about(node):
                owner = side.owner(node)
                if owner is None:
                    return None
                found.add(self._current(owner))
        return found.pop() if len(found) == 1 else None

    def _current(self, node: _Node) -> _Node:
        return self._renamed.get(node, node) if isinstance(node, NamedNode) else node


def _without_long_ways(holders: Mapping[BlankNode, _Node]) -> dict[BlankNode, _Node]:
    """Leave out a holder now and then, so that the way from each node to an entity is short and leads in no circle."""
    kept, depths = dict(holders), dict[_Node, int]()
    for start in holders:
        way: dict[BlankNode, None] = {}
        node: _Node = start
        while isinstance(node, BlankNode) and node in kept and node not in depths:
            if node in way:
                del kept[node]
                break
            way[node] = None
            node = kept[node]
        depth = depths.get(node, 0)
        for passed in reversed(way):
            depth = depth + 1 if passed in kept else 0
            if depth > _DEEPEST:
                del kept[passed]
                depth = 0
            depths[passed] = depth
    return kept
