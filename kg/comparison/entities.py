"""
What two sets of quads differ in, entity by entity.

The old blank nodes get the labels of those that they have become; what then stands on one side only was added or
removed. Named graphs are of no account but for moves: a statement that is somewhere else now is the same statement.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace

from kg.comparison.joint import JointStatements
from kg.comparison.model import Change, ChangeKind, Difference, EntityChange, EntityKind, GraphName, Move
from kg.comparison.neighbourhood import is_about_blank, match_blank_nodes
from kg.comparison.pairs import pair_values
from kg.comparison.renames import find_renamed
from kg.comparison.statements import TYPE, Statements, blank_nodes, replaced
from kg.terms import BlankNode, Literal, NamedNode, Quad, Term, Triple

__all__ = ["compare"]

_Node = NamedNode | BlankNode


def compare(old: Iterable[Quad], new: Iterable[Quad], *, label_properties: Sequence[str]) -> Difference:
    """
    Compare two sets of quads.

    Args:
        old: The old set.
        new: The new set.
        label_properties: The properties that name things, the best first.

    Returns:
        The difference; the same two sets give the same.
    """
    before, after = frozenset(old), frozenset(new)
    renamed = find_renamed(_alone(before, after), _alone(after, before))
    found = match_blank_nodes(before, after, renamed)
    joint = _labels(before, after, found)
    entities = _Entities(*_touched({replaced(quad, joint) for quad in before}, after), renamed, label_properties)
    back = _labels(after, before, {new_node: old_node for old_node, new_node in found.items()})
    target = {replaced(quad, back) for quad in after}
    return Difference(
        entities=entities.changes(),
        moves=entities.moves(),
        removed=tuple(sorted(before - target, key=str)),
        added=tuple(sorted(target - before, key=str)),
        blank_nodes=found,
    )


def _alone(some: Iterable[Quad], others: Iterable[Quad]) -> Statements:
    """Give the statements about what only one side speaks of."""
    known = {quad.subject for quad in others}
    return Statements(quad.triple for quad in some if quad.subject not in known)


def _touched(old: Set[Quad], new: Set[Quad]) -> tuple[list[Quad], list[Quad]]:
    """Give all that is said of what changed and of what leads to it, and of all blank nodes."""
    leading: defaultdict[Term, set[Term]] = defaultdict(set)
    for quad in (*old, *new):
        if isinstance(quad.object, BlankNode):
            leading[quad.object].add(quad.subject)
    subjects: set[Term] = set()
    pending: list[Term] = [quad.subject for quad in old ^ new]
    while pending:
        node = pending.pop()
        if node not in subjects:
            subjects.add(node)
            pending += leading.get(node, ())
    return (
        [quad for quad in old if quad.subject in subjects or is_about_blank(quad)],
        [quad for quad in new if quad.subject in subjects or is_about_blank(quad)],
    )


def _labels(
    quads: Iterable[Quad], others: Iterable[Quad], found: Mapping[BlankNode, BlankNode]
) -> dict[BlankNode, BlankNode]:
    """Give each blank node the label of its partner, or one that no other has."""
    taken = blank_nodes(others)
    labels = dict(found)
    for node in sorted(blank_nodes(quads) - found.keys(), key=str):
        fresh, number = node, 1
        while fresh in taken:
            fresh, number = BlankNode(f"{node.value}-{number}"), number + 1
        labels[node] = fresh
        taken.add(fresh)
    return labels


class _Entities:
    """Tells what changed, by entity, between two sets of quads with the same labels for the same blank nodes."""

    def __init__(
        self,
        old: Iterable[Quad],
        new: Iterable[Quad],
        renamed: Mapping[NamedNode, NamedNode],
        label_properties: Sequence[str],
    ) -> None:
        self._old_graphs, self._new_graphs = _by_triple(old), _by_triple(new)
        self._joint = JointStatements(self._old_graphs, self._new_graphs, renamed)
        self._old, self._new = self._joint.old, self._joint.new
        self._renamed = renamed
        self._old_names = {after: before for before, after in renamed.items()}
        self._labels = [NamedNode(iri) for iri in label_properties]
        self._followed: Counter[Term] = Counter()

    def changes(self) -> tuple[EntityChange, ...]:
        """Give the entities that changed, in the order of the named graphs in which they did."""
        graphs: defaultdict[_Node, set[GraphName]] = defaultdict(set)
        for side, other in ((self._old_graphs, self._new_graphs), (self._new_graphs, self._old_graphs)):
            for triple in side.keys() - other.keys():
                graphs[self._joint.entity_of(triple.subject)].update(side[triple])
        found = [self._entity(node, tuple(sorted(within, key=str))) for node, within in graphs.items()]
        told = [replace(one, followed=self._followed[one.node]) for one in found if one.changes or one.is_renamed]
        return tuple(sorted(told, key=lambda one: (str(one.graphs[0]), str(one.node))))

    def moves(self) -> tuple[Move, ...]:
        """Give the statements that stand in other named graphs than before."""
        moved: defaultdict[tuple[tuple[GraphName, ...], tuple[GraphName, ...]], list[Triple]] = defaultdict(list)
        for triple in self._old_graphs.keys() & self._new_graphs.keys():
            old, new = self._old_graphs[triple], self._new_graphs[triple]
            if old != new:
                moved[tuple(sorted(old - new, key=str)), tuple(sorted(new - old, key=str))].append(triple)
        return tuple(
            Move(old, new, tuple(sorted(triples, key=str))) for (old, new), triples in sorted(moved.items(), key=str)
        )

    def _entity(self, node: _Node, graphs: tuple[GraphName, ...]) -> EntityChange:
        old_node = self._old_names.get(node, node) if isinstance(node, NamedNode) else node
        kind = EntityKind.CHANGED if old_node == node else EntityKind.RENAMED
        if old_node not in self._old.subjects:
            kind = EntityKind.ADDED
        elif node not in self._new.subjects:
            kind = EntityKind.REMOVED
        side, shown = (self._old, old_node) if kind is EntityKind.REMOVED else (self._new, node)
        return EntityChange(
            kind=kind,
            node=node,
            old_node=old_node,
            label=self._label(side, shown),
            classes=tuple(term.value for term in side.values(shown, TYPE) if isinstance(term, NamedNode)),
            graphs=graphs,
            changes=tuple(self._changes(old_node, node)),
        )

    def _label(self, side: Statements, node: _Node) -> str:
        for name in self._labels:
            texts = [term for term in side.values(node, name) if isinstance(term, Literal)]
            if texts:
                return min(texts, key=lambda term: (not (term.language or "en").startswith("en"), term.value)).value
        return ""

    def _changes(self, old_node: _Node, node: _Node) -> Iterator[Change]:
        olds, news = self._old.about(old_node), self._new.about(node)
        for predicate in sorted(olds.keys() | news.keys(), key=lambda iri: (iri != TYPE, iri.value)):
            yield from self._of_property(predicate, list(olds.get(predicate, ())), list(news.get(predicate, ())))

    def _of_property(self, predicate: NamedNode, olds: list[Term], news: list[Term]) -> Iterator[Change]:
        yield from self._of_lists(predicate, olds, news)
        kept = set(olds) & set(news)
        for node in olds:
            if node in kept and isinstance(node, BlankNode):
                yield from self._of_node(predicate, node)
        gone, come = [term for term in olds if term not in kept], [term for term in news if term not in kept]
        for term in list(gone):
            follower = self._renamed.get(term) if isinstance(term, NamedNode) else None
            if follower in come:
                self._followed[follower] += 1
                gone.remove(term)
                come.remove(follower)
        yield from self._replacements(predicate, gone, come)

    def _replacements(self, predicate: NamedNode, gone: list[Term], come: list[Term]) -> Iterator[Change]:
        pairs = pair_values(gone, come)
        for old, new in pairs:
            yield self._changed(predicate, old, new)
        for term in gone:
            if all(term != old for old, _ in pairs):
                yield Change(ChangeKind.REMOVED, predicate, old=self._joint.describe(self._old, term))
        for term in come:
            if all(term != new for _, new in pairs):
                yield Change(ChangeKind.ADDED, predicate, new=self._joint.describe(self._new, term))

    def _of_lists(self, predicate: NamedNode, olds: list[Term], news: list[Term]) -> Iterator[Change]:
        """Tell what changed in the lists that go on, and take these away from the values."""
        for head in [term for term in olds if term in self._old.lists]:
            cells = self._old.lists[head]
            other = next((term for term in news if not set(cells).isdisjoint(self._new.lists.get(term, ()))), None)
            if other is None:
                continue
            olds.remove(head)
            news.remove(other)
            members = [self._old.member(cell) for cell in cells]
            if self._new.lists[other] != cells or members != [self._new.member(cell) for cell in cells]:
                yield self._changed(predicate, head, other)
                continue
            for member in members:
                if isinstance(member, BlankNode):
                    yield from self._of_node(predicate, member)

    def _of_node(self, predicate: NamedNode, node: BlankNode) -> Iterator[Change]:
        """Tell what changed within a nested node."""
        if not self._joint.is_held(node):
            return
        if node in self._old.lists or node in self._new.lists:  # it was one, or has become one
            yield self._changed(predicate, node, node)
            return
        within = tuple(self._changes(node, node))
        if within:
            old, new = (self._joint.describe(side, node) for side in (self._old, self._new))
            yield Change(ChangeKind.NESTED, predicate, old, new, within)

    def _changed(self, predicate: NamedNode, old: Term, new: Term) -> Change:
        return Change(
            ChangeKind.CHANGED,
            predicate,
            self._joint.describe(self._old, old),
            self._joint.describe(self._new, new),
        )


def _by_triple(quads: Iterable[Quad]) -> dict[Triple, set[GraphName]]:
    found: defaultdict[Triple, set[GraphName]] = defaultdict(set)
    for quad in quads:
        found[quad.triple].add(quad.graph_name)
    return dict(found)
