"""
Which blank node of an old graph has become which of a new one.

Where all is the same around a node, that is certain. Of the others, those are paired to which the same subject leads by
the same predicate, and that have most in common; one changed value inside of a nested node is then one change.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import takewhile

from kg.comparison.isomorphism import same_nodes
from kg.comparison.statements import Statements
from kg.terms import BlankNode, NamedNode, Quad, Term

__all__ = ["is_about_blank", "match_blank_nodes"]

_MOST_NODES = 100
"""How many nodes are looked at to tell what a node is about."""
_MOST_ALIKE = 100
"""What more nodes have in common than that is no mark of any."""
_LONGEST_MIDDLE = 1000
"""How many members two lists may have between what they begin and end with alike."""
_DEEPEST_LIST = 20
"""How deep in each other lists lie at most, to be looked at member by member."""

_Feature = tuple[str, ...]


def match_blank_nodes(
    old: Iterable[Quad], new: Iterable[Quad], renamed: Mapping[NamedNode, NamedNode]
) -> dict[BlankNode, BlankNode]:
    """
    Pair blank nodes, the same input always in the same way.

    Args:
        old: The old quads.
        new: The new quads.
        renamed: The new IRI of each entity that has another one now.

    Returns:
        The new node for each old one that was found again; no two old ones have the same.
    """
    olds, news = ([quad for quad in quads if is_about_blank(quad)] for quads in (old, new))
    found: dict[BlankNode, BlankNode] = {}
    for with_graphs in (True, False):
        taken = set(found.values())
        old_rest = [quad for quad in olds if found.keys().isdisjoint((quad.subject, quad.object))]
        new_rest = [quad for quad in news if taken.isdisjoint((quad.subject, quad.object))]
        found |= same_nodes(old_rest, new_rest, with_graphs=with_graphs)
    names = [
        [name for name in _graph_names(quads) if name not in known]
        for quads, known in ((olds, found), (news, set(found.values())))
    ]
    if [len(each) for each in names] == [1, 1]:
        found[names[0][0]] = names[1][0]
    before, after = (Statements(quad.triple for quad in quads) for quads in (olds, news))
    return _Matching(before, after, found, renamed).complete()


def _graph_names(quads: Iterable[Quad]) -> set[BlankNode]:
    return {quad.graph_name for quad in quads if isinstance(quad.graph_name, BlankNode)}


def is_about_blank(quad: Quad) -> bool:
    """Tell whether a quad says something of a blank node or its graph."""
    return any(isinstance(term, BlankNode) for term in (quad.subject, quad.object, quad.graph_name))


class _Matching:
    """Goes from the nodes that are known on both sides to those they lead to."""

    def __init__(
        self,
        old: Statements,
        new: Statements,
        found: dict[BlankNode, BlankNode],
        renamed: Mapping[NamedNode, NamedNode],
    ) -> None:
        self._old, self._new = old, new
        self._found = found
        self._taken = set(found.values())
        named = sorted((node for node in old.subjects if isinstance(node, NamedNode)), key=str)
        self._pending: deque[tuple[Term, Term]] = deque((node, renamed.get(node, node)) for node in named)
        self._pending += sorted(found.items(), key=str)

    def complete(self) -> dict[BlankNode, BlankNode]:
        self._follow()
        self._pair(_roots(self._old), _roots(self._new))
        self._follow()
        return self._found

    def _follow(self) -> None:
        while self._pending:
            old, new = self._pending.popleft()
            for predicate, values in self._old.about(old).items():
                self._pair(values, self._new.values(new, predicate))

    def _pair(self, olds: Iterable[Term], news: Iterable[Term], *, depth: int = 0) -> None:
        """Pair those that have most in common, until nothing in common is left."""
        old_features = {node: _features(self._old, node) for node in self._free(olds, self._found)}
        new_features = {node: _features(self._new, node) for node in self._free(news, self._taken)}
        for one, other in _by_likeness(old_features, new_features):
            if one in self._found or other in self._taken:
                continue
            if one in self._old.lists and other in self._new.lists and depth < _DEEPEST_LIST:
                self._pair_lists(self._old.lists[one], self._new.lists[other], depth + 1)
            else:
                self._take(one, other)

    def _pair_lists(self, olds: Sequence[BlankNode], news: Sequence[BlankNode], depth: int) -> None:
        """Pair the members, wherever in the lists they stand, then the cells that hold the same."""
        old_members, new_members = [self._old.member(cell) for cell in olds], [self._new.member(cell) for cell in news]
        self._pair(old_members, new_members, depth=depth)
        joint = [self._found.get(term, term) if isinstance(term, BlankNode) else term for term in old_members]
        for one, other in _aligned(joint, new_members):
            self._take(olds[one], news[other])

    def _take(self, old: BlankNode, new: BlankNode) -> None:
        if old not in self._found and new not in self._taken:
            self._found[old] = new
            self._taken.add(new)
            self._pending.append((old, new))

    @staticmethod
    def _free(nodes: Iterable[Term], known: Iterable[BlankNode]) -> list[BlankNode]:
        return [node for node in dict.fromkeys(nodes) if isinstance(node, BlankNode) and node not in known]


def _roots(side: Statements) -> list[Term]:
    """Give the nodes that nothing leads to, or several things, so that none of them tells which they are."""
    return sorted((node for node in side.subjects if len(side.leading_to.get(node, ())) != 1), key=str)


def _aligned(olds: Sequence[Term], news: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Give the places at which two lists hold the same; in the middle of long ones it is not looked for."""
    pairs = zip(olds, news, strict=False)
    head = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    backwards = zip(reversed(olds[head:]), reversed(news[head:]), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], backwards))
    yield from ((place, place) for place in range(head))
    yield from ((len(olds) - place, len(news) - place) for place in range(tail, 0, -1))
    middle, other = olds[head : len(olds) - tail], news[head : len(news) - tail]
    if max(len(middle), len(other)) <= _LONGEST_MIDDLE:
        for one, another, size in SequenceMatcher(None, middle, other, autojunk=False).get_matching_blocks():
            yield from ((head + one + step, head + another + step) for step in range(size))


