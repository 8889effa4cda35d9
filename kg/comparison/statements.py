"""The statements of one side of a comparison, whatever named graphs they stand in, with its lists."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kg.terms import BlankNode, NamedNode, Quad, Term, Triple, prefixed

__all__ = ["TYPE", "Statements", "blank_nodes", "replaced"]

_FIRST: Final = prefixed("rdf:first")
_REST: Final = prefixed("rdf:rest")
_NIL: Final = prefixed("rdf:nil")
_DEEPEST_LIST: Final = 5
"""How deep in each other lists are shown as such."""
TYPE: Final = prefixed("rdf:type")


class Statements:
    """
    Triples by subject and predicate; values are in order.

    ``lists`` gives the cells of each well-formed list by its head: each cell is a blank node with one member, one rest
    and nothing else, and nothing but the cell before, or the owner of the list, leads to it.
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Index triples."""
        self.triples = frozenset(triples)
        self._values: defaultdict[Term, defaultdict[NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
        self.leading_to: defaultdict[Term, list[Triple]] = defaultdict(list)
        for triple in sorted(self.triples, key=str):
            self._values[triple.subject][triple.predicate].append(triple.object)
            self.leading_to[triple.object].append(triple)
        self.lists: dict[Term, tuple[BlankNode, ...]] = dict(self._find_lists())
        self._heads: dict[Term, Term] = {cell: head for head, cells in self.lists.items() for cell in cells}

    @property
    def subjects(self) -> Iterable[Term]:
        """What something is said of."""
        return self._values.keys()

    def about(self, node: Term) -> Mapping[NamedNode, Sequence[Term]]:
        """Give what is said of a node, by predicate."""
        return self._values.get(node, {})

    def values(self, node: Term, predicate: NamedNode) -> Sequence[Term]:
        """Give the values of a property."""
        return self.about(node).get(predicate, ())

    def member(self, cell: Term) -> Term:
        """Give what a cell of a list holds."""
        return self._values[cell][_FIRST][0]

    def owner(self, node: BlankNode) -> NamedNode | BlankNode | None:
        """Say what leads to a node, if one thing does; lists belong to what leads to them."""
        passed: list[Term] = []
        while True:
            head = self._heads.get(node, node)
            leading = self.leading_to.get(head, [])
            if len(leading) != 1 or len(passed) > _DEEPEST_LIST:  # a list may be its own member
                return None
            passed.append(head)
            (triple,) = leading
            if triple.subject not in self._heads or not isinstance(triple.subject, BlankNode):
                return triple.subject if isinstance(triple.subject, NamedNode | BlankNode) else None
            node = triple.subject

    def _find_lists(self) -> Iterator[tuple[BlankNode, tuple[BlankNode, ...]]]:
        for nil in [triple.subject for triple in self.leading_to.get(_NIL, []) if triple.predicate == _REST]:
            cells: list[BlankNode] = []
            node: Term = nil
            while isinstance(node, BlankNode) and self._is_cell(node):
                cells.append(node)
                before = self.leading_to.get(node, [])
                if len(before) != 1 or before[0].predicate != _REST:
                    break
                node = before[0].subject
            if cells:
                yield cells[-1], tuple(reversed(cells))

    def _is_cell(self, node: Term) -> bool:
        about = self.about(node)
        return set(about) == {_FIRST, _REST} and all(len(values) == 1 for values in about.values())


def blank_nodes(quads: Iterable[Quad]) -> set[BlankNode]:
    """Give all blank nodes of quads, those in triple terms and those that name graphs among them."""
    some = filter(_has_blank, quads)
    return {node for quad in some for term in (*quad.triple, quad.graph_name) for node in _blank_nodes(term)}


def replaced(quad: Quad, nodes: Mapping[BlankNode, NamedNode | BlankNode]) -> Quad:
    """Give a quad with other nodes in place of blank nodes."""
    if not _has_blank(quad):
        return quad
    triple, graph = _replaced(quad.triple, nodes), quad.graph_name
    if isinstance(graph, BlankNode):
        graph = nodes.get(graph, graph)
    return Quad(triple.subject, triple.predicate, triple.object, graph)


def _has_blank(quad: Quad) -> bool:
    """Tell whether there may be a blank node in a quad."""
    kinds = (BlankNode, Triple)
    return isinstance(quad.subject, kinds) or isinstance(quad.object, kinds) or isinstance(quad.graph_name, BlankNode)


def _blank_nodes(term: object) -> Iterator[BlankNode]:
    if isinstance(term, BlankNode):
        yield term
    elif isinstance(term, Triple):
        for part in term:
            yield from _blank_nodes(part)


def _replaced(triple: Triple, nodes: Mapping[BlankNode, NamedNode | BlankNode]) -> Triple:
    subject, value = triple.subject, triple.object
    if isinstance(subject, BlankNode):
        subject = nodes.get(subject, subject)
    if isinstance(value, BlankNode):
        value = nodes.get(value, value)
    elif isinstance(value, Triple):
        value = _replaced(value, nodes)
    return Triple(subject, triple.predicate, value)
