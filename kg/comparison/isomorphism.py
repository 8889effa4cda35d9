"""
Blank nodes that are the same in two graphs, because all that is said of them and around them is the same.

Nodes get colours from what is said of them, again and again until no colour splits any more. Nodes that hang together
are paired as a whole, where the colours of all are the same on both sides. Canonical labels would not do: one changed
word gives all blank nodes of a graph other labels.

Source: RDF Dataset Canonicalization, section 4, whose hashes are these colours.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kg.terms import BlankNode, Quad, Term

__all__ = ["same_nodes"]

_Node = tuple[int, BlankNode]
"""A blank node, and of which graph: 0 is the old one, 1 the new one."""
_Edge = tuple[str, str | _Node]


class _Nodes:
    """The blank nodes of both graphs, with what is said of each."""

    def __init__(self, sides: Sequence[Iterable[Quad]], *, with_graphs: bool) -> None:
        self.edges: defaultdict[_Node, list[_Edge]] = defaultdict(list)
        for side, quads in enumerate(sides):
            for quad in quads:
                self._add(side, quad, str(quad.graph_name) if with_graphs else "")

    def _add(self, side: int, quad: Quad, graph: str) -> None:
        subject, value = _end(side, quad.subject), _end(side, quad.object)
        if graph and isinstance(quad.graph_name, BlankNode):
            graph = "_:"
            name = (side, quad.graph_name)
            for step, end in ((f"@> {quad.predicate}", subject), (f"@< {quad.predicate}", value)):
                self.edges[name].append((step, end))
                if not isinstance(end, str):
                    self.edges[end].append((step, name))
        step = f"{quad.predicate} {graph}"
        if not isinstance(subject, str):
            self.edges[subject].append((f"> {step}" if subject != value else f"= {step}", value))
        if not isinstance(value, str):
            self.edges[value].append((f"< {step}" if subject != value else f"= {step}", subject))

    def neighbours(self, node: _Node) -> Iterator[_Node]:
        return (end for _, end in self.edges[node] if not isinstance(end, str))


def same_nodes(old: Iterable[Quad], new: Iterable[Quad], *, with_graphs: bool) -> dict[BlankNode, BlankNode]:
    """
    Pair the blank nodes of which the same is said.

    Args:
        old: Quads with blank nodes; others are of no account.
        new: The same of the other set.
        with_graphs: Whether it must be said in the same named graphs.

    Returns:
        The new node for each old one that has its like; no two old ones have the same.
    """
    nodes = _Nodes((old, new), with_graphs=with_graphs)
    colours = _Colouring(nodes, nodes.edges).colours
    groups: defaultdict[tuple[int, ...], tuple[list[list[_Node]], list[list[_Node]]]] = defaultdict(lambda: ([], []))
    for component in _components(nodes):
        groups[tuple(sorted(colours[node] for node in component))][component[0][0]].append(component)
    found: dict[BlankNode, BlankNode] = {}
    for olds, news in groups.values():
        for one, other in zip(olds, news, strict=False):
            found.update(_paired(nodes, one, other))
    return found


def _end(side: int, term: Term) -> str | _Node:
    return (side, term) if isinstance(term, BlankNode) else str(term)


class _Colouring:
    """
    Colours of blank nodes; nodes of the same colour cannot be told apart, as far as one has looked.

    A colour that splits stays with those nodes that nothing new is known of, so that a look costs what has changed.
    """

    def __init__(self, nodes: _Nodes, members: Iterable[_Node]) -> None:
        self.colours = dict.fromkeys(members, 0)
        self._nodes = nodes
        self._count = 1
        self._sizes = Counter(self.colours.values())
        self._refine(self.colours)

    def tell_apart(self, chosen: Sequence[_Node]) -> None:
        """Give some nodes of the same colour a colour of their own, and see what follows."""
        self._recolour(chosen)
        self._refine({end for node in chosen for end in self._nodes.neighbours(node)})

    def _refine(self, dirty: Iterable[_Node]) -> None:
        while dirty:
            classes: defaultdict[int, defaultdict[tuple[str, ...], list[_Node]]] = defaultdict(
                lambda: defaultdict(list)
            )
            for node in dirty:
                classes[self.colours[node]][self._key(node)].append(node)
            changed = [node for colour in sorted(classes) for node in self._split(colour, classes[colour])]
            dirty = {end for node in changed for end in self._nodes.neighbours(node)}

    def _split(self, colour: int, groups: dict[tuple[str, ...], list[_Node]]) -> list[_Node]:
        """
        Leave a colour to the nodes not looked at, else to the largest group; give those that get another.

        Whoever is looked at has a neighbour of a new colour, and so differs from who is not.
        """
        all_seen = self._sizes[colour] == sum(map(len, groups.values()))
        kept = min(groups, key=lambda key: (-len(groups[key]), key)) if all_seen else None
        changed = [key for key in sorted(groups) if key != kept]
        for key in changed:
            self._recolour(groups[key])
        return [node for key in changed for node in groups[key]]

    def _recolour(self, members: Sequence[_Node]) -> None:
        colour, self._count = self._count, self._count + 1
        for node in members:
            self._sizes[self.colours[node]] -= 1
            self.colours[node] = colour
        self._sizes[colour] = len(members)

    def _key(self, node: _Node) -> tuple[str, ...]:
        edges = self._nodes.edges[node]
        return tuple(sorted(f"{step} {end if isinstance(end, str) else self.colours[end]}" for step, end in edges))


def _components(nodes: _Nodes) -> Iterator[list[_Node]]:
    """Give the nodes that hang together by blank nodes, in the order of their labels."""
    seen: set[_Node] = set()
    for start in sorted(nodes.edges, key=_order):
        if start in seen:
            continue
        seen.add(start)
        component = [start]
        for node in component:
            fresh = sorted(set(nodes.neighbours(node)) - seen, key=_order)
            seen.update(fresh)
            component += fresh
        yield component


def _paired(nodes: _Nodes, one: Sequence[_Node], other: Sequence[_Node]) -> Iterator[tuple[BlankNode, BlankNode]]:
    """Pair the nodes of two components of the same colours; of several that are alike, the first ones first."""
    if len(one) == 1:
        return iter([(one[0][1], other[0][1])])
    colouring = _Colouring(nodes, (*one, *other))
    while True:
        classes: defaultdict[int, tuple[list[_Node], list[_Node]]] = defaultdict(lambda: ([], []))
        for node in (*one, *other):
            classes[colouring.colours[node]][node[0]].append(node)
        both = [pair for pair in classes.values() if all(pair)]
        tied = next((pair for pair in both if max(map(len, pair)) > 1), None)
        if tied is None:
            return iter([(olds[0][1], news[0][1]) for olds, news in both])
        colouring.tell_apart([tied[0][0], tied[1][0]])


def _order(node: _Node) -> tuple[int, str]:
    return node[0], node[1].value
