"""Entities that have another IRI now."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from kg.comparison.statements import Statements
from kg.terms import BlankNode, NamedNode

__all__ = ["find_renamed"]

_MOST_HOLDERS = 20
"""What is said of more entities than that does not tell which one it is."""
_LEAST_SHARED = 2
"""How many statements an entity keeps at least when it is renamed."""


def find_renamed(old: Statements, new: Statements) -> dict[NamedNode, NamedNode]:
    """
    Find entities of which nothing is said any more, while most of it is said of a new one.

    Args:
        old: What is said of entities that only the old side speaks of.
        new: What is said of those that only the new side speaks of.

    Returns:
        The new IRI by the old one; each new one once.
    """
    gone, come = _features(old), _features(new)
    holders: defaultdict[str, list[NamedNode]] = defaultdict(list)
    for node, features in come.items():
        for feature in features:
            holders[feature].append(node)
    shared = Counter(
        (one, other)
        for one, features in gone.items()
        for feature in features
        if len(holders.get(feature, ())) <= _MOST_HOLDERS
        for other in holders.get(feature, ())
    )
    found: dict[NamedNode, NamedNode] = {}
    taken: set[NamedNode] = set()
    for one, other in sorted(shared, key=lambda pair: (-shared[pair], str(pair))):
        common = len(gone[one] & come[other])
        is_most = 2 * common > max(len(gone[one]), len(come[other])) and common >= _LEAST_SHARED
        if is_most and one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return found


def _features(side: Statements) -> Mapping[NamedNode, set[str]]:
    """Give what is said of each entity; of a blank node only that it is there."""
    return {
        node: {
            f"{predicate} {'' if isinstance(value, BlankNode) else value}"
            for predicate, values in side.about(node).items()
            for value in values
        }
        for node in side.subjects
        if isinstance(node, NamedNode)
    }
