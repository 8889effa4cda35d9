"""
In which triples a graph differs from what it should be: found group by group, so that few of them are held.

Triples are sorted into groups by the number that stands for their value. Where the sums of a group are equal on both
sides nothing differs; only the triples of the other groups are looked at.

Source: RDF 1.1 Concepts, section 3.6 (graph comparison).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from kg.publishing.fingerprints import has_blank_nodes, numbered

__all__ = ["HELD", "Differences", "Triples"]

HELD: Final = 200_000
"""How many triples are held at once."""
_GROUPS: Final = 1 << 16

Triples = Callable[[], Iterable[str]]
"""Gives the triples of a graph from the start, as N-Triples writes them without the dot."""


@dataclass(frozen=True)
class _Tally:
    """How many triples each group has, and their sum."""

    counts: list[int]
    sums: list[int]


class Differences:
    """
    A graph held against what it should be.

    ``standing`` is how many triples it has, ``suspects`` how many triples are in groups that differ. Once these were
    looked at, ``has_twins`` tells that of some triples of equal value another number is there.
    """

    def __init__(self, wanted: Triples, found: Triples) -> None:
        """
        Go through both sides once.

        Args:
            wanted: What the graph should be.
            found: What it is.
        """
        self._wanted, self._found = wanted, found
        ours, theirs = _tally(wanted()), _tally(found())
        self._sizes = {
            group: ours.counts[group] + theirs.counts[group]
            for group in range(_GROUPS)
            if ours.sums[group] != theirs.sums[group]
        }
        self.standing = sum(theirs.counts)
        self.suspects = sum(self._sizes.values())
        self.has_twins = False

    def parts(self) -> Iterator[tuple[list[str], list[str]]]:
        """
        Give what is missing and what is there too much, as N-Triples writes it without the dot.

        It comes in parts, each of so many triples that they can be held; both sides are gone through for each of them.
        Two spellings of one value may be one triple in an engine, so there may be no difference after all.
        """
        for groups in self._rounds():
            ours, theirs = _chosen(self._wanted(), groups), _chosen(self._found(), groups)
            missing, unexpected = [], []
            for number in ours.keys() | theirs.keys():
                here, there = ours.get(number, []), theirs.get(number, [])
                self.has_twins |= 0 < len(here) != len(there) > 0
                unexpected += sorted(there, key=here.__contains__)[: max(0, len(there) - len(here))]
                if not there or has_blank_nodes(here[0] if here else ""):
                    missing += here[len(there) :]
            yield sorted(missing), sorted(unexpected)

    def _rounds(self) -> Iterator[set[int]]:
        groups: set[int] = set()
        size = 0
        for group, number in self._sizes.items():
            if groups and size + number > HELD:
                yield groups
                groups, size = set(), 0
            groups.add(group)
            size += number
        if groups:
            yield groups


def _tally(triples: Iterable[str]) -> _Tally:
    tally = _Tally([0] * _GROUPS, [0] * _GROUPS)
    for number, _ in numbered(triples):
        tally.counts[number % _GROUPS] += 1
        tally.sums[number % _GROUPS] += number
    return tally


def _chosen(triples: Iterable[str], groups: Collection[int]) -> dict[int, list[str]]:
    chosen: defaultdict[int, list[str]] = defaultdict(list)
    for number, text in numbered(triples):
        if number % _GROUPS in groups:
            chosen[number].append(text)
    return chosen