def _by_likeness(
    olds: Mapping[BlankNode, set[_Feature]], news: Mapping[BlankNode, set[_Feature]]
) -> Iterator[tuple[BlankNode, BlankNode]]:
    """Give the pairs that have features in common, the most alike first."""
    if not (olds and news):
        return
    holders: defaultdict[_Feature, list[BlankNode]] = defaultdict(list)
    for node, features in news.items():
        for feature in features:
            holders[feature].append(node)
    shared = Counter(
        (one, other)
        for one, features in olds.items()
        for feature in features
        if len(news) <= _MOST_ALIKE or len(holders.get(feature, ())) <= _MOST_ALIKE
        for other in holders.get(feature, ())
    )
    sizes = {node: len(features) for side in (olds, news) for node, features in side.items()}
    pairs = sorted(
        shared, key=lambda pair: (-shared[pair], sizes[pair[0]] + sizes[pair[1]], pair[0].value, pair[1].value)
    )
    yield from pairs


def _features(side: Statements, node: BlankNode) -> set[_Feature]:
    """Tell what a node is about: what is said below it, and by which paths; of lists only what they hold."""
    found: set[_Feature] = set()
    pending: deque[tuple[Term, tuple[str, ...]]] = deque([(node, ())])
    seen = {node}
    while pending and len(seen) < _MOST_NODES:
        current, path = pending.popleft()
        for step, value in _steps(side, current):
            longer = (*path, step)
            found.add(longer)
            if not isinstance(value, BlankNode):
                found.add((*longer, str(value)))
            elif value not in seen:
                seen.add(value)
                pending.append((value, longer))
    return found


def _steps(side: Statements, node: Term) -> Iterator[tuple[str, Term]]:
    if node in side.lists:
        yield from (("", side.member(cell)) for cell in side.lists[node][:_MOST_NODES])
        return
    for predicate, values in side.about(node).items():
        yield from ((str(predicate), value) for value in values)
